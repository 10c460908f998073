"""Signing in by mail: six digits, for the very browser that asked, and nothing that tells who is known here.

Whoever asks gets the same answer after the same work: nobody is looked up before the right code has come.
"""

import re
import secrets
import unicodedata
from datetime import timedelta

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from kiosk import mailing
from kiosk.models import ShopperSession, SignInCode
from kiosk.saying import Speaker
from server.core import brand
from server.core.clock import now
from server.core.errors import BadInput, Gone, TooMany
from server.core.security import digest, same

LIFE = timedelta(minutes=10)
TRIES = 5
AN_HOUR, A_DAY = 5, 15
"""Codes to one address: whoever asks for more floods somebody's mailbox, or guesses."""
NO_ADDRESS = "That is not an e-mail address that mail can be sent to. Look at it again."
ENOUGH = "This address was sent several codes already. Look for the newest one in your mail, or try again in an hour."
OVER = "This code is over. Have a new one sent."
LOCAL = re.compile(r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")


def address(typed: str) -> str:
    """An e-mail address as it is kept and written to: small letters, the domain in ASCII. Raises BadInput.

    Mail goes to what is kept, never to what was typed, so two spellings that become one can belong to one mailbox only.
    """
    local, _, domain = unicodedata.normalize("NFKC", typed.strip()[:320]).lower().rpartition("@")
    try:
        domain = domain.encode("idna").decode("ascii")
    except UnicodeError:
        raise BadInput(NO_ADDRESS) from None
    labels = domain.split(".")
    whole = len(local) <= 64 and len(local) + len(domain) < 200 and len(labels) > 1 and not labels[-1].isdecimal()
    if not (whole and LOCAL.fullmatch(local) and all(map(LABEL.fullmatch, labels))):
        raise BadInput(NO_ADDRESS)
    return f"{local}@{domain}"


async def ask(db: AsyncSession, session: ShopperSession, secret: str, email: str, say: Speaker) -> None:
    """Send a code to an address, for the browser with this session and its secret; one that it had before is void.

    Raises TooMany when this address was sent enough of them.
    """
    if await mailing.lately(db, email, since=timedelta(hours=1)) >= AN_HOUR or (
        await mailing.lately(db, email, since=timedelta(days=1)) >= A_DAY
    ):
        raise TooMany(ENOUGH, retry_after=3600)
    code = f"{secrets.randbelow(10**6):06d}"
    await db.execute(delete(SignInCode).where(SignInCode.session == session.digest))
    row = SignInCode(session=session.digest, email=email, code_digest=_bound(code, secret), expires_at=now() + LIFE)
    db.add(row)
    subject, body = _written(code, (await brand.current(db)).name, say)
    mailing.queue(db, to=email, subject=subject, body=body, life=LIFE)


def _bound(code: str, secret: str) -> str:
    # With the browser's own secret, which is nowhere here: a million codes could be tried on a digest of the code alone.
    return digest(f"{code} {secret}")


def _written(code: str, house: str, say: Speaker) -> tuple[str, str]:
    lines = (
        say("{code} is your code.", code=code),
        say("Type it in the browser where you asked for it, within 10 minutes. It works nowhere else."),
        say(
            "If you did not ask for it, somebody has typed your address. They have not got in, and you need do nothing."
        ),
        house,
    )
    return say("Your code for {house}", house=house), "\n\n".join(lines) + "\n"


async def redeem(db: AsyncSession, session: ShopperSession, secret: str, typed: str) -> tuple[str, int]:
    """The address that the right code was sent to, and 0; for a wrong one nothing, and how many tries are left.

    What it changes has to be kept also when the code was wrong. Raises BadInput for what is no code, which costs no try, and
    Gone when there is none to type.
    """
    code = re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", typed[:40]))
    row = await db.get(SignInCode, session.digest, with_for_update=True)
    if row is None or row.expires_at <= now() or row.tries >= TRIES:
        raise Gone(OVER)
    if not re.fullmatch(r"[0-9]{6}", code):
        raise BadInput("A code has six digits. Look at the mail again.")
    row.tries += 1
    if not same(row.code_digest, _bound(code, secret)):
        return "", TRIES - row.tries
    await db.delete(row)
    return row.email, 0
