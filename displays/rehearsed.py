"""How a rule of automatic approval would have judged what waits now: what a merchandiser sees before saving it."""

from dataclasses import dataclass

from sqlalchemy import ScalarSelect, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from social.approval import ApprovalRule
from social.models import Consent, Match, Screening

MOST = 500


@dataclass(frozen=True)
class Trial:
    """Of so many waiting posts, so many would have gone live."""

    waiting: int
    through: int


async def trial(db: AsyncSession, feed_id: int, rule: ApprovalRule) -> Trial:
    """Try a rule on the newest posts that wait, leaving out surges, which depend on the moment."""
    best = select(Match.score).where(Match.screening_id == Screening.id, Match.rank == _first()).scalar_subquery()
    agreed = select(Consent.id).where(
        Consent.post_id == Screening.post_id,
        Consent.feed_id == Screening.feed_id,
        Consent.withdrawn_at.is_(None),
        Consent.revision == Screening.revision,
    )
    query = select(Screening.verdict, Screening.show, best, agreed.exists()).where(
        Screening.feed_id == feed_id, Screening.state == "waiting"
    )
    rows = (await db.execute(query.order_by(Screening.id.desc()).limit(MOST))).all()
    return Trial(len(rows), sum(_passes(rule, *row) for row in rows))


def _first() -> ScalarSelect[int]:
    return select(func.min(Match.rank)).where(Match.screening_id == Screening.id).correlate(Screening).scalar_subquery()


def _passes(rule: ApprovalRule, verdict: str, show: bool, score: float | None, agreed: bool) -> bool:
    matched = not rule.needs_match or (show and score is not None and score >= rule.least_score)
    return rule.automatic and verdict == "pass" and matched and (agreed or not rule.needs_consent)
