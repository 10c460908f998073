"""What a shopper does: tablets and the visits at them, bags with their operations, and the customers that bags belong to."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from server.core.tables import Base

# -- the tablet ---------------------------------------------------------------------------------------------------


class Kiosk(Base):
    """A tablet in a store; its id is its device's."""

    __tablename__ = "kiosk"
    id: Mapped[str] = mapped_column(ForeignKey("device.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    store_id: Mapped[str] = mapped_column(ForeignKey("store.id"), index=True)
    language: Mapped[str] = mapped_column(String(10), default="en")
    """What it speaks until a shopper chooses otherwise."""
    idle_seconds: Mapped[int] = mapped_column(default=45)
    """Untouched for so long it asks; 15 seconds later it forgets the visit."""
    screen_id: Mapped[str | None] = mapped_column(String(16))
    """The screen that plays on it while nobody is there; its row is of a package beside this one."""
    reloads: Mapped[int] = mapped_column(default=0)
    added_at: Mapped[datetime]


class KioskReport(Base):
    """What a tablet last said of itself. Hostile until shown otherwise: checked, bounded, never rendered raw."""

    __tablename__ = "kiosk_report"
    kiosk_id: Mapped[str] = mapped_column(ForeignKey("kiosk.id", ondelete="CASCADE"), primary_key=True)
    connected: Mapped[bool] = mapped_column(default=False)
    seen_at: Mapped[datetime | None]
    battery: Mapped[int | None]
    """Percent."""
    charging: Mapped[bool | None]
    unsent: Mapped[int] = mapped_column(default=0)
    """Sealed visits and operations that it could not send yet."""
    version: Mapped[str] = mapped_column(String(32), default="")
    range_at: Mapped[datetime | None]
    """As of when the range is that it keeps."""
    error: Mapped[str] = mapped_column(String(300), default="")
    browser: Mapped[str] = mapped_column(String(200), default="")
    counted: Mapped[str] = mapped_column(String(36), default="", server_default="")
    """The last batch of counts that was taken from it: the same once more is a retry."""


class VisitCount(Base):
    """How often something happened to a variant in a store on a day of its own calendar: numbers, and nobody's name."""

    __tablename__ = "visit_count"
    store_id: Mapped[str] = mapped_column(String(100), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    variant_id: Mapped[str] = mapped_column(String(100), primary_key=True)
    kind: Mapped[str] = mapped_column(String(10), primary_key=True)
    """'view' (its page was opened), 'scan' (its code was read), 'try' (it was tried on) or 'bag' (it came into one more bag)."""
    count: Mapped[int]
    __table_args__ = (Index("ix_visit_count_variant", "variant_id", "day"),)


class Visit(Base):
    """One shopper at one tablet. The id is the tablet's, so that a retry is harmless."""

    __tablename__ = "visit"
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    kiosk_id: Mapped[str] = mapped_column(ForeignKey("kiosk.id"), index=True)
    bag_id: Mapped[str] = mapped_column(ForeignKey("bag.id", ondelete="CASCADE"), index=True)
    """The bag that is open on the tablet; while the visit lasts this is the tablet's grant to read it."""
    own_bag_id: Mapped[str] = mapped_column(ForeignKey("bag.id", ondelete="CASCADE"))
    """The bag that the tablet made for it, wherever that was taken up since."""
    began_at: Mapped[datetime] = mapped_column(index=True)
    seen_at: Mapped[datetime]
    taken_at: Mapped[datetime | None]
    """When a phone took the bag."""
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str] = mapped_column(String(10), default="")
    """'shopper', 'idle', 'phone', 'staff' or 'lost' (the tablet was not heard of)."""


class Ticket(Base):
    """A code on a tablet's glass that a phone takes the bag with: one use, two minutes, and two digits to pick."""

    __tablename__ = "ticket"
    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    visit_id: Mapped[str] = mapped_column(ForeignKey("visit.id", ondelete="CASCADE"), index=True)
    expires_at: Mapped[datetime] = mapped_column(index=True)
    asked_by: Mapped[str | None] = mapped_column(String(64))
    """The session of the browser that opened it."""
    number: Mapped[int | None]
    """What the tablet shows."""
    choices: Mapped[list[Any]] = mapped_column(default=list)
    """What the phone may pick from."""
    state: Mapped[str] = mapped_column(String(10), default="shown")
    """'shown', 'asked' (a phone has it), 'taken', 'refused' (by the tablet, or a wrong pick) or 'contested' (two phones)."""


class Call(Base):
    """A shopper at a tablet asks for an associate."""

    __tablename__ = "call"
    id: Mapped[int] = mapped_column(primary_key=True)
    visit_id: Mapped[str] = mapped_column(ForeignKey("visit.id", ondelete="CASCADE"), index=True)
    kiosk_id: Mapped[str] = mapped_column(ForeignKey("kiosk.id"))
    store_id: Mapped[str] = mapped_column(String(60), index=True)
    made_at: Mapped[datetime] = mapped_column(index=True)
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[str] = mapped_column(String(100), default="")
    """The name that the tablet says."""
    ended_at: Mapped[datetime | None]


class SealingKey(Base):
    """A key pair that tablets seal to what they could not send before a wipe; only the server opens it."""

    __tablename__ = "sealing_key"
    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    private: Mapped[str] = mapped_column(Text)
    """PKCS #8, PEM."""
    made_at: Mapped[datetime]


# -- the bag ------------------------------------------------------------------------------------------------------


class Bag(Base):
    """A set of variants that somebody collects: what its operations make of it, and nothing more."""

    __tablename__ = "bag"
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    secret_digest: Mapped[str | None] = mapped_column(String(64))
    """Of the secret that was made with it on a tablet; it lets operations in, also late ones, and reads nothing."""
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customer.id", ondelete="CASCADE"), unique=True)
    moved_to: Mapped[str | None] = mapped_column(ForeignKey("bag.id", ondelete="CASCADE"), index=True)
    """The bag that has taken this one up: what is sent here goes there."""
    claim_id: Mapped[int | None]
    """The claim that moved it."""
    created_at: Mapped[datetime]
    touched_at: Mapped[datetime] = mapped_column(index=True)


class BagOperation(Base):
    """An add or a removal, under the id that the device gave it: kept, so that a retry is harmless."""

    __tablename__ = "bag_operation"
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    bag_id: Mapped[str] = mapped_column(ForeignKey("bag.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(6))
    """'add' or 'remove'."""
    variant_id: Mapped[str] = mapped_column(String(100), default="")
    source: Mapped[str] = mapped_column(String(30), default="")
    """'kiosk:<id>', 'phone' or 'shared'."""
    seen: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Where the shopper met it: {"screen", "spot"}; empty: nowhere in particular."""
    made_at: Mapped[datetime]
    """By the device's clock: for people to read, never to decide by."""
    received_at: Mapped[datetime]
    __table_args__ = (Index("ix_bag_operation_bag", "bag_id", "kind"),)


class BagRemoval(Base):
    """An add that a removal had seen and named; the add may still be on its way."""

    __tablename__ = "bag_removal"
    bag_id: Mapped[str] = mapped_column(ForeignKey("bag.id", ondelete="CASCADE"), primary_key=True)
    add_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    operation_id: Mapped[str] = mapped_column(String(36), index=True)


class Claim(Base):
    """One bag taken up into another, which can be taken back for a day."""

    __tablename__ = "claim"
    id: Mapped[int] = mapped_column(primary_key=True)
    from_bag: Mapped[str] = mapped_column(ForeignKey("bag.id", ondelete="CASCADE"), index=True)
    to_bag: Mapped[str] = mapped_column(ForeignKey("bag.id", ondelete="CASCADE"), index=True)
    made_at: Mapped[datetime]
    undone_at: Mapped[datetime | None]


class ClaimOperation(Base):
    """An operation that came into a bag with a claim: undoing that takes it back."""

    __tablename__ = "claim_operation"
    claim_id: Mapped[int] = mapped_column(ForeignKey("claim.id", ondelete="CASCADE"), primary_key=True)
    operation_id: Mapped[str] = mapped_column(ForeignKey("bag_operation.id", ondelete="CASCADE"), primary_key=True)


class Share(Base):
    """A copy of a bag as it was, for whoever has the link, until it is withdrawn."""

    __tablename__ = "share"
    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    bag_id: Mapped[str] = mapped_column(ForeignKey("bag.id", ondelete="CASCADE"), index=True)
    variants: Mapped[list[str]] = mapped_column(default=list)
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)


# -- the person ---------------------------------------------------------------------------------------------------


class Customer(Base):
    """Somebody whose bag is theirs on every later day."""

    __tablename__ = "customer"
    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str | None] = mapped_column(String(200), unique=True)
    language: Mapped[str] = mapped_column(String(10), default="en")
    mail_consent_at: Mapped[datetime | None]
    """When they agreed to be written to; None: they did not, and are not."""
    created_at: Mapped[datetime]


class ShopperSession(Base):
    """One browser of a shopper; the cookie's secret is kept as a digest. Without a customer it opens the bag that it took."""

    __tablename__ = "shopper_session"
    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customer.id", ondelete="CASCADE"), index=True)
    bag_id: Mapped[str | None] = mapped_column(ForeignKey("bag.id", ondelete="CASCADE"), index=True)
    """The bag of a browser that nobody has signed in with. A customer's is found by the customer; then this is what the
    browser had before, which it opens again only if the claim of it was undone and somebody signs out."""
    lost_because: Mapped[str] = mapped_column(String(20), default="")
    """Why it has no bag any more: 'claimed' (somebody signed in with it), 'taken back' (by the tablet) or 'expired'."""
    browser: Mapped[str] = mapped_column(String(200), default="")
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)


class SignInCode(Base):
    """A code sent by mail, for the very browser that asked for it."""

    __tablename__ = "sign_in_code"
    session: Mapped[str] = mapped_column(String(64), primary_key=True)
    """Digest of that browser's session."""
    email: Mapped[str] = mapped_column(String(200), index=True)
    code_digest: Mapped[str] = mapped_column(String(64))
    tries: Mapped[int] = mapped_column(default=0)
    expires_at: Mapped[datetime] = mapped_column(index=True)


class PasskeyChallenge(Base):
    """What a browser's authenticator has to sign: once, soon, and in that browser alone."""

    __tablename__ = "passkey_challenge"
    session: Mapped[str] = mapped_column(String(64), primary_key=True)
    """Digest of that browser's session."""
    purpose: Mapped[str] = mapped_column(String(10), primary_key=True)
    """'add' or 'sign in'."""
    challenge: Mapped[bytes] = mapped_column(LargeBinary)
    expires_at: Mapped[datetime] = mapped_column(index=True)


class Passkey(Base):
    """A WebAuthn credential of a customer."""

    __tablename__ = "passkey"
    id: Mapped[str] = mapped_column(String(1400), primary_key=True)
    """The credential's id, base64url."""
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id", ondelete="CASCADE"), index=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    sign_count: Mapped[int] = mapped_column(default=0)
    name: Mapped[str] = mapped_column(String(100), default="")
    created_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class Mail(Base):
    """A message that is to be sent, or was: a row, so that a restart loses none."""

    __tablename__ = "mail"
    id: Mapped[int] = mapped_column(primary_key=True)
    to: Mapped[str] = mapped_column(String(200))
    subject: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime] = mapped_column(index=True)
    sent_at: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(default=0)
    try_at: Mapped[datetime] = mapped_column(index=True)
    expires_at: Mapped[datetime]
    """Not sent after this: a code that is too late helps nobody."""
    error: Mapped[str] = mapped_column(String(300), default="")
