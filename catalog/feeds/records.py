"""A record: one row of a feed as texts by column, with its line, before anyone has judged what the texts say."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Record:
    """One row as written; with a `problem` it is left out for that reason, and its texts serve to name it alone."""

    line: int
    texts: dict[str, str] = field(default_factory=dict)
    problem: str | None = None


BAD_ENCODING = "bad encoding: the line is not UTF-8"


def too_long(limit: int) -> str:
    """Why a line or item of more than `limit` bytes is left out."""
    return f"the line is too long: more than {limit:,} bytes"
