"""A virtual screen: reads its documents, plays its loop by the server's time, and tells what the player tells."""

import asyncio
from typing import Any

from server.simulation import loop
from server.simulation.clock import monotonic
from server.simulation.device import Device
from server.simulation.journal import Journal
from server.simulation.loop import Loop, Spot, World
from server.simulation.media import Shelf
from server.simulation.surroundings import Heard, Surroundings

LEASE_SECONDS = 900
UPLOAD_MS = 20_000
SLEEP_MS, LONGEST_SLEEP_MS = 1000, 5000


class Screen(Device):
    """One of a fleet's. Its glass is what `world.current` says."""

    def __init__(
        self, id: str, token: str, surroundings: Surroundings, shelf: Shelf, *, skew_ms: float, slow: bool
    ) -> None:
        super().__init__(id, token, surroundings, skew_ms=skew_ms, slow=slow)
        self.world = World()
        self.journal = Journal(self)
        self.screen: dict[str, Any] = {}
        self.applied = -1
        """The version of the loop that its glass is in line with."""
        self._shelf = shelf
        self._held: set[str] = set()
        """Digests that it has."""
        self._fetching = False
        self._trusted_until = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._upload_at = monotonic() + self.chance.random() * UPLOAD_MS
        self._told: dict[str, list[Any]] = {}
        self._arrived: dict[str, int] = {}
        self._ready: set[str] = set()
        self._slate = False
        self._over = False
        self._fetched = False
        """Whether the newest version needed media."""

    def wanted(self) -> list[str]:
        """Its own document, its loop, and the stores round it."""
        stores = [f"store:{one['id']}" for one in self.screen.get("stores") or ()]
        return [f"screen:{self.id}", *([self.screen["loop"]] if self.screen.get("loop") else []), *stores]

    # -- documents -----------------------------------------------------------------------------------------------------

    def took(self, heard: Heard, now: float) -> None:
        """Take a document into the world, and do what it asks at once."""
        self._trust()
        name, doc = heard.message.topic, heard.message.doc
        if heard.loop is not None:
            self._take_loop(heard.loop, heard.message.version, now)
        elif name.startswith("screen:"):
            self.screen = doc
            loop.placed(self.world, doc)
        elif name.startswith("store:"):
            self.world.stores[name.partition(":")[2]] = doc
        self._turn()
        self._settle()

    def _take_loop(self, newest: Loop, version: list[Any], now: float) -> None:
        own = (spot.card for spot in newest.spots if spot.campaign == self.all.campaign)
        self.all.history.note(version[1], newest.as_of, own)
        if self._there_since(newest.as_of):
            records = self.all.records
            (records.delivered_slow if self.slow else records.delivered).append(max(0.0, now - newest.as_of))
        loop.received(self.world, newest)
        arrived = round(self.clock.now())
        live = {spot.id for spot in newest.spots if spot.live}
        self._arrived = {id: self._arrived.get(id, arrived) for id in live}
        self._ready &= live
        self._held &= newest.media
        self.world.ready = {spot.card for spot in newest.spots if self._held.issuperset((spot.card, *spot.pictures))}
        self._fetched = False
        if not self._fetching and newest.media - self._held:
            self._fetching = True
            self.all.begin(self._fetch())

    def _there_since(self, moment: float) -> bool:
        """Whether its line was up all the time since then: else it caught up, which is no delivery."""
        return self.welcomed_at is not None and monotonic() - self.welcomed_at > self.all.truth.now() - moment

    async def _fetch(self) -> None:
        """Have every card of the loop, one after the other, as the player warms them; new ones first."""
        try:
            while spot := self._missing():
                await self.patience()
                for digest in (spot.card, *spot.pictures):
                    if digest not in self._held and not await self._shelf.ensure(digest):
                        self.all.records.errors["a card could not be had"] += 1
                        return
                    self._held.add(digest)
                self._fetched = True
                self.world.ready.add(spot.card)
                self._tell_ready(spot)
                if spot.id in self.world.fresh:
                    self._turn()
        finally:
            self._fetching = False
        self._turn()
        self._settle()

    def _missing(self) -> Spot | None:
        spots = self.world.loop.spots if self.world.loop else ()
        lacking = [spot for spot in spots if not self._held.issuperset((spot.card, *spot.pictures))]
        return min(lacking, key=lambda spot: spot.id not in self.world.fresh, default=None)

    def _settle(self) -> None:
        """Tell, when it is so, that the glass is as the documents say."""
        if self._missing() or loop.decide(self.world, self.clock.now()).reason:
            return
        for name in self.wanted():
            version = self.versions.get(name)
            if version is None or self._told.get(name) == version:
                continue
            if self.say({"type": "applied", "topic": name, "version": version, "at": round(self.clock.now())}):
                self._told[name] = version
                self.all.records.counts["reports"] += 1
            if name.startswith("loop:") and version[1] != self.applied:
                self._applied(version[1])

    def _applied(self, number: int) -> None:
        self.applied = number
        newest = self.world.loop
        if newest and not self.slow and self._there_since(newest.as_of):
            records = self.all.records
            taken = records.applied_with_media if self._fetched else records.applied
            taken.append(max(0.0, self.all.truth.now() - newest.as_of))

    def _tell_ready(self, spot: Spot) -> None:
        if not spot.live or spot.id in self._ready or spot.id not in self._arrived:
            return
        self._ready.add(spot.id)
        self.say({
            "type": "ready", "spot": spot.id, "at": round(self.clock.now()), "received": self._arrived[spot.id],
        })  # fmt: skip
        self.all.records.counts["reports"] += 1

    # -- the glass -----------------------------------------------------------------------------------------------------

    def _turn(self) -> None:
        """Ask what is due, put it up, and look again when that may change."""
        if self._timer:
            self._timer.cancel()
        if self._over:
            return
        now = self.clock.now()
        lease = self.screen.get("lease_seconds") or LEASE_SECONDS
        self.world.trusted = monotonic() < self._trusted_until + lease * 1000
        decision = loop.decide(self.world, now)
        if decision.spot and decision.spot.card in self.world.ready:
            self._show(decision.spot, decision.reason, now)
        elif (
            decision.reason or decision.action == "slate"
        ):  # what was withdrawn goes, whether or not its successor is here
            self._clear(decision.reason)
        until = decision.until if decision.action == "keep" else self._end() or decision.until
        wait = min(LONGEST_SLEEP_MS, max(20.0, until - now) if until and until > now else SLEEP_MS)
        self._timer = asyncio.get_running_loop().call_later(wait / 1000, self._turn)

    def _end(self) -> float | None:
        current = self.world.current
        return current.started + current.spot.seconds * 1000 if current else None

    def _show(self, spot: Spot, reason: str | None, now: float) -> None:
        self._finish(reason)
        loop.started(self.world, spot, now)
        self.journal.begin(spot)
        self._slate = False
        self._showing()

    def _clear(self, reason: str | None) -> None:
        self._finish(reason)
        if not self._slate:
            self._slate = True
            self._showing()

    def _finish(self, reason: str | None) -> None:
        if self.world.current:
            self.journal.end(reason)
            self.world.current = None
            self.all.records.counts["plays"] += 1

    def _showing(self) -> None:
        current = self.world.current
        self.say({
            "type": "showing", "spot": current.spot.id if current else None, "at": round(self.clock.now()), "width": 1920,
            "height": 1080, "error": None,
        })  # fmt: skip
        self.all.records.counts["reports"] += 1

    # -- the line ------------------------------------------------------------------------------------------------------

    def _trust(self) -> None:
        self._trusted_until = monotonic()

    def welcomed(self) -> None:
        """Tell again what it shows and has applied: another process may listen now."""
        self._trust()
        self._told = {}
        self._showing()
        self._settle()
        self.all.begin(self.journal.upload())

    def restart(self) -> None:
        """As after a power cut: what it kept is there, and the card that stood ends as far as was known."""
        if self.world.current:
            self.journal.end("reload")
            self.all.records.counts["plays"] += 1
        kept = self.world.loop
        self.world = World(loop=kept, stores=self.world.stores, ready=self.world.ready)
        if kept:
            self.world.seen = {spot.id for spot in kept.spots if spot.live}
        loop.placed(self.world, self.screen)
        self._trusted_until = float("-inf")
        self.all.records.counts["restarts"] += 1
        self._turn()

    def second(self, now: float) -> None:
        """Keep the lease while the line is heard, and send plays every 20 s."""
        if self.connected:
            self._trusted_until = max(self._trusted_until, self.heard_at)
        if monotonic() > self._upload_at:
            self._upload_at = monotonic() + UPLOAD_MS
            if self.connected and self.journal.waiting:
                self.all.begin(self.journal.upload())

    def stop(self) -> None:
        """The end of the simulation: the card that stands ends, and none goes up any more."""
        self._over = True
        if self._timer:
            self._timer.cancel()
        self._finish("reload")
