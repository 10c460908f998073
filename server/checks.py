"""The checks of an installation: small pure functions from facts to findings in plain words, each with how to mend it."""

import difflib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields
from datetime import UTC, datetime, timedelta

from server.causes import place
from server.checks_address import address, encryption, loopback
from server.checks_glass import screens, some, tablets
from server.checks_mail import mail
from server.core.settings import Settings
from server.facts import Facts, SourceFact
from server.findings import BAD, GOOD, WARN, Finding

OURS = frozenset({"VITRINE_LISTENING", "VITRINE_AUTHORITY", "VITRINE_CORPORA"})
"""Variables that we set ourselves, or that only tests read."""
RELEASED = datetime(2026, 1, 1, tzinfo=UTC)
SILENT = timedelta(minutes=2)
LONG_WAIT = timedelta(hours=1)


def environment(facts: Facts) -> Iterator[Finding]:
    """Variables that look like settings and are none."""
    known = {f"VITRINE_{one.name.upper()}" for one in fields(Settings)}
    for name in sorted(name for name in facts.environment if name.startswith("VITRINE_") and name not in known | OURS):
        near = difflib.get_close_matches(name, known, 1)
        yield Finding(
            WARN,
            f"{name} is set, but there is no such setting.",
            f"Did you mean {near[0]}?" if near else "Take it away.",
        )


def database(facts: Facts) -> Iterator[Finding]:
    """Whether the database answers and has this version's tables."""
    about = place(facts.settings)
    kind = f"{about['kind']}, {about['name']}" + (f" at {about['where']}" if "where" in about else "")
    if facts.database_mend:
        yield Finding(BAD, facts.database_trouble, facts.database_mend)
    elif facts.database_trouble:
        mend = (
            "See that the folder can be written to."
            if about["kind"] == "SQLite"
            else "See that it runs and that VITRINE_DATABASE_URL is right."
        )
        yield Finding(BAD, f"The database ({kind}) does not answer: {facts.database_trouble}", mend)
    elif facts.tables_old:
        yield Finding(BAD, f"The database ({kind}) has not this version's tables.", "Run: vitrine migrate")
    elif facts.tables_new:
        words = f"The database ({kind}) has the tables of a newer version: an upgrade is under way. This version works on them."
        yield Finding(WARN, words, "Start the newer version here too; a server of this one would not start again.")
    else:
        yield Finding(GOOD, f"The database ({kind}) answers and has this version's tables.")


def disk(facts: Facts) -> Iterator[Finding]:
    """Room for the database and its pictures."""
    gigabytes = facts.free_bytes / 1e9
    if facts.no_room:
        yield Finding(
            BAD,
            "The disk is full: nothing new can be kept. What is shown stays as it is; tablets and screens keep what they have to say.",
            "Make room on it, or give the database a larger one. Everything goes on by itself within a minute.",
        )
    if gigabytes < 2:
        state = BAD if gigabytes < 0.3 else WARN
        yield Finding(
            state,
            f"{gigabytes:.1f} GB are free where {facts.fullest} lies.",
            "Make room before the database can grow no more.",
        )
    else:
        yield Finding(GOOD, f"{gigabytes:,.0f} GB of disk are free.")


def browser_code(facts: Facts) -> Iterator[Finding]:
    """What pages and screens load besides our own files."""
    if facts.browser_code_trouble:
        yield Finding(BAD, facts.browser_code_trouble, "Run: make setup")


def backplane(facts: Facts) -> Iterator[Finding]:
    """What carries news between processes."""
    kind = facts.settings.backplane.partition(":")[0]
    if facts.backplane_trouble:
        words = f"The backplane ({kind}) does not work: {facts.backplane_trouble}"
        yield Finding(
            WARN,
            words,
            "Nothing is lost: screens hear of changes a few seconds late. See that it runs and that VITRINE_BACKPLANE_URL is right.",
        )
    elif kind == "memory" and facts.processes > 1:
        words = (
            f"{facts.processes} processes use this database without VITRINE_BACKPLANE_URL: what is changed through one shows "
            "in the others with the sweep, up to 3 s late."
        )
        mend = (
            "Set it to redis://host, or to the address of the database, for each. A command such as an import, while it runs, "
            "is a process too."
        )
        yield Finding(WARN, words, mend)
    elif kind != "memory":
        yield Finding(GOOD, f"The backplane ({kind}) carries news between processes.")


def work(facts: Facts) -> Iterator[Finding]:
    """Whether some process does the background work."""
    if facts.worker:
        since = _minutes(timedelta(seconds=facts.working_seconds))
        yield Finding(GOOD, f"One process does the background work: {facts.worker}, for {since}.")
    elif not facts.unreadable:
        mend = "Start one: vitrine serve. Whichever process runs takes it up within seconds."
        yield Finding(
            WARN, "No running server does the background work: pictures, feeds on a schedule, ends of campaigns.", mend
        )


def people(facts: Facts) -> Iterator[Finding]:
    """Somebody must be able to sign in."""
    if not facts.admins and not facts.unreadable:
        yield Finding(BAD, "Nobody can administer the console.", "Run: vitrine staff add you@example.com")


def catalogue(facts: Facts) -> Iterator[Finding]:
    """What cards are made of."""
    if facts.unreadable:
        return
    if not facts.stores:
        yield Finding(
            WARN,
            "There are no stores, so no card can say where to get it.",
            "Run: vitrine import stores FILE, or import them in the console.",
        )
    if not facts.variants:
        yield Finding(
            WARN,
            "There are no products, so no post can be matched.",
            "Run: vitrine import products FILE, or import them in the console.",
        )
    if facts.stores and facts.variants:
        yield Finding(GOOD, f"{some(facts.variants, 'variant')} and {some(facts.stores, 'store')} are known.")
    if facts.last_refused_import:
        words = f"The last import was refused. {facts.last_refused_import}"
        yield Finding(WARN, words, "The catalogue is as it was before. Mend the file and import it again.")


def pictures(facts: Facts) -> Iterator[Finding]:
    """Pictures from outside that could not be had."""
    if facts.refused_pictures:
        why = "; ".join(facts.refusals)
        count = "One picture was" if facts.refused_pictures == 1 else f"{facts.refused_pictures:,} pictures were"
        words = f"{count} refused{': ' + why if why else ''}."
        yield Finding(
            WARN,
            words,
            "Their cards are laid out in words. Mend the addresses in the product feed; the next import tries them again.",
        )
    if facts.waiting_pictures > 500:
        yield Finding(
            WARN,
            f"{facts.waiting_pictures:,} pictures are still to be fetched.",
            "They come a few a second, by themselves.",
        )


def sources(facts: Facts) -> Iterator[Finding]:
    """The networks' streams."""
    if not facts.settings.x_bearer_token:
        words = "X is not listened to: there is no bearer token."
        yield Finding(WARN, words, "Set VITRINE_X_BEARER_TOKEN and start again; or rehearse: vitrine demo.")
    elif not facts.settings.x_api_base.startswith("https://") and not loopback(facts.settings.x_api_base):
        yield Finding(
            BAD,
            f"The token of X would go unencrypted to {facts.settings.x_api_base}.",
            "Set VITRINE_X_API_BASE to an https:// address.",
        )
    for source in facts.sources:
        yield _source(facts, source)


def queue(facts: Facts) -> Iterator[Finding]:
    """Posts that wait for a person."""
    if facts.waiting_since and facts.at - facts.waiting_since > LONG_WAIT:
        wait = "One post waits" if facts.waiting_posts == 1 else f"{facts.waiting_posts:,} posts wait"
        yield Finding(
            WARN,
            f"{wait} for a moderator, the longest for {_minutes(facts.at - facts.waiting_since)}.",
            "Nothing is shown unapproved. Open the queue, or let a rule of the feed approve what is safe.",
        )


def _source(facts: Facts, source: SourceFact) -> Finding:
    name = source.network.upper() if source.network == "x" else source.network.title()
    said = f": {source.reason}" if source.reason else ""
    if facts.at - source.written_at > SILENT:
        return Finding(
            WARN, f"No process listens to {name} now.", "Start one: vitrine serve, with VITRINE_SOURCES not 0."
        )
    if source.state == "live" and source.reason:
        return Finding(
            WARN,
            f"{name} is live, but not all that it sends is taken in. {source.reason}",
            "What is shown and what waits is safe. Does too much come, give the feeds rarer tags. Is it something else and goes "
            "on, see the log, and update Vitrine.",
        )
    if source.state == "live":
        return Finding(
            GOOD, f"{name} is live; {facts.posts_today:,} of {facts.settings.x_posts_a_day:,} posts read today."
        )
    if source.state == "refused":
        return Finding(
            BAD,
            f"{name} has refused us{said}",
            "What is shown stays; nothing new comes in until this is mended. It is tried again every 15 minutes by itself.",
        )
    if source.state == "capped":
        return Finding(
            WARN,
            f"{name} is stopped for today: {facts.posts_today:,} posts have been read.",
            "It goes on at midnight UTC. VITRINE_X_POSTS_A_DAY sets the cap.",
        )
    return Finding(WARN, f"{name} is {source.state}{said}", "It tries again by itself.")


def clock(facts: Facts) -> Iterator[Finding]:
    """Whether our clock can be right: leases, opening hours and links that end hang on it."""
    mend = "Let the system set its clock by NTP (timedatectl set-ntp true)."
    ahead = (facts.newest_change_at - facts.at) if facts.newest_change_at else timedelta()
    apart = (
        abs(facts.database_at.replace(tzinfo=facts.database_at.tzinfo or UTC) - facts.at)
        if facts.database_at
        else timedelta()
    )
    if facts.at < RELEASED:
        yield Finding(BAD, f"The clock says {facts.at:%-d %B %Y}, before this version was made.", mend)
    elif ahead > timedelta(minutes=1):
        yield Finding(BAD, f"The clock has gone back: the newest change was written {_minutes(ahead)} from now.", mend)
    elif apart > timedelta(seconds=10):
        yield Finding(BAD, f"The clocks of this machine and of the database are {_minutes(apart)} apart.", mend)
    elif facts.post_lead > timedelta(seconds=10):
        yield Finding(
            WARN, f"Posts come from {_minutes(facts.post_lead)} in the future: this machine's clock is behind.", mend
        )
    else:
        yield Finding(GOOD, f"The clock says {facts.at:%-d %B %Y, %H:%M} UTC, and nothing speaks against it.")


def _minutes(span: timedelta) -> str:
    seconds = round(span.total_seconds())
    return f"{seconds} s" if seconds < 120 else f"{seconds // 60} min" if seconds < 7200 else f"{seconds // 3600} h"


Check = Callable[[Facts], Iterable[Finding]]
CHECKS: tuple[tuple[str, tuple[Check, ...]], ...] = (
    ("Screens", (screens,)),
    ("Tablets", (tablets,)),
    ("Posts", (sources, queue)),
    ("Catalogue and pictures", (catalogue, pictures)),
    ("Database and processes", (database, work, backplane, disk)),
    ("Address and encryption", (address, encryption)),
    ("Mail", (mail,)),
    ("Set-up", (clock, people, browser_code, environment)),
)
"""What is looked at, in the order in which a person wants to read it."""


def judge(facts: Facts) -> list[tuple[str, list[Finding]]]:
    """All findings by group, the worst first in each; groups about which there is nothing to say are left out."""
    groups = [(name, [finding for check in checks for finding in check(facts)]) for name, checks in CHECKS]
    order = (BAD, WARN, GOOD)
    return [(name, sorted(found, key=lambda one: order.index(one.state))) for name, found in groups if found]
