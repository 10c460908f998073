"""Tablets count what shoppers do: each batch once, late ones too, nobody's name; from five on it is told of and is a trend."""

import re
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from catalog.models import Store, Variant
from catalog.shelving import Compiled
from displays.models import TrendCard
from kiosk import counting
from kiosk.models import VisitCount
from server.core import media
from server.core.clock import now
from server.core.database import Database
from server.core.settings import Settings
from server.retention import forget_old
from social import talk
from social.counting import Counter
from social.models import Feed, Trend
from tests import house, shopping
from tests.conftest import Served
from tests.shopping import Tablet


@pytest.fixture
async def tablet(served: Served) -> Tablet:
    await shopping.catalogue(served.database)
    return await shopping.tablet_at(served)


async def day(database: Database) -> date:
    async with database.snapshot() as db:
        return counting.today(await db.get_one(Store, "OXF"), now())


def count(day: date, variant: str = "stain-madder", kind: str = "bag", n: int = 1) -> dict[str, Any]:
    return {"day": day.isoformat(), "variant": variant, "kind": kind, "n": n}


async def send(tablet: Tablet, *counts: dict[str, Any], id: str = "") -> int:
    answer = await tablet.client.post("/api/counts", json={"id": id or str(uuid4()), "counts": list(counts)})
    return answer.status_code


async def numbers(database: Database) -> dict[tuple[str, str], int]:
    async with database.snapshot() as db:
        return {(one.variant_id, one.kind): one.count for one in await db.scalars(select(VisitCount))}


async def test_batches_add_up_and_one_that_comes_twice_counts_once(served: Served, tablet: Tablet) -> None:
    today, id = await day(served.database), str(uuid4())
    first = (count(today, kind="view", n=3), count(today), count(today, kind="view"))
    assert [await send(tablet, *first, id=id), await send(tablet, *first, id=id)] == [204, 204]
    assert await send(tablet, count(today)) == 204
    assert await numbers(served.database) == {("stain-madder", "view"): 4, ("stain-madder", "bag"): 2}


async def test_a_tablet_that_lies_tells_of_no_more_visits_than_shoppers_can_make_and_others_are_heard(
    served: Served, tablet: Tablet
) -> None:
    today, other = await day(served.database), await shopping.tablet_at(served)
    told = [await send(tablet, count(today, n=10**6)) for _ in range(3)]
    assert told == [204, 429, 429] and await send(other, count(today)) == 204
    assert await numbers(served.database) == {("stain-madder", "bag"): counting.MOST_AT_ONCE + 1}


async def test_what_cannot_be_is_left_out_and_what_no_tablet_sends_is_refused(served: Served, tablet: Tablet) -> None:
    today = await day(served.database)
    odd = [
        count(today - timedelta(days=30)), count(today + timedelta(days=9)), count(today, kind="kiss"), count(today, n=-4),
        count(today, variant="nothing of ours"), count(today, variant="\0"), {**count(today), "day": "yesterday"},
    ]  # fmt: skip
    assert await send(tablet, *odd, count(today, n=10**9)) == 204
    assert await numbers(served.database) == {("stain-madder", "bag"): counting.MOST_AT_ONCE}
    assert await send(tablet, count(today), id="1") == 400
    assert await send(tablet, *[count(today)] * (counting.MOST_A_BATCH + 1)) == 400
    assert (
        await shopping.Phone(served).client.post("/api/counts", json={"id": str(uuid4()), "counts": []})
    ).status_code == 401


async def collected(served: Served, store: str = "OXF") -> dict[str, int]:
    answer = (await shopping.Phone(served).client.get("/api/collected", params={"store": store})).json()
    return {one["item"]["id"]: one["bags"] for one in answer["items"]}


async def test_what_was_collected_today_is_told_from_five_on(served: Served, tablet: Tablet) -> None:
    today = await day(served.database)
    await send(
        tablet,
        count(today, n=4),
        count(today, "slip-ink", n=6),
        count(today, "stain-plum", "view", n=40),
        count(today, "stain-plum", "try", n=9),
    )
    await send(tablet, count(today - timedelta(days=1), "stain-plum", n=50))
    assert await collected(served) == {"slip-ink": 6}
    await send(tablet, count(today))
    assert list((await collected(served)).items()) == [("slip-ink", 6), ("stain-madder", 5)]
    assert await collected(served, "nowhere") == {}
    async with await served.staff("viewer") as viewer:
        page = (await viewer.get("/console/catalogue/product?id=stain")).text
        assert "40 looks, 0 scans, 9 try-ons, 55 times into a bag" in page and "fewer than 5" in page


async def test_it_is_a_trend_of_each_feed_that_sells_it_in_the_cards_own_words_and_fades_with_the_day(
    served: Served, tablet: Tablet
) -> None:
    async with served.database.transaction() as db:
        feed = await house.feed(db)
        await house.campaign(db, feed)
    await send(tablet, count(await day(served.database), n=7), count(await day(served.database), "slip-ink", n=4))
    await Counter(served.database, Compiled(served.database)).count()
    async with served.database.snapshot() as db:
        trend = (await db.scalars(select(Trend))).one()
        assert (trend.kind, trend.variants, trend.authors) == ("visits", ["stain-madder"], 7)
        assert trend.why["words"].startswith("Put into bags 7 times in the stores today")
        found = await media.find(db, (await db.get_one(TrendCard, trend.id)).card)
        card = " ".join(re.sub(r"<[^>]+>", " ", found[0].decode() if found else "").split())
        assert "Most collected today" in card and "In our stores" in card and "people" not in card
        assert await talk.trends_of(db, "stain-madder", at=now()) == [], "nobody says it"
    async with await served.staff("moderator") as mai:
        assert "Put into bags 7 times" in (await mai.get("/console/trends")).text
    async with served.database.transaction() as db:
        (await db.scalars(select(VisitCount).where(VisitCount.variant_id == "stain-madder"))).one().day -= timedelta(
            days=1
        )
    await Counter(served.database, Compiled(served.database)).count()
    async with served.database.snapshot() as db:
        assert (await db.scalars(select(Trend))).one().state == "faded"


async def test_a_feed_that_does_not_sell_it_has_no_such_trend(served: Served, tablet: Tablet) -> None:
    async with served.database.transaction() as db:
        db.add(Feed(name="Dresses", tags=["Dresses"], sells={"products": ["slip"]}, changed_at=now()))
    await send(tablet, count(await day(served.database), n=7))
    await Counter(served.database, Compiled(served.database)).count()
    async with served.database.snapshot() as db:
        assert await db.scalar(select(Trend.id)) is None


async def test_counts_are_kept_as_long_as_visits_and_what_is_sold_no_more_is_not_told_of(
    served: Served, tablet: Tablet, settings: Settings
) -> None:
    today = await day(served.database)
    await send(tablet, count(today, n=9))
    async with served.database.transaction() as db:
        (await db.get_one(Variant, "stain-madder")).withdrawn_at = now()
        old = today - timedelta(days=settings.keep_visits_days + 2)
        db.add(VisitCount(store_id="OXF", day=old, variant_id="slip-ink", kind="bag", count=9))
    assert await collected(served) == {}
    assert (await forget_old(served.database, settings))["counts"] == 1
    assert await numbers(served.database) == {("stain-madder", "bag"): 9}
