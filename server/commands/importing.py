"""`vitrine import`: a feed into the catalogue, with a progress bar and a report that a person can act on."""

from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from catalog import importing
from catalog.importing import Report
from server.core.database import Database
from server.core.settings import Settings

SHOWN = 20


async def run(settings: Settings, kind: str, file: Path, *, dry_run: bool, force: bool, out: Console) -> None:
    """Import a file and print its report. Raises FeedError, with the catalogue as it was, for a broken one."""
    database = Database(settings.database, settings)
    try:
        with Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.percentage:>3.0f}%"),
            TimeElapsedColumn(),
            console=out,
        ) as bar:
            task = bar.add_task(f"{'Checking' if dry_run else 'Importing'} {file.name}", total=1.0)
            report = await importing.import_feed(
                database,
                kind,
                file,
                dry_run=dry_run,
                force=force,
                progress=lambda share: bar.update(task, completed=share),
            )
    finally:
        await database.close()
    _print(report, out)


def _print(report: Report, out: Console) -> None:
    counts = report.counts
    would = "would be " if report.dry_run else ""
    out.print(
        f"{counts['rows']:,} rows read: {counts['added']:,} {would}added, {counts['changed']:,} {would}changed, "
        f"{counts['unchanged']:,} as they were, {counts['withdrawn']:,} {would}withdrawn, {counts['left_out']:,} left out."
    )
    if report.left_out:
        table = Table(
            "Line",
            "Id",
            "Why it was left out",
            title=f"Left out, the first {SHOWN}" if len(report.left_out) > SHOWN else None,
        )
        for rejection in report.left_out[:SHOWN]:
            table.add_row(str(rejection.line), rejection.id or "", rejection.reason)
        out.print(table, markup=False)
    if report.dry_run:
        out.print("This was a dry run: nothing was changed.")
