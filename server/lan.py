"""Which address of this machine the phones on its own network reach. Nothing is sent to find out."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import ip_address

import segno

from server.core.errors import Misconfigured


@dataclass(frozen=True)
class Chosen:
    """The address that is told to phones, and those that could have been as well."""

    address: str
    others: tuple[str, ...]

    def origin(self, port: int) -> str:
        """What phones open, with TLS."""
        host = f"[{self.address}]" if ":" in self.address else self.address
        return f"https://{host}:{port}"

    @property
    def words(self) -> str:
        """Which address was chosen of several; empty where there was nothing to choose."""
        if not self.others:
            return ""
        return (
            f"This machine has several addresses: phones are told {self.address}, that of the way out. If they are on the network "
            f"of another ({', '.join(self.others)}), set VITRINE_PUBLIC_URL to https:// with that one and the port."
        )


def choose(addresses: Sequence[str]) -> Chosen:
    """The first of a machine's addresses, which is that of its default route; IPv4 before IPv6, since every phone has it.

    Raises Misconfigured where there is none but its own.
    """
    usable = [one for one in addresses if not ip_address(one).is_loopback]
    if not usable:
        raise Misconfigured(
            "This machine is on no network, so no phone could reach it. Join one (or let a phone make one), then try again; "
            "without LAN=1 the demo runs for this machine alone."
        )
    version = min(ip_address(one).version for one in usable)
    first, *others = [one for one in usable if ip_address(one).version == version]
    return Chosen(first, tuple(others))


def drawn(text: str) -> str:
    """A code for a phone's camera, in characters of a terminal."""
    out = io.StringIO()
    segno.make(text, error="l", micro=False).terminal(out, compact=True, border=2)
    return out.getvalue()
