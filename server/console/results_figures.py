"""What came of it: posts in and how they were judged, plays that count, time on the glass and scans, by campaign, screen and day.

No data is not zero. A screen that told of no play on a day, of whatever campaign, has no data for it; one that played
other things has played this campaign zero times.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, literal_column, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from displays.loop import SECONDS
from displays.models import Campaign, Card, Play, Scan, Screen, Spot
from server.console.results_days import Period, day_of, known, stretches
from server.core.devices import genuine
from social.models import Moderation, Post, Screening
from social.moderation import RULE

SHOWN_ENOUGH = 0.75
"""A play counts when it was shown for so much of its time (the rule of the field for screens that many people see)."""
MOST_SPOTS = 500
"""Spots with a length of their own that are asked after; those beyond are taken to last as long as their kind."""


@dataclass(frozen=True, kw_only=True)
class Figures:
    """Sums; None where there is no data. `shown_ms` is time on the glass of all plays, also of those that do not count."""

    posts: int | None = None
    held: int | None = None
    refused: int | None = None
    by_rule: int | None = None
    by_person: int | None = None
    plays: int | None = None
    cut: int | None = None
    """Plays that were shown too short to count."""
    failed: int | None = None
    shown_ms: int | None = None
    scans: int | None = None

    def __add__(self, other: "Figures") -> "Figures":
        return Figures(**{one.name: _sum(getattr(self, one.name), getattr(other, one.name)) for one in fields(Figures)})

    @property
    def approved(self) -> int | None:
        """By a rule or a person."""
        return _sum(self.by_rule, self.by_person)

    @property
    def scan_rate(self) -> float | None:
        """Scans for a thousand plays that count."""
        return None if self.scans is None or not self.plays else 1000 * self.scans / self.plays


Key = tuple[int | None, str | None, str]
"""Campaign, screen (None: what belongs to no screen, such as posts), and day in ISO."""


@dataclass
class Results:
    """Everything of a period."""

    period: Period
    campaigns: dict[int, Campaign]
    screens: dict[str, Screen]
    """Those that were asked for."""
    every_screen: dict[str, Screen]
    cells: dict[Key, Figures] = field(default_factory=dict)
    told: set[tuple[str, str]] = field(default_factory=set)
    """(screen, day) of which there is any word."""

    def total(self, keys: Iterable[Key] | None = None) -> Figures:
        """The sum of some cells, or of all."""
        return sum((self.cells[key] for key in (self.cells if keys is None else keys)), Figures())

    def by(self, place: int) -> dict[Any, Figures]:
        """Sums by campaign (0), screen (1) or day (2)."""
        sums: dict[Any, Figures] = defaultdict(Figures)
        for key, figures in self.cells.items():
            sums[key[place]] += figures
        return dict(sums)


async def results(
    db: AsyncSession, period: Period, *, campaign: int | None = None, screen: str | None = None
) -> Results:
    """The figures of a period: of all, of one campaign, of one screen, or of both. Days are those of each screen's own
    clock; posts, and scans that name no screen, are on the clock of their campaign."""
    campaigns = {one.id: one for one in await db.scalars(select(Campaign).order_by(Campaign.name))}
    screens = {one.id: one for one in await db.scalars(select(Screen).where(genuine(Screen.id)).order_by(Screen.name))}
    chosen = screens if screen is None else {id: one for id, one in screens.items() if id == screen}
    found = Results(period, campaigns, chosen, screens)
    await _add_plays(db, found)
    await _add_scans(db, found)
    if screen is None:
        await _add_posts(db, found)
    _fill_in(found)
    if campaign is not None:
        found.cells = {key: figures for key, figures in found.cells.items() if key[0] == campaign}
    return found


# -- plays --------------------------------------------------------------------------------------------------------


async def _add_plays(db: AsyncSession, found: Results) -> None:
    counts = _counts(await _planned(db, found.campaigns.values()))
    for ids, stretch in _by_clock(found):
        day = literal_column(day_of("play.started_at", stretch, sqlite=_sqlite(db)))
        query = (
            _with_plan(
                select(
                    Play.campaign_id, Play.screen_id, day.label("day"), func.count(case((counts, 1))),
                    func.count(case((and_(Play.result != "failed", ~counts), 1))), func.count(case((Play.result == "failed", 1))),
                    func.sum(case((Play.result != "failed", Play.duration_ms), else_=0)),
                )
            )
            .where(Play.screen_id.in_(ids), Play.started_at >= stretch.start, Play.started_at < stretch.end)
            .group_by(Play.campaign_id, Play.screen_id, day)
        )  # fmt: skip
        for campaign, screen, on, plays, cut, failed, shown in await db.execute(query):
            found.told.add((screen, on))
            campaign = campaign if campaign in found.campaigns else None  # what a screen says is not to be relied on
            _add(found, (campaign, screen, on), Figures(plays=plays, cut=cut, failed=failed, shown_ms=int(shown)))


def _with_plan(query: Select[Any]) -> Select[Any]:
    """Only what was cut short asks for its plan: what was shown to its end counts, whatever the plan says since."""
    return query.select_from(Play).outerjoin(Card, and_(Play.result == "partial", Card.digest == Play.card))


async def _planned(db: AsyncSession, campaigns: Iterable[Campaign]) -> ColumnElement[int]:
    """The seconds that a play was to last: of its spot, else of its campaign for that kind of card, else of all."""
    spots = await db.execute(select(Spot.id, Spot.seconds).where(Spot.seconds.is_not(None)).limit(MOST_SPOTS))
    cases = [(Play.spot == f"e{id}", seconds) for id, seconds in spots]
    for one in campaigns:
        own = {kind: seconds for kind, seconds in one.seconds.items() if SECONDS.get(kind) not in (None, seconds)}
        cases += [(and_(Play.campaign_id == one.id, Card.kind == kind), seconds) for kind, seconds in own.items()]
    cases += [(Card.kind == kind, seconds) for kind, seconds in SECONDS.items()]
    return case(*cases, else_=max(SECONDS.values()))


def _counts(planned: ColumnElement[int]) -> ColumnElement[bool]:
    enough = Play.duration_ms >= planned * int(1000 * SHOWN_ENOUGH)
    return or_(Play.result == "completed", and_(Play.result == "partial", enough))


# -- scans --------------------------------------------------------------------------------------------------------


async def _add_scans(db: AsyncSession, found: Results) -> None:
    clocks = [(Scan.screen_id.in_(ids), stretch) for ids, stretch in _by_clock(found)]
    if len(found.screens) != 1:
        clocks += [(Scan.screen_id.is_(None), stretch) for stretch in stretches(found.period, "UTC")]
    for whose, stretch in clocks:
        day = literal_column(day_of("scan.scanned_at", stretch, sqlite=_sqlite(db)))
        query = select(Scan.campaign_id, Scan.screen_id, day.label("day"), func.count()).where(
            whose, Scan.scanned_at >= stretch.start, Scan.scanned_at < stretch.end
        )  # fmt: skip
        for campaign, screen, on, count in await db.execute(query.group_by(Scan.campaign_id, Scan.screen_id, day)):
            if screen:
                found.told.add((screen, on))
            _add(found, (campaign, screen, on), Figures(scans=count))


# -- posts --------------------------------------------------------------------------------------------------------


async def _add_posts(db: AsyncSession, found: Results) -> None:
    """Posts by the day on which they came, with what has become of them since."""
    zones: dict[str, dict[int, int]] = defaultdict(dict)
    for one in found.campaigns.values():
        zones[known(one.time_zone)][one.feed_id] = one.id
    for zone, feeds in zones.items():
        for stretch in stretches(found.period, zone):
            day = literal_column(day_of("post.received_at", stretch, sqlite=_sqlite(db)))
            within = and_(Post.received_at >= stretch.start, Post.received_at < stretch.end)
            judged = select(
                Screening.feed_id, day.label("day"), func.count(), func.count(case((Screening.verdict == "hold", 1))),
                func.count(case((Screening.state == "refused", 1))),
            ).select_from(Post).join(Screening, and_(Screening.post_id == Post.id, Screening.revision == Post.revision))  # fmt: skip
            judged = judged.where(within, Screening.feed_id.in_(feeds)).group_by(Screening.feed_id, day)
            for feed, on, posts, held, refused in await db.execute(judged):
                told = Figures(posts=posts, held=held, refused=refused, by_rule=0, by_person=0)
                _add(found, (feeds[feed], None, on), told)
            approved = select(
                Moderation.feed_id, day.label("day"), func.count(Moderation.post_id.distinct()),
                func.count(case((Moderation.by == RULE, Moderation.post_id)).distinct()),
            ).select_from(Post).join(Moderation, Moderation.post_id == Post.id)  # fmt: skip
            approved = approved.where(within, Moderation.verdict == "approved", Moderation.feed_id.in_(feeds))
            for feed, on, every, by_rule in await db.execute(approved.group_by(Moderation.feed_id, day)):
                _add(found, (feeds[feed], None, on), Figures(by_rule=by_rule, by_person=every - by_rule))


# -- what is zero and what is not known ---------------------------------------------------------------------------


def _fill_in(found: Results) -> None:
    """Zeros where something is known: a screen that told of a day played, and was scanned, so often and not more."""
    for (campaign, screen, day), figures in list(found.cells.items()):
        if screen and (screen, day) in found.told:
            _add(found, (campaign, screen, day), Figures(plays=0, cut=0, failed=0, shown_ms=0, scans=0))
        if screen is None and figures.posts is not None:
            _add(found, (campaign, screen, day), Figures(held=0, refused=0))


def _add(found: Results, key: Key, figures: Figures) -> None:
    found.cells[key] = found.cells.get(key, Figures()) + figures


def _by_clock(found: Results) -> Iterable[tuple[list[str], Any]]:
    """The screens of each time zone with each stretch of the period on its clock."""
    zones: dict[str, list[str]] = defaultdict(list)
    for screen in found.screens.values():
        zones[known(screen.time_zone)].append(screen.id)
    for zone, ids in zones.items():
        for stretch in stretches(found.period, zone):
            for start in range(0, len(ids), 5000):
                yield ids[start : start + 5000], stretch


def _sum(one: int | None, other: int | None) -> int | None:
    return other if one is None else one if other is None else one + other


def _sqlite(db: AsyncSession) -> bool:
    return db.get_bind().dialect.name == "sqlite"
