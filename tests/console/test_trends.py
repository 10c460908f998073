"""Trends: people's word counts over the counting's, shows at once on the glass, and is taken back."""

import re

import pytest
from sqlalchemy import select

from catalog.shelving import Compiled
from server.console.trends import line
from server.core.audit import AuditEntry
from server.core.clock import now
from server.core.events import TrendChanged, emit
from server.core.settings import Settings
from social.counting import Counter
from social.models import Trend
from tests import stories
from tests.conftest import Served
from tests.console.moderating import JSON, kinds, on_glass, open_house, waits


async def rising(served: Served, **parts: object) -> int:
    async with served.database.transaction() as db:
        said = {
            "word": "madder",
            "key": "madder",
            "kind": "hashtag",
            "variants": ["stain-plum", "stain-madder", "slip-ink"],
            **parts,
        }
        trend = Trend(feed_id=1, authors=12, previous=4, rise=3.0, curve=[1, 2, 4, 9], counted_at=now(), **said)
        db.add(trend)
        await db.flush()
        await emit(db, TrendChanged(trend.id))
        return trend.id


async def test_a_rising_word_waits_with_its_card_and_plays_when_allowed(served: Served, settings: Settings) -> None:
    await open_house(served)
    said = (
        "Velvet lipstick in madder red",
        "Red lipstick, all velvet",
        "My new red lipstick is on",
        "Only red lipstick from now on",
    )
    posts = [stories.post(f"{words} #VelvetLipstick #HouseSpring", handle=f"a{n}") for n, words in enumerate(said)]
    await waits(served, settings, *posts)
    await Counter(served.database, Compiled(served.database)).count()
    async with served.database.snapshot() as db:
        id = await db.scalar(select(Trend.id).where(Trend.word == "red lips"))
    async with await served.staff("moderator") as mai:
        page = (await mai.get("/console/trends")).text
        assert "#VelvetLipstick" in page and "4 people in the last hour; nothing earlier to compare with." in page
        assert "<polyline" in page and re.search(r'data-card="[0-9a-f]{64}"', page)
        assert "Madder Red" in page and "Late Plum" not in page, "only what is in stock goes with it"
        assert "/console/catalogue/product?id=stain&amp;variant=stain-madder" in page
        assert kinds(await on_glass(served)) == []
        answer = await mai.post(f"/console/trends/{id}/state", data={"state": "allowed"}, headers=JSON)
        assert answer.json() == {
            "trend": id,
            "state": "allowed",
            "before": "rising",
            "words": "‘red lips’ may be shown.",
        }
        assert kinds(await on_glass(served)) == ["trend"]


async def test_a_muted_word_leaves_the_glass_and_comes_back_by_undoing(served: Served) -> None:
    await open_house(served)
    id = await rising(served, state="pinned")
    assert kinds(await on_glass(served)) == ["trend"]
    async with await served.staff("moderator") as mai:
        before = (await mai.post(f"/console/trends/{id}/state", data={"state": "muted"}, headers=JSON)).json()["before"]
        assert kinds(await on_glass(served)) == []
        await mai.post(f"/console/trends/{id}/state", data={"state": before}, headers=JSON)
        assert kinds(await on_glass(served)) == ["trend"]
    async with served.database.snapshot() as db:
        assert list(await db.scalars(select(AuditEntry.what).where(AuditEntry.what.contains("trend")).order_by(AuditEntry.id))) == [
            "muted trend", "pinned trend",
        ]  # fmt: skip


async def test_a_wish_that_is_none_is_refused_in_words(served: Served) -> None:
    await open_house(served)
    id = await rising(served, state="pinned")
    async with await served.staff("moderator") as mai, await served.staff("viewer") as viewer:
        odd = await mai.post(f"/console/trends/{id}/state", data={"state": "faded"}, headers=JSON)
        assert odd.status_code == 400 and "cannot be made ‘faded’" in odd.json()["detail"]
        assert (await mai.post("/console/trends/99/state", data={"state": "muted"}, headers=JSON)).status_code == 404
        assert (
            await viewer.post(f"/console/trends/{id}/state", data={"state": "muted"}, headers=JSON)
        ).status_code == 403


async def test_without_feeds_it_says_what_to_do(served: Served) -> None:
    async with await served.staff("viewer") as viewer:
        assert "No feed listens yet" in (await viewer.get("/console/trends")).text
    await open_house(served)
    async with await served.staff("viewer") as viewer:
        assert "Nothing rises in this feed" in (await viewer.get("/console/trends")).text


@pytest.mark.parametrize(
    "curve, points", [([], ""), ([3], ""), ([0, 0], "0.0,30.0 120.0,30.0"), ([0, 2, 4], "0.0,30.0 60.0,16.0 120.0,2.0")]
)
def test_a_curve_fits_its_box(curve: list[float], points: str) -> None:
    assert line(curve) == points
