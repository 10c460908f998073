"""What becomes of values that no database can hold: clear words to whoever sent them, and no error of ours."""

from collections.abc import Awaitable, Callable

import httpx
import pytest

from tests import house
from tests.conftest import Served

Client = Callable[[str], Awaitable[httpx.AsyncClient]]
HUGE = (2**31, 2**63, 10**20)


@pytest.mark.parametrize("number", HUGE)
@pytest.mark.parametrize(
    "address", ["/console/campaigns/{}", "/console/queue/{}", "/api/preview/loop/{}", "/terms/{}", "/terms/1/{}"]
)
async def test_a_number_that_is_no_id_leads_to_nothing(staff_client: Client, address: str, number: int) -> None:
    client = await staff_client("admin")
    assert (await client.get(address.format(number))).status_code == 404


@pytest.mark.parametrize("number", HUGE)
async def test_a_number_that_is_no_id_changes_nothing(staff_client: Client, number: int) -> None:
    client = await staff_client("admin")
    for method, address in (
        ("DELETE", "/console/campaigns/{}"),
        ("POST", "/console/queue/{}/block"),
        ("DELETE", "/console/staff/{}"),
    ):
        assert (await client.request(method, address.format(number))).status_code == 404


@pytest.mark.parametrize(
    "address",
    [
        "/media/%00",
        "/media/a%00b",
        "/console/screens/a%00b",
        "/console/cards/%00/code.svg",
        "/qr/a%00/p1r1c00000000.svg",
    ],
)
async def test_an_address_with_a_nul_in_it_leads_to_nothing(staff_client: Client, address: str) -> None:
    client = await staff_client("admin")
    assert (await client.get(address)).status_code == 404


@pytest.mark.parametrize(
    "address",
    [
        "/console/audit?who=a%00b", "/console/audit.csv?which=%00", f"/console/audit?before={2**63}", "/console/audit?day=9999-12-31",
        "/console/campaigns/choices?words=a%00b", f"/console/queue/strip?current={2**63}", "/console/queue?feed=%C2%B2",
        "/console/catalogue?words=a%00b", "/console/catalogue/product?id=%00", "/console/home/now?campaign=%C2%B2",
        "/console/campaigns/1/spots/%C2%B2", f"/console/campaigns/lint?campaign={2**63}",
    ],
)  # fmt: skip
async def test_a_question_that_no_database_understands_is_no_error_of_ours(staff_client: Client, address: str) -> None:
    client = await staff_client("admin")
    assert (await client.get(address)).status_code < 500


async def test_a_name_with_a_nul_in_it_is_said_to_be_the_trouble(served: Served, staff_client: Client) -> None:
    async with served.database.transaction() as db:
        await house.screen(db)
    client = await staff_client("admin")
    answer = await client.post("/console/staff", data={"email": "a\0b@house.test", "name": "a\0b", "role": "viewer"})
    assert answer.status_code < 500


async def test_a_look_with_a_nul_in_it_is_counted_as_nothing(served: Served) -> None:
    async with served.client() as client:
        told = {"variant": "stain-madder", "screen": "a\0", "spot": "p1r1c00000000"}
        answer = await client.post("/api/scans", json=told, headers={"origin": served.address, "user-agent": "Mozilla"})
    assert answer.status_code < 500


@pytest.mark.parametrize("address", ["/api/scans", "/api/plays", "/api/pairing"])
async def test_a_body_that_is_nested_without_end_is_refused(served: Served, address: str) -> None:
    async with served.database.transaction() as db:
        _, token = await house.screen(db)
    told = {"content-type": "application/json", "origin": served.address, "authorization": f"Bearer {token}"}
    async with served.client() as client:
        for body in ("[" * 3000, "[" * 3000 + "]" * 3000, '{"a":' * 3000):
            answer = await client.post(address, content=body, headers=told)
            assert answer.status_code == 400


@pytest.mark.parametrize("charset", ["rot13", "none-such", "ascii", "utf-16"])
async def test_a_part_in_an_encoding_that_is_none_is_refused(served: Served, charset: str) -> None:
    part = f'--x\r\nContent-Disposition: form-data; name="email"\r\nContent-Type: text/plain; charset={charset}\r\n\r\n'
    body = part.encode() + b"\xff\xfe\xfd\r\n--x--\r\n"
    async with served.client() as client:
        answer = await client.post(
            "/console/sign-in", content=body, headers={"content-type": "multipart/form-data; boundary=x"}
        )
    assert answer.status_code == 400


async def test_a_lookup_of_ours_that_fails_is_still_told_as_our_error(served: Served, monkeypatch) -> None:
    async def broken(*_: object) -> None:
        raise KeyError("ours")

    monkeypatch.setattr("server.core.staff.session_of", broken)
    async with served.client() as client:
        assert (await client.get("/console/sign-in")).status_code == 500
