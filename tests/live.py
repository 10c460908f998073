"""A client of the live protocol for tests: what a screen's browser does, without the browser."""

import asyncio
import json
from types import TracebackType
from typing import Any

from websockets.asyncio.client import ClientConnection, connect


class Live:
    """One socket; messages are read as they come, the newest document of each topic is kept."""

    def __init__(
        self, address: str, *, token: str = "", have: dict[str, Any] | None = None, caller: str = "", **options: Any
    ) -> None:
        self._address, self._hello = address, {"type": "hello", "token": token, "as": caller, "have": have or {}}
        self._options = options
        self.documents: dict[str, Any] = {}
        self.versions: dict[str, list[Any]] = {}
        self.messages: list[dict[str, Any]] = []
        self._changed = asyncio.Condition()

    async def __aenter__(self) -> "Live":
        self.socket: ClientConnection = await connect(self._address, **self._options)
        await self.send(**self._hello)
        self._task = asyncio.create_task(self._read())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._task.cancel()
        await self.socket.close()

    async def send(self, **message: Any) -> None:
        """Say something."""
        await self.socket.send(json.dumps(message))

    async def until(self, condition: Any, *, seconds: float = 10) -> Any:
        """Wait until `condition(self)` is true; fails when it has not become so after a generous while."""
        async with asyncio.timeout(seconds), self._changed:
            while not (found := condition(self)):
                await self._changed.wait()
            return found

    async def document(self, name: str, condition: Any = lambda document: True) -> Any:
        """Wait for a document of a topic that `condition` accepts."""
        return await self.until(
            lambda live: name in live.documents and condition(live.documents[name]) and live.documents[name]
        )

    async def closed(self) -> int:
        """Wait for the server to close; the close code."""
        await asyncio.wait_for(self.socket.wait_closed(), 10)
        return self.socket.close_code or 0

    async def _read(self) -> None:
        async for text in self.socket:
            message = json.loads(text)
            async with self._changed:
                self.messages.append(message)
                if message["type"] == "topic":
                    self.documents[message["topic"]], self.versions[message["topic"]] = (
                        message["doc"],
                        message["version"],
                    )
                self._changed.notify_all()
