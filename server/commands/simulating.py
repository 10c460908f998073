"""`vitrine simulate`: virtual screens and tablets against an installation of one's own, and a scorecard at the end."""

import asyncio
import json
import os
import signal
import ssl
from collections.abc import Callable, Collection, Coroutine
from contextlib import suppress
from ipaddress import ip_address
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import urlsplit

import httpx
from rich.console import Console
from rich.live import Live

from server.core import audit
from server.core.database import Database
from server.core.errors import BadInput, Misconfigured
from server.core.settings import Settings
from server.migrating import require
from server.simulation import scorecard, table
from server.simulation.changing import Changer, ours, reached
from server.simulation.clearing import Tally, clear, running, tally
from server.simulation.clients import Clients
from server.simulation.clock import Truth
from server.simulation.fleet import Fleet
from server.simulation.furnishing import Furnished, furnish, new_run
from server.simulation.plan import Plan
from server.simulation.records import Records
from server.simulation.scorecard import Scorecard
from server.simulation.surroundings import MOST_REQUESTS, Surroundings

BY = "the vitrine command"
FILES_BESIDES = 200
LOG_SECONDS = 30
PLAIN = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""For addresses without TLS: each client would make a context of its own, which it never uses."""


def run(settings: Settings, plan: Plan, *, address: str, file: Path | None, only_clean: bool, out: Console) -> None:
    """Simulate, or only clear away what an earlier run left. Raises Misconfigured or BadInput when it cannot begin."""
    where = permitted((address or settings.address).rstrip("/"), settings)
    work = _clean(settings, out) if only_clean else simulate(settings, plan, where, file=file, out=out)
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        runner.run(work)


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    if os.name == "nt":
        return None
    import uvloop

    return uvloop.new_event_loop


def permitted(address: str, settings: Settings) -> str:
    """The address, if it is this machine's or the installation's own. Raises BadInput: a thousand sockets are no gift to others."""
    parts = urlsplit(address)
    host = parts.hostname or ""
    if parts.scheme not in ("http", "https") or not host:
        raise BadInput(f"‘{address}’ is no address; write one like http://127.0.0.1:8000")
    if _loopback(host) or host == urlsplit(settings.public_url).hostname:
        return address
    raise BadInput(
        f"{host} is neither this machine nor the address of this installation, and a simulation opens very many connections. "
        "If it is yours, set VITRINE_PUBLIC_URL to its address, here as there, and run the command again. Nothing was done."
    )


def _loopback(host: str) -> bool:
    with suppress(ValueError):
        return ip_address(host).is_loopback
    return host == "localhost"


def allow_files(count: int) -> None:
    """Raise this process's limit of open files. Raises Misconfigured where the system's is too low."""
    if os.name == "nt":
        return
    import resource

    wanted = count + MOST_REQUESTS + FILES_BESIDES
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < wanted:
        if hard != resource.RLIM_INFINITY and hard < wanted:
            raise Misconfigured(
                f"{count:,} devices need {wanted:,} open files, and this account may have {hard:,}. Raise it (ulimit -n, or "
                "LimitNOFILE of the unit), here and for the server, or take fewer devices."
            )
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


async def simulate(settings: Settings, plan: Plan, address: str, *, file: Path | None, out: Console) -> Scorecard:
    """One run, from the making of the devices to their removal, whatever comes between."""
    await require(settings)
    allow_files(plan.screens + plan.tablets)
    database, trust = Database(settings.database, settings), _trust(settings, address)
    clients = Clients(lambda: _client(address, trust))
    run, all, stop = new_run(), None, asyncio.Event()
    _listen_to_signals(stop)
    try:
        async with clients.one() as http:
            await reached(http, address)
        await _alone(database)
        made = await furnish(database, run, screens=plan.screens, tablets=plan.tablets, seconds=plan.seconds)
        all = Surroundings(
            address, clients, Records(), Truth(), Random(run), campaign=str(made.campaign), tls=trust,
            metrics_token=settings.metrics_token,
        )  # fmt: skip
        if made.screens:
            async with clients.one() as http:
                await ours(http, address, made.screens[0].id, made.screens[0].token)
        card = await _played(database, plan, all, made, run, stop, out)
        _report(card, file, out)
        return card
    finally:
        await clients.close()
        await _surely(_removed(database, run, all.history.cards if all else ()))


def _listen_to_signals(stop: asyncio.Event) -> None:
    """The first Ctrl-C ends the run early, with its scorecard; the second ends it without. Both clear away."""
    loop, main = asyncio.get_running_loop(), asyncio.current_task()

    def interrupted() -> None:
        if stop.is_set() and main:
            main.cancel()
        stop.set()

    for name in (signal.SIGINT, signal.SIGTERM):
        with suppress(NotImplementedError, ValueError, RuntimeError):  # not where signals are somebody else's
            loop.add_signal_handler(name, interrupted)


async def _surely(work: Coroutine[Any, Any, None]) -> None:
    """Do it to its end, however often somebody asks to stop."""
    task = asyncio.ensure_future(work)
    while not task.done():
        with suppress(asyncio.CancelledError):
            await asyncio.shield(task)
    task.result()


async def _played(
    database: Database, plan: Plan, all: Surroundings, made: Furnished, run: str, stop: asyncio.Event, out: Console
) -> Scorecard:
    changer = Changer(all, cookie=made.cookie, campaign=made.campaign, spots=made.spots)
    fleet = Fleet(plan, all, changer, screens=made.screens, tablets=made.tablets)
    out.print(
        f"{len(made.screens):,} screens and {len(made.tablets):,} tablets come to {all.address}, for "
        f"{table.clock(plan.seconds)}. Ctrl-C ends it early, with a scorecard.",
        soft_wrap=True,
    )
    await _watched(fleet, stop, out)
    await asyncio.sleep(1)  # what the server gathers of reports is written by then
    return await _judged(database, plan, all, fleet, run)


async def _watched(fleet: Fleet, stop: asyncio.Event, out: Console) -> None:
    if not out.is_terminal:
        await fleet.run(stop, _now_and_then(fleet, out))
        return
    with Live(console=out, refresh_per_second=2, transient=True) as live:
        await fleet.run(stop, lambda: live.update(_line(fleet)))


def _now_and_then(fleet: Fleet, out: Console) -> Callable[[], None]:
    told = [0.0]

    def tell() -> None:
        if fleet.elapsed - told[0] >= LOG_SECONDS:
            told[0] = fleet.elapsed
            out.print(_line(fleet), soft_wrap=True)

    return tell


def _line(fleet: Fleet) -> str:
    """How it goes, in one line."""
    records = fleet.all.records
    lately, lag = scorecard.spread(records.delivered[-5000:]), scorecard.spread(records.lag[-200:])
    sizes = [one.readings[-1].size for one in records.servers.values() if one.readings]
    size = f" · server {sum(sizes) / table.MIB:,.0f} MiB" if sizes else ""
    errors = sum(records.errors.values()) + sum(records.refused.values())
    return (
        f"{table.clock(fleet.elapsed)} of {table.clock(fleet.plan.seconds)} · {fleet.connected:,} of {len(fleet.devices):,} here "
        f"· delivered p95 {table.ms(lately.p95)} · {records.counts['plays']:,} plays · "
        f"{records.counts['operations']:,} operations · {errors:,} errors{size} · own lag {table.ms(lag.p95)}"
    )


async def _judged(database: Database, plan: Plan, all: Surroundings, fleet: Fleet, run: str) -> Scorecard:
    counted: Tally = await tally(database, run)
    visits = [visit for tablet in fleet.tablets for visit in tablet.visits]
    done = {id for visit in visits for id in (*visit.adds, *visit.removals)}
    refused = {id for visit in visits for id in visit.refused}
    kept = {id for visit in visits for id in visit.kept}
    newest = all.history.newest
    return scorecard.judge(
        plan, all.records,
        plays=scorecard.plays(
            {one.id: one.journal.written for one in fleet.screens},
            {one.id: {play["id"] for play in one.journal.waiting} for one in fleet.screens},
            counted.plays, counted.plays_again,
        ),
        operations=scorecard.operations(
            done - refused, kept, counted.operations, {one.bag: one.expected(counted.operations) for one in visits}, counted.bags
        ),
        outdated=sum(one.applied < newest for one in fleet.screens), present=(len(fleet.screens), len(fleet.tablets)),
    )  # fmt: skip


def _report(card: Scorecard, file: Path | None, out: Console) -> None:
    table.show(card, out)
    if file:
        file.write_text(json.dumps(card.plain(), indent=1) + "\n", encoding="utf-8")
        out.print(f"All of it is in {file}.", soft_wrap=True)


async def _removed(database: Database, run: str, cards: Collection[str]) -> None:
    try:
        await clear(database, run, cards=cards)
        async with database.transaction() as db:
            audit.record(db, who=BY, what="simulated devices", which=f"run {run}")
    finally:
        await database.close()


async def _alone(database: Database) -> None:
    """Clear away what an earlier run left. Raises Misconfigured while another goes on."""
    if await running(database):
        raise Misconfigured(
            "Devices of another simulation are connected. Let it end first; if it was killed, wait a minute, or clear it away: "
            "vitrine simulate --clean"
        )
    await clear(database)


async def _clean(settings: Settings, out: Console) -> None:
    await require(settings)
    database = Database(settings.database, settings)
    count = await clear(database)
    await database.close()
    out.print(f"Simulated devices that were cleared away: {count:,}.")


def _client(address: str, trust: ssl.SSLContext | None) -> httpx.AsyncClient:
    limits = httpx.Limits(max_connections=1, max_keepalive_connections=1, keepalive_expiry=30)
    headers = {"User-Agent": "vitrine simulate", "Accept": "application/json"}
    return httpx.AsyncClient(
        base_url=address, timeout=30, limits=limits, headers=headers, verify=trust or PLAIN, trust_env=False
    )


def _trust(settings: Settings, address: str) -> ssl.SSLContext | None:
    """What HTTPS is checked against: the system's authorities, and the installation's own where it has one."""
    if not address.startswith("https:"):
        return None
    context = ssl.create_default_context()
    own = settings.home / "tls" / "authority.crt"
    if own.exists():
        context.load_verify_locations(own)
    return context
