"""The `vitrine` command: everything that an operator does from a shell."""

import asyncio
import gc
import sys
from pathlib import Path

import rich_click as click
from rich.console import Console
from rich.markup import escape

from server.commands import units
from server.core.errors import Misconfigured, VitrineError
from server.core.settings import Settings, load

out = Console(highlight=False)
gc.set_threshold(100_000)  # hardly any of what a start makes is garbage, and looking takes a tenth of it


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="vitrine")
def vitrine() -> None:
    """Posts and store visits, matched to a shop's catalogue and shown on screens, live.

    New here? `vitrine demo` shows everything at once with invented posts and products. For a shop of your own:
    `vitrine migrate`, `vitrine import stores FILE`, `vitrine import products FILE`, `vitrine staff add`, `vitrine serve`;
    then `vitrine doctor` says what is missing.
    """


@vitrine.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="Port to listen on.")
@click.option("--fresh", is_flag=True, help="Throw the demo's data away and begin anew.")
@click.option("--speed", default=1.0, show_default=True, help="How fast the invented posts come.")
@click.option(
    "--lan", is_flag=True, help="Serve the phones on this network too, with TLS; /trust says how they trust it."
)
def demo(host: str, port: int, fresh: bool, speed: float, lan: bool) -> None:
    """Run the whole product with an invented house, posts and screens."""
    from server.commands import demo as show

    _run(show.run(host=host, port=port, fresh=fresh, speed=speed, open_to_lan=lan, out=out))


@vitrine.command()
@click.option(
    "--host", default="127.0.0.1", show_default=True, help="Address to listen on; 0.0.0.0 for the shop's network."
)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="Port to listen on.")
@click.option(
    "--workers",
    default=1,
    type=click.IntRange(1, 64),
    show_default=True,
    help="Processes; more than one need PostgreSQL, and Redis (or PostgreSQL) as backplane.",
)
@click.option("--tls", is_flag=True, help="Serve HTTPS with a certificate of our own local authority.")
@click.option(
    "--tls-cert", type=click.Path(exists=True, path_type=Path), help="Serve HTTPS with this certificate (PEM)."
)
@click.option("--tls-key", type=click.Path(exists=True, path_type=Path), help="Its private key (PEM).")
def serve(host: str, port: int, workers: int, tls: bool, tls_cert: Path | None, tls_key: Path | None) -> None:
    """Serve screens, console and API."""
    from server import serving

    serving.run(_home(), host=host, port=port, workers=workers, tls=tls, cert=tls_cert, key=tls_key, out=out)


@vitrine.command()
@click.option(
    "--restored", is_flag=True, help="Say that the database came back from a backup: screens fetch everything anew."
)
def migrate(restored: bool) -> None:
    """Bring the database to this version's tables. The version before may go on serving meanwhile."""
    from server.core import topics
    from server.migrating import migrate as bring

    async def work(settings: Settings) -> None:
        async with _database(settings) as database:
            await bring(database, say=out.print)
            if restored:
                async with database.transaction() as db:
                    await topics.renew_epoch(db)
                out.print(
                    "A new epoch has begun: screens, tablets and phones take what this database says, whatever they had."
                )
        out.print("The database has this version's tables.")

    _run(work(_home()))


@vitrine.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def backup(file: Path) -> None:
    """Copy the SQLite database to FILE, whole and checked, while the server runs."""
    from server.commands import backing

    backing.run(_home(), file, out)


@vitrine.command("import")
@click.argument("kind", type=click.Choice(["products", "inventory", "stores"]))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what would happen and change nothing.")
@click.option("--force", is_flag=True, help="Take the file even if most rows are left out or most is withdrawn.")
@click.option(
    "--left-out",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="Write every row that is left out, with its line and why, to this file (CSV).",
)
def import_(kind: str, file: Path, dry_run: bool, force: bool, left_out: Path | None) -> None:
    """Read a feed (TSV, CSV, XML; .gz too) into the catalogue."""
    from server.commands import importing

    _run(importing.run(_home(), kind, file, dry_run=dry_run, force=force, left_out=left_out, out=out))


@vitrine.group()
def staff() -> None:
    """Who may use the console."""


@staff.command("add")
@click.argument("email")
@click.option("--name", default="", help="How the audit log names them.")
@click.option(
    "--role",
    type=click.Choice(["associate", "viewer", "moderator", "merchandiser", "admin"]),
    default="admin",
    show_default=True,
)
@click.option("--store", default="", help="An associate's store, by its code: the one whose floor they see.")
def staff_add(email: str, name: str, role: str, store: str) -> None:
    """Take somebody on; prints a link that signs them in once."""
    from server.commands import staffing

    _run(staffing.add(_home(), email=email, name=name, role=role, store=store, out=out))


@staff.command("link")
@click.argument("email")
def staff_link(email: str) -> None:
    """Print a new one-time sign-in link, for somebody who forgot the password."""
    from server.commands import staffing

    _run(staffing.link(_home(), email=email, out=out))


@vitrine.command()
@click.option(
    "--feed",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Match against this product feed, not the database.",
)
def match(feed: Path | None) -> None:
    """Match posts to the catalogue: JSON lines (id, text, lang) in, JSON lines out."""
    from server.commands import matching

    _run(matching.run(_home(), feed, sys.stdin.buffer, sys.stdout))


@vitrine.command()
@click.argument("scenario")
@click.option("--speed", default=1.0, show_default=True, help="Times as fast as written.")
@click.option("--loop", is_flag=True, help="Play it again and again.")
@click.option("--to", "address", default="", help="Control address of the rehearsal that the installation listens to.")
def rehearse(scenario: str, speed: float, loop: bool, address: str) -> None:
    """Play a scenario of invented posts into a running installation: launch, quiet or raid, which come along, or a file."""
    from server.commands import rehearsing

    _run(rehearsing.run(_home(), scenario, speed=speed, loop=loop, address=address, out=out))


@vitrine.command()
@click.option("--screens", default=1000, show_default=True, type=click.IntRange(0, 100_000), help="How many screens.")
@click.option("--tablets", default=100, show_default=True, type=click.IntRange(0, 10_000), help="How many tablets.")
@click.option("--minutes", default=10.0, show_default=True, type=click.FloatRange(0.05), help="How long it lasts.")
@click.option(
    "--storms",
    default=2,
    show_default=True,
    type=click.IntRange(0, 100),
    help="How often every connection breaks at once.",
)
@click.option("--slow", default="5%", show_default=True, type=units.Share(), help="How many have a slow link.")
@click.option(
    "--skew", default="30s", show_default=True, type=units.Span(), help="How wrong their clocks are, at most."
)
@click.option(
    "--change-every", default="2s", show_default=True, type=units.Span(0.1), help="How often what they play is changed."
)
@click.option(
    "--drop-every", default="5m", show_default=True, type=units.Span(5), help="How often each drops off, on average."
)
@click.option(
    "--cold", is_flag=True, help="Every screen fetches all its cards at the start, as newly installed ones do."
)
@click.option(
    "--to", "address", default="", help="Where the installation is: on this machine, or at its own VITRINE_PUBLIC_URL."
)
@click.option(
    "--json",
    "file",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="Write the scorecard to this file.",
)
@click.option("--clean", is_flag=True, help="Only clear away what a simulation left that was killed.")
def simulate(address: str, file: Path | None, clean: bool, minutes: float, **chosen: float) -> None:
    """Try this installation with virtual screens and tablets, and print a scorecard.

    Run it on a machine of the installation, with its settings, while `vitrine serve` runs. The devices are made in its
    database, marked as simulated, counted in no result or trend, and gone when it ends or is stopped with Ctrl-C.
    """
    from server.commands import simulating
    from server.simulation.plan import Plan

    plan = Plan(seconds=minutes * 60, **chosen)  # type: ignore[arg-type]
    simulating.run(_home(), plan, address=address, file=file, only_clean=clean, out=out)


@vitrine.command()
def doctor() -> None:
    """Say what is wrong with this installation, and how to mend it."""
    from server import doctoring

    if not _run(doctoring.run(load(), out)):  # what is looked at is not made
        raise SystemExit(1)


def _home() -> Settings:
    settings = load()
    try:
        settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        there = settings.home.exists()
        what = "is a file, not a folder" if there else f"cannot be made ({error.strerror})"
        raise Misconfigured(
            f"{settings.home} {what}. Set VITRINE_HOME to a folder of the user that runs this."
        ) from None
    return settings


def _database(settings: Settings):
    from contextlib import asynccontextmanager

    from server.core.database import Database

    @asynccontextmanager
    async def opened():
        database = Database(settings.database, settings)
        try:
            yield database
        finally:
            await database.close()

    return opened()


def _run(work):
    try:
        return asyncio.run(work)
    except KeyboardInterrupt:
        raise SystemExit(130) from None


def main() -> None:
    """Entry of the command: failures that we understand are one line, not a traceback. Ends with 2 where the operator has to
    set something right first."""
    try:
        vitrine(prog_name="vitrine")
    except Exception as error:
        from server.causes import cause

        why = None if isinstance(error, Misconfigured) else cause(error, load())
        if why is None and not isinstance(error, VitrineError):
            raise
        title = Misconfigured.title if why else error.title  # type: ignore[attr-defined]
        words = f"{why.what} {why.mend}" if why else error.detail  # type: ignore[attr-defined]
        Console(stderr=True, highlight=False).print(f"[red]{title}.[/red] {escape(words)}", soft_wrap=True)
        raise SystemExit(2 if why or isinstance(error, Misconfigured) else 1) from None


if __name__ == "__main__":
    main()
