"""Says what is wrong with an installation, and how to mend it: `vitrine doctor`, by the same checks as the page of health."""

from collections.abc import Iterator
from dataclasses import fields
from urllib.parse import urlsplit

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
    out.print("\n[bold]Settings[/bold] (from the environment; all others are as they come)")
    for name, value in in_force(settings):
        out.print(f"    {name}={value}", markup=False, highlight=False, soft_wrap=True)
    return _summed_up([finding for _, findings in groups for finding in findings], out)


def in_force(settings: Settings) -> Iterator[tuple[str, str]]:
    """Every setting that is not as it comes, by its variable; of a secret no more than the host in it."""
    for one in fields(Settings):
        value = getattr(settings, one.name)
        if value != one.default:
            yield f"VITRINE_{one.name.upper()}", _without_secrets(value) if one.metadata.get("secret") else str(value)


def _without_secrets(value: str) -> str:
    scheme, _, rest = value.partition("://")
    try:
        host = urlsplit(value).hostname or "" if rest else ""
    except ValueError:
        host = ""
    return f"{scheme}://…{host}" if rest else "… (is set, and not shown)"


def _summed_up(findings: list[Finding], out: Console) -> bool:
    bad, warned = (sum(one.state == state for one in findings) for state in (BAD, WARN))
    verdict = "Nothing is wrong." if not bad + warned else f"{bad} wrong, {warned} to look at."
    out.print(f"\n{verdict}")
    return not bad
