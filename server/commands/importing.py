"""`vitrine import`: a feed into the catalogue, with a progress bar and a report that a person can act on."""

import getpass
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from catalog import importing
from catalog.feeds.rows import FeedError, Rejection
from catalog.importing import KEPT_REJECTIONS, Report
from server.core.database import Database
from server.core.settings import Settings
from server.core.spreadsheets import MARK, line
from server.migrating import require

SHOWN = 20


async def run(
    settings: Settings, kind: str, file: Path, *, dry_run: bool, force: bool, left_out: Path | None, out: Console
) -> None:
    """Import a file and print its report; the console's history has it too. `left_out` gets every row that was left out.
    Raises FeedError, with the catalogue as it was, for a file that is broken."""
    await require(settings)
    database = Database(settings.database, settings)
    try:
        with _bar(out) as bar:
            task = bar.add_task(f"{'Checking' if dry_run else 'Importing'} {escape(file.name)}", total=1.0)
            record = await importing.begin(database, kind, source=file.name, by=_who(), dry_run=dry_run)
            report = await importing.recorded(
                database, record, kind, file, dry_run=dry_run, force=force,
                progress=lambda share: bar.update(task, completed=share),
            )  # fmt: skip
            bar.update(task, completed=1.0)
    except FeedError as refused:
        if refused.rejections:
            out.print(_left_out(refused.rejections))
        _write(refused.rejections, left_out)
        raise
    finally:
        await database.close()
    tell(report, out)
    _write(report.left_out, left_out)


def tell(report: Report, out: Console) -> None:
    """Print what an import did or would do, and the first rows that it left out."""
    counts, would = report.counts, "would be " if report.dry_run else ""
    out.print(
        f"{counts['rows']:,} rows read: {counts['added']:,} {would}added, {counts['changed']:,} {would}changed, "
        f"{counts['unchanged']:,} as they were, {counts['withdrawn']:,} {would}withdrawn, {counts['left_out']:,} left out."
    )
    if report.left_out:
        out.print(_left_out(report.left_out))
    if report.dry_run:
        out.print("This was a dry run: nothing was changed.")
        if report.sweeping:
            out.print("Most of what is there would be withdrawn; an import does that only with --force.")


def _left_out(rejections: Sequence[Rejection]) -> Table:
    many = len(rejections) > SHOWN
    title = f"Left out, the first {SHOWN} of {len(rejections):,}" if many else "Left out"
    caption = f"--left-out FILE writes them all; the console keeps the first {KEPT_REJECTIONS:,}." if many else None
    table = Table("Line", "Id", "Why", title=title, title_justify="left", caption=caption, caption_justify="left")
    for one in rejections[:SHOWN]:
        table.add_row(f"{one.line:,}", escape(one.id or ""), escape(one.reason))
    return table


def _write(rejections: Sequence[Rejection], file: Path | None) -> None:
    if file:
        rows = (line((one.line, one.id or "", one.reason)) for one in rejections)
        file.write_text(MARK + line(("line", "id", "why")) + "".join(rows), encoding="utf-8", newline="")


def _bar(out: Console) -> Progress:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f}%"),
        TimeElapsedColumn(),
    )
    return Progress(*columns, console=out)


def _who() -> str:
    """Whose shell it is, for the history."""
    try:
        return f"{getpass.getuser()} on the command line"
    except (OSError, KeyError):
        return "the command line"
