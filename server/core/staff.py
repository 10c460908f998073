"""Staff: who may curate, how they sign in, and what their role reaches."""

import asyncio
from datetime import datetime, timedelta
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from litestar.connection import ASGIConnection
from sqlalchemy import ForeignKey, String, delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from server.core import topics
from server.core.clock import now
from server.core.errors import BadInput, NotAllowed, SignInNeeded
from server.core.security import digest, new_token
from server.core.tables import Base

ROLES = ("associate", "viewer", "moderator", "merchandiser", "admin")
"""Each role may do all that those before it may; an associate sees the floor of one store and nothing else."""
LINK_LIFE = timedelta(days=7)
RENEWAL_LIFE = timedelta(minutes=30)
"""How long after following a link a new password may be set without the old one."""
SHORTEST_PASSWORD = 10
COOKIE = "vitrine_staff"
JOINERS = {0x200C: None, 0x200D: None}
"""Cannot be seen either, but some scripts need them to write a name."""
_hasher = PasswordHasher()


@cache
def _nobody() -> str:
    """The hash of no password, checked when the address is unknown, so that the answer takes as long as for a known one."""
    return _hasher.hash(new_token())


class Staff(Base):
    """Somebody who works with the console."""

    __tablename__ = "staff"
    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(200), unique=True)
    name: Mapped[str] = mapped_column(String(100))
    role: Mapped[str] = mapped_column(String(20))
    store_id: Mapped[str | None] = mapped_column(String(60))
    """An associate's store, the only one whose floor they see; its row is of a package above."""
    password_hash: Mapped[str | None] = mapped_column(String(200))
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    def may(self, role: str) -> bool:
        """Whether this person's role reaches as far as `role`."""
        return ROLES.index(self.role) >= ROLES.index(role)


class StaffSession(Base):
    """One browser that somebody signed in with; the cookie's secret is kept as a digest."""

    __tablename__ = "staff_session"
    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class SignInLink(Base):
    """A link that signs somebody in once, to set a first password or a forgotten one."""

    __tablename__ = "sign_in_link"
    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"))
    expires_at: Mapped[datetime]


def reader(person: Staff) -> str:
    """The kind of reader that somebody is to live topics: what is for staff is not for associates."""
    return "staff" if person.may("viewer") else "associate"


async def add(db: AsyncSession, *, email: str, name: str, role: str, store_id: str | None = None) -> Staff:
    """Take somebody on. Raises BadInput for an address that is taken or none, an unknown role, or an associate of no store."""
    email, name = email.strip().lower(), name.strip()
    if not (email.isprintable() and name.translate(JOINERS).isprintable()):
        raise BadInput("A name or e-mail address holds a character that cannot be seen. Type it anew.")
    if "@" not in email or len(email) > 200 or any(c.isspace() for c in email):
        raise BadInput(f"‘{email}’ is not an e-mail address.")
    _check_role(role, store_id)
    if await db.scalar(select(Staff.id).where(Staff.email == email)):
        raise BadInput(f"{email} is already there.")
    person = Staff(email=email, name=name[:100] or email.partition("@")[0], role=role, created_at=now())
    person.store_id = store_id if role == "associate" else None
    db.add(person)
    await db.flush()
    return person


async def link(db: AsyncSession, person: Staff) -> str:
    """A secret that signs this person in once within `LINK_LIFE`; any that were made before are void."""
    secret = new_token()
    await _keep(db, person, digest(secret), LINK_LIFE)
    return secret


async def renewal(db: AsyncSession, person: Staff, *, session: str) -> str:
    """A secret with which this session may set a password without the old one. It signs nobody in, and ends with the session."""
    secret = new_token()
    await _keep(db, person, _renews(secret, session), RENEWAL_LIFE)
    return secret


async def _keep(db: AsyncSession, person: Staff, digest: str, life: timedelta) -> None:
    await db.execute(delete(SignInLink).where(SignInLink.staff_id == person.id))
    db.add(SignInLink(digest=digest, staff_id=person.id, expires_at=now() + life))


def _renews(secret: str, session: str) -> str:
    # No plain digest begins like this: what renews a password can never be followed like a link.
    return f"renews{digest(secret + digest(session))}"[:64]


async def follow(db: AsyncSession, secret: str) -> Staff:
    """Spend a sign-in link. Raises SignInNeeded when it is unknown, spent or old, or its person has left."""
    # Deleted and read in one statement: of two that follow the same link at once, one comes too late.
    spent = delete(SignInLink).where(SignInLink.digest == digest(secret), SignInLink.expires_at > now())
    id = await db.scalar(spent.returning(SignInLink.staff_id))
    person = await db.get(Staff, id) if id else None
    if person is None or person.ended_at:
        raise SignInNeeded("This link has been used or is too old. Ask an administrator for a new one.")
    return person


async def may_renew(db: AsyncSession, person: Staff, secret: str, *, session: str) -> bool:
    """Whether this secret lets this session set a password; spends nothing."""
    link = await db.get(SignInLink, _renews(secret, session))
    return link is not None and link.staff_id == person.id and link.expires_at > now()


async def check_password(db: AsyncSession, *, email: str, password: str) -> Staff:
    """The person with this address and password. Raises SignInNeeded, in the same time and words whatever was wrong."""
    person = await db.scalar(select(Staff).where(Staff.email == email.strip().lower(), Staff.ended_at.is_(None)))
    nobody = await asyncio.to_thread(_nobody)
    stored = person.password_hash if person and person.password_hash else nobody
    if not await asyncio.to_thread(_verify, stored, password[:1000]) or person is None or stored is nobody:
        raise SignInNeeded("E-mail address and password do not match. Try again, or ask an administrator for a link.")
    return person


def _verify(stored: str, password: str) -> bool:
    try:
        return _hasher.verify(stored, password)
    except (VerifyMismatchError, InvalidHashError):
        return False


async def set_password(person: Staff, password: str) -> None:
    """Give somebody a password. Raises BadInput when it is too short or too easily guessed."""
    if len(password) < SHORTEST_PASSWORD:
        raise BadInput(f"A password needs at least {SHORTEST_PASSWORD} characters; this one has {len(password)}.")
    if len(set(password)) < 5 or password.lower() in {person.email, person.name.lower()}:
        raise BadInput("That password is easily guessed. Three or four words that nobody else puts together do well.")
    person.password_hash = await asyncio.to_thread(_hasher.hash, password[:1000])


async def sign_in(db: AsyncSession, person: Staff, *, hours: int) -> str:
    """Begin a session: always a new secret, so that one planted before signing in is worth nothing."""
    secret = new_token()
    await db.execute(delete(StaffSession).where(StaffSession.expires_at < now()))
    session = StaffSession(digest=digest(secret), staff_id=person.id, created_at=now())
    session.expires_at = now() + timedelta(hours=hours)
    db.add(session)
    return secret


async def sign_out(db: AsyncSession, secret: str) -> None:
    """End one session; its live pages are told."""
    if session := await db.get(StaffSession, digest(secret)):
        _tell(db, session)
        await db.delete(session)


async def change_role(db: AsyncSession, person: Staff, role: str, *, store_id: str | None = None) -> None:
    """Let somebody do more or less from now on; their live pages are judged again.

    Raises BadInput for an unknown role or an associate of no store, NotAllowed for the last admin's.
    """
    _check_role(role, store_id)
    if role != "admin":
        await _keep_an_admin(db, person)
    person.role, person.store_id = role, store_id if role == "associate" else None
    for session in await db.scalars(select(StaffSession).where(StaffSession.staff_id == person.id)):
        _tell(db, session)


def _check_role(role: str, store_id: str | None) -> None:
    if role not in ROLES:
        raise BadInput(f"There is no role ‘{role}’; choose one of {', '.join(ROLES)}.")
    if role == "associate" and not store_id:
        raise BadInput("An associate sees the floor of one store: choose which.")


def _tell(db: AsyncSession, session: StaffSession) -> None:
    """The live pages of a session hear that what it may read, or whether it may stay, has changed."""
    topics.note(db, f"staff:{session.digest}", f"associate:{session.digest}")


async def end(db: AsyncSession, person: Staff) -> None:
    """Let somebody go: every session ends at once, and no link of theirs works. Raises NotAllowed for the last admin."""
    await _keep_an_admin(db, person)
    person.ended_at = now()
    await db.execute(delete(SignInLink).where(SignInLink.staff_id == person.id))
    await end_sessions(db, person)


async def _keep_an_admin(db: AsyncSession, person: Staff) -> None:
    # Locked, so that two administrators who remove each other at the same moment do not both succeed.
    admins = select(Staff).where(Staff.role == "admin", Staff.ended_at.is_(None)).order_by(Staff.id).with_for_update()
    if {one.id for one in await db.scalars(admins)} == {person.id}:
        raise NotAllowed(f"{person.name} is the only administrator. Make somebody else one first; nothing was changed.")


async def end_sessions(db: AsyncSession, person: Staff) -> None:
    """End every session of somebody; their live pages are told."""
    sessions = await db.scalars(select(StaffSession).where(StaffSession.staff_id == person.id))
    for session in sessions:
        _tell(db, session)
        await db.delete(session)


async def count_sessions(db: AsyncSession, person: Staff) -> int:
    """In how many browsers somebody is signed in."""
    query = select(func.count()).select_from(StaffSession)
    return await db.scalar(query.where(StaffSession.staff_id == person.id, StaffSession.expires_at > now())) or 0


async def session_of(db: AsyncSession, secret: str | None) -> tuple[Staff, StaffSession] | None:
    """Whose session this cookie opens, if it still does."""
    if not secret:
        return None
    query = select(Staff, StaffSession).join(StaffSession, StaffSession.staff_id == Staff.id)
    row = (await db.execute(query.where(StaffSession.digest == digest(secret)))).one_or_none()
    if row is None or row[1].expires_at < now() or row[0].ended_at:
        return None
    return row[0], row[1]


async def calling(db: AsyncSession, connection: ASGIConnection, role: str = "viewer") -> Staff:
    """The member of staff who makes this request. Raises SignInNeeded or NotAllowed."""
    found = await session_of(db, connection.cookies.get(COOKIE))
    if found is None:
        raise SignInNeeded("Sign in to use the console.")
    if not found[0].may(role):
        raise NotAllowed(f"This needs the role {role}; you are {found[0].role}. Ask an administrator.")
    return found[0]
