"""What machines and readers of terms ask of this package."""

ROUTES: list = []
