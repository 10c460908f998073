"""Log lines are safe to look at: no secrets, and nothing that a terminal obeys."""

import io
from collections.abc import Iterator

import pytest
import structlog

from server.core import logs

EVIL = "/x\x1b[2J\x07\u202e\u2066\0\r\nforged é 口紅"
WRITTEN = r"/x\x1b[2J\x07\u202e\u2066\x00\r\nforged é 口紅"


@pytest.fixture(autouse=True)
def as_it_was() -> Iterator[None]:
    """What these tests configure, the others do not see."""
    before = structlog.get_config()
    yield
    structlog.configure(**before)


def told(style: str, **values: object) -> str:
    """One line of the log with these values."""
    stream = io.StringIO()
    logs.configure(style, stream)
    structlog.get_logger().bind().warning("request", **values)
    return stream.getvalue()


def test_what_a_terminal_would_obey_is_written_out() -> None:
    line = told("console", path=EVIL).replace(
        "\\\\", "\\"
    )  # of a text with blanks the console shows the form that Python reads
    assert WRITTEN in line and line.count("\n") == 1


def test_it_is_written_out_in_json_too() -> None:
    line = told("json", path=EVIL)
    assert line.isascii() and line.count("\n") == 1 and "202e" in line


@pytest.mark.parametrize("style", ["console", "json"])
def test_a_traceback_keeps_its_lines_and_nothing_else(style: str) -> None:
    try:
        raise ValueError(EVIL)
    except ValueError as error:
        text = told(style, exc_info=error)
    assert "\x1b" not in text and "\u202e" not in text and "\x07" not in text and "Traceback" in text
    assert style == "json" or text.count("\n") > 3


@pytest.mark.parametrize("value", [["\x1b[2J"], {"a": "\u202e"}, ValueError("\x1b")], ids=str)
def test_what_is_inside_of_something_is_written_out(value: object) -> None:
    assert "\x1b" not in told("console", value=value) and "\u202e" not in told("console", value=value)
