"""What came of a stream and was not taken in: counted for /metrics, and what of it was lost lately in words for people."""

import time
from collections import Counter, deque
from collections.abc import Mapping

from server.core import metrics

LATELY_SECONDS = 600
LOST = {
    "dropped": "{} that came faster than we judge",
    "failed": "{} that could not be stored",
    "unreadable": "{} that lacked what a card has to show",
    "garbage": "{} that made no sense",
}
NO_LOSS = ("duplicates", "foreign")
"""What came already, and what rules of another app let in."""


class Losses:
    """Remembers what a source had counted at moments of the last ten minutes."""

    def __init__(self, network: str) -> None:
        self._network = network
        self._past: deque[tuple[float, Mapping[str, int]]] = deque([(time.monotonic(), {})])

    def note(self, counts: Mapping[str, int]) -> str:
        """Take down what a source has counted since its start; what was lost of late in words, empty where nothing was."""
        for why in (*LOST, *NO_LOSS):
            new = counts.get(why, 0) - self._past[-1][1].get(why, 0)
            metrics.posts_left_out.labels(self._network, why).inc(new)
        self._past.append((time.monotonic(), dict(counts)))
        while self._past[-1][0] - self._past[0][0] > LATELY_SECONDS:
            self._past.popleft()
        lately = Counter(counts)
        lately.subtract(self._past[0][1])
        told = [words.format(f"{lately[why]:,}") for why, words in LOST.items() if lately[why] > 0]
        return f"Posts left out in the last ten minutes: {'; '.join(told)}." if told else ""
