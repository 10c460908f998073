"""Signing in: what lets somebody in, what keeps everybody else out, and what is said of it."""

import asyncio
import logging
import time
from http.cookies import SimpleCookie
from types import SimpleNamespace

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from server.console.sign_in import RENEWAL, own_path
from server.core import staff
from server.core.audit import AuditEntry
from server.core.database import Database
from server.core.security import Limiter, limiter
from tests.conftest import Served

PASSWORD = "late-plum worn once"
WRONG = "E-mail address and password do not match"


@pytest.fixture(autouse=True)
def fresh_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tries of one test are not counted against the next."""
    monkeypatch.setattr(limiter, "_tries", Limiter()._tries)


async def known(database: Database, *, email: str = "ines@house.test", role: str = "moderator") -> staff.Staff:
    async with database.transaction() as db:
        person = await staff.add(db, email=email, name="Ines", role=role)
        await staff.set_password(person, PASSWORD)
        return person


async def fresh_link(database: Database, email: str = "ines@house.test") -> str:
    async with database.transaction() as db:
        person = await db.scalar(select(staff.Staff).where(staff.Staff.email == email))
        return await staff.link(db, person or await staff.add(db, email=email, name="Ines", role="admin"))


async def sign_in(browser: httpx.AsyncClient, **fields: str) -> httpx.Response:
    return await browser.post("/console/sign-in", data={"email": "ines@house.test", "password": PASSWORD, **fields})


async def test_the_right_password_signs_in_and_leads_on(served: Served) -> None:
    await known(served.database)
    async with served.client() as browser:
        answer = await sign_in(browser, next="/console/audit")
        assert (answer.status_code, answer.headers["location"]) == (303, "/console/audit")
        assert (await browser.get("/console/audit")).status_code == 200


async def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(served: Served) -> None:
    await known(served.database)
    async with served.client() as browser:
        cookie = SimpleCookie((await sign_in(browser)).headers["set-cookie"])[staff.COOKIE]
    assert cookie["httponly"] and cookie["samesite"].lower() == "lax" and cookie["path"] == "/" and not cookie["domain"]
    assert int(cookie["max-age"]) == 12 * 3600
    assert not cookie["secure"], "over plain http a secure cookie would never come back"


async def test_the_words_are_the_same_whatever_was_wrong(served: Served) -> None:
    await known(served.database)
    async with served.database.transaction() as db:
        await staff.add(db, email="no-password@house.test", name="New", role="viewer")
        gone = await staff.add(db, email="gone@house.test", name="Gone", role="viewer")
        await staff.set_password(gone, PASSWORD)
        await staff.end(db, gone)
    async with served.client() as browser:
        answers = [
            await sign_in(browser, password="not it at all"),
            await sign_in(browser, email="nobody@house.test"),
            await sign_in(browser, email="no-password@house.test", password=""),
            await sign_in(browser, email="gone@house.test"),
        ]
    assert {answer.status_code for answer in answers} == {401}
    assert all(WRONG in answer.text and staff.COOKIE not in answer.headers.get("set-cookie", "") for answer in answers)
    bodies = {answer.text.replace(name, "") for answer, name in zip(answers, ADDRESSES, strict=True)}
    assert len(bodies) == 1


ADDRESSES = ("ines@house.test", "nobody@house.test", "no-password@house.test", "gone@house.test")


async def test_a_session_planted_before_signing_in_is_worth_nothing(served: Served) -> None:
    person = await known(served.database)
    async with served.database.transaction() as db:
        planted = await staff.sign_in(db, person, hours=1)
    async with served.client(**{staff.COOKIE: planted}) as browser:
        answer = await sign_in(browser)
        given = SimpleCookie(answer.headers["set-cookie"])[staff.COOKIE].value
    assert given != planted
    async with served.client(**{staff.COOKIE: planted}) as thief:
        assert (await thief.get("/console")).status_code == 303


async def test_a_guesser_of_one_password_is_slowed_down(served: Served) -> None:
    await known(served.database)
    async with served.client() as browser:
        answers = [await sign_in(browser, password=f"guess number {n}") for n in range(12)]
        assert [answer.status_code for answer in answers].count(401) == 8
        late = answers[-1]
        assert late.status_code == 429 and int(late.headers["retry-after"]) > 0 and "Wait a minute" in late.text
        assert (await sign_in(browser)).status_code == 429, "the right one does not get past the limit either"


async def test_a_guesser_of_many_accounts_is_slowed_down(served: Served) -> None:
    async with served.client() as browser:
        codes = [(await sign_in(browser, email=f"guess{n}@house.test")).status_code for n in range(34)]
    assert codes[0] == 401 and codes[-1] == 429


async def test_a_guesser_elsewhere_does_not_keep_a_member_of_staff_out(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    await known(served.database)
    async with served.client() as browser:
        monkeypatch.setattr("server.console.sign_in.client_address", lambda request: "192.0.2.66")
        for n in range(12):
            await sign_in(browser, password=f"guess number {n}")
        monkeypatch.setattr("server.console.sign_in.client_address", lambda request: "192.0.2.7")
        assert (await sign_in(browser)).status_code == 303


async def test_many_guessers_of_one_account_are_slowed_down(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    moment = time.monotonic()
    monkeypatch.setattr("server.core.security.time", SimpleNamespace(monotonic=lambda: moment))  # however slow we are
    async with served.client() as browser:
        for _ in range(195):
            limiter.hit("sign-in account", "nobody@house.test", most=200, seconds=300)
        codes = []
        for n in range(7):
            monkeypatch.setattr("server.console.sign_in.client_address", lambda request, n=n: f"2001:db8:0:{n:x}::1")
            codes.append((await sign_in(browser, email="nobody@house.test")).status_code)
    assert codes == [401] * 5 + [429] * 2


async def test_signing_out_ends_the_session_on_the_server_too(served: Served) -> None:
    await known(served.database)
    async with served.client() as browser:
        await sign_in(browser)
        secret = browser.cookies[staff.COOKIE]
        assert (await browser.post("/console/sign-out")).headers["location"] == "/console/sign-in"
    async with served.client(**{staff.COOKIE: secret}) as again:
        assert (await again.get("/console")).status_code == 303


@pytest.mark.parametrize(
    "target",
    (
        "https://evil.test/console",
        "//evil.test/console",
        "/\\evil.test",
        "/console/../../evil",
        "/console//evil.test",
        "javascript:alert(1)",
        "/health/ready",
        "/consoleevil",
        "/console\n",
        "\t//evil.test",
        "/console/sign-in",
        "http:/console",
        "",
    ),
)
async def test_nobody_is_sent_elsewhere_after_signing_in(target: str) -> None:
    assert own_path(target) == "/console"


@given(st.text())
def test_whatever_is_asked_for_the_way_leads_into_the_console(text: str) -> None:
    path = own_path(text)
    assert path == "/console" or path.startswith(("/console/", "/console?", "/console#"))
    assert "\\" not in path and "\n" not in path and "\r" not in path


def test_own_pages_are_led_to() -> None:
    assert own_path("/console/queue?campaign=3") == "/console/queue?campaign=3"


async def test_the_way_leads_on_to_a_page_whose_name_is_not_english(served: Served) -> None:
    await known(served.database)
    async with served.client() as browser:
        answer = await sign_in(browser, next="/console/€?words=é")
        assert (answer.status_code, answer.headers["location"]) == (303, "/console/%E2%82%AC?words=%C3%A9")
        answer = await browser.get("/console/sign-in", params={"next": "/console/€"})
        assert (answer.status_code, answer.headers["location"]) == (303, "/console/%E2%82%AC")
    assert own_path(own_path("/console/€")) == own_path("/console/€")


async def test_looking_at_a_link_spends_nothing_and_pressing_its_button_does(served: Served) -> None:
    key = await fresh_link(served.database)
    async with served.client() as preview:
        for _ in range(3):
            page = await preview.get("/console/enter", params={"key": key})
            assert page.status_code == 200 and "set-cookie" not in page.headers and "Sign in here" in page.text
    async with served.client() as browser:
        answer = await browser.post("/console/enter", data={"key": key})
        assert (answer.status_code, answer.headers["location"]) == (303, "/console")
        home = await browser.get("/console")
        assert home.status_code == 200 and "Set a password" in home.text
    async with served.client() as late:
        answer = await late.post("/console/enter", data={"key": key})
        assert answer.status_code == 401 and "has been used or is too old" in answer.text


async def test_of_two_who_press_at_once_one_comes_in(served: Served) -> None:
    key = await fresh_link(served.database)
    async with served.client() as one, served.client() as other:
        answers = await asyncio.gather(*(browser.post("/console/enter", data={"key": key}) for browser in (one, other)))
    assert sorted(answer.status_code for answer in answers) == [303, 401]


async def test_a_link_of_somebody_who_has_left_lets_nobody_in(served: Served) -> None:
    await known(served.database, email="admin@house.test", role="admin")
    key = await fresh_link(served.database)
    async with served.database.transaction() as db:
        await staff.end(db, await db.scalar(select(staff.Staff).where(staff.Staff.email == "ines@house.test")))
    async with served.client() as browser:
        assert (await browser.post("/console/enter", data={"key": key})).status_code == 401


async def test_after_a_link_a_password_is_set_without_the_old_one_and_afterwards_not(served: Served) -> None:
    await known(served.database)
    key = await fresh_link(served.database)
    async with served.client() as browser:
        await browser.post("/console/enter", data={"key": key})
        assert "Current password" not in (await browser.get("/console/account")).text
        answer = await browser.post("/console/account/password", data={"password": "another long sentence"})
        assert (answer.status_code, answer.headers["location"]) == (303, "/console/account")
        assert (await browser.get("/console")).status_code == 200, "this browser stays"
        assert "Current password" in (await browser.get("/console/account")).text
        answer = await browser.post("/console/account/password", data={"password": "yet another sentence"})
        assert answer.status_code == 400 and "current password is not right" in answer.text
    async with served.client() as browser:
        assert (await sign_in(browser)).status_code == 401
        assert (await sign_in(browser, password="another long sentence")).status_code == 303


async def test_what_came_with_a_link_signs_nobody_in_and_ends_with_the_session(served: Served) -> None:
    await known(served.database)
    key = await fresh_link(served.database)
    async with served.client() as browser, served.client() as thief:
        answer = await browser.post("/console/enter", data={"key": key})
        renewal = SimpleCookie(answer.headers.get_list("set-cookie")[1])[RENEWAL].value
        assert "Current password" not in (await browser.get("/console/account")).text
        assert (await thief.post("/console/enter", data={"key": renewal})).status_code == 401
        await browser.post("/console/sign-out", data={"everywhere": "1"})
        assert (await thief.post("/console/enter", data={"key": renewal})).status_code == 401
        await sign_in(thief)
        thief.cookies.set(RENEWAL, renewal, path="/console/account")
        assert "Current password" in (await thief.get("/console/account")).text
        answer = await thief.post("/console/account/password", data={"password": "another long sentence"})
        assert answer.status_code == 400


async def test_a_new_password_signs_other_browsers_out(served: Served) -> None:
    await known(served.database)
    async with served.client() as one, served.client() as other:
        await sign_in(one)
        await sign_in(other)
        fields = {"current": PASSWORD, "password": "another long sentence"}
        assert (await one.post("/console/account/password", data=fields)).status_code == 303
        assert (await other.get("/console")).status_code == 303
        assert (await one.get("/console")).status_code == 200


@pytest.mark.parametrize("password", ("short", "aaaaaaaaaaaaaaa", "INES@house.test"))
async def test_a_password_that_is_easily_guessed_is_refused_in_words(served: Served, password: str) -> None:
    await known(served.database)
    async with served.client() as browser:
        await sign_in(browser)
        answer = await browser.post("/console/account/password", data={"current": PASSWORD, "password": password})
        assert answer.status_code == 400 and ("at least" in answer.text or "easily guessed" in answer.text)


async def test_signing_in_from_another_sites_form_is_refused(served: Served) -> None:
    await known(served.database)
    async with served.client() as browser:
        for headers in ({"origin": "https://evil.test"}, {"sec-fetch-site": "cross-site"}, {"origin": "null"}):
            fields = {"email": "ines@house.test", "password": PASSWORD}
            answer = await browser.post("/console/sign-in", data=fields, headers=headers)
            assert answer.status_code == 403 and "another site" in answer.text
            assert staff.COOKIE not in answer.headers.get("set-cookie", "")


async def test_no_secret_is_logged_or_kept_as_it_is(
    served: Served, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    await known(served.database)
    key = await fresh_link(served.database)
    async with served.client() as browser:
        await browser.get("/console/enter", params={"key": key})
        await browser.post("/console/enter", data={"key": key})
        session = browser.cookies[staff.COOKIE]
        await sign_in(browser, password="a wrong guess of it")
        await sign_in(browser)
    async with served.database.snapshot() as db:
        entries = [f"{row.which} {row.details}" for row in await db.scalars(select(AuditEntry))]
        kept = list(await db.scalars(select(staff.StaffSession.digest)))
    ours = [record.getMessage() for record in caplog.records if not record.name.startswith("http")]  # the browser's own
    told = " ".join((*capfd.readouterr(), *ours, *entries))
    for secret in (key, session, PASSWORD, "a wrong guess of it"):
        assert secret not in told
    assert session not in kept
    assert any("ines@house.test" in entry for entry in entries)
