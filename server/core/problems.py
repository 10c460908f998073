"""How failures are told: problem+json (RFC 9457) to machines, a page in plain words to people."""

from typing import Any
from urllib.parse import quote

import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException
from sqlalchemy.exc import DBAPIError

from server.core import room
from server.core.errors import BadInput, SignInNeeded, TooMany, Unavailable, VitrineError
from server.core.refusals import TakenBack
from server.core.rendering import page
from server.core.retrying import TAKEN_BACK
from server.core.security import parts_of

log = structlog.get_logger()
DATA_EXCEPTION = "22"
"""The class of SQLSTATE that says: the value cannot be used."""


def for_people(request: Request) -> bool:
    """Whether whoever asks reads HTML rather than JSON."""
    return not request.url.path.startswith("/api/") and "text/html" in request.headers.get("accept", "")


def on_vitrine_error(request: Request, error: VitrineError) -> Response[Any]:
    """Answer a failure that we raised on purpose."""
    if isinstance(error, TakenBack):
        request.scope["state"][TAKEN_BACK] = True  # it may be answered anew
    if isinstance(error, Unavailable):
        log.warning("not_available", path=request.url.path, reason=repr(error.__cause__ or error)[:300])
    if isinstance(error, SignInNeeded) and request.url.path.startswith("/console"):
        return _to_sign_in(request)
    return _answer(request, error.status, error.title, error.detail + _besides(request, error), error.extra)


def _besides(request: Request, error: VitrineError) -> str:
    """What staff are told of a database that is away: the page of health, which is made of its rows, is away with it."""
    if isinstance(error, Unavailable) and not isinstance(error, TakenBack) and request.url.path.startswith("/console"):
        return (
            " Screens and tablets go on with what they have. If it stays so, whoever runs this installation is told why, and "
            "what to do, by the command: vitrine doctor"
        )
    return ""


def on_http_error(request: Request, error: HTTPException) -> Response[Any]:
    """Answer what the framework refused: unknown addresses, wrong methods, bodies that do not parse."""
    titles = {404: "Not found", 405: "Not possible here", 413: "Too large"}
    details = {404: "There is nothing at this address.", 413: "That is larger than this address takes."}
    detail = details.get(error.status_code, error.detail)
    extra = {"fields": error.extra} if isinstance(error.extra, (list, dict)) and error.extra else {}
    return _answer(request, error.status_code, titles.get(error.status_code, "That cannot be used"), detail, extra)


def on_refused_value(request: Request, error: Exception) -> Response[Any]:
    """Answer a value that the database cannot take (a number beyond its range, a NUL in a text); else it is a bug."""
    state = getattr(getattr(error, "orig", None), "sqlstate", None) or ""
    if room.is_full(error):
        return on_vitrine_error(request, room.no_room())
    if isinstance(error, DBAPIError) and not state.startswith(DATA_EXCEPTION):
        return on_crash(request, error)
    log.warning("value_refused", path=request.url.path, reason=type(error).__name__)
    detail = "A number in it is too large, or a text holds a character that cannot be kept. Nothing was changed."
    return _answer(request, BadInput.status, BadInput.title, detail, {})


def on_unreadable(request: Request, error: Exception) -> Response[Any]:
    """Answer a body that cannot be read: nested too deeply, or in an encoding that is none; other lookups that fail are bugs."""
    # Of lookups only the codecs' own: a KeyError is one too.
    if not isinstance(error, (RecursionError, UnicodeError)) and type(error) is not LookupError:
        return on_crash(request, error)
    log.warning("body_refused", path=request.url.path, reason=type(error).__name__)
    return _answer(request, BadInput.status, BadInput.title, "What was sent cannot be read. Nothing was changed.", {})


def on_crash(request: Request, error: Exception) -> Response[Any]:
    """Answer a bug: say that nothing was changed, and keep the details for the log. A full disk is none."""
    if room.is_full(error):
        return on_vitrine_error(request, room.no_room())
    log.error("request_failed", path=request.url.path, exc_info=error)
    return _answer(
        request, 500, "Something went wrong", "Nothing was changed. Try again; the log says what happened.", {}
    )


def _to_sign_in(request: Request) -> Response[Any]:
    target = f"/console/sign-in?next={quote(request.url.path)}" if request.method == "GET" else "/console/sign-in"
    if request.headers.get("hx-request"):
        here = parts_of(request.headers.get("hx-current-url", "")).path or "/console"
        return Response(None, status_code=401, headers={"HX-Redirect": f"/console/sign-in?next={quote(here)}"})
    if for_people(request):
        return Response(None, status_code=303, headers={"Location": target})
    return _answer(request, 401, SignInNeeded.title, "Sign in to use the console.", {})


def _answer(request: Request, status: int, title: str, detail: str, extra: dict[str, Any]) -> Response[Any]:
    waits = "retry_after" in extra and status in (TooMany.status, Unavailable.status)
    headers = {"Retry-After": str(extra["retry_after"])} if waits else {}
    if request.headers.get("hx-request"):
        headers |= {"HX-Retarget": "#toast", "HX-Reswap": "innerHTML"}
        return page(request, "core/toast.html", status=status, headers=headers, title=title, detail=detail)
    if for_people(request):
        return page(request, "core/problem.html", status=status, headers=headers, title=title, detail=detail)
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail, **extra}
    return Response(body, status_code=status, media_type="application/problem+json", headers=headers)
