"""Work that very many ask for at the same moment, such as all screens after a restart: a few tasks do it, many pieces at a time."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from contextvars import Context
from typing import Generic, TypeVar

Piece = TypeVar("Piece")


class Lane(Generic[Piece]):
    """A queue in order of arrival, and the tasks that take from it; there are none while nothing waits."""

    def __init__(self, do: Callable[[list[Piece]], Awaitable[None]], *, tasks: int, at_once: int) -> None:
        """`do` takes at most `at_once` pieces, and must not raise."""
        self._do, self._most, self._at_once = do, tasks, at_once
        self._waiting: deque[Piece] = deque()
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def idle(self) -> bool:
        """Whether nothing waits and nothing is being done."""
        return not self._tasks

    def add(self, piece: Piece) -> None:
        """Have it done in its turn."""
        self._waiting.append(piece)
        if len(self._tasks) < self._most:
            # In nobody's name: what it does is not only for who happened to come first.
            task = asyncio.get_running_loop().create_task(self._work(), context=Context())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    def stop(self) -> None:
        """Let go of all that waits."""
        self._waiting.clear()
        for task in list(self._tasks):
            task.cancel()

    async def _work(self) -> None:
        while self._waiting:
            count = min(len(self._waiting), self._at_once)
            await self._do([self._waiting.popleft() for _ in range(count)])
