"""Campaigns: with their feed, their spots, and when they are on the glass."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from displays import house_cards
from displays.changes import note_loops
from displays.models import Campaign, Spot
from server.core import audit, topics
from server.core.clock import now
from server.core.errors import BadInput
from server.core.zones import known_zones
from social import feeds, talk
from social.models import Feed

MODES = ("post_item", "post", "trend", "call")


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What a merchandiser says of a campaign besides its feed."""

    name: str
    labels: tuple[str, ...] = ()
    modes: tuple[str, ...] = MODES
    seconds: dict[str, int] = field(default_factory=dict)
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    time_zone: str = "Europe/London"
    """The zone in which whoever edits it reads and writes its dates."""


def problems(plan: Plan) -> dict[str, str]:
    """What is wrong with a plan, by field, in words; empty when it can be used."""
    found = {}
    if not plan.name.strip():
        found["name"] = "A campaign needs a name."
    if plan.starts_at and plan.ends_at and plan.ends_at <= plan.starts_at:
        found["ends"] = "The campaign ends before it starts. Set a later end."
    if plan.time_zone not in known_zones():
        found["time_zone"] = f"‘{plan.time_zone}’ is not a time zone; write one like Europe/London."
    if unknown := set(plan.modes) - set(MODES):
        found["modes"] = f"There are no cards of the kind {', '.join(sorted(unknown))}."
    if any(not 4 <= seconds <= 120 for seconds in plan.seconds.values()):
        found["seconds"] = "A card stands 4 to 120 seconds."
    return found


def checked(plan: Plan) -> Plan:
    """The same plan if it can be used. Raises BadInput with the fields that cannot."""
    if wrong := problems(plan):
        raise BadInput(next(iter(wrong.values())), fields=wrong)
    return plan


async def create(db: AsyncSession, feed: Feed, plan: Plan, *, by: str) -> Campaign:
    """A campaign for a feed; not on the glass before it is published."""
    campaign = Campaign(feed_id=feed.id, name="", changed_at=now())
    _apply(campaign, checked(plan))
    db.add(campaign)
    await db.flush()
    audit.record(db, who=by, what="created campaign", which=campaign.name, id=campaign.id)
    return campaign


async def change(db: AsyncSession, campaign: Campaign, plan: Plan, *, by: str) -> None:
    """Change a campaign; screens that it leaves and screens that it reaches hear of it."""
    modes_before = set(campaign.modes)
    await note_loops(db, campaign)
    _apply(campaign, checked(plan))
    await note_loops(db, campaign)
    _hush(db)
    if modes_before != set(campaign.modes):
        campaign.modes_changed_at = now()
    audit.record(db, who=by, what="changed campaign", which=campaign.name, id=campaign.id)


async def publish(db: AsyncSession, campaign: Campaign, *, by: str) -> None:
    """Put a campaign on its screens. Publishing twice is the same as once. Raises BadInput for one that has ended."""
    if campaign.ended_at:
        raise BadInput("This campaign has ended. Begin a new one.")
    if campaign.published_at is None:
        campaign.published_at, campaign.published_by = now(), by
        await note_loops(db, campaign)
        audit.record(db, who=by, what="published campaign", which=campaign.name, id=campaign.id)


async def take_back(db: AsyncSession, campaign: Campaign, *, by: str) -> None:
    """Take a campaign off its screens; it can be published again."""
    if campaign.published_at is not None:
        campaign.published_at = None
        await note_loops(db, campaign)
        _hush(db)
        audit.record(db, who=by, what="took campaign back", which=campaign.name, id=campaign.id)


async def end(db: AsyncSession, campaign: Campaign, *, by: str) -> None:
    """End a campaign for good, and its feed with it: off the glass, and nothing is listened to any more."""
    if campaign.ended_at is None:
        campaign.ended_at = now()
        await feeds.end(db, await db.get_one(Feed, campaign.feed_id), by=by)
        await note_loops(db, campaign)
        _hush(db)
        audit.record(db, who=by, what="ended campaign", which=campaign.name, id=campaign.id)


async def add_spot(db: AsyncSession, campaign: Campaign, spot: Spot, *, by: str) -> Spot:
    """Add an evergreen spot. Raises BadInput when it has nothing to show, CannotShow when its words do not fit."""
    _has_something(spot)
    spot.campaign_id = campaign.id
    db.add(spot)
    await db.flush()
    await house_cards.compose_spot(db, spot)
    await note_loops(db, campaign)
    audit.record(db, who=by, what="added evergreen spot", which=spot.headline or spot.id, campaign=campaign.id)
    return spot


async def move_spot(db: AsyncSession, campaign: Campaign, spot: Spot, steps: int, *, by: str) -> None:
    """Move a spot towards the start (negative) or the end of the campaign's evergreens, as far as there is room."""
    spots = await evergreens(db, campaign)
    place = next(place for place, other in enumerate(spots) if other.id == spot.id)
    spots.insert(max(0, place + steps), spots.pop(place))
    for position, other in enumerate(spots):
        other.position = position
    await db.flush()
    await note_loops(db, campaign)
    audit.record(db, who=by, what="moved evergreen spot", which=spot.headline or spot.id, campaign=campaign.id)


async def evergreens(db: AsyncSession, campaign: Campaign) -> list[Spot]:
    """A campaign's evergreen spots in their order."""
    query = select(Spot).where(Spot.campaign_id == campaign.id).order_by(Spot.position, Spot.id)
    return list(await db.scalars(query))


async def change_spot(db: AsyncSession, campaign: Campaign, spot: Spot, *, by: str) -> None:
    """Compose an edited spot anew. Raises as `add_spot` does."""
    _has_something(spot)
    await house_cards.compose_spot(db, spot)
    await note_loops(db, campaign)
    audit.record(db, who=by, what="changed evergreen spot", which=spot.headline or spot.id, campaign=campaign.id)


async def remove_spot(db: AsyncSession, campaign: Campaign, spot: Spot, *, by: str) -> None:
    """Take an evergreen spot out."""
    await db.delete(spot)
    await db.flush()
    await note_loops(db, campaign)
    audit.record(db, who=by, what="removed evergreen spot", which=spot.headline or spot.id, campaign=campaign.id)


def _hush(db: AsyncSession) -> None:
    """Have tablets ask anew what they may show beside items: by the same rule as on the glass, what plays no more is not said."""
    topics.note(db, talk.TOPIC)


def _has_something(spot: Spot) -> None:
    if not (spot.headline.strip() or spot.landscape or spot.portrait or spot.variant_id):
        raise BadInput("An evergreen spot needs a headline, a picture or an item.")


def _apply(campaign: Campaign, plan: Plan) -> None:
    campaign.name, campaign.modes, campaign.seconds = plan.name.strip()[:100], list(plan.modes), dict(plan.seconds)
    campaign.labels = sorted({label.strip().lower() for label in plan.labels if label.strip()})
    campaign.starts_at, campaign.ends_at, campaign.changed_at = plan.starts_at, plan.ends_at, now()
    campaign.time_zone = plan.time_zone
