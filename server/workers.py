"""Several processes behind one port: begun, watched, begun again when one ends, and replaced one by one at SIGHUP."""

import multiprocessing
import os
import signal
import threading
import time
from multiprocessing.connection import wait
from weakref import WeakKeyDictionary, WeakSet

import structlog
import uvicorn
from uvicorn.supervisors.multiprocess import Multiprocess, Process

log = structlog.get_logger()
BEGIN_SECONDS = 60
"""A new worker that does not serve within it has failed: at SIGHUP the old one stays."""
SILENCE_SECONDS = 60.0
"""A worker that does not answer for so long hangs, and is ended."""
GOODBYE_SECONDS = 20
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
                process.parent_conn.recv()
                self._asked.discard(process)
                self._heard_at[process] = heard_at = time.monotonic()
            if process not in self._asked:
                process.parent_conn.send(b"ping")
                self._asked.add(process)
        except (OSError, EOFError):
            return False
        return process.process.is_alive() and time.monotonic() - heard_at < SILENCE_SECONDS

    def _bury(self, place: int, process: Process) -> None:
        process.kill()  # it may hang, and not be dead
        process.join()
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

    def join_all(self) -> None:
        """Wait for the goodbyes of all, but not for ever."""
        deadline = time.monotonic() + GOODBYE_SECONDS
        for process in self.processes:
            process.process.join(max(0.0, deadline - time.monotonic()))
            if process.process.is_alive():
                process.kill()
                process.join()


def follow_parent() -> None:
    """End this process when the one that began it is gone: nobody would begin it again, and its port stays taken."""
    if parent := multiprocessing.parent_process():

        def watch() -> None:
            wait([parent.sentinel])
            os.kill(os.getpid(), signal.SIGTERM)
            time.sleep(GOODBYE_SECONDS)
            os._exit(1)

        threading.Thread(target=watch, name="parent", daemon=True).start()
