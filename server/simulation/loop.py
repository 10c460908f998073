"""What a screen plays next (docs/protocol.md, section 5): the decisions of displays/player/loop.js, held to them by a test.

Spots are read once for all screens that share a document, so that a thousand of them cost what a thousand decisions do.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

CUTTABLE_AFTER = 3000
CUTTABLE = ("evergreen", "trend")
SOCIAL = ("post", "post_item", "trend")
REMEMBERED = 5000
JUMPS = 3
OTHERS = ("call", "evergreen", "trend")


@dataclass(frozen=True, slots=True)
class Spot:
    """One thing in a loop. Moments are milliseconds since 1970."""

    id: str
    kind: str
    card: str
    pictures: tuple[str, ...]
    variants: tuple[str, ...]
    seconds: float
    live: bool
    at: str
    begins: float | None
    ends: float | None
    campaign: str

    @property
    def social(self) -> bool:
        """Whether it stems from what people say, and goes with the lease and the red button."""
        return self.live or self.kind in SOCIAL


@dataclass(frozen=True, slots=True)
class Loop:
    """A loop's document; `as_of` is when the change that made it was written."""

    as_of: float
    evergreen: bool
    spots: tuple[Spot, ...]

    @property
    def media(self) -> set[str]:
        """Every digest that its cards need."""
        return {digest for spot in self.spots for digest in (spot.card, *spot.pictures)}


@dataclass(slots=True)
class Standing:
    """The spot on the glass; `turn` when it has its turn after many that jumped the queue."""

    spot: Spot
    started: float
    turn: bool


@dataclass(slots=True)
class Decision:
    """'keep', 'again', 'show' or 'slate'; `reason` why what stands is cut, `until` when to look again."""

    action: str
    spot: Spot | None = None
    reason: str | None = None
    until: float | None = None


@dataclass(slots=True)
class World:
    """What one screen knows."""

    loop: Loop | None = None
    near: tuple[str, ...] = ()
    """The stores in walking range."""
    around: bool = False
    """Whether any store is near at all, in range or not."""
    stores: dict[str, dict[str, Any]] = field(default_factory=dict)
    trusted: bool = False
    ready: set[str] = field(default_factory=set)
    seen: set[str] = field(default_factory=set)
    fresh: list[str] = field(default_factory=list)
    cursor: tuple[str, int] | None = None
    jumps: int = 0
    current: Standing | None = None


def read(document: dict[str, Any]) -> Loop:
    """A loop's document as values; of one that is gone, an empty one."""
    spots = tuple(_spot(raw) for raw in document.get("spots") or ())
    return Loop(_moment(document.get("as_of")) or 0.0, document.get("mode") == "evergreen", spots)


def _spot(raw: dict[str, Any]) -> Spot:
    return Spot(
        id=raw["id"], kind=raw["kind"], card=raw["card"], pictures=tuple(raw.get("pictures") or ()),
        variants=tuple(raw.get("variants") or ()), seconds=raw["seconds"], live=bool(raw.get("live")),
        at=raw.get("at") or "", begins=_moment(raw.get("from")), ends=_moment(raw.get("until")),
        campaign=raw.get("campaign") or "",
    )  # fmt: skip


def _moment(text: str | None) -> float | None:
    return datetime.fromisoformat(text).timestamp() * 1000 if text else None


# -- what is told ---------------------------------------------------------------------------------------------------


def placed(world: World, screen: dict[str, Any]) -> None:
    """Take in what the screen's own document says of the stores round it."""
    stores, most = screen.get("stores") or (), screen.get("range_minutes")
    world.around = bool(stores)
    world.near = tuple(one["id"] for one in stores if most is None or one["minutes"] <= most)


def received(world: World, loop: Loop) -> None:
    """Take in a new loop; live spots that were in none before are newly approved, except in the first of a run."""
    live = [spot for spot in loop.spots if spot.live]
    news = [spot for spot in live if spot.id not in world.seen] if world.loop else []
    news.sort(key=lambda spot: spot.at, reverse=True)
    there = {spot.id for spot in live}
    world.fresh = [spot.id for spot in news] + [id for id in world.fresh if id in there]
    if len(world.seen) > REMEMBERED:
        world.seen.clear()
    world.seen |= there
    world.loop = loop


def started(world: World, spot: Spot, now: float) -> None:
    """Note that a spot went on the glass. One that jumped the queue leaves the cursor alone."""
    jumped = spot.id in world.fresh
    world.current = Standing(spot, now, not jumped and world.jumps >= JUMPS)
    if jumped:
        world.jumps += 1
        world.fresh.remove(spot.id)
    else:
        world.jumps, world.cursor = 0, (spot.id, _index(world, spot.id))


# -- what is decided ------------------------------------------------------------------------------------------------


def decide(world: World, now: float) -> Decision:
    """What should be on the glass at `now`, server time."""
    current = world.current
    if current is None:
        return _begin(world, now, None)
    if fault := _fault(world, now):
        return _begin(world, now, fault)
    end = current.started + current.spot.seconds * 1000
    if now >= end:
        return _begin(world, now, None)
    fresh = _fresh(world, now, ready=True) if not current.turn and current.spot.kind in CUTTABLE else None
    if fresh is None:
        return Decision("keep", until=end)
    if now < current.started + CUTTABLE_AFTER:
        return Decision("keep", until=min(current.started + CUTTABLE_AFTER, end))
    return Decision("show", fresh, "cut")


def hindrance(world: World, spot: Spot, now: float) -> str | None:
    """Why a spot may not play now, in one word."""
    if spot.social and not world.trusted:
        return "lease"
    if spot.social and world.loop and world.loop.evergreen:
        return "takeover"
    if spot.begins is not None and spot.begins > now:
        return "early"
    if spot.ends is not None and spot.ends <= now:
        return "over"
    return None if _held(world, spot) else "stock"


def _held(world: World, spot: Spot) -> bool:
    """Whether some store in walking range holds what the spot shows."""
    if not spot.variants or (not world.around and not spot.social):
        return True
    return any(_holds(world.stores.get(store), variant) for variant in spot.variants for store in world.near)


def _holds(store: dict[str, Any] | None, variant: str) -> bool:
    stock = store and not store.get("gone") and (store.get("stock") or {}).get(variant)
    if not stock or stock["availability"] == "out_of_stock":
        return False
    return stock["quantity"] is None or stock["quantity"] > 0


def _fault(world: World, now: float) -> str | None:
    """Why the spot on the glass must go now. An edit of one that is not live waits for its end."""
    spot = world.current.spot if world.current else None
    if spot is None or not spot.social:
        return None
    if not world.trusted:
        return "lease"
    if world.loop and world.loop.evergreen:
        return "takeover"
    named = next((other for other in _spots(world) if other.id == spot.id), None)
    if named is None or named.card != spot.card:
        return "withdrawn"
    return "withdrawn" if named.ends is not None and named.ends <= now else None


def _begin(world: World, now: float, reason: str | None) -> Decision:
    spot = _due(world, now) or _fresh(world, now, ready=True) or _following(world, now)
    if spot is None:
        return Decision("slate", reason=reason, until=_wake(world, now))
    current = world.current
    same = current and not reason and current.spot.id == spot.id and current.spot.card == spot.card
    return Decision("again", spot) if same else Decision("show", spot, reason)


def _fresh(world: World, now: float, *, ready: bool) -> Spot | None:
    for id in world.fresh:
        spot = next((other for other in _spots(world) if other.id == id), None)
        if spot and not hindrance(world, spot, now) and (not ready or spot.card in world.ready):
            return spot
    return None


def _due(world: World, now: float) -> Spot | None:
    """Whose turn it is after so many jumped the queue."""
    return None if world.jumps < JUMPS else _following(world, now, OTHERS) or _following(world, now)


def _following(world: World, now: float, kinds: Iterable[str] | None = None) -> Spot | None:
    """The next playable spot after the cursor and round again; the one on the glass only when there is no other."""
    spots, start = _spots(world), _after(world)
    shown = world.current.spot.id if world.current else None
    same = None
    for spot in (*spots[start:], *spots[:start]):
        if (kinds is not None and spot.kind not in kinds) or hindrance(world, spot, now):
            continue
        if spot.id != shown:
            return spot
        same = same or spot
    return same


def _after(world: World) -> int:
    if world.cursor is None:
        return 0
    index = _index(world, world.cursor[0])
    return index + 1 if index >= 0 else max(world.cursor[1], 0)


def _wake(world: World, now: float) -> float | None:
    """When something may become playable by time alone."""
    return min((spot.begins for spot in _spots(world) if spot.begins is not None and spot.begins > now), default=None)


def _spots(world: World) -> tuple[Spot, ...]:
    return world.loop.spots if world.loop else ()


def _index(world: World, id: str) -> int:
    return next((index for index, spot in enumerate(_spots(world)) if spot.id == id), -1)
