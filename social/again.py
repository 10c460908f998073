"""Judging again: posts that wait when their feed is changed are judged by what it says now, a few at a time.

A post that waits never goes live by this: whoever wrote the rule saw it wait, and a person decides. And what stood
beside it stays there where it fits about as well as before, so that nothing jumps under a moderator's hands.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, replace
from datetime import timedelta

import structlog
from sqlalchemy import select

from catalog.matching.values import Verdict
from server.core.database import Database
from social.approval import Decision
from social.models import Feed, Match, Post, Screening
from social.screening import Screening as Screened

log = structlog.get_logger()
AT_ONCE = 50
"""Posts of a round: a second's work, so that those that arrive are not kept waiting."""
UNDER_WAY = timedelta(seconds=2)
"""A post that was judged so soon after a change may have been judged by what the feed said before."""
_AS_WELL = 0.06
"""Difference of scores up to which two items fit a post alike: what a turn among favourites makes."""
_NAMED = 0.99
"""Score from which an item is not found but named: paired with the tag, or by a word of the feed."""
WAITED = "the rule would let it through now; it waited before the feed was changed"


class Again:
    """Takes up the posts that wait for feeds that were changed since."""

    def __init__(self, database: Database, judge: Callable[[], Callable[[int], Awaitable[bool]]]) -> None:
        """`judge` makes what judges a row of the queue anew, with what has been heard up to now."""
        self._database, self._judge = database, judge
        self._failed: set[int] = set()

    async def take_up(self) -> int:
        """One round, the newest posts first. Returns how many were judged."""
        ids = await self._outdated()
        judge = self._judge() if ids else None
        for id in ids:
            try:
                await judge(id)
            except Exception:
                # The others do not wait for it; it is tried again when the process begins anew.
                self._failed.add(id)
                log.exception("post_not_judged_again", screening=id)
        return len(ids)

    async def _outdated(self) -> list[int]:
        found: list[int] = []
        async with self._database.snapshot() as db:
            for feed in await db.scalars(select(Feed).where(Feed.ended_at.is_(None))):
                query = select(Screening.id).join(Post, Post.id == Screening.post_id).where(
                    Screening.feed_id == feed.id, Screening.state == "waiting", Screening.revision == Post.revision,
                    Post.gone_at.is_(None), Screening.judged_at < feed.changed_at + UNDER_WAY,
                    Screening.id.not_in(self._failed),
                )  # fmt: skip
                found += await db.scalars(query.order_by(Screening.id.desc()).limit(AT_ONCE - len(found)))
                if len(found) >= AT_ONCE:
                    break
        return found


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
    row.rule_reason = WAITED if decision.verdict == "approve" else decision.reason[:300]
    return before != (row.verdict, row.reasons, row.show, row.held, row.cues, row.state)


def differ(before: Sequence[Match], after: Sequence[Match]) -> bool:
    """Whether other items go with it, or for other reasons."""
    return [(one.variant_id, one.reasons) for one in before] != [(one.variant_id, one.reasons) for one in after]
