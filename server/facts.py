"""The facts of an installation that its checks look at: rows counted, files found, the clock, what a server knows."""

import asyncio
import os
import re
import shutil
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.models import Image, Import, Store, Variant
from displays.behind import trouble
from displays.models import Campaign, ScreenReport, Shown
from displays.screens import billboards
from kiosk import floor, kiosks, mailing, smtp
from kiosk.standing import Standing
from server import causes
from server.core import process, vendor
from server.core.backplane import backend
from server.core.clock import now
from server.core.database import Database
from server.core.errors import Misconfigured
from server.core.lease import holders
from server.core.settings import ROOT, Settings
from server.core.staff import Staff
from server.core.topics import Topic
from server.migrating import NEWER, OLDER, standing
from social import moderation
from social.models import Picture, Post, ReadMeter, SourceState


@dataclass(frozen=True, kw_only=True)
class ScreenFact:
    """A screen as its last report left it."""

    name: str
    connected: bool
    seen_at: datetime | None
    error: str


@dataclass(frozen=True, kw_only=True)
class TabletFact:
    """A tablet in words, as the console has them."""

    name: str
    standing: Standing


@dataclass(frozen=True, kw_only=True)
class SourceFact:
    """A network's stream as its process last wrote."""

    network: str
    state: str
    reason: str
    written_at: datetime


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What is known of an installation at a moment; whatever the database holds is empty while it does not answer."""

    settings: Settings
    at: datetime
    environment: dict[str, str] = field(default_factory=dict)
    listening: str = ""
    """Where this server listens, as in http://0.0.0.0:8000; empty: no server asks."""
    database_trouble: str = ""
    database_mend: str = ""
    """What to do about it, where its cause is known; the trouble is a sentence then."""
    tables_old: bool = False
    tables_new: bool = False
    """Whether they are a later version's, as in the middle of an upgrade."""
    database_at: datetime | None = None
    newest_change_at: datetime | None = None
    post_lead: timedelta = timedelta()
    """How far ahead of our clock the newest posts claim to have been written."""
    backplane_trouble: str = ""
    processes: int = 0
    """How many have connections to PostgreSQL now, the doctor's own left out."""
    browser_code_trouble: str = ""
    free_bytes: int = 1 << 40
    """Of the fullest of the disks that things are kept on."""
    fullest: Path = Path("/")
    """Where that one lies."""
    no_room: bool = False
    """Whether something could not be kept in the last minute, since a disk was full."""
    admins: int = 0
    stores: int = 0
    variants: int = 0
    published: int = 0
    shown: int = 0
    """Variants on cards that may play now."""
    worker: str = ""
    """Which process does the background work, as 'host 123'; empty: none does."""
    working_seconds: float = 0.0
    """For how long it has done so."""
    screens: tuple[ScreenFact, ...] = ()
    tablets: tuple[TabletFact, ...] = ()
    sources: tuple[SourceFact, ...] = ()
    posts_today: int = 0
    waiting_posts: int = 0
    waiting_since: datetime | None = None
    """When the post that has waited longest for a moderator came in."""
    refused_pictures: int = 0
    waiting_pictures: int = 0
    refusals: tuple[str, ...] = ()
    last_refused_import: str = ""
    mail_trouble: str = ""
    """Why the mail server does not let us in; empty: it does, or nobody asked."""
    stuck_mails: int = 0
    mail_error: str = ""
    """What was said to the newest of them."""
    own_authority: bool = False
    certificate_ends_at: datetime | None = None
    certificate_names: tuple[str, ...] = ()
    """Names and addresses that a certificate of the own authority, made here some time, speaks for."""

    @property
    def unreadable(self) -> bool:
        """Whether what the database holds is not known: it does not answer, or is of another version."""
        return bool(self.database_trouble or self.tables_old)


async def gather(database: Database, settings: Settings, *, backplane_trouble: str | None = None) -> Facts:
    """Everything that the checks look at. `backplane_trouble` is what a running server knows; None: try it now, and the mail
    server too."""
    server_asks = backplane_trouble is not None
    rows: dict[str, object] = _missing(settings)
    try:
        if not rows:
            async with asyncio.timeout(15), database.snapshot() as db:
                stands = await standing(db)
                rows = (
                    {"tables_old": True}
                    if stands == OLDER
                    else {**await _rows(db), **await _processes(db, server_asks), "tables_new": stands == NEWER}
                )
    except Exception as error:
        why = causes.cause(error, settings)
        raw = masked(f"{type(error).__name__}: {error}".split("\n")[0][:300])
        rows = {"database_trouble": why.what if why else raw, "database_mend": why.mend if why else ""}
    backplane = await _backplane(settings) if backplane_trouble is None else backplane_trouble
    try_mail = not server_asks and settings.mail == "smtp" and bool(settings.smtp_url)
    return Facts(
        mail_trouble=masked(await smtp.unreached(settings)) if try_mail else "",
        settings=settings, at=now(), environment=dict(os.environ), listening=os.environ.get("VITRINE_LISTENING", ""),
        backplane_trouble=masked(backplane), own_authority=own_authority(settings),
        browser_code_trouble=await asyncio.to_thread(_browser_code), no_room=database.shortage.lately,
        **_disk(settings), **_certificate(settings.home / "tls" / "server.pem"), **rows,  # type: ignore[arg-type]
    )  # fmt: skip


def _missing(settings: Settings) -> dict[str, object]:
    """An SQLite file that is not there: opening it would make it, and whoever asks may have meant another."""
    if not settings.database.startswith("sqlite") or (file := Path(causes.place(settings)["name"])).exists():
        return {}
    chosen = "VITRINE_DATABASE_URL names it" if settings.database_url else "VITRINE_DATABASE_URL is not set"
    mend = (
        "Is it elsewhere, run this with the settings of the server, as its unit or /etc/vitrine.env has them. "
        "Is this a new installation, run: vitrine migrate"
    )
    return {"database_trouble": f"There is no database at {file} ({chosen}).", "database_mend": mend}


def own_authority(settings: Settings) -> bool:
    """Whether this server speaks HTTPS with a certificate of its own local authority."""
    return os.environ.get("VITRINE_AUTHORITY") == "1" and (settings.home / "tls" / "authority.crt").is_file()


async def _rows(db: AsyncSession) -> dict[str, object]:
    clock = await db.scalar(select(func.now())) if db.get_bind().dialect.name == "postgresql" else None
    return {
        "database_at": clock, "newest_change_at": await db.scalar(select(func.max(Topic.changed_at))),
        "admins": await _count(db, select(Staff).where(Staff.role == "admin", Staff.ended_at.is_(None))),
        "stores": await _count(db, select(Store).where(Store.withdrawn_at.is_(None))),
        "variants": await _count(db, select(Variant).where(Variant.withdrawn_at.is_(None))),
        "published": await _count(db, select(Campaign).where(Campaign.published_at.is_not(None), Campaign.ended_at.is_(None))),
        "shown": await db.scalar(select(func.count(Shown.variant_id.distinct()))) or 0,
        "screens": await _screens(db), "tablets": await _tablets(db), **await _posts(db), **await _pictures(db),
        **await _mails(db), **await _worker(db), "last_refused_import": await _import(db),
    }  # fmt: skip


async def _worker(db: AsyncSession) -> dict[str, object]:
    upkeep = next((one for one in await holders(db) if one.name == "upkeep" and one.holder), None)
    if upkeep is None:
        return {}
    return {"worker": upkeep.holder.rpartition(" ")[0], "working_seconds": upkeep.held_seconds}


async def _processes(db: AsyncSession, a_server_asks: bool) -> dict[str, object]:
    """How many have connections, by the name that each gives them."""
    if db.get_bind().dialect.name != "postgresql":
        return {}
    named = text(
        "SELECT count(DISTINCT application_name) FROM pg_stat_activity WHERE datname = current_database() "
        "AND application_name ~ ' [0-9]+ [0-9a-f]{8}$' AND strpos(application_name, :ours) = 0"
    )
    others = await db.scalar(named, {"ours": process.name()}) or 0
    return {"processes": others + a_server_asks}


async def _count(db: AsyncSession, query) -> int:
    return await db.scalar(select(func.count()).select_from(query.subquery())) or 0


async def _screens(db: AsyncSession) -> tuple[ScreenFact, ...]:
    reports = {report.screen_id: report for report in await db.scalars(select(ScreenReport))}
    none = ScreenReport(connected=False, seen_at=None, error="")
    rows = [(screen, reports.get(screen.id, none)) for screen in await billboards(db)]
    return tuple(
        ScreenFact(name=screen.name, connected=report.connected, seen_at=report.seen_at, error=trouble(report.error))
        for screen, report in rows
    )


async def _tablets(db: AsyncSession) -> tuple[TabletFact, ...]:
    lines = await floor.lines(db, await kiosks.present(db))
    return tuple(TabletFact(name=one.kiosk.name, standing=one.standing) for one in lines)


async def _posts(db: AsyncSession) -> dict[str, object]:
    newest = select(Post.created_at, Post.received_at).order_by(Post.id.desc()).limit(20)
    leads = [created - received for created, received in await db.execute(newest)]
    meters = select(func.sum(ReadMeter.posts)).where(ReadMeter.day == now().date().isoformat())
    waiting, since = (await db.execute(moderation.in_queue())).one()
    sources = tuple(
        SourceFact(network=row.network, state=row.state, reason=row.reason, written_at=row.written_at)
        for row in await db.scalars(select(SourceState))
    )
    return {
        "post_lead": max(leads, default=timedelta()),
        "posts_today": await db.scalar(meters) or 0,
        "waiting_posts": waiting,
        "waiting_since": since,
        "sources": sources,
    }


async def _pictures(db: AsyncSession) -> dict[str, object]:
    """Refused pictures of products and of posts, counted by reason."""
    why: Counter[str] = Counter()
    for column, refused in ((Image.reason, Image.state == "refused"), (Picture.reason, Picture.digest.is_(None))):
        rows = await db.execute(select(column, func.count()).where(refused).group_by(column))
        why.update({reason.rstrip("."): count for reason, count in rows})
    return {
        "refused_pictures": why.total(),
        "waiting_pictures": await _count(db, select(Image).where(Image.state == "waiting")),
        "refusals": tuple(f"{count} × {reason}" for reason, count in why.most_common(3) if reason),
    }


async def _mails(db: AsyncSession) -> dict[str, object]:
    count, why = await mailing.trouble(db, since=now() - timedelta(days=1))
    return {"stuck_mails": count, "mail_error": why}


async def _import(db: AsyncSession) -> str:
    last = await db.scalar(select(Import).where(Import.dry_run.is_(False)).order_by(Import.id.desc()).limit(1))
    return f"{last.kind.capitalize()}: {last.reason}" if last and last.state == "refused" else ""


async def _backplane(settings: Settings) -> str:
    if settings.backplane == "memory":
        return ""
    try:
        lines = backend(settings.backplane)
        async with asyncio.timeout(5):
            await lines.on_startup()
            await lines.subscribe(["vitrine-doctor"])
        await lines.on_shutdown()
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return ""


def _browser_code() -> str:
    try:
        vendor.files(ROOT)
    except Misconfigured as error:
        return error.detail
    return ""


def _disk(settings: Settings) -> dict[str, object]:
    """The fullest of the disks: of the home folder, of an SQLite file elsewhere, and of uploads on their way."""
    sqlite = settings.database.startswith("sqlite") and settings.database.partition(":///")[2]
    folders = [settings.home, *([Path(sqlite).parent] if sqlite else []), Path(tempfile.gettempdir())]
    free, folder = min((_free(one), one) for one in folders)
    return {"free_bytes": free, "fullest": folder}


def _free(folder: Path) -> int:
    there = next((one for one in (folder, *folder.parents) if one.exists()), Path("/"))
    return shutil.disk_usage(there).free


def _certificate(path: Path) -> dict[str, object]:
    from cryptography import x509  # for installations that have an authority of their own

    try:
        made = x509.load_pem_x509_certificate(path.read_bytes())
        named = made.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (OSError, ValueError, x509.ExtensionNotFound):
        return {}
    return {
        "certificate_ends_at": made.not_valid_after_utc,
        "certificate_names": tuple(str(one.value) for one in named),
    }


def masked(text: str) -> str:
    """The same words without the user names and passwords of addresses in them."""
    return re.sub(r"://[^@\s/]*@", "://…@", text)
