"""How many sockets a server may hold."""

import io
import resource

from rich.console import Console

from server import serving


def test_a_server_takes_as_many_open_files_as_it_may_and_no_more_than_it_needs(monkeypatch):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(1024, hard), hard))
        monkeypatch.setattr(serving, "OPEN_FILES", 1500)
        assert serving.raise_open_files() == min(1500, hard)
        assert resource.getrlimit(resource.RLIMIT_NOFILE) == (min(1500, hard), hard)
        monkeypatch.setattr(serving, "OPEN_FILES", 1200)
        serving.raise_open_files()
        assert resource.getrlimit(resource.RLIMIT_NOFILE) == (min(1500, hard), hard)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_an_operator_is_told_where_a_process_may_open_few_files():
    for files, said in ((1024, "about 924 screens"), (8192, "")):
        out = Console(record=True, file=io.StringIO())
        serving._say_if_few(files, out)
        told = out.export_text()
        assert (said in told) if said else not told
