"""CSV that a spreadsheet opens as it was meant: UTF-8 told by its mark, and no text taken for a formula."""

import csv
import io
import re
from collections.abc import AsyncIterator, Iterable

from litestar.response import Stream

MARK = "\ufeff"
SIGNS = "=+\\-@＝＋－＠"
"""What a formula begins with; the wide ones are read as the narrow."""
BEGINS = re.compile(rf"[\t\r\n]|[\s\ufeff\u200b]*[{SIGNS}]")
SPLITS = re.compile(rf"([;\t\r\n][\s\"]*)(?=[{SIGNS}])")
"""Where another cell begins for a spreadsheet that separates them by something else than commas."""


def harmless(cell: object) -> object:
    """The same cell; text that a spreadsheet would calculate is marked as text. Numbers stay numbers."""
    if not isinstance(cell, str):
        return cell
    marked = SPLITS.sub(r"\1'", cell)
    return f"'{marked}" if BEGINS.match(cell) else marked


def line(cells: Iterable[object]) -> str:
    """One row, with its end. None is an empty cell."""
    written = io.StringIO()
    csv.writer(written).writerow([harmless(cell) for cell in cells])
    return written.getvalue()


def download(name: str, head: Iterable[str], rows: AsyncIterator[Iterable[object]]) -> Stream:
    """A file that is sent as its rows come, so that its size is nobody's worry."""

    async def lines() -> AsyncIterator[str]:
        yield MARK + line(head)
        async for row in rows:
            yield line(row)

    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Stream(lines(), media_type="text/csv", headers=headers)
