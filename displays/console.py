"""Staff pages of this package: campaigns with their feed and spots, and screens."""

from displays import campaign_console, screen_console, spot_console

ROUTES: list = [*campaign_console.ROUTES, *spot_console.ROUTES, *screen_console.ROUTES]
