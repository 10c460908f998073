"""Mail leaves the outbox one at a time, however its server behaves, and no header can be smuggled into it."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from kiosk import mailing, smtp
from kiosk.models import Mail
from server.core.clock import now
from server.core.database import Database
from server.core.errors import Misconfigured
from server.core.settings import Settings
from tests.replicas.mail import MailServer

pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")


@pytest.fixture
async def post() -> AsyncIterator[MailServer]:
    """A mail server that knows us."""
    server = MailServer(user="house", password="a/b c")
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
def settings(settings: Settings, post: MailServer) -> Settings:
    """A house that sends mail by it."""
    url = f"smtp://house:a%2Fb%20c@127.0.0.1:{post.port}"
    return replace(settings, smtp_url=url, mail_from="Alkanet Row <hello@alkanetrow.example>")


async def write(database: Database, to: str = "ada@example.com", **more: str) -> None:
    """Put a message into the outbox."""
    said = {"subject": "Your code for Alkanet Row", "body": "123456 is your code.\n"} | more
    async with database.transaction() as db:
        mailing.queue(db, to=to, life=timedelta(minutes=10), **said)


async def due(database: Database) -> None:
    """Let the time until the next try pass."""
    async with database.transaction() as db:
        await db.execute(update(Mail).values(try_at=now()))


async def outbox(database: Database) -> list[Mail]:
    async with database.snapshot() as db:
        return list(await db.scalars(select(Mail).order_by(Mail.id)))


async def test_a_message_arrives_as_it_was_written_and_its_text_is_kept_no_longer(
    database: Database, settings: Settings, post: MailServer
) -> None:
    await write(
        database, to="o'hara+bag@xn--bcher-kva.example", subject="Mã cho Alkanet Row", body="123456 là mã của bạn.\n"
    )
    assert await mailing.send_waiting(database, settings) == 1
    [message] = post.received
    assert message["to"] == "o'hara+bag@xn--bcher-kva.example" and post.recipients == [message["to"]]
    assert message["from"] == "Alkanet Row <hello@alkanetrow.example>" and message["subject"] == "Mã cho Alkanet Row"
    assert message["auto-submitted"] == "auto-generated" and message.get_content_type() == "text/plain"
    assert message.get_content().replace("\r\n", "\n") == "123456 là mã của bạn.\n"
    [kept] = await outbox(database)
    assert kept.body == "" and kept.sent_at is not None
    assert await mailing.send_waiting(database, settings) == 0 and len(post.received) == 1


async def test_what_the_server_puts_off_or_drops_is_tried_again(
    database: Database, settings: Settings, post: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smtp, "SECONDS", 0.3)
    await write(database)
    for tries, mood in enumerate(("later", "drop", "hang"), 1):
        post.mood = mood
        assert await mailing.send_waiting(database, settings) == 0
        [mail] = await outbox(database)
        assert (mail.tries, mail.sent_at) == (tries, None) and mail.error and mail.body
        assert mail.try_at > now() + mailing.wait(tries) - timedelta(seconds=3), "not at once"
        assert await mailing.send_waiting(database, settings) == 0 and post.tries == tries
        await due(database)
    post.mood = "well"
    assert await mailing.send_waiting(database, settings) == 1
    assert (await outbox(database))[0].error == ""


async def test_a_mailbox_that_is_none_is_tried_once_and_holds_nobody_up(
    database: Database, settings: Settings, post: MailServer
) -> None:
    post.mood = "refuse"
    await write(database, to="nobody@example.com")
    await mailing.send_waiting(database, settings)
    [refused] = await outbox(database)
    assert "550" in refused.error and "@here" not in refused.error and refused.body == ""
    post.mood = "well"
    await write(database)
    await due(database)
    assert await mailing.send_waiting(database, settings) == 1
    assert post.recipients == ["ada@example.com"]


async def test_what_comes_too_late_is_not_sent(database: Database, settings: Settings, post: MailServer) -> None:
    await write(database)
    async with database.transaction() as db:
        await db.execute(update(Mail).values(expires_at=now() - timedelta(seconds=1)))
    assert await mailing.send_waiting(database, settings) == 0 and post.tries == 0


async def test_a_server_that_is_away_stops_the_round_and_is_said(
    database: Database, settings: Settings, post: MailServer
) -> None:
    await write(database)
    await write(database, to="bo@example.com")
    await post.stop()
    assert await mailing.send_waiting(database, settings) == 0
    assert [mail.tries for mail in await outbox(database)] == [1, 0]
    async with database.snapshot() as db:
        count, why = await mailing.trouble(db, since=now() - timedelta(days=1))
    assert count == 1 and why
    assert await smtp.unreached(settings)


async def test_a_wrong_password_is_no_fault_of_the_message(
    database: Database, settings: Settings, post: MailServer
) -> None:
    wrong = replace(settings, smtp_url=f"smtp://house:wrong@127.0.0.1:{post.port}")
    await write(database)
    await mailing.send_waiting(database, wrong)
    assert "535" in await smtp.unreached(wrong)
    assert await smtp.unreached(settings) == ""
    await due(database)
    assert await mailing.send_waiting(database, settings) == 1


async def test_in_the_demo_nothing_leaves_and_the_console_shows_it(
    database: Database, settings: Settings, post: MailServer
) -> None:
    await write(database)
    assert await mailing.send_waiting(database, replace(settings, mail="console")) == 0
    async with database.snapshot() as db:
        assert [mail.body for mail in await mailing.newest(db)] == ["123456 is your code.\n"]


@pytest.mark.parametrize("field", ("to", "subject"))
def test_no_header_can_be_smuggled_in(field: str) -> None:
    plain = {"to": "ada@example.com", "subject": "Your code", "body": "x"}
    sends = Settings(mail_from="hello@alkanetrow.example")
    with pytest.raises(ValueError):
        smtp.compose(sends, **plain | {field: f"{plain[field]}\r\nBcc: eve@example.com"})
    message = smtp.compose(sends, **plain | {"body": "x\r\nBcc: eve@example.com\n\n.\nQUIT"})
    assert message["bcc"] is None


@pytest.mark.parametrize(
    ("url", "port", "tls", "starttls"),
    (
        ("smtp://mail.example", 25, False, False), ("smtp://u:p@mail.example:2525?starttls", 2525, False, True),
        ("smtp://mail.example?starttls", 587, False, True), ("smtps://mail.example", 465, True, False),
    ),
)  # fmt: skip
def test_the_address_says_port_and_encryption(url: str, port: int, tls: bool, starttls: bool) -> None:
    found = smtp.server(Settings(smtp_url=url))
    assert (found.host, found.port, found.tls, found.starttls) == ("mail.example", port, tls, starttls)


@pytest.mark.parametrize(
    "url", ("mail.example", "http://mail.example", "smtp://", "smtp://h:no", "smtp://h?tls", "smtp://[h")
)
def test_an_address_that_is_none_is_said(url: str) -> None:
    with pytest.raises(Misconfigured):
        smtp.server(Settings(smtp_url=url))
