"""Runs a simulation: the devices come, live through what the plan says, and go; nothing of the server's is imported here."""

import asyncio
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from server.simulation.changing import Changer
from server.simulation.clock import monotonic
from server.simulation.device import Device
from server.simulation.measuring import own_lag, server_memory
from server.simulation.media import Shelf
from server.simulation.plan import Plan
from server.simulation.records import Storm
from server.simulation.screen import Screen
from server.simulation.surroundings import Surroundings
from server.simulation.tablet import Tablet

DEAF, CUT = 0.1, 0.5
"""Of the devices that drop off: those that go deaf, and those that break without a word; the others hang up."""
RESTARTS = 0.3
"""Of the screens that break: those that lost their power."""
PATIENCE_SECONDS = 30
"""How long the end waits for nothing at all to arrive any more."""
METRICS_SECONDS = 5


@dataclass(frozen=True)
class Identity:
    """A device that the installation knows, and the store that it stands in, if it is a tablet."""

    id: str
    token: str
    store: str = ""


class Fleet:
    """All devices of one run."""

    def __init__(
        self,
        plan: Plan,
        surroundings: Surroundings,
        changer: Changer,
        *,
        screens: Sequence[Identity],
        tablets: Sequence[Identity],
    ) -> None:
        self.plan, self.all, self._changer = plan, surroundings, changer
        self._shelf = Shelf(surroundings, cold=plan.cold)
        self._ranges: dict[str, list[str]] = {one.store: [] for one in tablets}
        self.screens = [Screen(one.id, one.token, surroundings, self._shelf, **self._nature()) for one in screens]
        self.tablets = [
            Tablet(one.id, one.token, surroundings, self._ranges[one.store], **self._nature()) for one in tablets
        ]
        self._askers = {one.store: one.token for one in tablets}
        self.devices: list[Device] = [*self.screens, *self.tablets]
        self.began = 0.0
        self._away: dict[Device, float] = {}
        """Who stays away, until when (monotonic s)."""
        self._storms: list[tuple[Storm, set[Device], int]] = []
        """With those that are not current again, and the version that counts as current."""

    def _nature(self) -> dict:
        chance = self.all.chance
        skew = chance.uniform(-self.plan.skew, self.plan.skew) * 1000
        return {"skew_ms": skew, "slow": chance.random() < self.plan.slow}

    # -- the run -------------------------------------------------------------------------------------------------------

    async def run(self, stop: asyncio.Event, tell: Callable[[], None]) -> None:
        """Live through the plan, or until `stop`; `tell` is called each second. Afterwards everything has been sent that can be."""
        records = self.all.records
        self.began, cpu = time.monotonic(), time.process_time()
        beside = [
            asyncio.create_task(work)
            for work in (
                own_lag(records),
                server_memory(self.all, since=self.began, every=METRICS_SECONDS),
                self._change(),
            )
        ]
        try:
            await self._know_ranges()
            self._come()
            await self._live(stop, tell)
            records.seconds = time.monotonic() - self.began
            records.cpu_seconds = time.process_time() - cpu
            beside[2].cancel()
            await self._finish(tell)
        finally:
            for task in beside:
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task
            self._go()

    @property
    def elapsed(self) -> float:
        """Seconds since the beginning."""
        return time.monotonic() - self.began

    @property
    def connected(self) -> int:
        """How many devices the server has let in."""
        return sum(one.connected for one in self.devices)

    def _come(self) -> None:
        loop = asyncio.get_running_loop()
        step = self.plan.warm_up / max(1, len(self.devices))
        order = self.all.chance.sample(self.devices, len(self.devices))
        for place, device in enumerate(order):
            loop.call_later(step * place, device.start)

    async def _live(self, stop: asyncio.Event, tell: Callable[[], None]) -> None:
        storms = self.plan.storms_at()
        next_second = time.monotonic()
        while self.elapsed < self.plan.seconds and not stop.is_set():
            if storms and self.elapsed >= storms[0]:
                storms.pop(0)
                self._storm()
            self._watch_storms()
            if time.monotonic() >= next_second:
                next_second += 1
                self._second()
                tell()
            await asyncio.sleep(0.05)

    def _second(self) -> None:
        now, moment, warm = self.all.truth.now(), time.monotonic(), self.elapsed > self.plan.warm_up + 2
        self._shelf.open = self._shelf.open and not warm
        for device in self.devices:
            device.listen()
            device.second(now)
            if warm:
                self._perhaps_drop(device, moment)
        if warm:
            self._sample(now)

    def _sample(self, now: float) -> None:
        records, history, slack = self.all.records, self.all.history, 1000.0
        for screen in self.screens:
            stale = history.staleness(screen.applied, now)
            (records.stale if screen.connected else records.stale_away).append(stale)
            if screen.connected and monotonic() - (screen.welcomed_at or 0) > slack:
                records.clock_error.append(abs(screen.clock.now() - now))

    def _perhaps_drop(self, device: Device, moment: float) -> None:
        if device in self._away:
            if moment > self._away[device]:
                del self._away[device]
                device.start()
        elif device.connected and device.chance.random() < 1 / self.plan.drop_every:
            self._drop(device, moment)

    def _drop(self, device: Device, moment: float) -> None:
        kind = device.chance.random()
        self.all.records.counts["drops"] += 1
        if kind < DEAF:
            device.drop("deaf")
            return
        broke = kind < DEAF + CUT
        self._away[device] = moment + device.chance.uniform(0.02, 1) * self.plan.away
        device.leave("cut" if broke else "hang up")
        if broke and isinstance(device, Screen) and device.chance.random() < RESTARTS:
            device.restart()

    # -- storms --------------------------------------------------------------------------------------------------------

    def _storm(self) -> None:
        struck = {one for one in self.devices if one.connected}
        storm = Storm(self.elapsed, len(struck))
        self.all.records.storms.append(storm)
        self._storms.append((storm, struck, self.all.history.newest))
        at = self.began + storm.at
        for device in struck:
            device.on_back.append(lambda: storm.back.append(time.monotonic() - at))
            device.drop("cut")

    def _watch_storms(self) -> None:
        for storm, struck, newest in self._storms:
            after = self.elapsed - storm.at
            for device in [one for one in struck if one.connected and after > 0.1]:
                if not isinstance(device, Screen) or device.applied >= newest:
                    struck.discard(device)
                    storm.current.append(after)
        self._storms = [one for one in self._storms if one[1]]

    # -- around --------------------------------------------------------------------------------------------------------

    async def _change(self) -> None:
        await asyncio.sleep(self.plan.warm_up + 1)
        due = time.monotonic()
        while True:
            await self._changer.change()
            due = max(due + self.plan.change_every, time.monotonic())
            await asyncio.sleep(due - time.monotonic())

    async def _know_ranges(self) -> None:
        """What can be collected in each store: the first page of its range, as a tablet fetches it."""
        for store, token in self._askers.items():
            answer = await self.all.ask("GET", "/api/range?size=50", token=token)
            if answer is not None and answer.status_code == 200:
                self._ranges[store] += [item["id"] for item in answer.json()["items"]]

    async def _finish(self, tell: Callable[[], None]) -> None:
        """Bring everybody back, and send what waits: what is missing after that is lost."""
        for screen in self.screens:
            screen.stop()
        for tablet in self.tablets:
            tablet.finish()
        for device in self.devices:
            device.rouse()
        for device in self._away:
            device.start()
        self._away = {}
        left, until = self._left(), time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < until and left:
            now = self.all.truth.now()
            for device in self.devices:
                device.listen()
                device.second(now)
            self._watch_storms()
            for screen in self.screens:
                if screen.connected and screen.journal.waiting:
                    self.all.begin(screen.journal.upload())
            tell()
            await asyncio.sleep(1)
            if (now_left := self._left()) < left:
                left, until = now_left, time.monotonic() + PATIENCE_SECONDS

    def _left(self) -> int:
        """How much there is to wait for yet."""
        plays = sum(len(one.journal.waiting) for one in self.screens)
        behind = sum(one.applied < self.all.history.newest for one in self.screens)
        return plays + behind + sum(not one.settled for one in self.tablets) + len(self.devices) - self.connected

    def _go(self) -> None:
        for screen in self.screens:
            screen.stop()
        for device in self.devices:
            device.leave("hang up")
        for task in self.all.tasks:
            task.cancel()
