"""Staff pages of this package: tablets, the floor of each store, and the mails of a demo."""

from kiosk import floor_console, mail_console, tablet_console

ROUTES: list = [*tablet_console.ROUTES, *floor_console.ROUTES, *mail_console.ROUTES]
