"""Where it is shown: screens, campaigns with their spots, the cards that play, and the proof that they did."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from server.core.tables import Base


class Screen(Base):
    """Glass that plays a loop; its id is its device's."""

    __tablename__ = "screen"
    id: Mapped[str] = mapped_column(ForeignKey("device.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    venue: Mapped[str] = mapped_column(String(200), default="")
    venue_type: Mapped[str] = mapped_column(String(60), default="retail.apparel.entrance")
    """OpenOOH venue taxonomy 1.2."""
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    time_zone: Mapped[str] = mapped_column(String(60), default="Europe/London")
    language: Mapped[str] = mapped_column(String(10), default="en")
    rotation: Mapped[int] = mapped_column(default=0)
    """Degrees, clockwise: 0, 90, 180 or 270; for a panel hung upright that reports itself as wide."""
    width: Mapped[int]
    height: Mapped[int]
    """Pixels of the panel as the browser reports them, before rotation."""
    labels: Mapped[list[str]] = mapped_column(default=list)
    lease_seconds: Mapped[int] = mapped_column(default=900)
    range_minutes: Mapped[int] = mapped_column(default=10)
    loop_key: Mapped[str] = mapped_column(String(32), default="", index=True)
    reloads: Mapped[int] = mapped_column(default=0)
    inside: Mapped[str] = mapped_column(String(60), default="")
    """The console's page of what it plays inside of and follows, such as a tablet; empty: it has glass of its own."""
    added_at: Mapped[datetime]

    @property
    def told(self) -> str:
        """Its name where billboards and tablets stand in one list."""
        return f"{self.name} (tablet)" if self.inside else self.name


class ScreenReport(Base):
    """What a screen last said of itself. Hostile until shown otherwise: checked, bounded, never rendered raw."""

    __tablename__ = "screen_report"
    screen_id: Mapped[str] = mapped_column(ForeignKey("screen.id", ondelete="CASCADE"), primary_key=True)
    connected: Mapped[bool] = mapped_column(default=False)
    seen_at: Mapped[datetime | None]
    applied: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Topic to [epoch, number, ISO moment]."""
    spot: Mapped[str] = mapped_column(String(60), default="")
    since: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(String(300), default="")
    browser: Mapped[str] = mapped_column(String(200), default="")


class LoopGroup(Base):
    """Screens that play the same: the same labels and language."""

    __tablename__ = "loop_group"
    key: Mapped[str] = mapped_column(String(32), primary_key=True)
    labels: Mapped[list[str]] = mapped_column(default=list)
    language: Mapped[str] = mapped_column(String(10))


class Campaign(Base):
    """Plays a feed's posts and trends, and evergreen spots, on screens for a time."""

    __tablename__ = "campaign"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    feed_id: Mapped[int] = mapped_column(ForeignKey("feed.id"), unique=True)
    labels: Mapped[list[str]] = mapped_column(default=list)
    """A screen that has one of these plays it; empty: every screen."""
    modes: Mapped[list[str]] = mapped_column(default=list)
    """Which cards may play: 'post', 'post_item', 'trend', 'call'."""
    seconds: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Seconds on the glass by kind of card."""
    starts_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    time_zone: Mapped[str] = mapped_column(String(60), default="Europe/London", server_default="Europe/London")
    """Where its dates are read and written."""
    modes_changed_at: Mapped[datetime | None]
    """Since when posts wait whose cards were composed for other modes; null: none do."""
    published_at: Mapped[datetime | None]
    published_by: Mapped[str] = mapped_column(String(200), default="")
    ended_at: Mapped[datetime | None]
    changed_at: Mapped[datetime]
    spots: Mapped[list["Spot"]] = relationship(order_by="Spot.position", cascade="all, delete-orphan")


class Spot(Base):
    """An evergreen spot of a campaign, with its own words and pictures or a variant."""

    __tablename__ = "spot"
    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id", ondelete="CASCADE"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    headline: Mapped[str] = mapped_column(String(120), default="")
    words: Mapped[str] = mapped_column(String(400), default="")
    landscape: Mapped[str | None] = mapped_column(String(64))
    portrait: Mapped[str | None] = mapped_column(String(64))
    field: Mapped[str] = mapped_column(String(7), default="")
    """#rrggbb of the room; empty: the picture's or the brand's."""
    variant_id: Mapped[str | None] = mapped_column(ForeignKey("variant.id"))
    seconds: Mapped[int | None]
    card: Mapped[str | None] = mapped_column(ForeignKey("card.digest"))


class Card(Base):
    """The composed picture of a spot: its bytes are media under the same digest."""

    __tablename__ = "card"
    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    kind: Mapped[str] = mapped_column(String(12))
    layout: Mapped[str] = mapped_column(String(40))
    """name@revision"""
    language: Mapped[str] = mapped_column(String(10))
    pictures: Mapped[list[str]] = mapped_column(default=list)
    fonts: Mapped[list[str]] = mapped_column(default=list)
    fits: Mapped[list[str]] = mapped_column(default=list)
    """Aspect classes that it may be shown in."""
    variants: Mapped[list[str]] = mapped_column(default=list)
    field: Mapped[str] = mapped_column(String(7), default="")
    composed_at: Mapped[datetime]


class Proposal(Base):
    """The card that would play if a waiting post were approved now; what the queue shows."""

    __tablename__ = "proposal"
    screening_id: Mapped[int] = mapped_column(ForeignKey("screening.id", ondelete="CASCADE"), primary_key=True)
    mode: Mapped[str] = mapped_column(String(10))
    variant_id: Mapped[str | None] = mapped_column(String(100))
    card: Mapped[str | None] = mapped_column(ForeignKey("card.digest"), index=True)
    reason: Mapped[str] = mapped_column(String(300), default="")
    """Why there is no card, in words."""
    chosen_by: Mapped[str] = mapped_column(String(200), default="")
    """Who chose this variant, or none, in place of what was offered; '' while what was offered stands."""
    offered: Mapped[str | None] = mapped_column(String(100))
    """The variant that stood there before somebody chose another; None if none did."""


class TrendCard(Base):
    """The card of a trend that may be shown."""

    __tablename__ = "trend_card"
    trend_id: Mapped[int] = mapped_column(ForeignKey("trend.id", ondelete="CASCADE"), primary_key=True)
    card: Mapped[str] = mapped_column(ForeignKey("card.digest"))
    composed_at: Mapped[datetime]


class CallCard(Base):
    """The card that calls for posts with a feed's opt-in tag."""

    __tablename__ = "call_card"
    feed_id: Mapped[int] = mapped_column(ForeignKey("feed.id", ondelete="CASCADE"), primary_key=True)
    card: Mapped[str] = mapped_column(ForeignKey("card.digest"))


class Shown(Base):
    """A variant on a card that a campaign may play now: what the stores' documents tell of."""

    __tablename__ = "shown"
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id", ondelete="CASCADE"), primary_key=True)
    variant_id: Mapped[str] = mapped_column(String(100), primary_key=True, index=True)


class Retreat(Base):
    """A campaign, or all glass, sent to evergreen with the red button, until somebody lifts it."""

    __tablename__ = "retreat"
    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaign.id"))
    """None: all glass."""
    began_at: Mapped[datetime]
    began_by: Mapped[str] = mapped_column(String(200))
    lifted_at: Mapped[datetime | None]
    lifted_by: Mapped[str] = mapped_column(String(200), default="")
    bumped: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Loop topics and the numbers they had before: a screen that applied a later one has confirmed."""


class Withdrawal(Base):
    """A post that left the glass, so that it can be said from how many screens it is gone."""

    __tablename__ = "withdrawal"
    id: Mapped[int] = mapped_column(primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"), index=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    at: Mapped[datetime] = mapped_column(index=True)
    bumped: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Loop topics and the numbers they had before: a screen that applied a later one no longer has the post."""


class Play(Base):
    """Proof of play: a spot rendered on a screen from t to t'. The id is the screen's, so that a retry is harmless."""

    __tablename__ = "play"
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    screen_id: Mapped[str] = mapped_column(ForeignKey("screen.id"))
    seq: Mapped[int]
    spot: Mapped[str] = mapped_column(String(60))
    card: Mapped[str] = mapped_column(String(64))
    campaign_id: Mapped[int | None] = mapped_column(index=True)
    started_at: Mapped[datetime] = mapped_column(index=True)
    ended_at: Mapped[datetime]
    duration_ms: Mapped[int]
    offset_ms: Mapped[int]
    result: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(String(20), default="")
    received_at: Mapped[datetime]
    __table_args__ = (Index("ix_play_screen", "screen_id", "started_at"),)


class Scan(Base):
    """A code on the glass that a phone opened."""

    __tablename__ = "scan"
    id: Mapped[int] = mapped_column(primary_key=True)
    screen_id: Mapped[str | None] = mapped_column(String(16), index=True)
    spot: Mapped[str] = mapped_column(String(60), default="")
    campaign_id: Mapped[int | None]
    variant_id: Mapped[str] = mapped_column(Text)
    scanned_at: Mapped[datetime] = mapped_column(index=True)


class Arrival(Base):
    """When a live spot was ready on a screen: the last stamp on a post's way to the glass."""

    __tablename__ = "arrival"
    spot: Mapped[str] = mapped_column(String(60), primary_key=True)
    screen_id: Mapped[str] = mapped_column(String(16), primary_key=True)
    received_at: Mapped[datetime]
    ready_at: Mapped[datetime] = mapped_column(index=True)
