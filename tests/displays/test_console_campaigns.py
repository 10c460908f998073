"""Campaigns through the console: one page, saved whole or not at all, on the glass when somebody says so."""

import asyncio
import io
import re

import httpx
import pytest
from PIL import Image
from sqlalchemy import select

from displays.models import Campaign, Screen, Spot
from server.core import topics
from server.core.audit import AuditEntry
from social.models import Feed, FeedTerms
from tests import house
from tests.conftest import Served

HX = {"hx-request": "true"}


async def open_house(served: Served) -> None:
    async with served.database.transaction() as db:
        await house.catalogue(db)
        await house.screen(db, "Window", labels=("window", "london"))
        await house.screen(db, "Street <i>tall</i>", labels=("street",), size=(1080, 1920))


async def begin(client: httpx.AsyncClient, name: str = "Autumn", tags: str = "#LFW, pleats") -> str:
    answer = await client.post("/console/campaigns", data={"name": name, "tags": tags})
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def fields(page: str) -> dict[str, list[str]]:
    """What a browser would send of the campaign's form, from its HTML."""
    form = page.partition('<form id="campaign"')[2].partition("</form>")[0]
    found: dict[str, list[str]] = {}
    for tag in re.findall(r"<(?:input|textarea)[^>]*>", form):
        name, kind = re.search(r'name="([^"]+)"', tag), re.search(r'type="([^"]+)"', tag)
        if not name or "__row__" in name[1] or name[1] == "terms":
            continue
        if kind and kind[1] == "checkbox" and " checked" not in tag:
            continue
        value = re.search(r'value="([^"]*)"', tag)
        found.setdefault(name[1], []).append(value[1] if value else "")
    found["pair"] = [row for row in found.get("pair", []) if row != "__row__"]
    return found


async def loop_of(served: Served, name: str) -> dict:
    async with served.database.snapshot() as db:
        key = await db.scalar(select(Screen.loop_key).where(Screen.name == name))
        return (await topics.read(db, f"loop:{key}"))[1]


async def test_a_campaign_goes_from_a_name_to_the_glass_and_back(served: Served, staff_client) -> None:
    await open_house(served)
    client = await staff_client("merchandiser")
    assert "No campaign yet" in (await client.get("/console/campaigns")).text
    path = await begin(client)
    page = (await client.get(path)).text
    assert "draft" in page
    await client.post(f"{path}/spots/new", data={"headline": "Autumn, in every shade"}, headers=HX)
    assert (await loop_of(served, "Window"))["spots"] == []
    saved = await client.post(path, data={**fields(page), "labels": ["Window"], "then": ["publish"]})
    assert saved.status_code == 303, saved.text
    assert [spot["kind"] for spot in (await loop_of(served, "Window"))["spots"]] == ["evergreen"]
    assert (await loop_of(served, "Street <i>tall</i>"))["spots"] == []
    assert "1<span" in (await client.get("/console/campaigns")).text
    back = await client.delete(f"{path}/publication", headers=HX)
    assert back.headers["hx-redirect"] == path
    assert (await loop_of(served, "Window"))["spots"] == []


async def test_an_edit_reaches_the_screens_that_it_leaves_and_those_that_it_finds(served: Served, staff_client) -> None:
    await open_house(served)
    client = await staff_client("merchandiser")
    path = await begin(client)
    await client.post(f"{path}/spots/new", data={"headline": "One"}, headers=HX)
    form = fields((await client.get(path)).text)
    await client.post(path, data={**form, "labels": ["window"], "then": ["publish"]})
    async with served.database.snapshot() as db:
        before = dict((await db.execute(select(topics.Topic.name, topics.Topic.number))).all())
    form = fields((await client.get(path)).text)
    await client.post(path, data={**form, "labels": ["street"], "seconds_evergreen": ["7"]})
    assert (await loop_of(served, "Window"))["spots"] == []
    assert [spot["seconds"] for spot in (await loop_of(served, "Street <i>tall</i>"))["spots"]] == [7]
    async with served.database.snapshot() as db:
        after = dict((await db.execute(select(topics.Topic.name, topics.Topic.number))).all())
    assert all(after[name] > number for name, number in before.items() if name.startswith("loop:"))


async def test_saving_the_page_as_it_is_changes_nothing_of_the_feed(served: Served, staff_client) -> None:
    await open_house(served)
    client = await staff_client("merchandiser")
    path = await begin(client)
    full = {
        "languages": ["en, nb"], "brands": ["House"], "exclusions": ["slip"], "optin_tag": ["MyHouse"], "automatic": ["1"],
        "pair": ["4"], "pair_4_tag": ["#figlips"], "pair_4_variants": ["stain-plum"], "least_score": ["0,7"], "author_cap": ["5"],
        "starts": ["2026-09-14T09:00"], "ends": ["2026-09-20T18:00"], "time_zone": ["Asia/Ho_Chi_Minh"],
    }  # fmt: skip
    form = fields((await client.get(path)).text)
    assert (await client.post(path, data={**form, **full})).status_code == 303
    async with served.database.snapshot() as db:
        feed, campaign = await db.get_one(Feed, 1), await db.get_one(Campaign, 1)
        before = {c.name: getattr(feed, c.key) for c in Feed.__table__.columns}
    assert feed.sells["pairs"] == {"figlips": ["stain-plum"]}
    assert feed.approval["least_score"] == 0.7
    assert campaign.starts_at.isoformat() == "2026-09-14T02:00:00+00:00"
    page = (await client.get(path)).text
    assert 'value="2026-09-14T09:00"' in page
    form = fields(page) | {"blocked_words": [""], "allowed_words": [""], "blocked_authors": [""]}
    assert (await client.post(path, data=form)).status_code == 303
    async with served.database.snapshot() as db:
        feed = await db.get_one(Feed, 1)
        assert {c.name: getattr(feed, c.key) for c in Feed.__table__.columns} == before


async def test_a_mistake_saves_nothing_and_loses_no_word(served: Served, staff_client) -> None:
    await open_house(served)
    client = await staff_client("merchandiser")
    path = await begin(client)
    form = fields((await client.get(path)).text)
    wrong = {
        "name": ["<script>alert(1)</script>"], "starts": ["2026-09-20T09:00"], "ends": ["2026-09-14T09:00"], "tags": ["two, 2026"],
        "blocked_words": ["cheap\nfake*"], "least_score": ["often"],
    }  # fmt: skip
    answer = await client.post(path, data={**form, **wrong})
    assert answer.status_code == 422
    assert "Nothing was saved" in answer.text
    assert "ends before it starts" in answer.text
    assert "only digits" in answer.text
    assert "‘often’ is not a number" in answer.text
    assert "cheap\nfake*" in answer.text
    assert "<script>alert(1)" not in answer.text
    async with served.database.snapshot() as db:
        assert (await db.get_one(Campaign, 1)).name == "Autumn"


async def test_two_who_edit_at_once_are_told(served: Served, staff_client) -> None:
    await open_house(served)
    ann, ben = await staff_client("merchandiser"), await staff_client("merchandiser")
    path = await begin(ann)
    form = fields((await ann.get(path)).text)
    assert (await ben.post(path, data={**form, "name": ["Ben’s"]})).status_code == 303
    answer = await ann.post(path, data={**form, "name": ["Ann’s"]})
    assert answer.status_code == 422
    assert "Somebody else saved" in answer.text
    assert (await ann.post(path, data={**fields(answer.text)})).status_code == 303
    async with served.database.snapshot() as db:
        assert (await db.get_one(Campaign, 1)).name == "Ann’s"


async def test_of_two_who_save_at_the_same_moment_one_is_told(served: Served, staff_client) -> None:
    await open_house(served)
    ann, ben = await staff_client("merchandiser"), await staff_client("merchandiser")
    path = await begin(ann)
    for _ in range(3):
        form = fields((await ann.get(path)).text)
        answers = await asyncio.gather(*(one.post(path, data={**form, "note": ["x"]}) for one in (ann, ben)))
        assert sorted(answer.status_code for answer in answers) == [303, 422]


async def test_labels_say_what_they_reach_while_they_are_typed(served: Served, staff_client) -> None:
    await open_house(served)
    client = await staff_client("viewer")
    told = (await client.get("/console/campaigns/reach", params={"labels": "Street, winter"})).text
    assert "1 of 2 screens" in told
    assert "Street &lt;i&gt;tall&lt;/i&gt;" in told
    assert "No screen is labelled ‘winter’" in told
    assert "All 2 screens" in (await client.get("/console/campaigns/reach")).text


async def test_the_catalogue_offers_what_fits_the_typed_letters(served: Served, staff_client) -> None:
    await open_house(served)
    client = await staff_client("viewer")
    for kind, words, expected in [
        ("brands", "hou", "House"),
        ("types", "lip", "Beauty &gt; Lips &gt; Lipstick"),
        ("products", "velvet", "Velvet Lipstick"),
        ("exclusions", "slip", "Bias Slip Dress"),
    ]:
        assert expected in (await client.get("/console/campaigns/choices", params={"kind": kind, "words": words})).text
    hostile = (await client.get("/console/campaigns/choices", params={"kind": "products", "words": "<b>"})).text
    assert "<b>" not in hostile
    assert (await client.get("/console/campaigns/choices", params={"kind": "staff"})).status_code == 400


async def test_terms_are_published_by_themselves_and_read_by_anybody(served: Served, staff_client) -> None:
    await open_house(served)
    client = await staff_client("merchandiser")
    path = await begin(client)
    form = fields((await client.get(path)).text)
    await client.post(path, data={**form, "optin_tag": ["MyHouse"]})
    anybody = served.client()
    assert (await anybody.get("/terms/1")).status_code == 404
    for text in ("We show <b>your</b> post.", "We show your post, whole."):
        answer = await client.post(f"{path}/terms", data={"terms": text}, headers=HX)
        assert answer.status_code == 200, answer.text
    assert (
        await client.post(f"{path}/terms", data={"terms": "We show your post, whole."}, headers=HX)
    ).status_code == 422
    now, then = (await anybody.get("/terms/1")).text, (await anybody.get("/terms/1/1")).text
    assert "Version 2" in now
    assert "#MyHouse" in now
    assert "We show your post, whole." in now
    assert "We show &lt;b&gt;your&lt;/b&gt; post." in then
    assert "earlier terms" in then
    assert (await anybody.get("/terms/1/3")).status_code == (await anybody.get("/terms/99999999999")).status_code == 404
    async with served.database.snapshot() as db:
        assert [one.version for one in await db.scalars(select(FeedTerms))] == [1, 2]
    await anybody.aclose()


def picture(width: int, height: int) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), "#7a1f3d").save(out, "JPEG")
    return out.getvalue()


async def test_a_spot_with_its_own_pictures_is_composed_moved_removed_and_put_back(
    served: Served, staff_client
) -> None:
    await open_house(served)
    client = await staff_client("merchandiser")
    path = await begin(client)
    files = {
        "landscape": ("../../etc/a.jpg", picture(1600, 900), "image/jpeg"),
        "portrait": ("b.jpg", picture(900, 1600), "image/jpeg"),
    }
    answer = await client.post(
        f"{path}/spots/new",
        data={"headline": "With pictures", "field": "#7a1f3d", "seconds": "8"},
        files=files,
        headers=HX,
    )
    assert answer.status_code == 200, answer.text
    await client.post(f"{path}/spots/new", data={"headline": "", "variant": "stain-plum"}, headers=HX)
    async with served.database.snapshot() as db:
        first, second = list(await db.scalars(select(Spot).order_by(Spot.position, Spot.id)))
    assert first.landscape != first.portrait
    assert (await client.get(f"/media/{first.landscape}")).headers["content-type"] == "image/webp"
    assert (await client.get(f"/console/cards/{first.card}")).status_code == 200
    await client.post(f"{path}/spots/{second.id}/place", data={"towards": "start"}, headers=HX)
    removed = await client.delete(f"{path}/spots/{first.id}", headers=HX)
    assert "Undo" in removed.text
    undo = removed.text.partition("restored-spots")[2].partition("</form>")[0]
    values = dict(re.findall(r'name="(\w+)" value="([^"]*)"', undo))
    assert (await client.post(f"{path}/restored-spots", data=values, headers=HX)).status_code == 200
    async with served.database.snapshot() as db:
        spots = list(await db.scalars(select(Spot).order_by(Spot.position, Spot.id)))
    assert [spot.headline for spot in spots] == ["", "With pictures"]
    assert (spots[1].landscape, spots[1].seconds, spots[1].field) == (first.landscape, 8, "#7a1f3d")


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ({"headline": ""}, "needs a headline, a picture or an item"),
        ({"headline": "x", "seconds": "1"}, "4 to 120 seconds"),
        ({"headline": "x", "field": "red; }"}, "is not a colour"),
        ({"headline": "x", "variant": "nothing"}, "not in the catalogue any more"),
        ({"headline": "x", "landscape_kept": "0" * 64}, "not here any more"),
        ({"headline": "word " * 60}, "at most 120 characters"),
    ],
)
async def test_a_spot_that_cannot_be_shown_says_why_and_keeps_what_was_typed(
    served: Served, staff_client, data: dict[str, str], says: str
) -> None:
    await open_house(served)
    client = await staff_client("merchandiser")
    path = await begin(client)
    answer = await client.post(f"{path}/spots/new", data={"words": "Kept words", **data}, headers=HX)
    assert answer.status_code == 422
    assert says in answer.text
    assert "Kept words" in answer.text
    async with served.database.snapshot() as db:
        assert await db.scalar(select(Spot.id)) is None


async def test_a_file_that_is_no_picture_is_refused_beside_its_field(served: Served, staff_client) -> None:
    await open_house(served)
    client = await staff_client("merchandiser")
    path = await begin(client)
    answer = await client.post(
        f"{path}/spots/new", data={"headline": "x"}, files={"landscape": ("a.jpg", b"<html>", "image/jpeg")}, headers=HX
    )
    assert answer.status_code == 422
    assert "web page" in answer.text


@pytest.mark.parametrize("role", ["viewer", "moderator"])
async def test_only_merchandisers_change_campaigns(served: Served, staff_client, role: str) -> None:
    await open_house(served)
    path = await begin(await staff_client("merchandiser"))
    client = await staff_client(role)
    assert (await client.get(path)).status_code == 200
    assert " disabled" in (await client.get(path)).text
    for method, address in [
        ("POST", path),
        ("POST", f"{path}/publication"),
        ("DELETE", f"{path}/publication"),
        ("POST", f"{path}/terms"),
        ("POST", f"{path}/spots/new"),
        ("DELETE", path),
    ]:
        assert (
            await client.request(method, address, data={"terms": "x"} if method == "POST" else None)
        ).status_code == 403


async def test_a_campaign_that_has_ended_is_published_no_more_by_any_way(served: Served, staff_client) -> None:
    await open_house(served)
    client = await staff_client("merchandiser")
    path = await begin(client)
    form = fields((await client.get(path)).text)
    await client.delete(path)
    for address, data in ((path, {**form, "then": ["publish"]}), (f"{path}/publication", {})):
        assert (await client.post(address, data=data)).status_code in (400, 422), address
    async with served.database.snapshot() as db:
        assert (await db.get_one(Campaign, 1)).published_at is None


async def test_what_was_done_is_in_the_audit_log_by_name(served: Served, staff_client) -> None:
    await open_house(served)
    client = await staff_client("merchandiser")
    path = await begin(client)
    await client.post(f"{path}/publication")
    await client.delete(path)
    async with served.database.snapshot() as db:
        entries = [(entry.who, entry.what) for entry in await db.scalars(select(AuditEntry).order_by(AuditEntry.id))]
    assert [what for who, what in entries if who == "Merchandiser"] == [
        "created feed",
        "created campaign",
        "published campaign",
        "ended feed",
        "ended campaign",
    ]
    assert "ended" in (await client.get("/console/campaigns")).text


async def test_a_published_campaign_with_the_rule_shows_what_it_would_do(served: Served, staff_client) -> None:
    await open_house(served)
    client = await staff_client("viewer")
    path = await begin(await staff_client("merchandiser"))
    said = (
        await client.get(
            f"{path}/rule", params={"automatic": "1", "needs_match": "1", "least_score": ".7", "optin_tag": "MyHouse"}
        )
    ).text
    assert "score of at least 0.7" in said
    assert "a surge suspends this" in said
