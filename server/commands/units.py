"""Options of the command that have a unit: shares as percents, spans of time in seconds or minutes."""

import re
from typing import Any

import rich_click as click

SPAN = re.compile(r"(\d+(?:\.\d+)?)(ms|s|min|m|h)?")
SECONDS = {"ms": 0.001, None: 1, "s": 1, "min": 60, "m": 60, "h": 3600}


class Span(click.ParamType):
    """A span such as 2s, 500ms or 1m; as seconds."""

    name = "span"

    def __init__(self, least: float = 0) -> None:
        """`least`: seconds, below which a span makes no sense."""
        self._least = least

    def convert(self, value: Any, param: Any, ctx: Any) -> float:
        """Seconds."""
        found = SPAN.fullmatch(str(value).strip())
        if found is None:
            self.fail(f"‘{value}’ is no span of time; write one like 30s, 500ms or 2m.", param, ctx)
        seconds = float(found[1]) * SECONDS[found[2]]
        if seconds < self._least:
            self.fail(f"‘{value}’ is too short; {self._least:g}s is the least.", param, ctx)
        return seconds


class Share(click.ParamType):
    """A share such as 5%; as a number from 0 to 1."""

    name = "share"

    def convert(self, value: Any, param: Any, ctx: Any) -> float:
        """A number from 0 to 1."""
        text = str(value).strip()
        try:
            share = float(text.removesuffix("%")) / 100
        except ValueError:
            share = -1
        if not (text.endswith("%") and 0 <= share <= 1):
            self.fail(f"‘{value}’ is no share; write one like 5%.", param, ctx)
        return share
