"""A screen's proof of play: written down before it is told, and told until the server has it (docs/protocol.md, section 7)."""

import uuid
from datetime import UTC, datetime
from typing import Any

from server.simulation.backoff import backoff
from server.simulation.clock import monotonic
from server.simulation.device import Device
from server.simulation.loop import Spot

BATCH = 200


class Journal:
    """The plays of one screen. It outlives lost lines and restarts, as one on a disk does."""

    def __init__(self, device: Device) -> None:
        self._device = device
        self._seq = 0
        self._open: tuple[dict[str, Any], float] | None = None
        self._failures = 0
        self._sending = False
        self._not_before = 0.0
        self.waiting: list[dict[str, Any]] = []
        self.written: list[str] = []
        """The ids of all plays that have ended, in order."""

    def begin(self, spot: Spot) -> None:
        """A spot went up."""
        self._seq += 1
        clock = self._device.clock
        play = {
            "id": str(uuid.UUID(int=self._device.chance.getrandbits(128), version=4)), "seq": self._seq, "spot": spot.id,
            "card": spot.card, "campaign": spot.campaign, "started_at": _iso(clock.now()), "offset_ms": clock.offset(),
        }  # fmt: skip
        self._open = (play, monotonic())

    def end(self, reason: str | None) -> None:
        """It went down: complete, or for a reason."""
        if self._open is None:
            return
        play, since = self._open
        self._open = None
        lasted = round(monotonic() - since)
        began = datetime.fromisoformat(play["started_at"]).timestamp() * 1000
        result = "partial" if reason else "completed"
        play |= {"duration_ms": lasted, "ended_at": _iso(began + lasted), "result": result, "reason": reason}
        self.waiting.append(play)
        self.written.append(play["id"])

    async def upload(self) -> None:
        """Send what waits, oldest first, until nothing does or the server cannot take it."""
        if self._sending or monotonic() < self._not_before:
            return
        self._sending = True
        try:
            while self.waiting and await self._tell(self.waiting[:BATCH]):
                pass
        finally:
            self._sending = False

    async def _tell(self, plays: list[dict[str, Any]]) -> bool:
        await self._device.patience()
        all = self._device.all
        answer = await all.ask("POST", "/api/plays", token=self._device.token, json={"plays": plays})
        all.records.counts["batches of plays sent"] += 1
        if answer is None or answer.status_code != 200:
            self._failures += 1
            self._not_before = monotonic() + 1000 * backoff(self._failures, self._device.chance, base=1, cap=120)
            return False
        self._failures = 0
        accepted = set(answer.json()["accepted"])
        self.waiting = [play for play in self.waiting if play["id"] not in accepted]
        return bool(accepted)


def _iso(milliseconds: float) -> str:
    return datetime.fromtimestamp(milliseconds / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
