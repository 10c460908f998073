"""Addresses that a feed names, and whether a browser may be sent there."""

from urllib.parse import urlsplit


def safe_link(link: str) -> str:
    """The shop's address if a browser may be sent there; empty for anything but http and https."""
    try:
        parts = urlsplit(link)
    except ValueError:
        return ""
    return link if parts.scheme in ("http", "https") and parts.netloc else ""
