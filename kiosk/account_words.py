"""Who asks, in words: the language that they read, the name of their browser, and failures said in that language."""

import re
from contextlib import suppress
from typing import Any

from litestar import Request, Response

from kiosk.saying import Speaker
from server.core import languages
from server.core.errors import VitrineError
from server.core.problems import on_vitrine_error
from server.core.settings import Settings

# The first that fits: most browsers name others too.
BROWSERS = (
    ("Edge", r"Edg(A|iOS)?/"), ("Opera", r"OPR/"), ("Samsung Internet", r"SamsungBrowser/"), ("Firefox", r"(Firefox|FxiOS)/"),
    ("Chrome", r"(Chrome|CriOS|Chromium)/"), ("Safari", r"Safari/"),
)  # fmt: skip
SYSTEMS = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("Chromebook", "CrOS"),
    ("Mac", "Macintosh|Mac OS X"), ("Linux", "Linux"),
)  # fmt: skip


def speaker(request: Request, settings: Settings) -> Speaker:
    """Who speaks to whoever asks."""
    return Speaker(languages.of(request, settings.language))


def named(browser: str) -> tuple[str, str]:
    """Browser and system as people call them, by what the browser calls itself; empty where that says nothing."""
    return tuple(next((name for name, sign in kinds if re.search(sign, browser)), "") for kinds in (BROWSERS, SYSTEMS))  # type: ignore[return-value]


def in_their_language(request: Request, error: VitrineError) -> Response[Any]:
    """Answer a failure in the words of whoever reads it; an English sentence that no catalogue has stays as it is."""
    say = speaker(request, request.app.state.settings)
    with suppress(KeyError, IndexError, ValueError):  # braces that stand for nothing
        error.title, error.detail = say(error.title), say(error.detail, **error.extra)
    return on_vitrine_error(request, error)
