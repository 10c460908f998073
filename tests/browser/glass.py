"""What a test may do with a screen, whatever the engine: open it, look at it, pull its plug."""

import asyncio
import io
import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Protocol

from PIL import Image
from playwright.async_api import BrowserContext, Page, Playwright

EXECUTABLE = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), "")
"""The Chromium of this machine; empty where there is none, and then these tests are skipped."""
# Without the second a driven browser says that it is one, and the page behind a code counts no robots.
SWITCHES = ["--no-sandbox", "--disable-blink-features=AutomationControlled"]


class Engine(Protocol):
    """A browser with one page, whose profile survives `stop`."""

    async def start(self) -> None: ...
    async def stop(self) -> None: ...
    async def goto(self, url: str) -> None: ...
    async def evaluate(self, script: str) -> Any: ...
    async def screenshot(self) -> bytes: ...


class Chromium:
    """Today's Chromium, by Playwright; `open_context` gives it a window, with what its last one has kept or without."""

    def __init__(self, open_context: Callable[[], Awaitable[BrowserContext]]) -> None:
        self._open_context = open_context
        self._context: BrowserContext | None = None
        self.problems: list[str] = []
        self.page: Page

    async def start(self) -> None:
        self._context = await self._open_context()
        self.page = self._context.pages[0] if self._context.pages else await self._context.new_page()
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))
        self.page.on("console", lambda message: self.problems.append(message.text) if message.type == "error" else None)

    async def stop(self) -> None:
        if self._context:
            await self._context.close()
        self._context = None

    async def goto(self, url: str) -> None:
        await self.page.goto(url)

    async def evaluate(self, script: str) -> Any:
        return await self.page.evaluate(script)

    async def screenshot(self) -> bytes:
        return await self.page.screenshot()


def profile(playwright: Playwright, folder: Path, **options: Any) -> Callable[[], Awaitable[BrowserContext]]:
    """Opens a browser process of its own, whose profile is found again in the folder; options as for a context."""
    return lambda: playwright.chromium.launch_persistent_context(
        str(folder), executable_path=EXECUTABLE, headless=True, args=SWITCHES, **options
    )


class Glass:
    """A screen under test."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    async def goto(self, url: str) -> None:
        await self.engine.goto(url)

    async def path(self) -> str:
        return str(await self.engine.evaluate("location.pathname"))

    async def shown(self) -> str | None:
        """The id of the spot on the glass; None for the slate."""
        script = "window.vitrine && window.vitrine.world().current ? window.vitrine.world().current.spot.id : null"
        return await self.engine.evaluate(script)

    async def shows(self, spot: str | None, *, within: float = 12) -> None:
        """Wait until a spot is on the glass."""
        await until(lambda: self._is(spot), within=within, what=f"{spot} on the glass", state=self.state)

    async def state(self) -> Any:
        script = (
            "window.vitrine ? {path: location.pathname, why: vitrine.explain(), trusted: vitrine.world().trusted,"
            " fresh: vitrine.world().fresh, shown: vitrine.world().current && vitrine.world().current.spot.id}"
            " : {path: location.pathname, text: document.body.innerText}"
        )
        return [await self.engine.evaluate(script), getattr(self.engine, "problems", [])[-5:]]

    async def controlled(self) -> None:
        """Wait until the page is kept on the device and would come back without a network."""
        script = (
            "Promise.resolve(navigator.serviceWorker && navigator.serviceWorker.controller ? caches.keys() : [])"
            ".then(n => n.some(k => k.indexOf('vitrine-shell-') === 0))"
        )
        await until(
            lambda: self.engine.evaluate(script), within=15, what="the page to be kept on the device", state=self.state
        )

    async def cached(self, digest: str) -> None:
        """Wait until a file is on the device."""
        script = f"caches.match('/media/{digest}').then(r => Boolean(r))"
        await until(
            lambda: self.engine.evaluate(script), within=15, what="a file to be on the device", state=self.state
        )

    async def picture(self) -> Image.Image:
        return Image.open(io.BytesIO(await self.engine.screenshot())).convert("RGB")

    async def colour(self, x: float = 0.5, y: float = 0.5) -> tuple[int, int, int]:
        """The colour at a place given in parts of width and height."""
        picture = await self.picture()
        return picture.getpixel((int(x * (picture.width - 1)), int(y * (picture.height - 1))))  # type: ignore[return-value]

    async def upload(self) -> None:
        await self.engine.evaluate("window.vitrine.upload()")

    async def restart(self) -> None:
        await self.engine.stop()
        await self.engine.start()

    async def _is(self, spot: str | None) -> bool:
        return await self.shown() == spot


async def until(
    check: Callable[[], Awaitable[Any] | Any],
    *,
    within: float = 10,
    what: str = "it",
    state: Callable[[], Awaitable[Any]] | None = None,
) -> Any:
    """Wait for a condition; what it takes is not judged, only that it comes before any reasonable end."""
    for _ in range(int(within / 0.05)):
        try:
            value = check()
            if asyncio.iscoroutine(value):
                value = await value
        except Exception as error:  # a page that is just being replaced can't answer
            value, last = None, error
        else:
            last = None
        if value:
            return value
        await asyncio.sleep(0.05)
    raise AssertionError(f"Waited {within} s for {what}: {last or (await state() if state else '')}")
