"""Home: what waits, what is on the glass now, how the sources are, and what to do first in an empty installation."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from litestar import Request, Response, get
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.models import Import, Store, Variant
from displays import campaign_pages
from displays.behind import trouble
from displays.models import Retreat, Screen, ScreenReport
from displays.screens import billboards
from kiosk import floor, kiosks
from server.console.surging import surges
from server.core import staff
from server.core.clock import now
from server.core.database import Database
from server.core.rendering import Section, add_section, back, console_page
from server.core.settings import Settings
from social.models import Feed, ReadMeter, Screening, SourceState

add_section(Section(0, "/console", "Home", "h"))


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What a network's stream does, and what it has cost today."""

    network: str
    state: str
    reason: str
    since: object
    posts: int
    cap: int
    spent: Decimal
    rehearsed: bool
    """Whether it plays a rehearsal: nothing is read from the network, and nothing billed."""

    @property
    def mood(self) -> str:
        """How the state is coloured."""
        return {"live": "good", "refused": "bad", "capped": "warn", "waiting": "warn"}.get(self.state, "")


@dataclass(frozen=True)
class Step:
    """Something that an installation needs before it shows anything."""

    done: bool
    words: str
    detail: str
    path: str
    action: str


@get("/console")
async def home(request: Request, database: Database, settings: Settings) -> Response[Any]:
    """The console's first page; an associate's is the floor of their store."""
    async with database.snapshot() as db:
        if not (await staff.calling(db, request, "associate")).may("viewer"):
            return back("/console/floor")
    return await _shown(request, database, settings, "console/home.html")


@get("/console/home/now")
async def home_now(request: Request, database: Database, settings: Settings) -> Response[str]:
    """The part of it that changes, for the page to fetch anew."""
    return await _shown(request, database, settings, "console/home_now.html")


async def _shown(request: Request, database: Database, settings: Settings, template: str) -> Response[str]:
    async with database.snapshot() as db:
        person = await staff.calling(db, request, "viewer")
        screens = await billboards(db)
        tablets = await floor.lines(db, await kiosks.present(db))
        reports = {report.screen_id: report for report in await db.scalars(select(ScreenReport))}
        campaigns = [row for row in await campaign_pages.rows(db) if not row.campaign.ended_at]
        online = {id for id, report in reports.items() if report.connected}
        return console_page(
            request, template, person, title="Home", campaigns=campaigns, screens=screens,
            online=lambda reached: sum(screen.id in online for screen in reached),
            tablets=tablets, here=sum(bool(one.report and one.report.connected) for one in tablets),
            poorly=[one for one in tablets if one.standing.tone in ("bad", "warn")],
            silent=[(screen, reports.get(screen.id)) for screen in screens if screen.id not in online],
            failing=[(screen, reports[screen.id]) for screen in screens if _failing(reports.get(screen.id))],
            everything_retreated=await _all_retreated(db), readings=await readings(db, settings),
            waiting=await db.scalar(select(func.count()).select_from(Screening).where(Screening.state == "waiting")),
            imports=list(await db.scalars(select(Import).order_by(Import.id.desc()).limit(4))),
            steps=await steps(db, screens, campaigns), surges=await surges(db),
        )  # fmt: skip


def _failing(report: ScreenReport | None) -> bool:
    return report is not None and report.connected and bool(trouble(report.error))


async def _all_retreated(db: AsyncSession) -> Retreat | None:
    return await db.scalar(select(Retreat).where(Retreat.campaign_id.is_(None), Retreat.lifted_at.is_(None)).limit(1))


async def readings(db: AsyncSession, settings: Settings) -> list[Reading]:
    """The state of each source, with today's count of posts and what they cost."""
    today = now().date().isoformat()
    meters = {meter.network: meter.posts for meter in await db.scalars(select(ReadMeter).where(ReadMeter.day == today))}
    found = []
    for row in await db.scalars(select(SourceState).order_by(SourceState.network)):
        stale = row.written_at < now() - timedelta(minutes=2)
        posts = meters.get(row.network, 0)
        found.append(Reading(
            network=row.network.upper() if row.network == "x" else row.network.title(), rehearsed=settings.rehearsed,
            state="stopped" if stale else row.state, reason="No process of ours runs it now." if stale else row.reason,
            since=row.written_at if stale else row.since, posts=posts, cap=settings.x_posts_a_day,
            spent=posts * Decimal(str(settings.x_price_a_post)),
        ))  # fmt: skip
    return found


async def steps(db: AsyncSession, screens: list[Screen], campaigns: list[campaign_pages.Row]) -> list[Step]:
    """What an installation needs before something is on the glass, in the order that works."""
    stores = await db.scalar(select(func.count()).select_from(Store).where(Store.withdrawn_at.is_(None))) or 0
    variants = await db.scalar(select(func.count()).select_from(Variant).where(Variant.withdrawn_at.is_(None))) or 0
    sources = await db.scalar(select(func.count()).select_from(SourceState)) or 0
    feeds = await db.scalar(select(func.count()).select_from(Feed)) or 0
    planned = any(row.state.running for row in campaigns)
    known = f"{len(campaigns)} here, {feeds} listening"
    listens = "a token of X, or a rehearsal"
    catalogue, plans, glass = "/console/catalogue", "/console/campaigns", "/console/screens"
    return [
        Step(stores > 0, "Stores", f"{stores:,} known" if stores else "where things are sold", catalogue, "Import stores"),
        Step(variants > 0, "Products", f"{variants:,} variants" if variants else "what can be shown", catalogue, "Import products"),
        Step(bool(screens), "Screens", f"{len(screens)} paired" if screens else "open /screen, then pair it", glass, "Pair a screen"),
        Step(bool(campaigns), "A campaign", known if campaigns else "its tags, rules and screens", plans, "Begin a campaign"),
        Step(planned, "Published", "a campaign plays once it is published", plans, "Publish it"),
        Step(sources > 0, "A source", "posts come in" if sources else listens, "/console/health", "See Health"),
    ]  # fmt: skip


ROUTES = [home, home_now]
