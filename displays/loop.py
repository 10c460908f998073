"""Builds a loop: what a group of screens plays, in which order. A pure function of values and a clock."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import cycle, islice
from typing import Any

import msgspec

from server.core.clock import iso

HORIZON = timedelta(hours=24)
"""How far ahead a loop says what time decides; it is built anew well before."""
MOST_POSTS = 24
MOST_TRENDS = 5
MOST_SPOTS = 60
ROOM = 60 * 1024
"""Bytes of JSON for the spots: a topic's document has 64 KiB, and a card of many emoji names a digest for each."""
SECONDS = {"post": 12, "post_item": 14, "trend": 12, "evergreen": 10, "call": 9}
"""Seconds on the glass by kind, unless the campaign says otherwise."""
LIVE = frozenset({"post", "post_item", "trend"})
"""Kinds that go when a screen's lease ends."""


@dataclass(frozen=True, kw_only=True)
class Card:
    """A composed card as a loop names it."""

    digest: str
    pictures: tuple[str, ...]
    fonts: tuple[str, ...]
    variants: tuple[str, ...]
    field: str = ""


@dataclass(frozen=True, kw_only=True)
class SpotCard:
    """Something that may play: its id is the same for as long as it is the same thing."""

    id: str
    kind: str
    card: Card
    at: datetime
    seconds: int | None = None


@dataclass(frozen=True, kw_only=True)
class Playing:
    """A campaign with what it has to show now."""

    id: int
    starts_at: datetime | None
    ends_at: datetime | None
    modes: tuple[str, ...]
    seconds: dict[str, int]
    retreated: bool
    posts: tuple[SpotCard, ...] = ()
    trends: tuple[SpotCard, ...] = ()
    evergreens: tuple[SpotCard, ...] = ()
    calls: tuple[SpotCard, ...] = ()


def build(campaigns: Iterable[Playing], *, as_of: datetime, all_evergreen: bool = False) -> dict[str, Any]:
    """The document of a loop, as docs/protocol.md describes it."""
    running = [one for one in campaigns if _running(one, as_of)]
    orders = [_order(one, live=not (all_evergreen or one.retreated)) for one in running]
    spots = list(islice(_within_room(_named_once(_take_turns(orders))), MOST_SPOTS))
    everything_off = all_evergreen or (bool(running) and all(one.retreated for one in running))
    return {"as_of": iso(as_of), "mode": "evergreen" if everything_off else "live", "spots": _apart(spots)}


def _running(campaign: Playing, as_of: datetime) -> bool:
    soon = campaign.starts_at is None or campaign.starts_at < as_of + HORIZON
    return soon and (campaign.ends_at is None or campaign.ends_at > as_of)


def _order(campaign: Playing, *, live: bool) -> list[dict[str, Any]]:
    """Two posts, then something else, and so on: the newest first, the rest in turn."""
    posts = sorted(campaign.posts, key=lambda spot: spot.at, reverse=True)[:MOST_POSTS] if live else []
    others = _mixed(campaign.trends[:MOST_TRENDS] if live else (), campaign.evergreens, campaign.calls if live else ())
    mixed: list[SpotCard] = []
    if posts and others:
        rounds = max((len(posts) + 1) // 2, len(others))
        turns, fill = iter(posts), cycle(others)
        for _ in range(rounds):
            mixed += list(islice(turns, 2))
            mixed.append(next(fill))
    else:
        mixed = posts or others
    return [_entry(spot, campaign) for spot in _once(mixed)]


def _mixed(*kinds: Sequence[SpotCard]) -> list[SpotCard]:
    """One of each kind in turn until all are used."""
    longest = max(map(len, kinds), default=0)
    return [kind[turn] for turn in range(longest) for kind in kinds if turn < len(kind)]


def _once(spots: Iterable[SpotCard]) -> list[SpotCard]:
    """Each spot at its first place: a document names it once, the player goes round."""
    seen: dict[str, SpotCard] = {}
    for spot in spots:
        seen.setdefault(spot.id, spot)
    return list(seen.values())


def _take_turns(orders: list[list[dict[str, Any]]]) -> Iterable[dict[str, Any]]:
    for turn in range(max(map(len, orders), default=0)):
        for order in orders:
            if turn < len(order):
                yield order[turn]


def _named_once(entries: Iterable[dict[str, Any]]) -> Iterable[dict[str, Any]]:
    """A post that two campaigns' feeds have approved is one spot, of the campaign whose turn came first."""
    seen: set[str] = set()
    for entry in entries:
        if entry["id"] not in seen:
            seen.add(entry["id"])
            yield entry


def _within_room(entries: Iterable[dict[str, Any]]) -> Iterable[dict[str, Any]]:
    room = ROOM
    for entry in entries:
        size = len(msgspec.json.encode(entry)) + 1
        if size <= room:
            room -= size
            yield entry


def _entry(spot: SpotCard, campaign: Playing) -> dict[str, Any]:
    return {
        "id": spot.id, "kind": spot.kind, "card": spot.card.digest, "pictures": list(spot.card.pictures),
        "fonts": list(spot.card.fonts), "variants": list(spot.card.variants), "field": spot.card.field,
        "seconds": spot.seconds or campaign.seconds.get(spot.kind) or SECONDS[spot.kind],
        "live": spot.kind in LIVE, "at": iso(spot.at), "from": iso(campaign.starts_at), "until": iso(campaign.ends_at),
        "campaign": str(campaign.id),
    }  # fmt: skip


def _apart(spots: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Neighbours of different colour where there is a choice: a spot that looks like the last one waits a turn."""
    waiting, placed = list(spots), []
    while waiting:
        last = placed[-1].get("field") if placed else None
        near = next((spot for spot in waiting[:3] if not last or spot["field"] != last), waiting[0])
        waiting.remove(near)
        placed.append(near)
    return placed
