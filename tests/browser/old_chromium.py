"""Drives Chromium 65, the player's floor, by its debugging protocol: Playwright can't speak to an engine of 2018."""

import asyncio
import base64
import contextlib
import itertools
import json
import re
from pathlib import Path
from typing import Any

import aiohttp
from websockets.asyncio.client import ClientConnection, connect

from tests.browser.packed import CHROMIUM_65

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--hide-scrollbars",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-extensions",
)


class OldChromium:
    """One browser with one page and a profile that outlives it."""

    def __init__(self, profile: Path, *, width: int = 1280, height: int = 720) -> None:
        self._profile = profile
        self._size = (width, height)
        self._process: asyncio.subprocess.Process | None = None
        self._socket: ClientConnection | None = None
        self._numbers = itertools.count(1)
        self._answers: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._reader: asyncio.Task[None] | None = None
        self.problems: list[str] = []

    async def start(self) -> None:
        width, height = self._size
        self._profile.mkdir(parents=True, exist_ok=True)  # it keeps nothing in a folder that it would have to make
        self._process = await asyncio.create_subprocess_exec(
            str(CHROMIUM_65.binary),
            *FLAGS,
            f"--window-size={width},{height}",
            "--remote-debugging-port=0",
            f"--user-data-dir={self._profile}",
            "about:blank",
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )
        port = await asyncio.wait_for(self._port(), 20)
        page = await asyncio.wait_for(self._page(port), 20)
        # It hangs up when pinged.
        self._socket = await connect(page, max_size=None, compression=None, ping_interval=None, close_timeout=2)
        self._reader = asyncio.create_task(self._read())
        for domain in ("Page", "Runtime", "Log"):
            await self.call(f"{domain}.enable")
        await self.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False
        )

    async def goto(self, url: str) -> None:
        await self.call("Page.navigate", url=url)

    async def evaluate(self, script: str) -> Any:
        """The value of an expression, promises awaited."""
        answer = await self.call("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(json.dumps(answer["exceptionDetails"])[:2000])
        return answer["result"].get("value")

    async def screenshot(self) -> bytes:
        return base64.b64decode((await self.call("Page.captureScreenshot", format="png"))["data"])

    async def stop(self) -> None:
        """End the browser as a power cut would."""
        if self._reader:
            self._reader.cancel()
        if self._socket:
            await self._socket.close()
        if self._process and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()
        self._process = self._socket = self._reader = None

    async def call(self, method: str, **params: Any) -> dict[str, Any]:
        assert self._socket
        number = next(self._numbers)
        self._answers[number] = coming = asyncio.get_running_loop().create_future()
        await self._socket.send(json.dumps({"id": number, "method": method, "params": params}))
        answer = await asyncio.wait_for(coming, 30)
        if "error" in answer:
            raise RuntimeError(f"{method}: {answer['error']}")
        return answer["result"]

    async def _read(self) -> None:
        assert self._socket
        with contextlib.suppress(Exception):
            async for text in self._socket:
                message = json.loads(text)
                if "id" in message:
                    self._answers.pop(message["id"]).set_result(message)
                elif message.get("method") in ("Runtime.exceptionThrown", "Log.entryAdded"):
                    self.problems.append(json.dumps(message["params"])[:600])

    async def _port(self) -> int:
        assert self._process and self._process.stderr
        while line := await self._process.stderr.readline():
            if match := re.search(rb"DevTools listening on ws://[^:]+:(\d+)/", line):
                self._drain = asyncio.create_task(self._process.stderr.read())
                return int(match[1])
        raise RuntimeError("Chromium 65 ended before it listened")

    async def _page(self, port: int) -> str:
        async with aiohttp.ClientSession() as http:
            while True:
                async with http.get(f"http://127.0.0.1:{port}/json/list") as answer:
                    pages = [page for page in await answer.json(content_type=None) if page["type"] == "page"]
                if pages:
                    return pages[0]["webSocketDebuggerUrl"]
                await asyncio.sleep(0.05)
