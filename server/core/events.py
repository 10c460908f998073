"""What can happen in Vitrine, and how the packages above hear of it: read this file first.

`emit` calls the handlers at once, inside the transaction; they write rows and note topics, nothing else. What leaves
the process happens after the commit.
"""

from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy.ext.asyncio import AsyncSession


@dataclass(frozen=True)
class CatalogueImported:
    """A feed was read into the catalogue; one event for all its rows."""

    kind: str
    """'products', 'inventory' or 'stores'."""


@dataclass(frozen=True)
class PictureReady:
    """A variant's picture was fetched, decoded and cut to its sizes."""

    variant_ids: tuple[str, ...]


@dataclass(frozen=True)
class PostJudged:
    """A post's revision was matched and screened for a feed and waits for a verdict, of a rule or a person."""

    screening_id: int


@dataclass(frozen=True)
class PostJudgedAgain:
    """A post that waits, or has waited until now, was judged anew because its feed or the catalogue was changed."""

    screening_id: int


@dataclass(frozen=True)
class PostApproved:
    """A post's revision may be shown, as the card that was seen."""

    moderation_id: int


@dataclass(frozen=True)
class PostWithdrawn:
    """A post must leave the glass: withdrawn by staff, deleted, protected, withheld, or edited."""

    post_id: int
    feed_ids: tuple[int, ...]


@dataclass(frozen=True)
class PostForgotten:
    """A post was emptied of everything but its id: deleted on its network, or kept long enough."""

    post_id: int


@dataclass(frozen=True)
class TrendChanged:
    """A trend of a feed rose, fell, or was decided on."""

    trend_id: int


@dataclass(frozen=True)
class FeedChanged:
    """What a feed listens to, how it judges, or its terms have been edited."""

    feed_id: int


@dataclass(frozen=True)
class BrandChanged:
    """The brand kit was edited: every card wears it."""


@dataclass(frozen=True)
class DeviceRevoked:
    """A screen or kiosk lost its token; its sockets close."""

    device_id: str


@dataclass(frozen=True)
class KioskAdded:
    """A tablet was taken in; a screen of its own plays on it while nobody is there."""

    kiosk_id: str


@dataclass(frozen=True)
class KioskChanged:
    """A tablet was renamed, moved to another store, or given another language."""

    kiosk_id: str


@dataclass(frozen=True)
class KioskRemoved:
    """A tablet was taken out."""

    kiosk_id: str


Event = TypeVar("Event")
Handler = Callable[[AsyncSession, Event], Awaitable[None]]
_handlers: dict[type, list[Handler]] = defaultdict(list)


def on(kind: type[Event]) -> Callable[[Handler], Handler]:
    """Register a handler for a kind of event; handlers run in the order of their registration."""

    def register(handler: Handler) -> Handler:
        if handler not in _handlers[kind]:
            _handlers[kind].append(handler)
        return handler

    return register


async def emit(db: AsyncSession, event: object) -> None:
    """Tell the packages above what has happened, inside the transaction that made it so."""
    for handler in _handlers[type(event)]:
        await handler(db, event)
