"""Health and trust: each check says what is so and how to mend it, from facts alone; pages and command tell the same."""

import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import pytest
from rich.console import Console

from kiosk.standing import Standing
from server import doctoring
from server.checks import BAD, GOOD, WARN, Finding, judge
from server.console.trust import platform
from server.core import tls
from server.core.database import Database
from server.core.settings import Settings
from server.facts import Facts, ScreenFact, SourceFact, TabletFact, gather, masked
from tests import house
from tests.conftest import Served
from tests.postgres import Postgres

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
WELL = Facts(
    settings=Settings(
        public_url="https://glass.example.com", x_bearer_token="t", smtp_url="smtps://mail.example", mail_from="h@shop.example"
    ),
    at=AT, listening="https://0.0.0.0:8000", newest_change_at=AT - timedelta(seconds=3), admins=1, stores=6, variants=250,
    published=1, worker="shop-1 4711", screens=(ScreenFact(name="Window", connected=True, seen_at=AT, error=""),),
    sources=(SourceFact(network="x", state="live", reason="", written_at=AT),),
)  # fmt: skip


def found(facts: Facts, *states: str) -> list[Finding]:
    """The findings of these states, all groups together."""
    return [finding for _, findings in judge(facts) for finding in findings if finding.state in states]


def test_an_installation_that_is_well_says_nothing_else() -> None:
    assert found(WELL, WARN, BAD) == []
    assert len(found(WELL, GOOD)) >= 6


OFFLINE = ScreenFact(name="Door", connected=False, seen_at=AT, error="")
UNOPENED = ScreenFact(name="Door", connected=False, seen_at=None, error="")
FAILING = ScreenFact(name="Window", connected=True, seen_at=AT, error="a card could not be decoded")
SETTINGS = WELL.settings


@pytest.mark.parametrize(
    ("facts", "state", "words"),
    (
        (replace(WELL, database_trouble="OSError: no"), BAD, "does not answer"),
        (replace(WELL, database_trouble="It is full.", database_mend="Make room there."), BAD, "full. Make room"),
        (replace(WELL, tables_old=True), BAD, "vitrine migrate"),
        (replace(WELL, tables_new=True), WARN, "an upgrade is under way"),
        (replace(WELL, backplane_trouble="refused"), WARN, "a few seconds late"),
        (replace(WELL, processes=2), WARN, "2 processes use this database without VITRINE_BACKPLANE_URL"),
        (replace(WELL, worker=""), WARN, "background work"),
        (replace(WELL, waiting_posts=23, waiting_since=AT - timedelta(hours=3)), WARN, "the longest for 3 h"),
        (replace(WELL, admins=0), BAD, "vitrine staff add"),
        (replace(WELL, stores=0), WARN, "no stores"),
        (replace(WELL, variants=0), WARN, "no products"),
        (replace(WELL, free_bytes=10**8), BAD, "Make room"),
        (replace(WELL, no_room=True), BAD, "Everything goes on by itself"),
        (replace(WELL, screens=()), WARN, "No screen is paired"),
        (replace(WELL, screens=(*WELL.screens, OFFLINE)), WARN, "1 of 2 screens is offline: Door"),
        (replace(WELL, screens=(*WELL.screens, UNOPENED)), WARN, "1 screen has been paired and not opened yet: Door"),
        (replace(WELL, screens=(OFFLINE,)), BAD, "1 of 1 screens"),
        (
            replace(WELL, tablets=(TabletFact(name="Lips", standing=Standing("away since 10:47", "bad")),)),
            WARN,
            "away: Lips",
        ),
        (
            replace(
                WELL, tablets=(TabletFact(name="Lips", standing=Standing("battery low", "warn", ("14 % left.",))),)
            ),
            WARN,
            "14 % left",
        ),
        (replace(WELL, shown=412), WARN, "412 variants are on cards"),
        (replace(WELL, screens=(FAILING,)), BAD, "could not be decoded"),
        (replace(WELL, published=0), WARN, "No campaign is published"),
        (
            replace(WELL, refused_pictures=3, refusals=("3 × too large",)),
            WARN,
            "3 pictures were refused: 3 × too large",
        ),
        (replace(WELL, last_refused_import="Products: no header"), WARN, "Products: no header"),
        (replace(WELL, at=datetime(1970, 1, 2, tzinfo=UTC)), BAD, "before this version was made"),
        (replace(WELL, newest_change_at=AT + timedelta(hours=1)), BAD, "has gone back"),
        (replace(WELL, database_at=AT + timedelta(minutes=3)), BAD, "3 min apart"),
        (replace(WELL, post_lead=timedelta(seconds=90)), WARN, "90 s in the future"),
        (replace(WELL, settings=replace(SETTINGS, public_url="")), WARN, "No public address"),
        (replace(WELL, settings=replace(SETTINGS, public_url="glass.example.com")), BAD, "is no web address"),
        (replace(WELL, settings=replace(SETTINGS, public_url="https://glass.example.com/x")), BAD, "more than a host"),
        (replace(WELL, settings=replace(SETTINGS, public_url="http://127.0.0.1:8000")), WARN, "only this machine"),
        (replace(WELL, settings=replace(SETTINGS, public_url="https://vitrine.local:8000")), WARN, "own network"),
        (replace(WELL, settings=replace(SETTINGS, public_url="https://till7:8000")), BAD, "phones do not"),
        (replace(WELL, own_authority=True), WARN, "glass.example.com/trust"),
        (replace(WELL, certificate_names=("glass.example.com",)), WARN, "glass.example.com/trust"),
        (replace(WELL, settings=replace(SETTINGS, public_url="http://glass.example.com")), WARN, "without encryption"),
        (replace(WELL, settings=replace(SETTINGS, x_bearer_token="")), WARN, "no bearer token"),
        (replace(WELL, settings=replace(SETTINGS, smtp_url="")), WARN, "No mail server is set"),
        (replace(WELL, settings=replace(SETTINGS, smtp_url="mail.example")), BAD, "begins with smtp://"),
        (replace(WELL, settings=replace(SETTINGS, mail_from="")), BAD, "VITRINE_MAIL_FROM is no sender"),
        (replace(WELL, settings=replace(SETTINGS, smtp_url="smtp://h")), WARN, "without encryption, and so do codes."),
        (replace(WELL, settings=replace(SETTINGS, smtp_url="smtp://u:p@h")), BAD, "and the password"),
        (replace(WELL, settings=replace(SETTINGS, mail="console")), WARN, "stays in the console"),
        (replace(WELL, mail_trouble="535 no"), BAD, "mail.example:465 cannot be used: 535 no"),
        (replace(WELL, stuck_mails=2, mail_error="451 later"), WARN, "2 mails of the last day"),
        (replace(WELL, settings=replace(SETTINGS, x_api_base="http://api.example")), BAD, "unencrypted"),
        (replace(WELL, listening="http://0.0.0.0:8000"), BAD, "vitrine serve --tls"),
        (replace(WELL, environment={"VITRINE_X_TOKEN": "secret"}), WARN, "VITRINE_X_BEARER_TOKEN"),
        (replace(WELL, browser_code_trouble="htmx is missing"), BAD, "make setup"),
    ),
)
def test_what_is_wrong_is_said_with_how_to_mend_it(facts: Facts, state: str, words: str) -> None:
    findings = found(facts, WARN, BAD)
    assert len(findings) == 1, findings
    assert findings[0].state == state and findings[0].mend
    assert words in f"{findings[0].what} {findings[0].mend}"
    assert "secret" not in findings[0].what


@pytest.mark.parametrize(
    ("state", "reason", "age", "mood"),
    (
        ("live", "", 0, GOOD), ("live", "In the last ten minutes 9 posts were left out.", 0, WARN), ("refused", "because", 0, BAD),
        ("capped", "because", 0, WARN), ("waiting", "because", 0, WARN), ("live", "", 10, WARN),
    ),
)  # fmt: skip
def test_a_source_is_told_as_it_is(state: str, reason: str, age: int, mood: str) -> None:
    source = SourceFact(network="x", state=state, reason=reason, written_at=AT - timedelta(minutes=age))
    assert [
        one.state
        for one in found(replace(WELL, sources=(source,)), GOOD, WARN, BAD)
        if one.what.startswith(("X ", "No process"))
    ] == [mood]


def test_a_failing_database_is_not_blamed_for_what_could_not_be_read() -> None:
    facts = Facts(settings=SETTINGS, at=AT, listening="https://h", database_trouble="gone")
    assert len(found(facts, BAD, WARN)) == 1


@pytest.mark.parametrize(
    ("address", "words"),
    (
        ("https://10.0.0.4:8000", ("own network", "no passkey")),
        ("http://10.0.0.4:8000", ("own network", "without encryption")),
        ("https://[2001:db8::7]", ("own network", "no passkey")),
    ),
)
def test_an_address_that_phones_reach_or_trust_only_in_part_says_each(address: str, words: tuple[str, ...]) -> None:
    findings = found(replace(WELL, settings=replace(SETTINGS, public_url=address)), WARN, BAD)
    assert len(findings) == len(words) and all(
        one in finding.what for one, finding in zip(words, findings, strict=True)
    )


def test_a_certificate_of_ones_own_leads_to_trust_and_says_when_it_ends() -> None:
    facts = replace(WELL, own_authority=True, certificate_ends_at=AT + timedelta(days=5))
    told = " ".join(f"{one.what} {one.mend}" for one in found(facts, WARN))
    assert "https://glass.example.com/trust" in told and "27 November 2026" in told
    behind = replace(facts, settings=replace(SETTINGS, proxies="127.0.0.1"), certificate_ends_at=None)
    assert found(behind, WARN, BAD) == [], "a proxy brings a certificate of its own"


def test_of_a_thousand_screens_with_an_error_the_first_are_named_and_the_rest_counted() -> None:
    tablet = TabletFact(name="Lips", standing=Standing("battery low", "warn", ("14 % left.",)))
    facts = replace(WELL, screens=(FAILING,) * 1000, tablets=(tablet,) * 30)
    bad, warned = found(facts, BAD), found(facts, WARN)
    assert (len(bad), len(warned)) == (21, 21)
    assert "980 more screens report" in bad[-1].what and "10 more tablets" in warned[-1].what


def test_passwords_in_addresses_are_masked() -> None:
    assert masked("cannot reach redis://:hunter2@host:6379/0") == "cannot reach redis://…@host:6379/0"


async def test_the_page_tells_what_the_command_tells(served: Served, settings: Settings) -> None:
    async with served.database.transaction() as db:
        await house.catalogue(db)
        await house.screen(db, "Oxford Street, window left")
    out = Console(file=io.StringIO(), width=200)
    assert await doctoring.run(settings, out) is False
    told = out.file.getvalue()  # type: ignore[attr-defined]
    async with await served.staff("viewer") as viewer:
        page = (await viewer.get("/console/health")).text
    for words in ("Oxford Street, window left", "no bearer token", "3 variants and 1 store are known"):
        assert words in told and words in page


def test_the_doctor_shows_what_is_set_and_no_secret() -> None:
    chosen = Settings(
        keep_posts_days=7, x_bearer_token="hunter2", metrics_token="hunter2", backplane_url="redis://:hun/ter2@host",
        database_url="postgresql://vitrine:hunter2@db.example:5432/vitrine?password=hunter2",
    )  # fmt: skip
    told = dict(doctoring.in_force(chosen))
    assert told["VITRINE_KEEP_POSTS_DAYS"] == "7" and "db.example" in told["VITRINE_DATABASE_URL"]
    assert "VITRINE_X_BEARER_TOKEN" in told and "VITRINE_LANGUAGE" not in told
    assert "hun" not in str(told.values()) and "ter2" not in str(told.values())


@pytest.mark.postgresql
async def test_processes_that_share_postgresql_are_counted_by_the_names_of_their_connections(
    postgres: Postgres, tmp_path: Path
) -> None:
    name = postgres.create()
    settings = Settings(home=tmp_path, database_url=postgres.url(name))
    database = Database(settings.database, settings)
    other = await asyncpg.connect(
        host=str(postgres._folder),
        user="vitrine",
        database=name,
        server_settings={"application_name": "vitrine till 9 0a1b2c3d"},
    )
    try:
        assert (await gather(database, settings)).processes == 1, "the doctor does not serve"
        assert (await gather(database, settings, backplane_trouble="")).processes == 2
        await other.execute("SET application_name = 'psql'")
        assert (await gather(database, settings, backplane_trouble="")).processes == 1
    finally:
        await other.close()
        await database.close()
        postgres.drop(name)


async def test_trust_says_that_there_is_nothing_to_trust(served: Served) -> None:
    async with served.client() as stranger:
        page = await stranger.get("/trust")
        assert page.status_code == 200 and "does not run with an authority of its own" in page.text
        assert (await stranger.get("/trust/authority.crt")).status_code == 404


async def test_an_authority_that_lies_there_but_is_not_used_is_not_offered(served: Served, settings: Settings) -> None:
    tls.authority(settings.home / "tls")
    async with served.client() as stranger:
        assert (await stranger.get("/trust/authority.crt")).status_code == 404


async def test_anybody_may_fetch_the_authority_and_compare_it(
    served: Served, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tls.authority(settings.home / "tls")
    monkeypatch.setenv("VITRINE_AUTHORITY", "1")
    async with served.client() as stranger:
        page = await stranger.get("/trust", headers={"user-agent": "Mozilla/5.0 (Linux; Android 14)"})
        fetched = await stranger.get("/trust/authority.crt")
    assert tls.fingerprint(path).replace(":", "") in page.text.replace("<br>", "").replace(":", "").replace("\n", "")
    assert fetched.content == Path(path).read_bytes() and b"PRIVATE" not in fetched.content
    assert fetched.headers["content-type"].startswith("application/x-x509-ca-cert")
    assert all(name in page.text for name in ("Android", "iPhone and iPad", "Windows", "macOS", "ChromeOS"))


@pytest.mark.parametrize(
    ("agent", "name"),
    (
        ("Mozilla/5.0 (Linux; Android 14; SM-X200)", "android"),
        ("Mozilla/5.0 (iPad; CPU OS 17_0 like Mac OS X)", "ios"),
        ("Mozilla/5.0 (X11; CrOS x86_64)", "chromeos"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15)", "macos"),
        ("Mozilla/5.0 (Windows NT 10.0)", "windows"),
        ("", ""),
    ),
)
def test_the_steps_for_the_device_at_hand_are_open(agent: str, name: str) -> None:
    assert platform(agent) == name
