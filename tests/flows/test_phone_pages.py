"""A phone's pages: what they may ask of the phone, what they keep for a day without a network, and the language that they speak."""

import re

import httpx
import pytest

from server.core import languages
from tests import shopping
from tests.conftest import Served
from tests.shopping import Phone, add


@pytest.fixture
async def browser(served: Served) -> httpx.AsyncClient:
    """A shopper's browser, in front of the small house."""
    await shopping.catalogue(served.database)
    return served.client()


async def test_only_the_bag_s_page_may_ask_where_the_phone_is(browser: httpx.AsyncClient) -> None:
    assert "geolocation=(self)" in (await browser.get("/bag")).headers["permissions-policy"]
    for path in ("/take", "/v/stain-madder", "/shared/nothing"):
        assert "geolocation=()" in (await browser.get(path)).headers["permissions-policy"]


async def test_all_that_the_bag_needs_without_a_network_can_be_fetched(browser: httpx.AsyncClient) -> None:
    shell = (await browser.get("/bag/shell.json")).json()
    assert f'data-shell="{shell["digest"]}"' in (await browser.get("/bag")).text
    for address in shell["files"]:
        assert (await browser.get(address)).status_code == 200, address
    kept = " ".join(shell["files"])
    assert all(
        name in kept for name in ("phone/bag.js", "phone/bag.css", "words/vi.json", "lit-html.js", "/room/", "woff2")
    )
    worker = await browser.get("/bag/worker.js")
    assert worker.headers["service-worker-allowed"] == "/bag" and "javascript" in worker.headers["content-type"]


async def test_the_pages_hold_nothing_of_anybody(served: Served, browser: httpx.AsyncClient) -> None:
    phone = Phone(served)
    own = (await phone.client.post("/api/bag")).json()["bag"]
    await phone.send(add("stain-madder"))
    mine = await phone.client.get("/bag", headers={"accept": "text/html"})
    assert own not in mine.text and mine.text == (await browser.get("/bag")).text


async def test_they_speak_the_browser_s_language_until_another_is_chosen(browser: httpx.AsyncClient) -> None:
    page = await browser.get("/take", headers={"accept-language": "nn-NO,nb;q=0.9,en;q=0.5"})
    assert '<html lang="nb"' in page.text and "Ta med posen din" in page.text
    browser.cookies.set(languages.COOKIE, "vi")
    assert '<html lang="vi"' in (await browser.get("/take", headers={"accept-language": "nb"})).text
    assert '<html lang="vi"' in (await browser.get("/v/stain-madder", headers={"accept-language": "nb"})).text
    browser.cookies.set(languages.COOKIE, "<script>")
    assert '<html lang="en"' in (await browser.get("/take", headers={"accept-language": "en"})).text


async def test_a_code_s_page_offers_the_bag_with_where_it_was_seen_and_nothing_of_it_without_a_script(
    browser: httpx.AsyncClient,
) -> None:
    page = (await browser.get("/v/stain-madder?s=abcdef&p=m7")).text
    [place] = re.findall(r'<div class="adding"[^>]*>', page)
    assert 'data-variant="stain-madder" data-screen="abcdef" data-spot="m7"' in place and place.endswith("hidden>")
    assert "Add to my bag" not in page
    hostile = (await browser.get('/v/stain-madder?s="><script>&p=<b>')).text
    assert "<script>&" not in hostile and "<b>" not in hostile
