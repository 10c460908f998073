"""What people say: feeds that listen, posts with their revisions, how each was judged, and who consented."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from server.core.tables import Base

RULE = "rule"
"""Who decided where no person did."""


class Feed(Base):
    """What is listened to and how it is judged."""

    __tablename__ = "feed"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    tags: Mapped[list[str]] = mapped_column(default=list)
    """Hashtags without their sign, as people write them."""
    languages: Mapped[list[str]] = mapped_column(default=list)
    """BCP 47 codes that are let in; empty: any."""
    greatest_age_hours: Mapped[int] = mapped_column(default=48)
    sells: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """{"brands": [], "types": [], "products": [], "exclusions": [], "pairs": {tag: [variant ids]}, "boosts": {}}"""
    words: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Its own words, and those before the last change: see social.feed_words."""
    screening: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """The merchandiser's additions: {"blocked_words": [], "blocked_authors": [], "author_cap": 3, ...}"""
    approval: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """The rule that may approve by itself; {"automatic": false} unless a merchandiser wrote one."""
    trends: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """{"automatic": false, "least_authors": 3, "window_minutes": 60}"""
    optin_tag: Mapped[str] = mapped_column(String(100), default="")
    terms: Mapped[list["FeedTerms"]] = relationship(order_by="FeedTerms.version")
    changed_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class FeedTerms(Base):
    """What posting with the opt-in tag agrees to: each version with the moment from which it counts."""

    __tablename__ = "feed_terms"
    feed_id: Mapped[int] = mapped_column(ForeignKey("feed.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(Text)
    published_at: Mapped[datetime]
    published_by: Mapped[str] = mapped_column(String(200))


class FeedCall(Base):
    """A time in which a card with the feed's opt-in tag and the address of its terms is on the glass."""

    __tablename__ = "feed_call"
    id: Mapped[int] = mapped_column(primary_key=True)
    feed_id: Mapped[int] = mapped_column(ForeignKey("feed.id"), index=True)
    tag: Mapped[str] = mapped_column(String(100))
    """The opt-in tag that was called for, folded as social.hashtags.key does."""
    began_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class Post(Base):
    """A post as it is now; stored once by network and id. A deleted one keeps its id alone."""

    __tablename__ = "post"
    id: Mapped[int] = mapped_column(primary_key=True)
    network: Mapped[str] = mapped_column(String(20))
    network_id: Mapped[str] = mapped_column(String(200))
    """The id of its first revision, which names it through all edits."""
    revision: Mapped[int] = mapped_column(default=1)
    current_network_id: Mapped[str] = mapped_column(String(200), default="", index=True)
    author_id: Mapped[str] = mapped_column(String(200), default="", index=True)
    author_name: Mapped[str] = mapped_column(String(200), default="")
    author_handle: Mapped[str] = mapped_column(String(200), default="")
    author_avatar: Mapped[str] = mapped_column(String(2000), default="")
    text: Mapped[str] = mapped_column(Text, default="")
    hashtags: Mapped[list[str]] = mapped_column(default=list)
    links: Mapped[list[str]] = mapped_column(default=list)
    media: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    """[{"kind", "url", "alt", "width", "height"}] as social.incoming.IncomingMedia has them"""
    lang: Mapped[str] = mapped_column(String(35), default="")
    url: Mapped[str] = mapped_column(String(2000), default="")
    flags: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """What the network says of it and of its author, by name: see social.intake."""
    created_at: Mapped[datetime]
    received_at: Mapped[datetime] = mapped_column(index=True)
    stamps: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Stage to ISO moment of this revision's way to the glass: received, stored, matched, judged, composed, approved."""
    gone_at: Mapped[datetime | None]
    gone_because: Mapped[str] = mapped_column(String(100), default="")
    __table_args__ = (UniqueConstraint("network", "network_id"),)


class Picture(Base):
    """A picture of a post or its author, fetched once by our server; phones and screens never ask the network."""

    __tablename__ = "post_picture"
    url: Mapped[str] = mapped_column(String(2000), primary_key=True)
    digest: Mapped[str | None] = mapped_column(String(64))
    width: Mapped[int] = mapped_column(default=0)
    height: Mapped[int] = mapped_column(default=0)
    reason: Mapped[str] = mapped_column(String(300), default="")
    fetched_at: Mapped[datetime]


class PostRevision(Base):
    """What an edited post said before."""

    __tablename__ = "post_revision"
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    network_id: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text)
    seen_at: Mapped[datetime]


class Screening(Base):
    """How a post's revision was judged for a feed, and what has become of it: a row of the queue."""

    __tablename__ = "screening"
    id: Mapped[int] = mapped_column(primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"), index=True)
    feed_id: Mapped[int] = mapped_column(ForeignKey("feed.id"))
    revision: Mapped[int]
    verdict: Mapped[str] = mapped_column(String(10))
    """'pass', 'hold' or 'refuse'."""
    reasons: Mapped[list[str]] = mapped_column(default=list)
    show: Mapped[bool] = mapped_column(default=False)
    """Whether the matcher would show an item beside it."""
    held: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    """Why the matcher would not: [{"kind", "words", "start", "end", "language"}] as matching.values.Against."""
    cues: Mapped[list[str]] = mapped_column(default=list)
    """Themes that the matcher saw in the words; trends count them."""
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    """'waiting', 'approved', 'rejected', 'refused' (by screening), 'withdrawn' or 'over' (edited, deleted, too old)."""
    rule_approves: Mapped[bool] = mapped_column(default=False)
    rule_reason: Mapped[str] = mapped_column(String(300), default="")
    """What the feed's rule said of it, and why; a person decides where it did not approve."""
    judged_at: Mapped[datetime]
    catalogue: Mapped[int] = mapped_column(default=0, server_default="0")
    """The newest change of the catalogue (catalog.shelving) that it was judged by."""
    post: Mapped[Post] = relationship()
    feed: Mapped[Feed] = relationship()
    matches: Mapped[list["Match"]] = relationship(order_by="Match.rank", cascade="all, delete-orphan")
    __table_args__ = (
        UniqueConstraint("post_id", "feed_id", "revision"),
        Index("ix_screening_queue", "state", "feed_id", "id"),
    )


class Match(Base):
    """A variant that goes with a post, in a feed, and why."""

    __tablename__ = "match"
    screening_id: Mapped[int] = mapped_column(ForeignKey("screening.id", ondelete="CASCADE"), primary_key=True)
    rank: Mapped[int] = mapped_column(primary_key=True)
    variant_id: Mapped[str] = mapped_column(String(100), index=True)
    product_id: Mapped[str] = mapped_column(String(100))
    score: Mapped[float]
    reasons: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    """[{"kind", "words", "start", "end", "weight", "language"}]; start and end are places in the post's text, or null."""
    asked: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Which thing of the post it answers: {"type_name", "colours", "brands"}; {} for what the feed pairs with a hashtag."""


class Correction(Base):
    """What a moderator put right of what the matcher showed; the matcher learns from those that nobody has undone."""

    __tablename__ = "correction"
    id: Mapped[int] = mapped_column(primary_key=True)
    feed_id: Mapped[int] = mapped_column(ForeignKey("feed.id"))
    screening_id: Mapped[int | None] = mapped_column(ForeignKey("screening.id", ondelete="SET NULL"), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    """'changed' (another variant was chosen), 'wrong' (this variant) or 'nothing' (no variant fits such a post)."""
    asked: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """As in Match; {} where the post asked for nothing that was read: kept, and nothing is learnt from it."""
    shown_variant: Mapped[str | None] = mapped_column(String(100))
    shown_product: Mapped[str | None] = mapped_column(String(100))
    chosen_variant: Mapped[str | None] = mapped_column(String(100))
    chosen_product: Mapped[str | None] = mapped_column(String(100))
    by: Mapped[str] = mapped_column(String(200))
    made_at: Mapped[datetime]
    undone_by: Mapped[str] = mapped_column(String(200), default="")
    undone_at: Mapped[datetime | None]
    __table_args__ = (Index("ix_correction_feed", "feed_id", "undone_at", "id"),)


class Moderation(Base):
    """A verdict on a post's revision within a feed: by whom, when, on which card. The newest that was not undone counts."""

    __tablename__ = "moderation"
    id: Mapped[int] = mapped_column(primary_key=True)
    screening_id: Mapped[int] = mapped_column(ForeignKey("screening.id", ondelete="CASCADE"), index=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"), index=True)
    feed_id: Mapped[int] = mapped_column(ForeignKey("feed.id"))
    revision: Mapped[int]
    verdict: Mapped[str] = mapped_column(String(10))
    """'approved', 'rejected' or 'withdrawn'."""
    reason: Mapped[str] = mapped_column(String(300), default="")
    mode: Mapped[str] = mapped_column(String(10), default="")
    """'post' or 'post_item'."""
    variant_id: Mapped[str | None] = mapped_column(String(100))
    layout: Mapped[str] = mapped_column(String(40), default="")
    language: Mapped[str] = mapped_column(String(10), default="")
    card: Mapped[str | None] = mapped_column(String(64), index=True)
    """Digest of the card that was seen and that plays."""
    by: Mapped[str] = mapped_column(String(200))
    """Who decided: a person's name, or 'rule'."""
    decided_at: Mapped[datetime]
    over_at: Mapped[datetime | None]
    """When it stopped counting: undone, or followed by another verdict."""
    __table_args__ = (Index("ix_moderation_on_air", "feed_id", "verdict", "over_at"),)


class Consent(Base):
    """The author's permission to pair this revision of a post with a product."""

    __tablename__ = "consent"
    id: Mapped[int] = mapped_column(primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"), index=True)
    feed_id: Mapped[int] = mapped_column(ForeignKey("feed.id"))
    revision: Mapped[int]
    basis: Mapped[str] = mapped_column(String(10))
    """'tag' (the opt-in tag, after its terms were published) or 'record' (staff hold a proof)."""
    terms_version: Mapped[int | None]
    proof: Mapped[str] = mapped_column(String(2000), default="")
    recorded_by: Mapped[str] = mapped_column(String(200))
    given_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


class Trend(Base):
    """A hashtag or theme of a feed that rises, with what goes with it."""

    __tablename__ = "trend"
    id: Mapped[int] = mapped_column(primary_key=True)
    feed_id: Mapped[int] = mapped_column(ForeignKey("feed.id"))
    key: Mapped[str] = mapped_column(String(100))
    word: Mapped[str] = mapped_column(String(100))
    """As most people write it."""
    kind: Mapped[str] = mapped_column(String(10))
    """'hashtag', 'theme' or 'visits' (what shoppers collected in the stores today; `authors` is how often they went into a bag then)."""
    authors: Mapped[int]
    minutes: Mapped[int] = mapped_column(default=60)
    """The window in which those authors were counted."""
    previous: Mapped[int]
    rise: Mapped[float]
    why: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    """Why it counts as a rise, as social.trending.why has it: figures, and a sentence under "words"."""
    curve: Mapped[list[Any]] = mapped_column(default=list)
    variants: Mapped[list[str]] = mapped_column(default=list)
    """Variants that go with it, best first."""
    state: Mapped[str] = mapped_column(String(10), default="rising")
    """'rising' (waits), 'allowed' (by a rule or person), 'pinned', 'muted' or 'faded'."""
    decided_by: Mapped[str] = mapped_column(String(200), default="")
    decided_at: Mapped[datetime | None]
    counted_at: Mapped[datetime]
    __table_args__ = (UniqueConstraint("feed_id", "kind", "key"),)


class ReadMeter(Base):
    """What was read from a network on a UTC day, for the cap and the bill."""

    __tablename__ = "read_meter"
    network: Mapped[str] = mapped_column(String(20), primary_key=True)
    day: Mapped[str] = mapped_column(String(10), primary_key=True)
    posts: Mapped[int] = mapped_column(default=0)


class SourceState(Base):
    """How a network's stream is doing, as the process that runs it last wrote."""

    __tablename__ = "source_state"
    network: Mapped[str] = mapped_column(String(20), primary_key=True)
    state: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(String(500), default="")
    since: Mapped[datetime]
    last_byte_at: Mapped[datetime | None]
    newest_id: Mapped[str] = mapped_column(String(200), default="")
    written_at: Mapped[datetime]
