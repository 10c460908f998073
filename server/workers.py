"""Several processes behind one port: begun, watched, begun again when one ends, and replaced one by one at SIGHUP."""

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable
from multiprocessing.connection import wait
from weakref import WeakKeyDictionary, WeakSet

import structlog
import uvicorn
from uvicorn.supervisors.multiprocess import Multiprocess, Process

from server.core import metrics

log = structlog.get_logger()
BEGIN_SECONDS = 60
"""A new worker that does not serve within it has failed: at SIGHUP the old one stays."""
SILENCE_SECONDS = 60.0
"""A worker that does not answer for so long hangs, and is ended."""
GOODBYE_SECONDS = 20
LOOK_SECONDS = 0.2
"""Between two looks at the others while one is replaced."""
FIRST_WAIT, LONGEST_WAIT = 0.5, 15.0
SETTLED_SECONDS = 30


class Workers(Multiprocess):
    """uvicorn's supervisor, except that one worker's end is never the end of all: whatever it died of, it is begun again.

    One that ends over and over waits longer each time.
    """

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config, [config.bind_socket()])
        self._heard_at: WeakKeyDictionary[Process, float] = WeakKeyDictionary()
        self._asked: WeakSet[Process] = WeakSet()
        self._serving: WeakSet[Process] = WeakSet()
        """Those that have said that they serve."""
        self._replacing = False
        self._begun_at: dict[int, float] = {}
        self._waits: dict[int, float] = {}
        self._due: dict[int, float] = {}
        """When the worker in a place that is empty is to begin."""

    def keep_subprocess_alive(self) -> None:
        """Look at each worker once; called twice a second."""
        for place, process in enumerate(self.processes):
            if self._answers(process):
                self._due.pop(place, None)
            elif place not in self._due:
                self._bury(place, process)
            elif time.monotonic() >= self._due[place]:
                self._begin(place)

    def _answers(self, process: Process) -> bool:
        """Whether a worker lives, without waiting for it to say so."""
        heard_at = self._heard_at.setdefault(process, time.monotonic())
        try:
            if process.parent_conn.poll():
                if process.parent_conn.recv():
                    self._serving.add(process)
                self._asked.discard(process)
                self._heard_at[process] = heard_at = time.monotonic()
            if process not in self._asked:
                process.parent_conn.send(b"ping")
                self._asked.add(process)
        except (OSError, EOFError):
            return False
        return process.process.is_alive() and time.monotonic() - heard_at < SILENCE_SECONDS

    def _bury(self, place: int, process: Process) -> None:
        _kill(process)  # it may hang, and not be dead
        moment = time.monotonic()
        settled = moment - self._begun_at.get(place, 0.0) > SETTLED_SECONDS
        wait = FIRST_WAIT if settled else min(LONGEST_WAIT, 2 * self._waits.get(place, FIRST_WAIT / 2))
        self._waits[place], self._due[place] = wait, moment + wait
        log.warning("worker_ended", process=process.pid, code=process.exitcode, again_in_seconds=wait)

    def _begin(self, place: int) -> None:
        del self._due[place]
        self._begun_at[place] = time.monotonic()
        self.processes[place] = Process(self.config, self.sockets)
        self.processes[place].start()

    def handle_hup(self) -> None:
        """Replace them all, one by one; asked again meanwhile, once more after."""
        if self._replacing:
            self.signal_queue.append(signal.SIGHUP)
            return
        self._replacing = True
        try:
            self.restart_all()
        finally:
            self._replacing = False

    def restart_all(self) -> None:
        """Replace each worker once its successor serves; meanwhile the others are watched, and signals are obeyed."""
        place = 0
        while place < len(self.processes) and not self.should_exit.is_set() and self._replace(place):
            place += 1

    def _replace(self, place: int) -> bool:
        """False where its successor came to nothing: the old one stays."""
        new = Process(self.config, self.sockets)
        new.start()
        self._meanwhile(lambda: new in self._serving or not self._answers(new), BEGIN_SECONDS)
        if new not in self._serving or place >= len(self.processes):
            _kill(new)
            log.warning("worker_kept", place=place, failed=new.pid)
            return False
        self._due.pop(place, None)
        old, self.processes[place] = self.processes[place], new
        self._retire(old)
        return True

    def _meanwhile(self, done: Callable[[], bool], seconds: float) -> None:
        """Look after the others until it is done, the time is over, or all are to end."""
        deadline = time.monotonic() + seconds
        while not done() and time.monotonic() < deadline and not self.should_exit.wait(LOOK_SECONDS):
            self.handle_signals()
            self.keep_subprocess_alive()

    def _retire(self, process: Process) -> None:
        process.terminate()
        self._meanwhile(lambda: not process.process.is_alive(), GOODBYE_SECONDS)
        self._see_out([process], GOODBYE_SECONDS if self.should_exit.is_set() else 0.0)

    def handle_ttou(self) -> None:
        """One worker fewer, but never none."""
        if self.processes_num > 1:
            self.processes_num -= 1
            self._due.pop(self.processes_num, None)
            self._retire(self.processes.pop())

    def join_all(self) -> None:
        """Wait for the goodbyes of all, but not for ever."""
        self._see_out(self.processes, GOODBYE_SECONDS)

    def _see_out(self, processes: list[Process], seconds: float) -> None:
        deadline = time.monotonic() + seconds
        for process in processes:
            process.process.join(max(0.0, deadline - time.monotonic()))
            _kill(process)


def _kill(process: Process) -> None:
    """Have it gone, whatever it does."""
    process.kill()
    process.join()
    metrics.settle(process.pid)


def follow_parent() -> None:
    """End this process when the one that began it is gone: nobody would begin it again, and its port stays taken."""
    if parent := multiprocessing.parent_process():

        def watch() -> None:
            wait([parent.sentinel])
            os.kill(os.getpid(), signal.SIGTERM)
            time.sleep(GOODBYE_SECONDS)
            os._exit(1)

        threading.Thread(target=watch, name="parent", daemon=True).start()
