"""Speaks to the mail server: one message, one connection, and what became of it in a word that decides about the next try."""

import asyncio
import re
from dataclasses import dataclass
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid, parseaddr
from urllib.parse import unquote, urlsplit

import aiosmtplib
from aiosmtplib.errors import SMTPAuthenticationError, SMTPRecipientsRefused, SMTPResponseException

from server.core.clock import now
from server.core.errors import Misconfigured
from server.core.settings import Settings

SECONDS = 15
"""How long the server may be silent in one try; what was not sent is tried again."""
ADDRESS = re.compile(r"[^\s<>@]{1,100}@[^\s<>@]{1,200}")


@dataclass(frozen=True)
class Server:
    """Where and how mail is handed over."""

    host: str
    port: int
    user: str
    password: str
    tls: bool
    starttls: bool


@dataclass(frozen=True)
class Outcome:
    """What became of a message; `final`: another try would end the same; `unreachable`: nor would others get through."""

    sent: bool
    error: str = ""
    final: bool = False
    unreachable: bool = False


def server(settings: Settings) -> Server:
    """The mail server that the settings name. Raises Misconfigured with what is wrong with them."""
    try:
        parts = urlsplit(settings.smtp_url)
        port = parts.port
    except ValueError:
        raise Misconfigured("VITRINE_SMTP_URL is no address, such as smtp://user:secret@host:587?starttls") from None
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise Misconfigured("VITRINE_SMTP_URL begins with smtp:// or smtps:// and names a host")
    if parts.query not in ("", "starttls"):
        raise Misconfigured("VITRINE_SMTP_URL may end in ?starttls and in nothing else")
    tls = parts.scheme == "smtps"
    return Server(
        parts.hostname, port or (465 if tls else 587 if parts.query else 25), unquote(parts.username or ""),
        unquote(parts.password or ""), tls=tls, starttls=bool(parts.query),
    )  # fmt: skip


def sender(settings: Settings) -> Address:
    """Who mail comes from. Raises Misconfigured."""
    name, address = parseaddr(settings.mail_from)
    try:
        return Address(display_name=name, addr_spec=address)
    except (ValueError, IndexError, MessageError):  # all of which the library raises for what is no address
        raise Misconfigured("VITRINE_MAIL_FROM is no sender, such as House <hello@shop.example>") from None


def compose(settings: Settings, *, to: str, subject: str, body: str) -> EmailMessage:
    """The message as it goes over the wire: plain text, every header escaped by the library. Raises ValueError for a line
    break in one."""
    message = EmailMessage()
    local, _, domain = to.rpartition("@")
    own = sender(settings)
    message["From"], message["To"], message["Subject"] = own, Address(username=local, domain=domain), subject
    message["Date"], message["Message-ID"] = format_datetime(now()), make_msgid(domain=own.domain)
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(body)
    return message


async def send(settings: Settings, *, to: str, subject: str, body: str) -> Outcome:
    """Hand over one message."""
    try:
        message = compose(settings, to=to, subject=subject, body=body)
        async with asyncio.timeout(SECONDS * 4), _client(settings, seconds=SECONDS) as client:
            await client.send_message(message)
    except Misconfigured as error:
        return Outcome(False, error.detail, unreachable=True)
    except (ValueError, IndexError, MessageError) as error:
        return Outcome(False, f"No message can be made of this: {error}", final=True)
    except Exception as error:
        return _failed(error)
    return Outcome(True)


def _failed(error: Exception) -> Outcome:
    answers = error.recipients if isinstance(error, SMTPRecipientsRefused) else [error]
    answer = answers[0] if answers else error
    if isinstance(answer, SMTPResponseException) and not isinstance(answer, SMTPAuthenticationError):
        return Outcome(False, f"{answer.code} {_plain(answer.message)}", final=answer.code >= 500)
    said = _plain(str(error)) or type(error).__name__
    return Outcome(False, f"{type(error).__name__}: {said}", unreachable=True)


def _plain(text: str) -> str:
    """What a server said, on one line and without anybody's address."""
    return ADDRESS.sub("…@…", " ".join("".join(c if c.isprintable() else " " for c in text).split()))[:200]


async def unreached(settings: Settings) -> str:
    """Why the mail server cannot be used; empty when it lets us in. Sends nothing."""
    try:
        sender(settings)
        async with _client(settings, seconds=5):
            return ""
    except Misconfigured as error:
        return error.detail
    except Exception as error:
        return _failed(error).error


def _client(settings: Settings, *, seconds: float) -> aiosmtplib.SMTP:
    where = server(settings)
    return aiosmtplib.SMTP(
        hostname=where.host, port=where.port, username=where.user or None, password=where.password or None, timeout=seconds,
        use_tls=where.tls, start_tls=None if where.tls else where.starttls, local_hostname=sender(settings).domain,
    )  # fmt: skip
