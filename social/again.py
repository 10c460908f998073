"""Judging again: posts that wait when their feed or the catalogue is changed are judged by what there is now, a few at a time.

A post that waits never goes live by this: whoever wrote the rule saw it wait, and a person decides. And what stood
beside it stays there where it fits about as well as before, so that nothing jumps under a moderator's hands.
"""

import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, replace
from datetime import timedelta

import structlog
from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.matching.values import Verdict
from catalog.models import CatalogueChange
from catalog.shelving import Compiled
from server.core.clock import now
from server.core.database import Database
from social.approval import SUSPENDED, Decision
from social.models import Feed, Match, Post, Screening
from social.screening import Screening as Screened

log = structlog.get_logger()
AT_ONCE = 50
"""Posts of a round: a second's work, so that those that arrive are not kept waiting."""
UNDER_WAY = timedelta(seconds=2)
"""A post that was judged so soon after a change may have been judged by what the feed said before."""
QUIET, PATIENCE = timedelta(seconds=10), timedelta(minutes=5)
"""How long the catalogue must have rested, so that a night of imports is one change; and how long that is waited for."""
MOST_SILENT = 500
"""Posts of a feed without an item, the newest, that a changed catalogue may have one for."""
RETRY_SECONDS = 300
"""After which a post whose judging failed is tried again."""
_AS_WELL = 0.06
"""Difference of scores up to which two items fit a post alike: what a turn among favourites makes."""
_NAMED = 0.99
"""Score from which an item is not found but named: paired with the tag, or by a word of the feed."""
WAITED = "the rule would let it through now; it waited before the feed or the catalogue was changed"


class Again:
    """Takes up the posts that wait and were judged by what their feed, or the catalogue, was before."""

    def __init__(
        self, database: Database, shelf: Compiled, judge: Callable[[], Callable[[int], Awaitable[bool]]]
    ) -> None:
        """`judge` makes what judges a row of the queue anew, with what has been heard up to now."""
        self._database, self._shelf, self._judge = database, shelf, judge
        self._failed: dict[int, float] = {}
        """When to try those again whose judging failed."""
        self._settled, self._moved_at = 0, 0.0
        """The change of the catalogue that posts are due for, and since when there has been a newer one."""

    async def take_up(self) -> int:
        """One round, the newest posts first. Returns how many were judged."""
        self._failed = {id: at for id, at in self._failed.items() if at > time.monotonic()}
        ids = await self._outdated(await self._change())
        judge = self._judge() if ids else None
        for id in ids:
            try:
                await judge(id)
            except Exception:
                # The others do not wait for it.
                self._failed[id] = time.monotonic() + RETRY_SECONDS
                log.exception("post_not_judged_again", screening=id)
        return len(ids)

    async def _change(self) -> int:
        """The change of the catalogue that posts are due for; 0 while this process does not have it compiled yet."""
        async with self._database.snapshot() as db:
            query = select(CatalogueChange.id, CatalogueChange.made_at).order_by(CatalogueChange.id.desc()).limit(1)
            newest = (await db.execute(query)).first()
            feeds = await db.scalar(select(Feed.id).where(Feed.ended_at.is_(None)).limit(1))
        if newest is None or feeds is None:
            return 0
        self._moved_at = self._moved_at or time.monotonic()
        tired = time.monotonic() - self._moved_at > PATIENCE.total_seconds()
        if newest.id == self._settled or newest.made_at < now() - QUIET or tired:
            self._settled, self._moved_at = newest.id, 0.0
        await self._shelf.current()
        return self._settled if self._shelf.change >= self._settled else 0

    async def _outdated(self, change: int) -> list[int]:
        found: list[int] = []
        async with self._database.snapshot() as db:
            for feed in await db.scalars(select(Feed).where(Feed.ended_at.is_(None))):
                due = or_(Screening.judged_at < feed.changed_at + UNDER_WAY, await _behind(db, feed, change))
                query = _waiting(feed).where(due, Screening.id.not_in(self._failed))
                found += await db.scalars(query.order_by(Screening.id.desc()).limit(AT_ONCE - len(found)))
                if len(found) >= AT_ONCE:
                    break
        return found


def _waiting(feed: Feed) -> Select[tuple[int]]:
    return select(Screening.id).join(Post, Post.id == Screening.post_id).where(
        Screening.feed_id == feed.id, Screening.state == "waiting", Screening.revision == Post.revision,
        Post.gone_at.is_(None),
    )  # fmt: skip


async def _behind(db: AsyncSession, feed: Feed, change: int) -> ColumnElement[bool]:
    """That a post was judged by an earlier catalogue; of those without an item only the newest ask for another look."""
    silent = _waiting(feed).where(~Screening.show).order_by(Screening.id.desc())
    floor = await db.scalar(silent.offset(MOST_SILENT).limit(1)) or 0
    return and_(Screening.catalogue < change, or_(Screening.show, Screening.id > floor))


def steady(matched: Verdict, standing: str) -> Verdict:
    """The same verdict with the variant first that stood first before, where it fits about as well as the best."""
    kept = next((one for one in matched.matches if one.variant == standing), None)
    best = max((one.score for one in matched.matches), default=0.0)
    if kept is None or best >= _NAMED or kept.score < best - _AS_WELL:
        return matched
    first = replace(kept, score=matched.matches[0].score)
    return replace(matched, matches=(first, *(one for one in matched.matches if one is not kept)))


def revise(row: Screening, matched: Verdict, screened: Screened, decision: Decision) -> bool:
    """Write down what is judged now. Returns whether anything but the rule's words is different."""
    before = (row.verdict, row.reasons, row.show, row.held, row.cues, row.state)
    held = [asdict(one) for one in matched.against]
    brought_back = row.verdict == "refuse"
    if screened.verdict == "refuse" and not brought_back:
        row.state = "refused"
    row.verdict, row.reasons = ("refuse" if brought_back else screened.verdict), list(screened.reasons)
    row.show, row.held, row.cues = matched.show, held, list(matched.themes)[:10]
    row.rule_approves = row.rule_approves and decision.verdict == "approve"
    if decision.verdict != "approve":
        row.rule_reason = decision.reason[:300]
    elif not row.rule_reason.startswith(SUSPENDED):  # that a feed was flooded stays true of what came then
        row.rule_reason = WAITED
    return before != (row.verdict, row.reasons, row.show, row.held, row.cues, row.state)


def differ(before: Sequence[Match], after: Sequence[Match]) -> bool:
    """Whether other items go with it, or for other reasons."""
    return [(one.variant_id, one.reasons) for one in before] != [(one.variant_id, one.reasons) for one in after]
