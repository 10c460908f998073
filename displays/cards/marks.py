"""The networks' marks, drawn plainly as SVG with presentation attributes, in the colour of the text around them."""

from markupsafe import Markup

_SVG = '<svg class="mark mark-{}" viewBox="0 0 24 24" width="24" height="24" role="img" aria-label="{}">{}</svg>'
# X: a letterform of one broad outlined stroke and one thin one.
_X = (
    '<path fill="none" stroke="currentColor" stroke-width="1.8" stroke-linejoin="miter" d="M3.4 3.4h4.9l12.3 17.2h-4.9z"/>'
    '<path fill="none" stroke="currentColor" stroke-width="2.1" d="M20 3 13.3 10.7M10.6 13.6 4 21"/>'
)
# Mastodon: a letter m in a speech bubble.
_MASTODON = (
    '<path fill="currentColor" fill-rule="evenodd" d="M5.2 2.6h13.6a3.4 3.4 0 0 1 3.4 3.4v7.6a3.9 3.9 0 0 1-3.9 3.9H9.8c.3 1.5 '
    "2.6 2.1 6.2 1.5v2.3C9.6 22.600 3.600 21.200 2.300 15.300 1.900 13.300 1.800 10 1.800 6a3.400 3.400 0 0 1 3.400-3.400z"
    "M6.300 13.700h2.300V8.500a1.300 1.300 0 0 1 2.300 0v3.300h2.200V8.500a1.300 1.300 0 0 1 2.300 0v5.200h2.300V8.300A3.300 3.300 0 0 0 12 "
    '6.500 3.300 3.300 0 0 0 6.300 8.300z"/>'
)
# Bluesky: a butterfly of two pairs of wings.
_BLUESKY = (
    '<path fill="currentColor" d="M12 11.300C10.700 8.500 7.500 4.900 4.900 3.500 2.700 2.300 1.600 3.100 1.600 5.600c0 1.300.7 5.600 1.100 6.500 '
    ".9 2.200 3 2.700 5.100 2.400-3.300.6-4.300 2.300-2.400 4.300 3.200 3.300 5.200-.3 6.600-3.500 1.400 3.200 3.400 6.800 6.600 3.500 1.900-2 "
    ".9-3.700-2.400-4.300 2.100.3 4.200-.2 5.100-2.400.4-.9 1.100-5.200 1.100-6.500 0-2.500-1.100-3.300-3.300-2.100C16.500 4.900 13.300 8.500 12 "
    '11.300z"/>'
)
_DRAWN = {"x": ("X", _X), "mastodon": ("Mastodon", _MASTODON), "bluesky": ("Bluesky", _BLUESKY)}


def mark(network: str) -> Markup:
    """The network's mark as inline SVG."""
    name, drawing = _DRAWN[network]
    return Markup(_SVG.format(network, name, drawing))  # noqa: S704 - our own constants
