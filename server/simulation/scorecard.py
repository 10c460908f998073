"""Judges a run: what was measured, in the figures that an operator decides by. Pure."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import asdict, dataclass, field
from typing import Any

from server.simulation.plan import Plan
from server.simulation.records import Records, Server, Storm

LATE_MS = 100.0
"""A simulation that is itself this late in one of twenty looks measures itself as well as the server."""
BUSY = 0.9
"""As one that has this much of its one core to do."""
FLAT = 0.05
EDGE_SECONDS = 60
FILL_SECONDS = 120
"""How long a server's caches fill once all are there: from then on it has to be flat. Of a short run the first half."""


@dataclass(frozen=True)
class Spread:
    """Milliseconds of a series; all None where there is none."""

    count: int
    p50: float | None = None
    p95: float | None = None
    p99: float | None = None
    most: float | None = None


@dataclass(frozen=True)
class Memory:
    """Resident bytes of one process of the server: half of a minute's readings were below `first`, of the last below `last`."""

    since: float
    """Second of the run with which the minute of `first` begins."""
    first: float
    last: float
    most: float
    growth: float
    """Of the first, e.g. 0.05."""
    cpu: float
    """Share of a core that it used."""
    readings: list[list[float]]
    """[second of the run, bytes, sockets, seconds of CPU]"""

    @property
    def flat(self) -> bool:
        """Whether it ended within five percent of where it began."""
        return self.growth <= FLAT


@dataclass(frozen=True)
class Tallied:
    """What devices did, and what of it the server has."""

    done: int
    lost: int
    doubled: int
    unsent: int = 0
    """What devices still had in the end: late, and not lost."""
    unexpected: int = 0
    """What the server has and no device knows of."""


@dataclass(frozen=True)
class Scorecard:
    """All of it. Times are milliseconds, unless they say otherwise."""

    screens: int
    tablets: int
    seconds: float
    changes: int
    delivered: Spread
    applied: Spread
    applied_with_media: Spread
    delivered_slow: Spread
    tapped: Spread
    media: Spread
    stale: Spread
    stale_away: Spread
    clock_error: Spread
    outdated: int
    """Screens that did not have the newest version in the end."""
    plays: Tallied
    operations: Tallied
    storms: list[dict[str, Any]]
    memory: dict[str, Memory]
    memory_trouble: str
    refused: dict[str, int]
    errors: dict[str, int]
    counts: dict[str, int]
    own_lag: Spread
    own_cpu: float
    """Share of one core that the simulation itself used."""
    warnings: list[str] = field(default_factory=list)

    @property
    def truthful(self) -> bool:
        """Whether the simulation was fast enough itself for its figures to be the server's."""
        return (self.own_lag.p95 or 0) <= LATE_MS and self.own_cpu <= BUSY

    def plain(self) -> dict[str, Any]:
        """As values for JSON."""
        flat = {key: one.flat for key, one in self.memory.items()}
        return {**asdict(self), "truthful": self.truthful, "memory_flat": flat}


def spread(series: Sequence[float]) -> Spread:
    """Where the half, nineteen of twenty, and ninety-nine of a hundred of a series lie."""
    ordered = sorted(series)
    if not ordered:
        return Spread(0)
    return Spread(len(ordered), *(round(_at(ordered, share), 1) for share in (0.5, 0.95, 0.99, 1.0)))


def _at(ordered: Sequence[float], share: float) -> float:
    """The smallest value that so large a share of them does not exceed."""
    return ordered[max(0, -int(-share * len(ordered) // 1) - 1)]


def plays(
    written: Mapping[str, Sequence[str]], waiting: Mapping[str, Set[str]], kept: Mapping[str, Set[str]], again: int
) -> Tallied:
    """Plays by screen as they were written down, and those that still wait there, against those that the server kept."""
    nothing: Set[str] = frozenset()
    missing = {screen: set(ids) - kept.get(screen, nothing) for screen, ids in written.items()}
    unsent = sum(len(ids & waiting.get(screen, nothing)) for screen, ids in missing.items())
    unknown = sum(len(ids - set(written.get(screen, ()))) for screen, ids in kept.items())
    return Tallied(sum(map(len, written.values())), sum(map(len, missing.values())) - unsent, again, unsent, unknown)


def operations(
    done: Set[str],
    acknowledged: Set[str],
    kept: Set[str],
    expected: Mapping[str, Set[str]],
    holding: Mapping[str, Set[str]],
) -> Tallied:
    """Operations that were made and acknowledged, and what bags should hold of what came, against what the server has.

    Lost: acknowledged and not there, or an add that its bag lacks. Doubled: an add that a bag holds though it was removed.
    """
    missing = sum(len(adds - holding.get(bag, frozenset())) for bag, adds in expected.items())
    returned = sum(len(adds - expected.get(bag, frozenset())) for bag, adds in holding.items())
    unsent = len(done - acknowledged - kept)
    return Tallied(len(done), len(acknowledged - kept) + missing, returned, unsent, len(kept - done))


def memory(server: Server, *, after: float, until: float) -> Memory | None:
    """How one process's memory went from the minute in which its caches were full to the last; None for too few readings.

    `after`: when all were there.
    """
    after = min(after + FILL_SECONDS, (after + until) / 2)
    during = [one for one in server.readings if after <= one.at <= until]
    if len(during) < 2:
        return None
    start, end = during[0], during[-1]
    edge = min(EDGE_SECONDS, (end.at - start.at) / 3)
    first = _median([one.size for one in during if one.at <= start.at + edge])
    last = _median([one.size for one in during if one.at >= end.at - edge])
    return Memory(
        start.at, first, last, max(one.size for one in during), growth=round((last - first) / first, 4),
        cpu=round((end.cpu - start.cpu) / (end.at - start.at), 3), readings=[list(map(float, one)) for one in server.readings],
    )  # fmt: skip


def _median(series: Sequence[float]) -> float:
    return sorted(series)[len(series) // 2]


def storm(one: Storm) -> dict[str, Any]:
    """Seconds until half, nineteen of twenty and all were back, and until all showed what is newest."""
    back, current = sorted(one.back), sorted(one.current)
    return {
        "at": round(one.at), "devices": one.devices, "back": len(back), "current": len(current),
        "back_p50": round(_at(back, 0.5), 2) if back else None, "back_p95": round(_at(back, 0.95), 2) if back else None,
        "back_last": round(back[-1], 2) if back else None, "current_p95": round(_at(current, 0.95), 2) if current else None,
        "current_last": round(current[-1], 2) if current else None,
    }  # fmt: skip


def judge(
    plan: Plan, records: Records, *, plays: Tallied, operations: Tallied, outdated: int, present: tuple[int, int]
) -> Scorecard:
    """The scorecard of a run; `present`: how many screens and tablets there were."""
    warm = plan.warm_up + 5
    processes = {
        key: found for key, one in records.servers.items() if (found := memory(one, after=warm, until=records.seconds))
    }
    card = Scorecard(
        screens=present[0], tablets=present[1], seconds=round(records.seconds, 1),
        changes=records.counts["changes of order"] + records.counts["changes of words"],
        delivered=spread(records.delivered), applied=spread(records.applied),
        applied_with_media=spread(records.applied_with_media), delivered_slow=spread(records.delivered_slow),
        tapped=spread(records.tapped), media=spread(records.media), stale=spread(records.stale),
        stale_away=spread(records.stale_away), clock_error=spread(records.clock_error), outdated=outdated, plays=plays,
        operations=operations, storms=[storm(one) for one in records.storms], memory=processes,
        memory_trouble="" if processes else records.memory_trouble or "the run was too short",
        refused=dict(records.refused), errors=dict(records.errors), counts=dict(records.counts),
        own_lag=spread(records.lag), own_cpu=round(records.cpu_seconds / max(records.seconds, 0.001), 3),
    )  # fmt: skip
    card.warnings.extend(_warnings(card))
    return card


def _warnings(card: Scorecard) -> list[str]:
    found = []
    if not card.truthful:
        found.append(
            f"The simulation itself was late by up to {card.own_lag.p95:.0f} ms (p95) and used {card.own_cpu:.0%} of a core: "
            "its times say as much of itself as of the server. Take fewer devices, or another machine of your own."
        )
    if card.tablets and not card.counts.get("visits"):
        found.append(
            "No visit began on the tablets, so nothing was collected: their stores have no products. Run: vitrine import products "
            "FILE, then try again, for a minute or more."
        )
    if not card.changes:
        found.append("No change could be made, so nothing was delivered.")
    return found
