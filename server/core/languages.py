"""Which of the product's languages whoever asks reads: the one that they chose on a page of ours, else what their browser asks for."""

import re

from litestar.connection import ASGIConnection

from server.core.settings import LANGUAGES

COOKIE = "vitrine_language"
"""Set by the switch on shoppers' pages; it holds a language and nothing else."""
_OWN = {"no": "nb", "nn": "nb"}


def of(connection: ASGIConnection, default: str) -> str:
    """The language for an answer to this request; `default` where neither cookie nor header names one of ours."""
    chosen = connection.cookies.get(COOKIE, "")
    return chosen if chosen in LANGUAGES else preferred(connection.headers.get("accept-language", ""), default)


def preferred(accepted: str, default: str) -> str:
    """The language of ours that an Accept-Language header wants most, else `default`, else English."""
    wanted = sorted(_wanted(accepted[:500]), reverse=True)
    found = next((code for _, _, code in wanted if code in LANGUAGES), None)
    return found or (default if default in LANGUAGES else "en")


def _wanted(accepted: str) -> list[tuple[float, int, str]]:
    """(how much, minus the place, language) of each part of the header that can be read."""
    parts = []
    for place, part in enumerate(accepted.split(",")):
        if match := re.fullmatch(
            r"\s*([a-zA-Z]{2,3})(?:-[\w-]*)?\s*(?:;\s*q=([01](?:\.\d{0,3})?))?\s*", part, re.ASCII
        ):
            code = match[1].lower()
            weight = float(match[2]) if match[2] else 1.0
            parts += [(weight, -place, _OWN.get(code, code))] if weight > 0 else []
    return parts
