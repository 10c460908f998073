"""Feeds read whole: every row of a file, or the reason why it was left out, or why the file is refused."""

from collections import Counter
from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from typing import Generic

from catalog.feeds import judging, markup
from catalog.feeds.headers import check_required
from catalog.feeds.judging import Kind, RowT
from catalog.feeds.limits import DEFAULT, Limits
from catalog.feeds.records import Record
from catalog.feeds.rows import FeedError, InventoryRow, ProductRow, Rejection, StoreRow
from catalog.feeds.tables import Table
from catalog.feeds.unpacking import Progress, Source, Unpacked
from server.core.errors import BadInput


@dataclass(frozen=True, slots=True)
class Reading(Generic[RowT]):
    """A file that was read to its end: its rows in order, those left out, and how many there were in all."""

    rows: list[RowT]
    rejections: list[Rejection]

    @property
    def total(self) -> int:
        return len(self.rows) + len(self.rejections)


def read_products(
    source: Source, *, force: bool = False, progress: Progress | None = None, limits: Limits = DEFAULT
) -> Reading[ProductRow]:
    """Read a product feed (TSV, CSV, RSS, Atom; .gz) from a path or an open binary file.

    Raises FeedError when the file as a whole is no such feed: then nothing may be changed. That includes a file without
    rows and one with more rows left out than `limits.rejected_share`, unless `force`.
    """
    return _whole(judging.PRODUCTS, source, force=force, progress=progress, limits=limits)


def read_inventory(
    source: Source, *, force: bool = False, progress: Progress | None = None, limits: Limits = DEFAULT
) -> Reading[InventoryRow]:
    """Read a local inventory feed; as `read_products`. Whether store and id are known is not asked here."""
    return _whole(judging.INVENTORY, source, force=force, progress=progress, limits=limits)


def read_stores(
    source: Source, *, force: bool = False, progress: Progress | None = None, limits: Limits = DEFAULT
) -> Reading[StoreRow]:
    """Read a stores file; as `read_products`."""
    return _whole(judging.STORES, source, force=force, progress=progress, limits=limits)


def each(
    kind: Kind[RowT], source: Source, *, progress: Progress | None = None, limits: Limits = DEFAULT
) -> Iterator[RowT | Rejection]:
    """The rows of a feed and those left out, in order, as they are read. Raises FeedError, also half-way through."""
    seen: dict[Hashable, int] = {}
    with Unpacked(source, limits=limits, progress=progress) as unpacked:
        for count, record in enumerate(_records(kind, unpacked, limits), start=1):
            if count > limits.rows:
                raise FeedError(
                    f"The file has more than {limits.rows:,} rows, the most that is read. Nothing was changed."
                )
            yield _judged(kind, record, seen)


def _records(kind: Kind, unpacked: Unpacked, limits: Limits) -> Iterator[Record]:
    start = unpacked.peek().lstrip().lower()
    if start.startswith((b"<!doctype html", b"<html")):
        raise FeedError(markup.HTML)
    if start.startswith((b"{", b"[")):
        raise FeedError("This is JSON, which is not read as a feed: send TSV, CSV or XML. Nothing was changed.")
    if start.startswith(b"<"):
        return markup.records(unpacked, known=kind.columns, limits=limits)
    table = Table(unpacked, known=kind.columns, limits=limits)
    check_required(table.columns, required=kind.required, kind=kind.name)
    return iter(table)


def _judged(kind: Kind[RowT], record: Record, seen: dict[Hashable, int]) -> RowT | Rejection:
    if record.problem:
        return _rejection(kind, record, record.problem)
    try:
        row = kind.row(record)
    except BadInput as error:
        return _rejection(kind, record, error.detail)
    key = kind.key(row)
    if key in seen:
        return _rejection(kind, record, f"duplicate {kind.key_words}: the first, on line {seen[key]}, is taken")
    seen[key] = row.line
    return row


def _rejection(kind: Kind, record: Record, reason: str) -> Rejection:
    id = record.texts.get(kind.id_column, "").strip()
    usable = id and len(id) <= 100 and id.isprintable() and "\ufffd" not in id
    return Rejection(record.line, id if usable else None, reason)


def _whole(
    kind: Kind[RowT], source: Source, *, force: bool, progress: Progress | None, limits: Limits
) -> Reading[RowT]:
    reading: Reading[RowT] = Reading([], [])
    for row in each(kind, source, progress=progress, limits=limits):
        (reading.rejections if isinstance(row, Rejection) else reading.rows).append(row)
    if not force:
        _check(reading, kind, limits)
    return reading


def _check(reading: Reading, kind: Kind, limits: Limits) -> None:
    if not reading.total:
        raise FeedError(f"The {kind.name} feed has no rows. Nothing was changed.")
    if len(reading.rejections) > limits.rejected_share * reading.total:
        reasons = Counter(rejection.reason for rejection in reading.rejections).most_common(3)
        told = "; ".join(f"{reason} ({count:,})" for reason, count in reasons)
        raise FeedError(
            f"{len(reading.rejections):,} of {reading.total:,} rows cannot be used, so the file was refused: {told}. "
            f"Nothing was changed. Mend the file, or force the import to take the rest.",
            tuple(reading.rejections),
        )
