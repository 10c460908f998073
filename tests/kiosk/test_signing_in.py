"""Codes by mail: for one browser, few tries, the same answer for everybody, and nobody's mailbox flooded."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import event, func, select, update

from kiosk import signing_in
from kiosk.models import Bag, Customer, Mail, Share, ShopperSession, SignInCode
from server.core.clock import now
from server.core.errors import BadInput
from server.core.security import digest, limiter
from server.core.settings import Settings
from tests import shopping
from tests.conftest import Served
from tests.shopping import Phone, add
from tests.signing import ask, me, newest_code, sign_in, type_code

pytestmark = pytest.mark.usefixtures("patient")


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """A house whose mail is read in the console."""
    return replace(settings, mail="console")


def other(code: str) -> str:
    """A code that is not this one."""
    return f"{(int(code) + 1) % 10**6:06d}"


@pytest.mark.parametrize(
    ("typed", "kept"),
    (
        (" Ada@Example.COM ", "ada@example.com"), ("o'hara+bag@example.com", "o'hara+bag@example.com"),
        ("ada@bücher.example", "ada@xn--bcher-kva.example"), ("ada@BÜCHER.example", "ada@xn--bcher-kva.example"),
        ("ａda@example.com", "ada@example.com"), ("\u212aate@example.com", "kate@example.com"),
        ("a.b@c.d.example.com", "a.b@c.d.example.com"),
    ),
)  # fmt: skip
def test_one_mailbox_is_one_customer_however_it_is_typed(typed: str, kept: str) -> None:
    assert signing_in.address(typed) == kept


@pytest.mark.parametrize(
    "typed",
    (
        "", "ada", "@example.com", "ada@", "ada@localhost", "ada@example..com", "ada@-a.com", "ada@1.2.3.4", "ada@[1.2.3.4]",
        '"ada lovelace"@example.com', "ada lovelace@example.com", "ada@example.com\r\nBcc: eve@example.com", "ada\0@example.com",
        "ada@exa\tmple.com", "a@b@example.com", "ada<eve@example.com>", "ada@example.com,eve@example.com", ".ada@example.com",
        f"{'a' * 65}@example.com", f"ada@{'a' * 64}.com", f"ada@{'.'.join(['a' * 60] * 4)}.com", "x" * 100_000 + "@example.com",
        "mıke@example.com", "ada@\u202eexample.com", "ada@example.com.", "‹ada›@example.com",
    ),
)  # fmt: skip
def test_what_is_no_address_is_refused(typed: str) -> None:
    with pytest.raises(BadInput):
        signing_in.address(typed)


async def test_known_and_unknown_addresses_get_the_same_answer_after_the_same_work(served: Served) -> None:
    await sign_in(served, Phone(served), "known@example.com")
    done: dict[str, list[str]] = {}
    for email in ("known@example.com", "fresh@example.com"):
        statements = done.setdefault(email, [])

        def heard(connection, cursor, statement, parameters, context, many, into=statements) -> None:
            into.append(statement)

        phone = Phone(served)
        await phone.client.post("/api/bag")
        event.listen(served.database.engine.sync_engine, "before_cursor_execute", heard)
        answer = await ask(phone, email)
        event.remove(served.database.engine.sync_engine, "before_cursor_execute", heard)
        assert answer.json() == {"email": email, "expires_seconds": 600}

    def own(statements: list[str]) -> list[str]:
        return [
            one for one in statements if any(table in one for table in ("mail", "sign_in_code", "customer", "shopper"))
        ]

    assert own(done["known@example.com"]) == own(done["fresh@example.com"]) != []
    assert not any("FROM customer" in one for one in done["known@example.com"])
    async with served.database.snapshot() as db:
        assert set(await db.scalars(select(Customer.email))) == {"known@example.com"}, (
            "made at the first success, not before"
        )


async def test_a_code_works_once_and_only_in_the_browser_that_asked(served: Served) -> None:
    phone, thief = Phone(served), Phone(served)
    await ask(phone, "ada@example.com")
    code = await newest_code(served, "ada@example.com")
    assert (await type_code(thief, code)).status_code == 410
    await thief.client.post("/api/bag")
    assert (await type_code(thief, code)).status_code == 410
    assert (await type_code(phone, f" {code[:3]}-{code[3:]} ")).status_code == 200
    assert (await type_code(phone, code)).status_code == 409, "somebody is signed in there"
    await phone.client.delete("/api/sign-in")
    assert (await type_code(phone, code)).status_code == 410


async def test_five_wrong_codes_are_the_end_of_it(served: Served) -> None:
    phone = Phone(served)
    await ask(phone, "ada@example.com")
    code = await newest_code(served, "ada@example.com")
    for typed in ("", "12345", "abcdef", "1" * 5000):
        assert "six digits" in (await type_code(phone, typed)).json()["detail"], "costs no try"
    left = [(await type_code(phone, other(code))).json()["left"] for _ in range(signing_in.TRIES)]
    assert left == [4, 3, 2, 1, 0]
    assert (await type_code(phone, code)).status_code == 410
    await ask(phone, "ada@example.com")
    assert (await type_code(phone, await newest_code(served, "ada@example.com"))).status_code == 200


async def test_a_code_ends_after_ten_minutes_and_when_a_newer_one_comes(served: Served) -> None:
    phone = Phone(served)
    await ask(phone, "ada@example.com")
    first = await newest_code(served, "ada@example.com")
    await ask(phone, "ada@example.com")
    second = await newest_code(served, "ada@example.com")
    if first != second:
        assert (await type_code(phone, first)).status_code == 400
    async with served.database.transaction() as db:
        await db.execute(update(SignInCode).values(expires_at=now()))
    assert (await type_code(phone, second)).status_code == 410


async def test_nobodys_mailbox_is_flooded_and_no_address_of_the_network_asks_without_end(served: Served) -> None:
    for _ in range(signing_in.AN_HOUR):
        assert (await ask(Phone(served), "ada@example.com")).status_code == 200
    refused = await ask(Phone(served), "Ada@EXAMPLE.com")
    assert refused.status_code == 429 and refused.headers["retry-after"]
    assert (await ask(Phone(served), "bo@example.com")).status_code == 200
    async with served.database.snapshot() as db:
        assert await db.scalar(select(func.count()).select_from(Mail).where(Mail.to == "ada@example.com")) == 5
    async with served.database.transaction() as db:
        await db.execute(update(Mail).values(made_at=now() - timedelta(hours=2)))
    assert (await ask(Phone(served), "ada@example.com")).status_code == 200
    phone = Phone(served)
    answers = [(await ask(phone, f"ada{n}@example.com")).status_code for n in range(30)]
    assert answers[0] == 200 and answers[-1] == 429


async def test_guesses_are_few_whatever_is_guessed(served: Served) -> None:
    phone = Phone(served)
    assert (await type_code(phone, "000000")).status_code == 410
    for _ in range(99):
        limiter.hit("code", "127.0.0.1", most=100, seconds=600)
    assert (await type_code(phone, "000000")).status_code == 429


async def test_the_code_is_nowhere_to_be_read_but_in_the_mail(served: Served) -> None:
    phone = Phone(served)
    await ask(phone, "ada@example.com")
    code = await newest_code(served, "ada@example.com")
    async with served.database.snapshot() as db:
        row = (await db.scalars(select(SignInCode))).one()
        mail = (await db.scalars(select(Mail))).one()
    assert code not in mail.subject and row.code_digest not in (digest(code), code)
    assert row.session == digest(phone.client.cookies["vitrine_shopper"]), (
        "bound to the cookie's secret, which is kept nowhere"
    )


async def test_signing_in_makes_a_new_session_so_a_planted_one_is_worth_nothing(served: Served) -> None:
    await shopping.catalogue(served.database)
    thief = Phone(served)
    await thief.client.post("/api/bag")
    planted = thief.client.cookies["vitrine_shopper"]
    victim = Phone(served)
    victim.client.cookies.set("vitrine_shopper", planted, domain="127.0.0.1")
    await victim.send(add("slip-ink"))
    await sign_in(served, victim)
    assert victim.client.cookies["vitrine_shopper"] != planted
    assert (await thief.client.get("/api/me")).status_code == 401
    assert await thief.bag() == {"bag": None, "customer": False, "lost_because": ""}
    made_up = Phone(served)
    made_up.client.cookies.set("vitrine_shopper", "made-up-by-somebody", domain="127.0.0.1")
    await ask(made_up, "eve@example.com")
    async with served.database.snapshot() as db:
        assert await db.get(ShopperSession, digest("made-up-by-somebody")) is None, (
            "no session is made under another's name"
        )


async def test_another_sites_page_changes_nothing(served: Served) -> None:
    phone = Phone(served)
    await sign_in(served, phone)
    for headers in (
        {"origin": "https://evil.example"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "null"},
    ):
        for method, path in (
            ("DELETE", "/api/me"),
            ("DELETE", "/api/sign-in"),
            ("PUT", "/api/me/mail-consent"),
            ("POST", "/api/sign-in"),
        ):
            answer = await phone.client.request(method, path, headers=headers, json={"email": "eve@example.com"})
            assert answer.status_code == 403, (headers, path)
    assert (await me(phone))["mail_consent_at"] is None


async def test_nobody_touches_what_is_somebody_elses(served: Served) -> None:
    await shopping.catalogue(served.database)
    ada, eve = Phone(served), Phone(served)
    await ada.client.post("/api/bag")
    await ada.send(add("slip-ink"))
    claim = (await sign_in(served, ada))["claim"]["id"]
    await sign_in(served, eve, "eve@example.com")
    theirs = (await me(ada))["sessions"][0]["id"]
    for path in (
        f"claims/{claim}",
        "claims/999999",
        f"sessions/{theirs}",
        "sessions/0",
        "sessions/%25",
        "sessions/" + "a" * 24,
    ):
        assert (await eve.client.delete(f"/api/me/{path}")).status_code == 404, path
    assert (await ada.client.delete(f"/api/me/sessions/{theirs[:8]}")).status_code == 404
    assert len(await ada.items()) == 1 and len((await me(ada))["sessions"]) == 1
    nobody = Phone(served)
    for method, path in (
        ("GET", "/api/me"), ("GET", "/api/me/export"), ("DELETE", "/api/me"), ("DELETE", f"/api/me/claims/{claim}"),
        ("PUT", "/api/me/mail-consent"), ("DELETE", f"/api/me/sessions/{theirs}"), ("DELETE", "/api/sign-in"),
    ):  # fmt: skip
        assert (await nobody.client.request(method, path)).status_code == 401, path


async def test_every_browser_can_be_signed_out_from_any_other(served: Served) -> None:
    first, second = Phone(served), Phone(served)
    first.client.headers["user-agent"] = (
        "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Mobile/15E148 Safari/604.1"
    )
    second.client.headers["user-agent"] = "<script>alert(1)</script>" + "x" * 300
    await sign_in(served, first)
    await sign_in(served, second)
    shown = {one["here"]: one for one in (await me(second))["sessions"]}
    assert (shown[False]["browser"], shown[False]["system"]) == ("Safari", "iPhone")
    assert (shown[True]["browser"], shown[True]["system"]) == ("", ""), "what is no browser's name is not repeated"
    assert (await second.client.delete(f"/api/me/sessions/{shown[False]['id']}")).status_code == 204
    assert (await first.client.get("/api/me")).status_code == 401
    assert [one["here"] for one in (await me(second))["sessions"]] == [True]


async def test_when_a_browser_was_last_used_is_known_to_the_hour(served: Served) -> None:
    phone = Phone(served)
    await sign_in(served, phone)
    for path in ("/api/me", "/api/bag"):
        async with served.database.transaction() as db:
            await db.execute(update(ShopperSession).values(seen_at=now() - timedelta(hours=2)))
        await phone.client.get(path)
        async with served.database.snapshot() as db:
            assert (await db.scalars(select(ShopperSession.seen_at))).one() > now() - timedelta(minutes=1), path


async def test_links_of_the_bag_that_came_along_are_counted_until_they_are_over(served: Served) -> None:
    await shopping.catalogue(served.database)
    phone = Phone(served)
    await phone.client.post("/api/bag")
    await phone.send(add("slip-ink"))
    assert (await phone.client.post("/api/bag/shares")).status_code == 201
    await sign_in(served, phone)
    assert (await me(phone))["shares"] == 1
    async with served.database.transaction() as db:
        await db.execute(update(Share).values(expires_at=now()))
    assert (await me(phone))["shares"] == 0


async def test_consent_is_asked_on_its_own_off_at_first_and_withdrawn_as_it_was_given(served: Served) -> None:
    phone = Phone(served)
    assert (await phone.client.put("/api/me/mail-consent")).status_code == 401, "never before signing in"
    await sign_in(served, phone)
    assert (await me(phone))["mail_consent_at"] is None
    given = (await phone.client.put("/api/me/mail-consent")).json()
    assert (await me(phone))["mail_consent_at"] == given["mail_consent_at"] != None  # noqa: E711
    await phone.client.delete("/api/me/mail-consent")
    assert (await me(phone))["mail_consent_at"] is None


async def test_mail_and_failures_speak_the_readers_language(served: Served) -> None:
    phone = Phone(served)
    phone.client.headers["accept-language"] = "nb-NO,nb;q=0.9,en;q=0.5"
    await ask(phone, "ada@example.com")
    async with served.database.snapshot() as db:
        mail = (await db.scalars(select(Mail))).one()
    assert mail.subject == "Koden din hos Vitrine" and "er koden din" in mail.body
    wrong = await type_code(phone, other(await newest_code(served, "ada@example.com")))
    assert wrong.json()["detail"] == "Det er ikke koden. Forsøk igjen: 4."
    assert "språk" not in wrong.text
    await type_code(phone, await newest_code(served, "ada@example.com"))
    assert (await me(phone))["language"] == "nb" and phone.client.cookies["vitrine_language"] == "nb"


async def test_a_house_without_mail_says_so(served: Served) -> None:
    served.app.state.update({"settings": replace(served.app.state.settings, mail="smtp")})
    answer = await ask(Phone(served), "ada@example.com")
    assert answer.status_code == 500 and "sends no mail yet" in answer.json()["detail"]
    async with served.database.snapshot() as db:
        assert await db.scalar(select(func.count()).select_from(Bag)) == 0
