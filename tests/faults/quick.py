"""The `vitrine` command with other constants, so that a test need not wait for minutes.

python -m tests.faults.quick server.core.hub.BEAT_SECONDS=0.5 -- serve --port 8000
"""

import sys
from importlib import import_module

from server.__main__ import main


def change(constant: str) -> None:
    """Give a constant of a module its value of this run; it must be there."""
    name, _, value = constant.partition("=")
    module, _, attribute = name.rpartition(".")
    there = import_module(module)
    getattr(there, attribute)
    setattr(there, attribute, float(value))


if __name__ == "__main__":
    until = sys.argv.index("--")
    for one in sys.argv[1:until]:
        change(one)
    sys.argv[1 : until + 1] = []
    main()
