"""Says what is wrong with an installation, and how to mend it: `vitrine doctor`, by the same checks as the page of health."""

from rich.console import Console

from server.checks import BAD, GOOD, WARN, Finding, judge
from server.core.database import Database
from server.core.settings import Settings
from server.facts import gather

MARKS = {GOOD: "[green]✓[/green]", WARN: "[yellow]▲[/yellow]", BAD: "[red]■[/red]"}


async def run(settings: Settings, out: Console) -> bool:
    """Print every check and how to mend what is wrong; False when something is bad."""
    db = Database(settings.database, settings)
    try:
        groups = judge(await gather(db, settings))
    finally:
        await db.close()
    for name, findings in groups:
        out.print(f"\n[bold]{name}[/bold]")
        for finding in findings:
            out.print(f"  {MARKS[finding.state]} ", end="")
            out.print(finding.what, markup=False, highlight=False, soft_wrap=True)
            if finding.mend:
                out.print(f"      {finding.mend}", style="dim", markup=False, highlight=False, soft_wrap=True)
    return _summed_up([finding for _, findings in groups for finding in findings], out)


def _summed_up(findings: list[Finding], out: Console) -> bool:
    bad, warned = (sum(one.state == state for one in findings) for state in (BAD, WARN))
    verdict = "Nothing is wrong." if not bad + warned else f"{bad} wrong, {warned} to look at."
    out.print(f"\n{verdict}")
    return not bad
