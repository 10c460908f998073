"""What a process holds and does not need goes back to the system."""

import os
import sys
from pathlib import Path

import pytest

from server.core import garbage

MIB = 1024 * 1024


def resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.skipif(sys.platform != "linux", reason="Elsewhere the system's allocator does as it likes.")
def test_the_holes_that_a_storm_leaves_are_given_back() -> None:
    storm = [bytes(1000) for _ in range(80_000)]
    stay = storm[::100]
    high = resident()
    storm.clear()
    garbage.give_back()
    assert resident() < high - 40 * MIB and len(stay) == 800
