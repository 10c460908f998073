"""CSV that a spreadsheet opens as it was meant: UTF-8 told by its mark, and no text taken for a formula."""

import csv
import io
from collections.abc import AsyncIterator, Iterable

from litestar.response import Stream

MARK = "\ufeff"
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def harmless(cell: object) -> object:
    """The same cell; text that a spreadsheet would calculate is marked as text. Numbers stay numbers."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell


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
    return Stream(lines(), media_type="text/csv; charset=utf-8", headers=headers)
