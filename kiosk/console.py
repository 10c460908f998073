"""Staff pages of this package: tablets, and the floor of each store."""

from kiosk import floor_console, tablet_console

ROUTES: list = [*tablet_console.ROUTES, *floor_console.ROUTES]
