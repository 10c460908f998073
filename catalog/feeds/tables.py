"""Feeds as tables: tab-separated or comma-separated text to records, a line or a quoted record at a time."""

import csv
from collections.abc import Iterator
from typing import NamedTuple

from catalog.feeds.headers import columns
from catalog.feeds.limits import Limits
from catalog.feeds.records import BAD_ENCODING, Record, too_long
from catalog.feeds.rows import FeedError
from catalog.feeds.unpacking import Unpacked

DELIMITERS = "\t,;|"
LONGEST_RECORD = 200
"""Lines that a quoted field may run over."""
_STRAY_QUOTES = 50
"""After so many quotes that nothing closes, quotes are taken as inch marks and no longer looked after."""


class Line(NamedTuple):
    """A line of the file, from 1, without its end."""

    number: int
    text: str
    problem: str | None


class Table:
    """A delimited text with a header line: `columns` says where each known column stands, iterating gives Records.

    Raises FeedError for a header that cannot be read. A line that cannot be read becomes a Record with a problem.
    """

    def __init__(self, unpacked: Unpacked, *, known: frozenset[str], limits: Limits) -> None:
        self._lines = _lines(unpacked, limits)
        self._put_back: list[Line] = []
        self._limit, self._stray = limits.record, 0
        self._width: int | None = None
        header = self._header()
        self._delimiter = max(DELIMITERS, key=lambda sign: len(columns(_literal(header.text, sign), known=known)))
        names = self._quoted(header)[0] if '"' in header.text else header.text.split(self._delimiter)
        self._width = len(names)
        self.columns = columns(names, known=known)
        self._places = list(self.columns.items())

    def __iter__(self) -> Iterator[Record]:
        blank = self._delimiter + ' \t"'
        while line := self._take():
            if line.problem is None and not line.text.strip(blank):
                continue
            if '"' in line.text:
                cells, problem = self._quoted(line)
            else:
                cells, problem = line.text.split(self._delimiter), line.problem
            yield self._record(line.number, cells, problem)

    def _header(self) -> Line:
        while line := self._take():
            if "\0" in line.text:
                raise FeedError("This is no text, or UTF-16 without a mark. Save it as UTF-8. Nothing was changed.")
            if line.problem:
                raise FeedError(f"The first line, which names the columns: {line.problem}. Nothing was changed.")
            if line.text.strip():
                return line
        raise FeedError("The file is empty. Nothing was changed.")

    def _take(self) -> Line | None:
        return self._put_back.pop() if self._put_back else next(self._lines, None)

    def _record(self, number: int, cells: list[str], problem: str | None) -> Record:
        if problem is None and len(cells) != self._width:
            problem = (
                f"{len(cells)} columns where the first line has {self._width}: "
                f"a {_NAMES[self._delimiter]} or a quotation mark too many or too few"
            )
        if len(cells) < self._width:
            cells += [""] * (self._width - len(cells))
        return Record(number, {name: cells[place] for name, place in self._places}, problem)

    def _quoted(self, first: Line) -> tuple[list[str], str | None]:
        """The cells of a record that has quotation marks, with the lines that a quoted cell runs on to.

        A mark that nothing closes (an inch mark, a forgotten one) must not swallow the rows after it: the record is
        taken as quoted only if that gives the right number of columns, else the marks are signs like any other.
        """
        literal = _literal(first.text, self._delimiter)
        width = self._width or len(literal)
        taken = _Running(self, first, alone=self._delimiter == "\t" and len(literal) == width)
        cells = taken.cells(self._delimiter)
        if cells is not None and (len(cells) == width or (len(literal) != width and len(taken.lines) == 1)):
            return cells, next((line.problem for line in taken.lines if line.problem), None)
        self._stray += len(taken.lines) > 1 or taken.unclosed
        self._put_back += reversed(taken.lines[1:])
        return literal, first.problem

    def _may_run_on(self) -> bool:
        return self._stray < _STRAY_QUOTES


class _Running:
    """A record that may run over several lines: feeds csv as many as it asks for, within the limits."""

    def __init__(self, table: Table, first: Line, *, alone: bool) -> None:
        self.lines, self.unclosed = [first], False
        self._table, self._alone = table, alone

    def cells(self, delimiter: str) -> list[str] | None:
        """The cells, or None if a quotation mark is never closed, or is closed before its cell is over."""
        try:
            cells = next(csv.reader(self._feed(), delimiter=delimiter, strict=True), None)
        except csv.Error:
            return None
        return None if self.unclosed else cells

    def _feed(self) -> Iterator[str]:
        yield self.lines[0].text
        size = len(self.lines[0].text)
        # csv asks for another line only while a quotation mark is open.
        while not self._alone and self._table._may_run_on() and len(self.lines) < LONGEST_RECORD:
            line = self._table._take()
            if line is None:
                break
            self.lines.append(line)
            size += len(line.text) + 1
            if size > self._table._limit:
                break
            yield "\n" + line.text
        self.unclosed = True


_NAMES = {"\t": "tab", ",": "comma", ";": "semicolon", "|": "bar"}


def _lines(unpacked: Unpacked, limits: Limits) -> Iterator[Line]:
    limit, number = limits.record, 0
    while raw := unpacked.readline(limit + 2):
        number += 1
        if number > limits.lines:
            raise FeedError(
                f"The file has more than {limits.lines:,} lines, the most that is read. Nothing was changed."
            )
        if len(raw) > limit and not raw.endswith(b"\n"):
            start = raw[:200].decode(errors="replace")
            while raw and not raw.endswith(b"\n"):
                raw = unpacked.readline(limit)
            yield Line(number, start, too_long(limit))
            continue
        try:
            yield Line(number, raw.decode().rstrip("\r\n"), None)
        except UnicodeDecodeError:
            yield Line(number, raw.decode(errors="replace").rstrip("\r\n"), BAD_ENCODING)


def _literal(text: str, delimiter: str) -> list[str]:
    cells = text.split(delimiter)
    return [
        cell[1:-1].replace('""', '"') if len(cell) > 1 and cell[0] == cell[-1] == '"' else cell
        for cell in cells
    ]  # fmt: skip
