"""Passkeys: one challenge, one use, one browser; what another key, another page or an older count signs is worth nothing."""

import random
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import select, update
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url

from kiosk import customers, passkeys
from kiosk.models import Customer, Passkey, PasskeyChallenge
from server.core.clock import now
from server.core.database import Database
from server.core.errors import BadInput, Conflict
from server.core.settings import Settings
from tests import shopping
from tests.conftest import Served
from tests.replicas.authenticator import Authenticator
from tests.shopping import Phone, add
from tests.signing import me, sign_in

pytestmark = pytest.mark.usefixtures("patient")


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """A house whose mail is read in the console."""
    return replace(settings, mail="console")


class Browser(Phone):
    """A browser that opens the house at localhost, as pages that may use passkeys are."""

    def __init__(self, served: Served) -> None:
        super().__init__(served)
        self.client.headers["host"] = f"localhost:{served.port}"
        self.origin = f"http://localhost:{served.port}"

    async def asked(self, path: str) -> dict[str, Any]:
        answer = await self.client.post(path)
        answer.raise_for_status()
        return answer.json()

    async def keep(self, device: Authenticator, **lies: Any) -> httpx.Response:
        """Add a passkey."""
        options = await self.asked("/api/me/passkey-challenge")
        return await self.client.post("/api/me/passkeys", json={"credential": device.create(options, **lies)})

    async def enter(self, device: Authenticator, **lies: Any) -> httpx.Response:
        """Sign in with it."""
        options = await self.asked("/api/sign-in/passkey-challenge")
        return await self.client.post("/api/sign-in/passkey", json={"credential": device.get(options, **lies)})


async def known(served: Served) -> tuple[Browser, Authenticator]:
    """A customer with a passkey."""
    browser = Browser(served)
    await sign_in(served, browser)
    device = Authenticator(browser.origin)
    assert (await browser.keep(device)).status_code == 201
    return browser, device


async def test_a_passkey_signs_in_without_a_name_and_brings_the_browsers_bag_along(served: Served) -> None:
    await shopping.catalogue(served.database)
    first, device = await known(served)
    await first.send(add("slip-ink"))
    second = Browser(served)
    await second.client.post("/api/bag")
    before = second.client.cookies["vitrine_shopper"]
    await second.send(add("stain-plum"))
    answer = await second.enter(device)
    assert answer.status_code == 200 and answer.json()["claim"]
    assert {item["variant"] for item in await second.items()} == {"slip-ink", "stain-plum"}
    assert second.client.cookies["vitrine_shopper"] != before, "a new session"
    [kept] = (await me(second))["passkeys"]
    assert kept["used_at"]
    named = [
        await second.client.put(f"/api/me/passkeys/{kept['id']}", json={"name": name})
        for name in (" My  phone ", "\u202e")
    ]
    assert named[0].json()["name"] == "My phone" and named[1].status_code == 400
    assert (await second.client.delete(f"/api/me/passkeys/{kept['id']}")).status_code == 204
    assert "not known here" in (await Browser(served).enter(device)).json()["detail"]


async def test_a_challenge_is_used_once_and_soon_and_by_the_browser_that_asked(served: Served) -> None:
    _, device = await known(served)
    phone, other = Browser(served), Browser(served)
    options = await phone.asked("/api/sign-in/passkey-challenge")
    assert (
        await other.client.post("/api/sign-in/passkey", json={"credential": device.get(options)})
    ).status_code == 410
    await other.asked("/api/sign-in/passkey-challenge")
    assert (
        await other.client.post("/api/sign-in/passkey", json={"credential": device.get(options)})
    ).status_code == 400
    wrong = device.get(options) | {"id": "AAAA", "rawId": "AAAA"}
    assert (await phone.client.post("/api/sign-in/passkey", json={"credential": wrong})).status_code == 400
    signed = device.get(options)
    assert (await phone.client.post("/api/sign-in/passkey", json={"credential": signed})).status_code == 410, (
        "spent by the wrong one"
    )
    options = await phone.asked("/api/sign-in/passkey-challenge")
    async with served.database.transaction() as db:
        await db.execute(update(PasskeyChallenge).values(expires_at=now() - timedelta(seconds=1)))
    assert (
        await phone.client.post("/api/sign-in/passkey", json={"credential": device.get(options)})
    ).status_code == 410


async def test_what_was_not_signed_by_that_key_for_this_page_signs_nobody_in(served: Served) -> None:
    browser, device = await known(served)
    phone = Browser(served)
    assert (await phone.enter(device, origin="https://evil.example")).status_code == 400
    assert (await phone.enter(device, type="webauthn.create")).status_code == 400
    device.rp_id = "evil.example"
    assert (await phone.enter(device)).status_code == 400
    device.rp_id = "localhost"
    assert (await phone.enter(Authenticator(browser.origin, id=device.id))).status_code == 400, (
        "another key by its name"
    )
    device.handle = b"somebody else"
    assert (await phone.enter(device)).status_code == 400
    device.handle = b""
    assert (await phone.enter(device)).status_code == 200
    device.count = 0
    assert (await Browser(served).enter(device)).status_code == 400, "a copy counts from an older number"


JUNK: tuple[Any, ...] = ("", "AAAA", "é\u202e", "A" * 5000, "_" * 41, 7, None, [], {}, True)


async def test_bytes_that_are_no_credential_are_refused_in_words(database: Database) -> None:
    party = passkeys.RelyingParty("localhost", "http://localhost:8000")
    device, challenge = Authenticator(party.origin), b"a challenge of ours"
    asked = {"challenge": bytes_to_base64url(challenge), "user": {"id": bytes_to_base64url(b"ada")}}
    made = device.create(asked)
    device.handle = b""
    good, chance = device.get(asked), random.Random(1)
    async with database.transaction() as db:
        customer = await customers.with_email(db, "ada@example.com", language="en")
        await passkeys.add(db, party, customer, challenge, made, name="Phone")
        await db.flush()
        bad = [{}, {"id": 7}, {"id": "\0"}, {"id": "x" * 5000}, good | {"response": None}, good | {"type": "password"}]
        for whole in (good, made):
            for part, text in whole["response"].items():
                torn = [_torn(text, chance) for _ in range(30)]
                bad += [
                    whole | {"response": whole["response"] | {part: junk}}
                    for junk in (*JUNK, *torn)
                    if junk or part != "userHandle"
                ]
        for said in bad:
            if said.get("response") == good["response"]:
                continue
            with pytest.raises(BadInput):
                await passkeys.verify(db, party, challenge, said)
            with suppress(BadInput, Conflict):  # nobody vouches for a new key: other bytes may be another one
                await passkeys.add(db, party, customer, challenge, said, name="Another")
        assert await passkeys.verify(db, party, challenge, good) is customer


def _torn(text: str, chance: random.Random) -> str:
    """The same bytes but for one, or cut short."""
    whole = bytearray(base64url_to_bytes(text) or b"x")
    place = chance.randrange(len(whole))
    whole[place] ^= 1 << chance.randrange(8)
    return bytes_to_base64url(bytes(whole[: place + 1] if chance.random() < 0.3 else whole))


async def test_an_account_that_is_full_says_so_also_of_a_passkey_that_was_begun_before(served: Served) -> None:
    browser, _ = await known(served)
    offered = Authenticator(browser.origin)
    challenge = (await browser.client.post("/api/me/passkey-challenge")).json()
    async with served.database.transaction() as db:
        customer = (await db.scalars(select(Customer))).one()
        db.add_all(
            Passkey(id=f"other{number}", customer_id=customer.id, public_key=b"", name="Other", created_at=now())
            for number in range(passkeys.MOST - 1)
        )
    answer = await browser.client.post("/api/me/passkeys", json={"credential": offered.create(challenge)})
    assert answer.status_code == 409 and "as many passkeys as an account can hold" in answer.json()["detail"]


async def test_a_passkey_is_one_customers(served: Served) -> None:
    ada, device = await known(served)
    eve = Browser(served)
    await sign_in(served, eve, "eve@example.com")
    assert (await eve.keep(device)).status_code == 409
    id = (await me(ada))["passkeys"][0]["id"]
    assert (await eve.client.delete(f"/api/me/passkeys/{id}")).status_code == 404
    assert (await eve.client.put(f"/api/me/passkeys/{id}", json={"name": "mine"})).status_code == 404
    assert (await eve.client.delete(f"/api/me/passkeys/{'x' * 1500}")).status_code == 404
    nobody = Browser(served)
    assert (await nobody.client.post("/api/me/passkey-challenge")).status_code == 401
    assert (await nobody.client.post("/api/me/passkeys", json={"credential": {}})).status_code == 401


async def test_an_address_of_numbers_says_that_it_has_no_passkeys(served: Served) -> None:
    served.app.state.update({"settings": replace(served.app.state.settings, public_url="")})
    answer = await Phone(served).client.post("/api/sign-in/passkey-challenge")
    assert answer.status_code == 409 and "by mail" in answer.json()["detail"]
