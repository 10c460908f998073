"""Staff pages that show more than one package."""

ROUTES: list = []
