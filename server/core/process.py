"""The name of this process among all that serve an installation: in leases, and beside its connections in PostgreSQL."""

import os
import secrets
import socket
from functools import lru_cache


def name() -> str:
    """Machine, process and a random part, since process ids come again; 32 characters at most."""
    return _name(os.getpid())


@lru_cache(maxsize=1)
def _name(pid: int) -> str:
    machine = socket.gethostname().partition(".")[0][-14:]
    return f"{machine} {pid} {secrets.token_hex(4)}"
