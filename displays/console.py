"""Staff pages of this package: campaigns with their feed and spots, and screens."""

from displays import campaign_console, campaign_pages, screen_console, spot_console
from server.core import emoji
from server.core.rendering import add_filter

add_filter("drawn", emoji.drawn)
add_filter("glass", campaign_pages.counted)

ROUTES: list = [*campaign_console.ROUTES, *spot_console.ROUTES, *screen_console.ROUTES]
