"""What a change means for what is live: which topics it touches, which variants are shown, and whether the call stands."""

from sqlalchemy import delete, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.models import Store
from displays.models import Campaign, Screen, Shown
from displays.playing import all_evergreen, playing, published
from displays.reaching import loops, seen
from server.core import topics
from server.core.database import before_commit
from server.core.events import CatalogueImported, on
from social import calling
from social.models import Feed

LOCK = 7_436_914_302
"""Any number that nobody else locks by."""


async def note_loops(db: AsyncSession, campaign: Campaign | None) -> None:
    """Mark the loops that a campaign plays in, or all of them, as changed by this transaction."""
    topics.note(db, *await loops(db, campaign))
    db.info.setdefault("replayed", set()).add(campaign.id if campaign else None)
    before_commit(db, _settle)


def note_screens(db: AsyncSession) -> None:
    """Hear that screens came, went or changed: a call that no screen plays asks nobody."""
    db.info["moved"] = True
    before_commit(db, _settle)


async def note_stores(db: AsyncSession) -> None:
    """Mark every store's document, and those of stores that were withdrawn: theirs say that they are gone."""
    topics.note(db, *(f"store:{id}" for id in await db.scalars(select(Store.id))))


@on(CatalogueImported)
async def catalogue_imported(db: AsyncSession, event: CatalogueImported) -> None:
    """Prices, stock and hours reach the glass without anybody approving anything anew."""
    await note_stores(db)
    if event.kind == "stores":
        topics.note(db, *(f"screen:{id}" for id in await db.scalars(select(Screen.id).where(Screen.loop_key != ""))))


async def _settle(db: AsyncSession) -> None:
    """Once all rows of a transaction are there: keep what follows from them."""
    if db.get_bind().dialect.name != "sqlite":  # two that each see half of what is shown would keep half of it
        await db.execute(text("SELECT pg_advisory_xact_lock(:name)"), {"name": LOCK})
    replayed, moved = db.info.pop("replayed", set()), db.info.pop("moved", False)
    everywhere = {one.id for one in await published(db)} if moved or None in replayed else set()
    everything_off, changed = await all_evergreen(db), False
    for id in sorted(replayed - {None} | everywhere):
        campaign = await db.get_one(Campaign, id)
        await db.refresh(campaign)  # as it is now that nobody else settles, and not as it was when this began
        if id in replayed or None in replayed:
            topics.note(db, f"campaign:{id}", *await loops(db, campaign))
        on_glass = campaign.published_at is not None and campaign.ended_at is None
        one = await playing(db, campaign)
        cards = (*one.posts, *one.trends, *one.evergreens, *one.calls) if on_glass else ()
        changed |= await _keep_shown(db, id, {variant for spot in cards for variant in spot.card.variants})
        calls = on_glass and bool(one.calls) and not (one.retreated or everything_off)
        times = (campaign.starts_at, campaign.ends_at) if calls and await seen(db, campaign) else None
        await calling.settle(db, await db.get_one(Feed, campaign.feed_id), times)
    if changed:
        await note_stores(db)


async def _keep_shown(db: AsyncSession, campaign_id: int, shown: set[str]) -> bool:
    """Keep which variants a campaign shows; returns whether they are others than before."""
    before = set(await db.scalars(select(Shown.variant_id).where(Shown.campaign_id == campaign_id)))
    gone = Shown.variant_id.in_(before - shown)
    if before - shown:
        await db.execute(delete(Shown).where(Shown.campaign_id == campaign_id, gone))
    db.add_all(Shown(campaign_id=campaign_id, variant_id=id) for id in sorted(shown - before))
    await db.flush()
    return before != shown
