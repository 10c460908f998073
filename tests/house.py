"""A small house for tests: rows that most stories need, made with the product's own verbs."""

from datetime import timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from catalog import changes
from catalog.models import Product, Stock, Store, Variant
from displays import campaigns, house_cards
from displays.models import Campaign, Screen
from displays.screens import Setting
from displays.screens import add as add_screen
from server.core import devices, topics
from server.core.clock import now
from social.hashtags import key
from social.models import Feed, FeedCall, FeedTerms

HOURS: dict[str, Any] = {
    "hours": {day: [["00:00", "24:00"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")},
    "exceptions": {},
}


async def screen(
    db: AsyncSession, name: str = "Window", *, labels: tuple[str, ...] = (), size: tuple[int, int] = (1920, 1080)
) -> tuple[Screen, str]:
    """A paired screen round the corner from the store, and its token."""
    device = devices.create(db, kind="screen", by="a test")
    token = devices.issue(device)
    await db.flush()
    setting = Setting(name=name, latitude=51.5150, longitude=-0.1400, labels=labels)
    return await add_screen(db, device, setting, width=size[0], height=size[1], by="a test"), token


async def catalogue(db: AsyncSession) -> None:
    """Two products in three shades, and a store that has two of them."""
    db.add(
        Store(
            id="OXF",
            name="Oxford Street",
            latitude=51.51527,
            longitude=-0.14035,
            time_zone="Europe/London",
            hours=HOURS,
        )
    )
    db.add(
        Product(
            id="stain",
            title="Velvet Lipstick",
            brand="House",
            product_type="Beauty > Lips > Lipstick",
        )
    )
    db.add(
        Product(
            id="slip",
            title="Bias Slip Dress",
            brand="House",
            product_type="Fashion > Dresses",
        )
    )
    await db.flush()
    for id, product, colour, swatch, price in (
        ("stain-madder", "stain", "Madder Red", "#8e1c2b", 2400),
        ("stain-plum", "stain", "Late Plum", "#4d1f3d", 2400),
        ("slip-ink", "slip", "Ink Blue", "#1d2b4f", 14500),
    ):
        db.add(Variant(id=id, product_id=product, title=colour, colour=colour, swatch=swatch, price=price, currency="GBP",
                       availability="in_stock", link=f"https://house.test/{id}", changed_at=now()))  # fmt: skip
    await db.flush()
    for id, quantity in (("stain-madder", 3), ("stain-plum", 0), ("slip-ink", 12)):
        availability = "in_stock" if quantity else "out_of_stock"
        db.add(Stock(variant_id=id, store_id="OXF", quantity=quantity, availability=availability, as_of=now()))
    await db.flush()


async def changed(db: AsyncSession, *products: str) -> None:
    """What an import says besides the rows that it writes."""
    await changes.write(db, [("product_id", set(products))])
    topics.note(db, "catalogue")


async def changed_at_large(db: AsyncSession) -> None:
    """What an import says that was about more products than can be named."""
    await changes.write(db, [("id", {str(number) for number in range(changes.FEW + 1)})])
    topics.note(db, "catalogue")


async def feed(db: AsyncSession, *, automatic: bool = True) -> Feed:
    """A feed with an opt-in tag whose terms were published long ago."""
    made = Feed(name="Spring", tags=["HouseSpring"], optin_tag="HouseLoves", changed_at=now())
    made.approval = {"automatic": automatic, "needs_consent": True, "least_score": 0.0}
    db.add(made)
    await db.flush()
    db.add(
        FeedTerms(
            feed_id=made.id,
            version=1,
            text="We may show it.",
            published_at=now() - timedelta(days=9),
            published_by="a test",
        )
    )
    await db.flush()
    return made


async def campaign(db: AsyncSession, feed: Feed, *, labels: tuple[str, ...] = (), published: bool = True) -> Campaign:
    """A campaign for a feed, on the glass, where it has called for posts with the opt-in tag for as long as there were terms."""
    made = await campaigns.create(db, feed, campaigns.Plan(name="Spring", labels=labels), by="a test")
    await house_cards.compose_call(db, feed)
    if published:
        await campaigns.publish(db, made, by="a test")
        db.add(FeedCall(feed_id=feed.id, tag=key(feed.optin_tag), began_at=now() - timedelta(days=9)))
    return made
