"""A network of a test's own: a namespace with one wire to it, on which every packet can be lost without a word."""

import subprocess
from collections.abc import Sequence

OURS, THEIRS = "02:00:00:00:76:01", "02:00:00:00:76:02"
NOBODY = "02:00:00:00:76:ff"


class Network:
    """There while the block lasts. Raises PermissionError where it may not be made.

    Packets are lost by a wrong neighbour: both ends go on sending to a card that is not there. Nothing is refused and
    nothing is reset, as on a cable that was pulled two switches away.
    """

    def __init__(self, number: int) -> None:
        self.name = f"vitrine-{number}"
        self.address, self._their = f"10.213.{number % 256}.1", f"10.213.{number % 256}.2"
        self._card, self._their_card = f"vt{number}a", f"vt{number}b"

    def __enter__(self) -> "Network":
        try:
            self._make()
        except (OSError, subprocess.CalledProcessError) as error:
            self._remove()
            raise PermissionError(getattr(error, "stderr", "") or str(error)) from None
        return self

    def __exit__(self, *_: object) -> None:
        self._remove()

    def inside(self, *command: str) -> Sequence[str]:
        """A command as it runs at the other end of the wire."""
        return ("ip", "netns", "exec", self.name, *command)

    def cut(self) -> None:
        """Lose every packet from now on, both ways."""
        self._neighbours(NOBODY, NOBODY)

    def mend(self) -> None:
        """Carry packets again."""
        self._neighbours(OURS, THEIRS)

    def _make(self) -> None:
        _ip("netns", "add", self.name)
        _ip("link", "add", self._card, "address", OURS, "type", "veth",
            "peer", "name", self._their_card, "address", THEIRS, "netns", self.name)  # fmt: skip
        for where, card, address in (
            ((), self._card, self.address),
            (("-n", self.name), self._their_card, self._their),
        ):
            _ip(*where, "address", "add", f"{address}/30", "dev", card)
            _ip(*where, "link", "set", card, "up")
        self.mend()

    def _neighbours(self, ours: str, theirs: str) -> None:
        _ip("neighbour", "replace", self._their, "lladdr", theirs, "dev", self._card, "nud", "permanent")
        _ip("-n", self.name, "neighbour", "replace", self.address, "lladdr", ours, "dev", self._their_card,
            "nud", "permanent")  # fmt: skip

    def _remove(self) -> None:
        for asked in (("link", "delete", self._card), ("netns", "delete", self.name)):
            subprocess.run(["ip", *asked], capture_output=True, check=False)


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], capture_output=True, check=True, text=True)
