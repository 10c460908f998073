"""Browsers, and a server on a cable that can be cut. Every player story runs on today's Chromium and on Chromium 65."""

from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, Playwright, async_playwright

from server.core import staff
from tests.browser.glass import EXECUTABLE, SWITCHES, Chromium, Engine, Glass, profile
from tests.browser.old_chromium import OldChromium
from tests.browser.packed import CHROMIUM_65
from tests.browser.standin import Standin
from tests.browser.wire import Wire
from tests.conftest import Served

NewGlass = Callable[..., Awaitable[Glass]]
NewWindow = Callable[..., Awaitable[Page]]


HERE = Path(__file__).parent


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Say in words that what needs a browser is skipped where there is none. A page cannot tell on which database its server
    stands: stories for both run on the one and the other in turn, and on all in `make soak`."""
    stories = [item for item in items if HERE in item.path.parents]
    for item in stories if not EXECUTABLE else ():
        item.add_marker(pytest.mark.skip(reason="Chromium is not installed (Debian: apt install chromium)"))
    named = {item.nodeid: item for item in stories}
    twins = [
        (item, named.get(item.nodeid.replace("postgresql", "sqlite")))
        for item in stories
        if "postgresql" in item.nodeid
    ]
    for turn, pair in enumerate(pair for pair in twins if pair[1]):
        pair[turn % 2].add_marker(pytest.mark.soak)


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
async def cable(served: Served) -> AsyncIterator[Wire]:
    """What a tablet hangs on: the cable to the real app."""
    cable = Wire(served.port)
    await cable.join()
    yield cable
    await cable.cut()


@pytest.fixture(scope="session")
async def playwright() -> AsyncIterator[Playwright]:
    async with async_playwright() as running:
        yield running


@pytest.fixture(scope="session")
async def lasting_browser(playwright: Playwright) -> AsyncIterator[list[Browser]]:
    """The Chromium that stories share, if one has been started: to start one takes a second, a window in it a twentieth."""
    running: list[Browser] = []
    yield running
    for one in running:
        await one.close()


@pytest.fixture
async def browser(
    playwright: Playwright, lasting_browser: list[Browser], request: pytest.FixtureRequest
) -> AsyncIterator[Browser]:
    """Today's Chromium without any window; cookies, caches and storage belong to a context, and end with the test."""
    told_again = getattr(request.node, "execution_count", 1) > 1
    if lasting_browser and (told_again or not lasting_browser[0].is_connected()):
        await lasting_browser.pop().close()
    if not lasting_browser:
        lasting_browser.append(await playwright.chromium.launch(executable_path=EXECUTABLE, args=SWITCHES))
    yield lasting_browser[0]
    for context in lasting_browser[0].contexts:
        await context.close()


@pytest.fixture
async def window(served: Served, browser: Browser) -> AsyncIterator[NewWindow]:
    """Opens windows with a page of the house: `await window(path, secret of a session, width=, height=)`.

    Fails at the end if a page has complained of anything.
    """
    complaints: list[str] = []

    async def make(path: str, session: str = "", *, width: int = 1280, height: int = 800) -> Page:
        context = await browser.new_context(viewport={"width": width, "height": height}, base_url=served.address)
        if session:
            await context.add_cookies([{"name": staff.COOKIE, "value": session, "url": served.address}])
        page = await context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text) if "Content Security" in said.text else None)
        await page.goto(path)
        return page

    yield make
    assert complaints == []


@pytest.fixture
async def chromium(playwright: Playwright, browser: Browser, tmp_path: Path) -> AsyncIterator[NewGlass]:
    """Makes screens on today's Chromium; one that shall be found again after a restart is `kept`."""
    engines: list[Engine] = []

    async def make(*, kept: bool = False, width: int = 1280, height: int = 720) -> Glass:
        size = {"width": width, "height": height}
        folder = tmp_path / f"profile{len(engines)}"
        engine = Chromium(
            profile(playwright, folder, viewport=size) if kept else partial(browser.new_context, viewport=size)
        )
        engines.append(engine)
        await engine.start()
        return Glass(engine)

    yield make
    for engine in engines:
        await engine.stop()


@pytest.fixture
async def chromium65(tmp_path: Path) -> AsyncIterator[NewGlass]:
    """Makes screens on Chromium 65."""
    if CHROMIUM_65.missing:
        pytest.skip(CHROMIUM_65.missing)
    engines: list[Engine] = []

    async def make(*, kept: bool = False, width: int = 1280, height: int = 720) -> Glass:
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
