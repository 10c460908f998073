"""The `vitrine` command with other constants, so that a test need not wait for minutes, and with a clock that can be set.

python -m tests.faults.quick server.core.hub.BEAT_SECONDS=0.5 clock=FILE -- serve --port 8000

FILE says how many seconds ahead the clock is; whoever writes another number into it sets the clock. The monotonic clock
goes on as it did.
"""

import sys
from datetime import datetime, timedelta, tzinfo
from importlib import import_module
from pathlib import Path

from server.__main__ import main
from server.core import clock


def change(constant: str) -> None:
    """Give a constant of a module its value of this run; it must be there."""
    name, _, value = constant.partition("=")
    if name == "clock":
        clock.datetime = ahead_by(Path(value))  # type: ignore[misc]
        return
    module, _, attribute = name.rpartition(".")
    there = import_module(module)
    getattr(there, attribute)
    setattr(there, attribute, float(value))


def ahead_by(file: Path) -> type[datetime]:
    """A datetime whose present is as far ahead as a file says."""

    class Ahead(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            return datetime.now(tz) + timedelta(seconds=float(file.read_text()))

    return Ahead


if __name__ == "__main__":
    until = sys.argv.index("--")
    for one in sys.argv[1:until]:
        change(one)
    sys.argv[1 : until + 1] = []
    main()
