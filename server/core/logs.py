"""Logging: one structured line an event, with ids and without secrets."""

import logging
import sys
from typing import Any, TextIO

import structlog

SECRET_KEYS = frozenset({"token", "secret", "password", "authorization", "cookie", "key"})

MANY_LINES = frozenset({"exception", "stack"})


def configure(style: str, stream: TextIO | None = None) -> None:
    """Write log lines to standard error, or another stream, as console text or as JSON."""
    stream = stream or sys.stderr
    console = style != "json"
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _without_secrets,
    ]
    last = (
        structlog.dev.ConsoleRenderer(
            colors=stream.isatty(),
            exception_formatter=structlog.dev.plain_traceback,  # the richer one prints local variables, secrets among them
        )
        if console
        else structlog.processors.JSONRenderer()
    )
    structlog.configure(
        processors=[*shared, structlog.processors.format_exc_info, printable, last],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(stream),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s %(message)s", stream=stream, force=True)


def _without_secrets(logger: Any, name: str, line: dict[str, Any]) -> dict[str, Any]:
    return {key: "•••" if key in SECRET_KEYS else value for key, value in line.items()}


def printable(logger: Any, name: str, line: dict[str, Any]) -> dict[str, Any]:
    """The line with what a terminal would obey, or show in another order, written out: strangers choose paths and names."""
    return {
        key: _written_out(value, keep="\n\t" if key in MANY_LINES else "") if isinstance(value, str) else value
        for key, value in line.items()
    }


def _written_out(text: str, *, keep: str) -> str:
    if text.isprintable():
        return text
    return "".join(
        sign if sign.isprintable() or sign in keep else sign.encode("unicode_escape").decode() for sign in text
    )
