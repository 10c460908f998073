"""What keeps strangers out, asked over real sockets: headers on every answer, headers of every question, and rate limits."""

import itertools
import time
from collections.abc import Iterable
from contextlib import suppress

import pytest

from server.core import media
from server.core.errors import TooMany
from server.core.security import Limiter, policy
from tests.conftest import Served


@pytest.mark.parametrize(
    "address", ["/nothing", "/static/x/%2e%2e/%2e%2e/etc/passwd", "/%ff%fe", "/live", "/console", "/schema/x"]
)
async def test_every_answer_carries_the_policy_also_where_nothing_is(served: Served, address: str) -> None:
    async with served.client() as client:
        answer = await client.get(address)
    here = f"127.0.0.1:{served.port}"
    assert answer.headers["content-security-policy"] == policy(here, "vitrine.test")
    assert f"connect-src 'self' ws://{here} wss://{here} ws://vitrine.test wss://vitrine.test;" in policy(
        here, "vitrine.test"
    )
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_a_picture_asked_for_alone_stays_inert(served: Served) -> None:
    async with served.database.transaction() as db:
        digest = await media.store(db, b"<script>alert(1)</script>", "text/html; charset=utf-8")
    async with served.client() as client:
        policy = (await client.get(f"/media/{digest}")).headers["content-security-policy"]
    assert "sandbox" in policy and "default-src 'none'" in policy


@pytest.mark.parametrize(
    "origin", ["null", "http://[half", "http://evil.test", "//evil.test", "http://vitrine.test.evil.test"]
)
async def test_no_change_is_made_for_another_sites_page(served: Served, origin: str) -> None:
    async with served.client() as client:
        answer = await client.post("/console/sign-out", headers={"origin": origin})
    assert answer.status_code == 403


@pytest.mark.parametrize("scheme", ["ftp", "ws", "file"])
async def test_no_change_is_made_for_a_page_of_this_host_by_another_scheme(served: Served, scheme: str) -> None:
    async with served.client() as client:
        for host in (f"127.0.0.1:{served.port}", "vitrine.test"):
            answer = await client.post("/console/sign-out", headers={"origin": f"{scheme}://{host}"})
            assert answer.status_code == 403


async def test_changes_are_made_for_this_sites_pages_and_the_public_address(served: Served) -> None:
    async with served.client() as client:
        for origin in (served.address, "http://vitrine.test", "https://vitrine.test"):
            answer = await client.post("/console/sign-out", headers={"origin": origin})
            assert answer.status_code == 303


@pytest.mark.parametrize("host", ["a:b:c", "a:99999", "[half", "a b", "a;script-src *", "[::1]x", "a@b"])
@pytest.mark.parametrize("address", ["/console", "/api/pairing", "/static/x", "/live", "/nothing"])
async def test_a_host_that_is_none_is_refused_with_the_headers_of_every_answer(
    served: Served, host: str, address: str
) -> None:
    async with served.client() as client:
        answer = await client.get(address, headers={"host": host})
    assert answer.status_code == 400 and answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["content-security-policy"] == policy("vitrine.test")


@pytest.mark.parametrize("host", ["vitrine.test", "shop-1.local:8000", "[::1]:8000", "xn--bcher-kva.test"])
async def test_hosts_of_every_kind_are_served(served: Served, host: str) -> None:
    async with served.client() as client:
        answer = await client.get("/console/sign-in", headers={"host": host})
    assert answer.status_code == 200


async def test_an_address_that_is_none_leads_to_the_first_page_and_to_no_error(served: Served) -> None:
    client = await served.staff()
    async with client, served.client() as stranger:
        answer = await client.get("/console/sign-in", params={"next": "http://[half"})
        assert (answer.status_code, answer.headers["location"]) == (303, "/console")
        asked = {"hx-request": "true", "hx-current-url": "http://[half"}
        answer = await stranger.get("/console/queue", headers=asked)
        assert (answer.status_code, answer.headers["hx-redirect"]) == (401, "/console/sign-in?next=/console")


def tries(limiter: Limiter, addresses: Iterable[str]) -> int:
    """How many of ten tries from these addresses in turn are let through when three are."""
    through = 0
    for who, _ in zip(itertools.cycle(addresses), range(10), strict=False):
        with suppress(TooMany):
            limiter.hit("pairing", who, most=3, seconds=10_000)
            through += 1
    return through


def test_one_callers_many_ipv6_addresses_are_one_caller() -> None:
    assert tries(Limiter(), [f"2001:db8:1:2::{last:x}" for last in range(10)]) == 3
    assert tries(Limiter(), ["fe80::1%eth0", "fe80::2%eth0"]) == 3


def test_an_ipv4_address_is_the_same_caller_however_it_is_written() -> None:
    assert tries(Limiter(), ["::ffff:192.0.2.1", "192.0.2.1"]) == 3
    assert tries(Limiter(), ["::ffff:192.0.2.1", "::ffff:192.0.2.2"]) == 6


def test_a_refused_try_does_not_put_off_the_next_that_is_let_through(monkeypatch: pytest.MonkeyPatch) -> None:
    moment, through, limiter = 0.0, 0, Limiter()
    monkeypatch.setattr(time, "monotonic", lambda: moment)
    for _ in range(100):  # ten a second
        moment += 0.1
        with suppress(TooMany):
            limiter.hit("sign-in", "192.0.2.1", most=3, seconds=3)
            through += 1
    assert 12 <= through <= 13


def test_other_networks_and_what_only_looks_like_an_address_are_counted_apart() -> None:
    assert tries(Limiter(), ["2001:db8:1:1::1", "2001:db8:1:2::1"]) == 6
    assert tries(Limiter(), ["192.0.2.1", "192.0.2.2"]) == 6
    assert tries(Limiter(), ["a:b@house.test", "a:c@house.test"]) == 6
