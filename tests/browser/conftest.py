"""Browsers, and a server on a cable that can be cut. Every player story runs on today's Chromium and on Chromium 65."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from playwright.async_api import Playwright, async_playwright

from tests.browser.glass import EXECUTABLE, Chromium, Engine, Glass
from tests.browser.old_chromium import OldChromium, binary
from tests.browser.standin import Standin
from tests.browser.wire import Wire

NewGlass = Callable[..., Awaitable[Glass]]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Say in words that what needs a browser is skipped where there is none."""
    if not EXECUTABLE:
        here = Path(__file__).parent
        for item in items:
            if here in item.path.parents:
                item.add_marker(pytest.mark.skip(reason="Chromium is not installed (Debian: apt install chromium)"))


@pytest.fixture
async def server() -> AsyncIterator[Standin]:
    standin = Standin()
    await standin.start()
    yield standin
    await standin.stop()


@pytest.fixture
async def wire(server: Standin) -> AsyncIterator[Wire]:
    """The cable between browser and server; its address is the one to open."""
    cable = Wire(server.port)
    await cable.join()
    yield cable
    await cable.cut()


@pytest.fixture
async def playwright() -> AsyncIterator[Playwright]:
    async with async_playwright() as running:
        yield running


@pytest.fixture
async def chromium(playwright: Playwright, tmp_path: Path) -> AsyncIterator[NewGlass]:
    """Makes screens on today's Chromium; each call is a browser with a profile of its own."""
    engines: list[Engine] = []

    async def make(*, width: int = 1280, height: int = 720) -> Glass:
        engine = Chromium(playwright, tmp_path / f"profile{len(engines)}", width=width, height=height)
        engines.append(engine)
        await engine.start()
        return Glass(engine)

    yield make
    for engine in engines:
        await engine.stop()


@pytest.fixture
async def chromium65(tmp_path: Path) -> AsyncIterator[NewGlass]:
    """Makes screens on Chromium 65."""
    if binary() is None:
        pytest.skip(
            "Chromium 65 comes with npm's chrome-aws-lambda, and needs Node.js to be unpacked (make test brings both)"
        )
    engines: list[Engine] = []

    async def make(*, width: int = 1280, height: int = 720) -> Glass:
        engine = OldChromium(tmp_path / f"old{len(engines)}", width=width, height=height)
        engines.append(engine)
        await engine.start()
        return Glass(engine)

    yield make
    for engine in engines:
        await engine.stop()


@pytest.fixture(params=["chromium", "chromium65"])
def new_glass(request: pytest.FixtureRequest) -> NewGlass:
    """Makes screens, on each engine in turn."""
    return request.getfixturevalue(request.param)
