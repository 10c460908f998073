"""Staff pages of this package."""

ROUTES: list = []
