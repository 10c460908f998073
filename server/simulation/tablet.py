"""A virtual tablet: visits begin at it, collect into bags, and end; operations are sent twice, and late."""

import asyncio
import secrets
import uuid
from collections.abc import Set
from dataclasses import dataclass, field
from typing import Any

from server.simulation.backoff import backoff
from server.simulation.clock import monotonic
from server.simulation.device import Device
from server.simulation.surroundings import Heard, Surroundings

TWICE = 0.2
LATE = 0.1
LATE_SECONDS = (5.0, 20.0)
PAUSE = (3.0, 25.0)
"""Seconds between two visits, and between two taps of one."""
TAPS = (1.5, 6.0)
MOST_TAPS = 8
REMOVALS = 0.2


@dataclass
class Operation:
    """An add or a removal in the tablet's outbox."""

    body: dict[str, Any]
    not_before: float
    tapped_at: float
    late: bool


@dataclass
class Visit:
    """One shopper's, with the bag that the tablet made for it; kept until the end, to be compared with the server's."""

    id: str
    bag: str
    secret: str
    outbox: list[Operation] = field(default_factory=list)
    begun: bool = False
    """The server knows of it."""
    over: bool = False
    ended: bool = False
    """The server knows that it is over."""
    adds: dict[str, str] = field(default_factory=dict)
    """Variants by the id of the add, of all that was tapped."""
    removals: dict[str, str] = field(default_factory=dict)
    """The adds that removals name, by the id of the removal."""
    kept: set[str] = field(default_factory=set)
    """Operations that the server said it has."""
    refused: set[str] = field(default_factory=set)
    waiting: dict[str, float] = field(default_factory=dict)
    """Adds whose document has not come yet, with the moment of their tap (monotonic ms)."""

    def expected(self, arrived: Set[str]) -> set[str]:
        """The adds that must be in the bag when these operations have arrived, in whatever order."""
        return (set(self.adds) & arrived) - {add for id, add in self.removals.items() if id in arrived}


class Tablet(Device):
    """One of a fleet's."""

    def __init__(
        self, id: str, token: str, surroundings: Surroundings, variants: list[str], *, skew_ms: float, slow: bool
    ) -> None:
        super().__init__(id, token, surroundings, skew_ms=skew_ms, slow=slow)
        self.variants = variants
        """What its store has; filled by the fleet."""
        self.visits: list[Visit] = []
        self.closing = False
        """No visit begins any more."""
        self._visit: Visit | None = None
        self._taps = 0
        self._next = monotonic() + 1000 * self.chance.uniform(*PAUSE)
        self._busy = False
        self._failures = 0
        self._not_before = 0.0

    def wanted(self) -> list[str]:
        """Its own document, and the bag that is open."""
        here = self._visit
        return [f"kiosk:{self.id}", *([f"bag:{here.bag}"] if here and here.begun and not here.over else [])]

    def took(self, heard: Heard, now: float) -> None:
        """The bag shows what was tapped."""
        message, here = heard.message, self._visit
        if here is None or message.topic != f"bag:{here.bag}":
            return
        there = {add for item in message.doc.get("items") or () for add in item["adds"]}
        for add in there & set(here.waiting):
            since = here.waiting.pop(add)
            if not self.slow:
                self.all.records.tapped.append(monotonic() - since)

    def second(self, now: float) -> None:
        """Go on with whoever stands here, and send what is due."""
        moment = monotonic()
        if self.connected and moment > self._next:
            self._step(moment)
        if (
            not self._busy
            and self.connected
            and moment > self._not_before
            and any(self._due(one) for one in self.visits)
        ):
            self._busy = True
            self.all.begin(self._send())

    def _step(self, moment: float) -> None:
        if self._visit is None:
            if not self.closing and self.variants:
                self._begin()
            self._next = moment + 1000 * self.chance.uniform(*TAPS)
        elif self._taps > 0 and not self.closing:
            self._taps -= 1
            self._tap(self._visit, moment)
            self._next = moment + 1000 * self.chance.uniform(*TAPS)
        else:
            self._visit.over = True
            self._visit = None
            self.sync()
            self._next = moment + 1000 * self.chance.uniform(*PAUSE)

    def _begin(self) -> None:
        self._visit = Visit(self._uuid(), self._uuid(), secrets.token_urlsafe(32))
        self.visits.append(self._visit)
        self._taps = self.chance.randint(1, MOST_TAPS)
        self.all.records.counts["visits"] += 1

    def _tap(self, visit: Visit, moment: float) -> None:
        there = sorted(set(visit.adds) - set(visit.removals.values()))
        made_at = round(self.clock.wall())
        late = self.chance.random() < LATE
        due = moment + 1000 * self.chance.uniform(*LATE_SECONDS) if late else moment
        id = self._uuid()
        if there and self.chance.random() < REMOVALS:
            gone = self.chance.choice(there)
            visit.removals[id] = gone
            visit.waiting.pop(gone, None)
            body: dict[str, Any] = {"id": id, "kind": "remove", "adds": [gone], "made_at": made_at}
        else:
            visit.adds[id] = self.chance.choice(self.variants)
            body = {"id": id, "kind": "add", "variant": visit.adds[id], "made_at": made_at}
        visit.outbox.append(Operation(body, due, moment, late))
        self.all.records.counts["operations"] += 1

    def _due(self, visit: Visit) -> bool:
        moment = monotonic()
        return (
            not visit.begun or (visit.over and not visit.ended) or any(one.not_before <= moment for one in visit.outbox)
        )

    async def _send(self) -> None:
        try:
            for visit in [one for one in self.visits if self._due(one)]:
                await self.patience()
                if not (await self._greet(visit) and await self._operate(visit) and await self._part(visit)):
                    self._failures += 1
                    self._not_before = monotonic() + 1000 * backoff(self._failures, self.chance, base=1, cap=60)
                    return
            self._failures = 0
        finally:
            self._busy = False

    async def _greet(self, visit: Visit) -> bool:
        if not visit.begun:
            said = {"bag": visit.bag, "secret": visit.secret}
            answer = await self.all.ask("PUT", f"/api/visits/{visit.id}", token=self.token, json=said)
            visit.begun = answer is not None and answer.status_code == 200
            self.sync()
        return visit.begun

    async def _operate(self, visit: Visit) -> bool:
        moment = monotonic()
        due = [one for one in visit.outbox if one.not_before <= moment][:50]
        if not due:
            return True
        for one in due:
            if one.body["kind"] == "add" and not one.late and not visit.over and self.connected:
                visit.waiting[one.body["id"]] = moment
        batch = [one.body for one in due]
        twice = self.chance.random() < TWICE
        if twice:
            self.all.records.counts["operations sent twice"] += len(batch)
            self.all.begin(self._repeat(visit, batch))
        self.all.records.counts["operations sent late"] += sum(one.late for one in due)
        if not await self._tell(visit, batch):
            return False
        sent = {one["id"] for one in batch}
        visit.outbox = [one for one in visit.outbox if one.body["id"] not in sent]
        return True

    async def _repeat(self, visit: Visit, batch: list[dict[str, Any]]) -> None:
        await asyncio.sleep(self.chance.uniform(0, 2))
        await self._tell(visit, batch)

    async def _tell(self, visit: Visit, batch: list[dict[str, Any]]) -> bool:
        said = {"secret": visit.secret, "operations": batch}
        answer = await self.all.ask("POST", f"/api/bags/{visit.bag}/operations", token=self.token, json=said)
        if answer is None or answer.status_code != 200:
            return False
        for outcome in answer.json()["outcomes"]:
            (visit.kept if outcome["kept"] else visit.refused).add(outcome["id"])
            if not outcome["kept"]:
                visit.waiting.pop(outcome["id"], None)
        return True

    async def _part(self, visit: Visit) -> bool:
        if visit.over and not visit.ended:
            answer = await self.all.ask("DELETE", f"/api/visits/{visit.id}?by=shopper", token=self.token)
            visit.ended = answer is not None and answer.status_code < 300
            return visit.ended
        return True

    def finish(self) -> None:
        """The end of the simulation: nobody stands here any more, and nothing is late from now on."""
        self.closing = True
        if self._visit:
            self._visit.over = True
            self._visit = None
        self._not_before = 0
        for visit in self.visits:
            for one in visit.outbox:
                one.not_before = 0

    @property
    def settled(self) -> bool:
        """Whether all that was tapped has been sent, and every visit ended."""
        return not self._busy and all(one.begun and one.ended and not one.outbox for one in self.visits)

    def _uuid(self) -> str:
        return str(uuid.UUID(int=self.chance.getrandbits(128), version=4))
