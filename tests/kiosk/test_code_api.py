"""A code that was scanned at a tablet leads to its variant, or says what is the matter with it."""

import json
from pathlib import Path

import httpx
import pytest

from catalog.codes import CodeError, scan
from catalog.models import Variant
from server.core.clock import now
from tests import shopping
from tests.conftest import Served

GTIN = "09520000000011"
CASES = json.loads(Path(__file__).with_name("codes.json").read_text())
"""What scanners type, and what it is. The tablet reads the same without a network: codes.test.mjs."""


@pytest.fixture
async def client(served: Served) -> httpx.AsyncClient:
    """A browser, and the small house, of which one lipstick carries a GTIN."""
    await shopping.catalogue(served.database)
    async with served.database.transaction() as db:
        (await db.get_one(Variant, "stain-madder")).gtin = GTIN
    return shopping.Phone(served).client


@pytest.mark.parametrize("code", [
    "9520000000011", " 9520000000011\r\n", GTIN, f"01{GTIN}10LOT7", f"]d201{GTIN}", f"(01){GTIN}",
    f"https://id.house.test/01/{GTIN}?s=abc", f"https://vitrine.test/01/{GTIN}", "/v/stain-madder", "stain-madder",
])  # fmt: skip
async def test_a_code_leads_to_its_variant_however_it_was_written(client: httpx.AsyncClient, code: str) -> None:
    answer = await client.post("/api/codes", json={"code": code})
    assert (answer.status_code, answer.json()) == (200, {"variant": "stain-madder"})


async def test_of_two_variants_with_a_gtin_the_one_that_is_sold_is_found(
    served: Served, client: httpx.AsyncClient
) -> None:
    async with served.database.transaction() as db:
        (await db.get_one(Variant, "stain-madder")).withdrawn_at = now()
        (await db.get_one(Variant, "stain-plum")).gtin = GTIN
    assert (await client.post("/api/codes", json={"code": GTIN})).json() == {"variant": "stain-plum"}


@pytest.mark.parametrize("code", ["9520000000028", "/v/nothing", "https://vitrine.test/v/%00", "/v/" + "x" * 200])
async def test_a_good_code_of_something_else_is_not_found(client: httpx.AsyncClient, code: str) -> None:
    answer = await client.post("/api/codes", json={"code": code})
    assert answer.status_code == 404
    assert "nothing that is sold here" in answer.json()["detail"]


@pytest.mark.parametrize(
    "code", ["9520000000012", "", "hello", "\0", "x" * 5000, "https://house.test/about", "0" * 13, "１２３", "/v/"]
)
async def test_what_is_no_code_is_said_to_be_none(client: httpx.AsyncClient, code: str) -> None:
    answer = await client.post("/api/codes", json={"code": code})
    assert answer.status_code == 400
    assert answer.json()["title"] == "That is no product code"


async def test_a_wrong_check_digit_is_named(client: httpx.AsyncClient) -> None:
    answer = (await client.post("/api/codes", json={"code": "9520000000012"})).json()
    assert "wrong check digit 2, expected 1" in answer["detail"]


@pytest.mark.parametrize(("typed", "meant"), CASES)
def test_the_server_understands_a_code_as_a_tablet_without_a_network_does(typed: str, meant: dict[str, str]) -> None:
    assert understood(typed) == meant


def understood(typed: str) -> dict[str, str]:
    try:
        found = scan(typed)
    except CodeError as refused:
        return {"wrong": "digit" if "wrong check digit" in refused.detail else "none"}
    return {"gtin": found.gtin} if found.gtin else {"variant": found.variant or ""}
