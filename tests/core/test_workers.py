"""What the parent of several workers does while it replaces them; with real processes in tests/faults/test_workers.py."""

import signal
from multiprocessing import Pipe
from types import SimpleNamespace
from typing import Any

import pytest

from server import workers
from server.workers import Workers


class Worker:
    """A process as the parent knows it: serves at once, and never ends by being told to."""

    made: list["Worker"]

    def __init__(self, config: Any, sockets: Any) -> None:
        self.parent_conn, self._own = Pipe()
        self.process, self.exitcode, self.pid = self, -9, 100_000_000 + len(self.made)
        self.alive = self.told = self.killed = False
        self.once_begun, self.once_told = (lambda: None), (lambda: None)
        self.made.append(self)

    def start(self) -> None:
        self.alive = True
        self._own.send(True)
        if len(self.made) > 3:
            self.made[0].once_begun()

    def is_alive(self) -> bool:
        return self.alive

    def terminate(self) -> None:
        self.told = True
        self.once_told()

    def kill(self) -> None:
        self.killed, self.alive = self.alive, False

    def join(self, timeout: float | None = None) -> None:
        assert timeout is not None or not self.alive, "who waits without a bound looks after nobody"


@pytest.fixture
def pair(monkeypatch: pytest.MonkeyPatch) -> Workers:
    """A parent with two workers that do not end when they are told to."""
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    monkeypatch.setattr(Worker, "made", [], raising=False)
    for name, value in {"Process": Worker, "GOODBYE_SECONDS": 0.1, "LOOK_SECONDS": 0.01, "FIRST_WAIT": 0.0}.items():
        monkeypatch.setattr(workers, name, value)
    made = Workers(SimpleNamespace(workers=2, bind_socket=lambda: None))  # type: ignore[arg-type]
    for _ in range(2):
        made.processes.append(Worker(None, None))  # type: ignore[arg-type]
        made.processes[-1].start()
    return made


def test_workers_that_hang_are_replaced_all_the_same(pair: Workers) -> None:
    pair.signal_queue.append(signal.SIGHUP)
    pair.handle_signals()
    assert [one.killed for one in Worker.made] == [True, True, False, False]
    assert pair.processes == Worker.made[2:] and not pair.signal_queue
    pair.handle_ttou()
    pair.handle_ttou()
    assert pair.processes == Worker.made[2:3] and Worker.made[3].killed


def test_while_one_says_goodbye_the_others_are_begun_again_and_the_end_is_obeyed(
    pair: Workers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "GOODBYE_SECONDS", 60)
    first, second = Worker.made
    first.once_told = second.kill
    first.once_begun = lambda: pair.signal_queue.extend((signal.SIGHUP, signal.SIGTERM))
    pair.handle_hup()
    assert pair.processes == Worker.made[2:4] and all(one.alive for one in pair.processes)
    assert pair.should_exit.is_set() and pair.signal_queue == [signal.SIGHUP]
