"""Plays a scenario on the replica's network, at its own pace or any other."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from social.rehearsal.scenario import Scenario, Step
from social.rehearsal.stream import Stream
from social.rehearsal.world import Revision, World

log = structlog.get_logger(__name__)


class Player:
    """One who makes happen what a scenario says. `publish` sends a revision to those who listen for it."""

    def __init__(
        self,
        world: World,
        stream: Stream,
        publish: Callable[[Revision], None],
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._world, self._stream, self._publish, self._sleep = world, stream, publish, sleep

    async def play(self, scenario: Scenario, *, speed: float = 1, loop: bool = False) -> None:
        """Play it through, `speed` times as fast (infinity: without waiting); in a loop until cancelled."""
        while True:
            log.info("rehearsal.playing", title=scenario.title, steps=len(scenario.steps), speed=speed)
            for step in scenario.steps:
                await self._sleep(step.after / speed)
                try:
                    self.do(step)
                except Exception as error:  # one wrong line must not end an evening's play
                    log.error("rehearsal.step_failed", line=step.line, error=repr(error))
            if not loop:
                return
            # A scenario without waits must not take the whole machine.
            await self._sleep(max(1.0, 4 / speed))

    def do(self, step: Step) -> None:
        """Make one step happen."""
        what = step.what
        if step.kind == "author":
            self._world.introduce(**what)
        elif step.kind == "post":
            self._publish(self._world.post(what))
        elif step.kind == "edit":
            if revision := self._world.edit(what["key"], what["text"]):
                self._publish(revision)
        elif step.kind == "misbehave":
            self._stream.misbehave(what["how"], **{key: value for key, value in what.items() if key != "how"})
        else:
            self._remove(step)

    def _remove(self, step: Step) -> None:
        if step.kind == "delete":
            self._world.delete(step.what)
        elif step.kind == "withhold":
            self._world.withhold(step.what["key"], step.what["countries"])
        elif person := self._world.people.get(step.what):
            setattr(person, {"protect": "protected", "suspend": "suspended"}[step.kind], True)
