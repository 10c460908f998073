"""How far X was heard: the id up to which nothing is missing, from which a search after an outage goes on."""


class Mark:
    """The newest post that was handed on; while older ones are being fetched, where the gap in front of them begins."""

    def __init__(self) -> None:
        self._newest = ""
        self._gap_from = ""
        self._gap = 0

    @property
    def id(self) -> str:
        """Every post up to here was handed on, as far as X ever told of it. Empty: nobody has listened yet."""
        return self._gap_from or self._newest

    def begin(self, post_id: str) -> None:
        """Nothing before this id was asked for."""
        self._newest = post_id

    def handed_on(self, post_id: str) -> None:
        """A post is where it belongs; in whatever order they come."""
        self._newest = max(self._newest, post_id, key=lambda i: int(i or 0))

    def open(self) -> int:
        """Something may be missing from here on, whatever comes meanwhile. Returns what closes the gap."""
        self._gap_from, self._gap = self.id, self._gap + 1
        return self._gap

    def close(self, gap: int) -> None:
        """All that was missing was handed on; unless another gap was opened since, which begins as early."""
        if gap == self._gap:
            self._gap_from = ""
