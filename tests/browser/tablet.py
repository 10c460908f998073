"""A tablet's page in a test: what a hand does on it, what a scanner types, and what anybody could read of it afterwards."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Page

from tests.browser.glass import until
from tests.shopping import Tablet

AXE = (Path(__file__).resolve().parents[2] / "node_modules/axe-core/axe.min.js").read_text()
EVERYTHING = Path(__file__).with_name("everything.js").read_text()
"""Reads all storage of an origin."""
LYING, UPRIGHT = {"width": 1024, "height": 768}, {"width": 768, "height": 1024}
"""The smallest glass that the house promises, both ways."""


class Glass:
    """A tablet's page, and what a hand does on it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.complaints: list[str] = []
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda said: self.complaints.append(said.text) if "Content Security" in said.text else None)

    async def adopt(self, address: str, tablet: Tablet) -> None:
        await self.page.goto(f"{address}/kiosk/adopt#{tablet.id}.{tablet.token}")
        await self.page.locator(".begin").wait_for()

    async def begin(self) -> None:
        await self.page.locator(".begin").click()
        await self.page.locator(".tile-open").first.wait_for()

    async def touch(self, name: str, *, exact: bool = False) -> None:
        await self.page.get_by_role("button", name=name, exact=exact).first.click()

    async def scan(self, code: str) -> None:
        """As a scanner types: a key every 8 ms by the events' own time, whenever this busy machine gets round to them."""
        keyboard, began = await self.page.context.new_cdp_session(self.page), time.time()
        keys = [(key, key) for key in code] + [("Enter", "\r")]
        strokes = (
            {"type": "keyDown", "key": key, "text": text, "timestamp": began + index * 0.008}
            for index, (key, text) in enumerate(keys)
        )
        await asyncio.gather(*(keyboard.send("Input.dispatchKeyEvent", stroke) for stroke in strokes))
        await keyboard.detach()

    async def count(self, number: int) -> None:
        await until(
            lambda: self._counts(number), what=f"{number} in the bag", state=self.page.locator("body").inner_text
        )

    async def _counts(self, number: int) -> bool:
        return await self.page.locator(".holder-count").inner_text() == str(number)

    async def sees(self, words: str) -> None:
        await self.page.get_by_text(words).first.wait_for(timeout=10_000)

    async def storage(self) -> str:
        """Everything that anybody with the tablet in hand could read."""
        cookies = await self.page.context.cookies()
        return json.dumps([await self.page.evaluate(EVERYTHING), cookies, await self.page.content()])

    async def boxes(self) -> int:
        found = await self.page.evaluate(EVERYTHING)
        return sum(len(one["boxes"]) for name, one in found["databases"].items() if name.startswith("vitrine-sealed"))

    async def kept(self) -> None:
        """Wait until the page and the range would come back without a network."""
        script = "caches.keys().then(n => Boolean(navigator.serviceWorker.controller) && n.some(k => k.startsWith('vitrine-kiosk-shell-')))"
        await until(lambda: self.page.evaluate(script), within=20, what="the app to be kept")

    async def accessible(self, where: str) -> None:
        """No rule of WCAG 2.2 AA that axe knows is broken."""
        tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
        script = f"axe.run({{runOnly: {tags}}}).then(r => r.violations.map(v => [v.id, v.nodes.map(n => n.html.slice(0, 200))]))"
        assert await self.page.evaluate(script) == [], where


@asynccontextmanager
async def opened(browser: Browser, **options: Any) -> AsyncIterator[Glass]:
    """A fresh browser of a tablet's size, that wants no motion; fails at the end if its page has complained of anything."""
    own = {"viewport": LYING, "has_touch": True, "reduced_motion": "reduce"} | options
    made = Glass(await (await browser.new_context(**own)).new_page())
    yield made
    assert made.complaints == []
