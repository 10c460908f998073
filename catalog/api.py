"""What machines ask of the catalogue."""

ROUTES: list = []
