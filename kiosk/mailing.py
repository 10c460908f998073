"""Mail to customers: an outbox of rows, written with what they tell of, and sent one after the other once that is durable."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog
from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from kiosk import smtp
from kiosk.models import Mail
from server.core.clock import now
from server.core.database import Database
from server.core.settings import Settings

log = structlog.get_logger()
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=5), timedelta(minutes=2)
"""Between a try that failed and the next: twice as long each time, up to the second."""


def possible(settings: Settings) -> bool:
    """Whether mail reaches anybody here: by a mail server, or by the console's page of a demo."""
    return settings.mail == "console" or bool(settings.smtp_url and settings.mail_from)


def queue(db: AsyncSession, *, to: str, subject: str, body: str, life: timedelta) -> Mail:
    """Have a message sent when this transaction is durable; not after `life`, when it would help nobody."""
    line = " ".join(subject.split())[:200]
    mail = Mail(to=to, subject=line, body=body, made_at=now(), try_at=now(), expires_at=now() + life, tries=0, error="")
    db.add(mail)
    return mail


async def lately(db: AsyncSession, to: str, *, since: timedelta) -> int:
    """How many messages this address was sent in that time: nobody's mailbox is to be flooded through us."""
    recent = select(func.count()).select_from(Mail).where(Mail.to == to, Mail.made_at > now() - since)
    return await db.scalar(recent) or 0


async def newest(db: AsyncSession, *, most: int = 50) -> Sequence[Mail]:
    """The newest messages first, for the page that shows them where none are sent."""
    return (await db.scalars(select(Mail).order_by(Mail.made_at.desc(), Mail.id.desc()).limit(most))).all()


async def send_waiting(database: Database, settings: Settings) -> int:
    """Send what is due, one at a time; returns how many went. What fails is tried again until it is too late."""
    sent = 0
    if settings.mail == "console" or not possible(settings):
        return sent
    while (mail := await _take(database)) is not None:
        outcome = await smtp.send(settings, to=mail.to, subject=mail.subject, body=mail.body)
        await _note(database, mail.id, outcome)
        sent += outcome.sent
        if outcome.unreachable:
            break  # nor would the next one get through; what waits keeps its turn
    return sent


async def _take(database: Database) -> Mail | None:
    """The message that is due for longest, its next try already set: one that ends us is not tried without a pause."""
    async with database.transaction() as db:
        # What would be later than the longest wait was planned before the clock was set back.
        due = or_(Mail.try_at <= now(), Mail.try_at > now() + LONGEST_WAIT)
        due = select(Mail).where(Mail.sent_at.is_(None), due, Mail.expires_at > now())
        # Held: a process that has lost the lease and does not know it yet takes another one.
        due = due.order_by(Mail.try_at, Mail.id).limit(1).with_for_update(skip_locked=True)
        mail = await db.scalar(due)
        if mail is not None:
            mail.tries += 1
            mail.try_at = now() + wait(mail.tries)
        return mail


def wait(tries: int) -> timedelta:
    """How long after so many tries the next one comes."""
    return min(FIRST_WAIT * 2 ** min(tries - 1, 20), LONGEST_WAIT)


async def _note(database: Database, id: int, outcome: smtp.Outcome) -> None:
    async with database.transaction() as db:
        mail = await db.get(Mail, id)
        if mail is None:  # erased meanwhile
            return
        mail.error = outcome.error[:300]
        if outcome.sent:
            mail.sent_at, mail.body = now(), ""  # a code is read once, by who got it
        elif outcome.final:
            mail.expires_at, mail.body = now(), ""
    if outcome.error:
        log.warning("mail_not_sent", mail=id, reason=outcome.error, again=not outcome.final)


async def trouble(db: AsyncSession, *, since: datetime) -> tuple[int, str]:
    """How many messages made since then have not gone for a reason, and the newest reason."""
    stuck = select(Mail).where(Mail.sent_at.is_(None), Mail.error != "", Mail.made_at > since)
    rows = (await db.scalars(stuck.order_by(Mail.id.desc()).limit(1000))).all()
    return len(rows), rows[0].error if rows else ""
