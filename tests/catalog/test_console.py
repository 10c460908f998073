"""Staff look through the catalogue, and see what is the matter with a product and why."""

from collections.abc import Awaitable, Callable

import httpx
import pytest
from sqlalchemy import select

from catalog.models import Image, Import, Stock, Store, Variant
from server.core.audit import AuditEntry
from server.core.clock import now
from tests import house
from tests.conftest import Served
from tests.stories import arrive, post

Client = Callable[[str], Awaitable[httpx.AsyncClient]]


@pytest.fixture
async def shop(served: Served) -> Served:
    """The small house; one picture is there, one was refused, one variant has none."""
    async with served.database.transaction() as db:
        await house.catalogue(db)
        ready = Image(url="https://pictures.test/a.png", state="ready", try_at=now(), colours=[["#8e1c2b", 1.0]])
        ready.renditions = [{"digest": "d" * 64, "width": 640, "height": 640}]
        refused = Image(
            url="https://pictures.test/b.png", state="refused", reason="It is no picture.", tries=6, try_at=now()
        )
        db.add_all((ready, refused))
        await db.flush()
        (await db.get_one(Variant, "stain-madder")).image_id = ready.id
        plum = await db.get_one(Variant, "stain-plum")
        plum.image_id, plum.image_link = refused.id, refused.url
    return served


async def test_the_catalogue_shows_products_in_their_own_colours(shop: Served, staff_client: Client) -> None:
    client = await staff_client("viewer")
    text = (await client.get("/console/catalogue")).text
    assert "Velvet Lipstick" in text and "/media/" + "d" * 64 in text and "2 products" in text
    assert 'data-field="#' in text and "style=" not in text
    assert "1 of 2 pictures refused" in text and "no picture yet" in text


async def test_a_search_is_kept_in_the_address_and_finds_what_it_says(shop: Served, staff_client: Client) -> None:
    client = await staff_client("viewer")
    for query, there, gone in (
        ("q=velvet", "Velvet Lipstick", "Bias Slip Dress"), ("q=slip-ink", "Bias Slip Dress", "Velvet Lipstick"),
        ("kind=Fashion", "Bias Slip Dress", "Velvet Lipstick"), ("picture=refused", "Velvet Lipstick", "Bias Slip Dress"),
        ("stock=in&brand=House", "Bias Slip Dress", "nothing"), ("q=%3Cscript%3E", "Nothing like that", "<script>alert"),
        ("stock=at:OXF&kind=Fashion", "Bias Slip Dress", "Velvet Lipstick"), ("stock=at:%00no", "Nothing like that", "Bias Slip Dress"),
        ("withdrawn=1", "Nothing like that", "Velvet Lipstick"), ("page=99999999999", "Nothing like that", "Velvet Lipstick"),
    ):  # fmt: skip
        answer = await client.get(f"/console/catalogue?{query}")
        found = answer.text.split("wares", 1)[-1] if "wares" in answer.text else answer.text
        assert answer.status_code == 200 and there in found and gone not in found, query


async def test_the_catalogue_can_be_seen_as_one_store_has_it(shop: Served, staff_client: Client) -> None:
    async with shop.database.transaction() as db:
        db.add(
            Store(id="KNG", name="King's Road", latitude=51.48, longitude=-0.17, time_zone="Europe/London", hours={})
        )
        await db.flush()
        db.add(Stock(variant_id="slip-ink", store_id="KNG", quantity=2, availability="in_stock", as_of=now()))
    client = await staff_client("viewer")
    page = (await client.get("/console/catalogue?stock=at:KNG")).text
    assert "Bias Slip Dress" in page and "Velvet Lipstick" not in page
    assert '<option value="at:KNG" selected>King&#39;s Road</option>' in page
    assert "No store that is open" in (await client.get("/console/catalogue?stock=at:gone")).text


async def test_an_empty_catalogue_says_what_to_do_first(served: Served, staff_client: Client) -> None:
    text = (await (await staff_client("viewer")).get("/console/catalogue")).text
    assert "Nothing to show yet" in text and "/console/catalogue/imports" in text


async def test_a_product_shows_its_shades_stock_and_what_is_wrong_with_its_picture(
    shop: Served, staff_client: Client
) -> None:
    client = await staff_client("merchandiser")
    text = (await client.get("/console/catalogue/product?id=stain&variant=stain-plum")).text
    for words in (
        "Late Plum",
        "£24.00",
        "It is no picture.",
        "Fetch again",
        "Oxford Street",
        "none left",
        "open now",
        "No post has matched it yet",
    ):
        assert words in text, words
    assert "Madder Red" in text and "style=" not in text
    for missing in ("?id=nothing", "", "?id=%00", "?id=" + "x" * 500):
        assert (await client.get(f"/console/catalogue/product{missing}")).status_code == 404
    assert (await client.get("/console/catalogue/product?id=stain&variant=nothing")).status_code == 200


async def test_a_refused_picture_is_fetched_again_when_somebody_asks(shop: Served, staff_client: Client) -> None:
    async with shop.database.snapshot() as db:
        refused = await db.scalar(select(Image.id).where(Image.state == "refused"))
    viewer = await staff_client("viewer")
    assert (await viewer.post(f"/console/catalogue/pictures/{refused}/retry")).status_code == 403
    client = await staff_client("merchandiser")
    answer = await client.post(f"/console/catalogue/pictures/{refused}/retry?product=stain")
    assert answer.headers["location"] == "/console/catalogue/product?id=stain"
    async with shop.database.snapshot() as db:
        image = await db.get_one(Image, refused)
        assert (image.state, image.tries) == ("waiting", 0)
        assert await db.scalar(select(AuditEntry.what).order_by(AuditEntry.id.desc())) == "fetched picture again"
    assert (await client.post("/console/catalogue/pictures/999/retry")).status_code == 404
    assert (await client.post("/console/catalogue/refused-pictures/retry")).status_code == 303


async def test_addresses_are_put_on_the_schedule_and_taken_off(served: Served, staff_client: Client) -> None:
    client = await staff_client("merchandiser")
    good = {"kind": "products", "url": "https://shop.test/feed.tsv", "every": "60"}
    assert (await client.post("/console/catalogue/addresses", data=good)).status_code == 303
    for bad in ({"url": "ftp://x"}, {"kind": "posts"}, {"every": "soon"}, {"every": "1"}, {}):
        assert (
            await client.post("/console/catalogue/addresses", data=good | bad if bad else good)
        ).status_code == 400, bad
    text = (await client.get("/console/catalogue/imports")).text
    assert "shop.test/feed.tsv" in text and "every hour" in text
    assert (await client.post("/console/catalogue/addresses/1/fetch")).status_code == 303
    assert (await client.delete("/console/catalogue/addresses/1")).headers[
        "hx-redirect"
    ] == "/console/catalogue/imports"
    assert (await client.delete("/console/catalogue/addresses/1")).status_code == 404
    viewer = await staff_client("viewer")
    assert (await viewer.post("/console/catalogue/addresses", data=good)).status_code == 403


async def test_the_rows_left_out_are_told_by_pages_and_as_csv(served: Served, staff_client: Client) -> None:
    async with served.database.transaction() as db:
        left_out = [{"line": n, "id": f"=cmd{n}", "reason": f"no price {n}"} for n in range(2, 72)]
        counts = {"rows": 70, "added": 0, "changed": 0, "unchanged": 0, "withdrawn": 0, "left_out": 70}
        db.add(Import(kind="products", source="<b>feed</b>.tsv", by="Ann", dry_run=True, started_at=now(), ended_at=now(), state="done",
                      counts=counts, left_out=left_out))  # fmt: skip
    client = await staff_client("viewer")
    first, second = (
        (await client.get("/console/catalogue/imports/1")).text,
        (await client.get("/console/catalogue/imports/1?page=2")).text,
    )
    assert (
        "no price 2<" in first and "no price 71<" not in first and "no price 71<" in second and "<b>feed" not in first
    )
    sent = (await client.get("/console/catalogue/imports/1/left-out.csv")).text
    assert sent.count("\r\n") == 71 and "2,'=cmd2,no price 2" in sent
    assert (await client.get("/console/catalogue/imports/99")).status_code == 404


async def test_a_product_tells_where_it_plays_and_what_was_said_of_it(shop: Served, staff_client: Client) -> None:
    async with shop.database.transaction() as db:
        await house.campaign(db, await house.feed(db))
    await arrive(shop.database, shop.app.state.settings, post("Madder red lipstick, all day. #HouseLoves"))
    text = (await (await staff_client("viewer")).get("/console/catalogue/product?id=stain")).text
    assert "Madder red lipstick, all day." in text and "/console/queue/1" in text
    assert "0 scans in 30 days" in text and ("Spring" in text.split("On the glass now", 1)[1])
