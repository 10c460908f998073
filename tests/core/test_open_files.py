"""How many sockets a server may hold."""

import resource

from server import serving


def test_a_server_takes_as_many_open_files_as_it_may_and_no_more_than_it_needs(monkeypatch):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(1024, hard), hard))
        monkeypatch.setattr(serving, "OPEN_FILES", 1500)
        serving.raise_open_files()
        assert resource.getrlimit(resource.RLIMIT_NOFILE) == (min(1500, hard), hard)
        monkeypatch.setattr(serving, "OPEN_FILES", 1200)
        serving.raise_open_files()
        assert resource.getrlimit(resource.RLIMIT_NOFILE) == (min(1500, hard), hard)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
