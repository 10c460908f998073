"""WebKit under a display of its own: Xvfb, WebKitWebDriver and WebKitGTK's MiniBrowser, each begun by us and ended by its id.

On Debian: webkit2gtk-driver and xvfb. Selenium speaks to it and waits; here that happens in threads, since the server under
test lives in the same loop.
"""

import asyncio
import glob
import json
import os
import shutil
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

from selenium.common.exceptions import StaleElementReferenceException, WebDriverException
from selenium.webdriver import Remote
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.client_config import ClientConfig
from selenium.webdriver.remote.remote_connection import RemoteConnection
from selenium.webdriver.webkitgtk.options import Options
from selenium.webdriver.webkitgtk.service import Service

from tests.browser.glass import until

DRIVER, XVFB = shutil.which("WebKitWebDriver"), shutil.which("Xvfb")
BROWSERS = sorted(
    glob.glob("/usr/lib/*/webkit2gtk-4.*/MiniBrowser") + glob.glob("/usr/lib*/webkit2gtk-4.*/MiniBrowser")
)
MISSING = "" if DRIVER and XVFB and BROWSERS else "WebKit is not installed (Debian: apt install webkit2gtk-driver xvfb)"
SCREEN = "1280x1024x24"
EVERYTHING = Path(__file__).with_name("everything.js").read_text()


class Display:
    """A screen that nobody sees."""

    def __init__(self) -> None:
        reading, writing = os.pipe()
        # It looks for a free number itself, and says which one when it is ready.
        command = [str(XVFB), "-displayfd", str(writing), "-screen", "0", SCREEN, "-nolisten", "tcp"]
        self._process = subprocess.Popen(
            command, pass_fds=[writing], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        os.close(writing)
        with os.fdopen(reading) as said:
            self.name = f":{said.readline().strip()}"

    def stop(self) -> None:
        """End it."""
        self._process.terminate()
        self._process.wait(10)


class WebKit:
    """One browser with a profile of its own: a page, and what a hand does on it."""

    def __init__(self, display: Display, home: Path) -> None:
        home.mkdir(parents=True)
        # Nothing of whoever runs the tests, and no graphics card.
        self._surroundings = {
            "PATH": os.environ["PATH"], "DISPLAY": display.name, "HOME": str(home), "XDG_DATA_HOME": str(home / "data"),
            "XDG_CACHE_HOME": str(home / "cache"), "XDG_CONFIG_HOME": str(home / "config"), "LANG": "C.UTF-8",
            "LIBGL_ALWAYS_SOFTWARE": "1", "WEBKIT_DISABLE_DMABUF_RENDERER": "1", "NO_AT_BRIDGE": "1", "GTK_A11Y": "none",
        }  # fmt: skip
        self._service: Service | None = None
        self.driver: Remote

    async def start(self, *, width: int, height: int) -> None:
        """Open its window."""
        self.driver = await asyncio.to_thread(self._started)
        await self._do(lambda: self.driver.set_window_size(width, height))

    def _started(self) -> Remote:
        options = Options()
        options.binary_location = BROWSERS[-1]
        options.add_argument("--automation")
        self._service = Service(executable_path=DRIVER, port=_free_port(), env=self._surroundings)
        self._service.start()
        # Selenium's own WebKitGTK says where the driver listens in a way that Selenium itself advises against.
        line = RemoteConnection(client_config=ClientConfig(self._service.service_url))
        return Remote(line, options=options)

    async def stop(self) -> None:
        """Close it, and end what was started for it."""
        try:
            await self._do(self.driver.quit)
        finally:
            if self._service:
                await asyncio.to_thread(self._service.stop)

    async def _do(self, work: Callable[[], Any]) -> Any:
        return await asyncio.to_thread(work)

    async def open(self, address: str) -> None:
        """Go to a page."""
        await self._do(lambda: self.driver.get(address))

    async def reload(self) -> None:
        """Load the page anew."""
        await self._do(self.driver.refresh)

    async def back(self) -> None:
        """Go to the page before."""
        await self._do(self.driver.back)

    async def address(self) -> str:
        """Where it is."""
        return await self._do(lambda: self.driver.current_url)

    async def texts(self, selector: str) -> list[str]:
        """The words of everything that fits and is shown."""
        return await self._do(lambda: self._texts(selector))

    def _texts(self, selector: str) -> list[str]:
        try:
            return [one.text for one in self.driver.find_elements(By.CSS_SELECTOR, selector) if one.is_displayed()]
        except StaleElementReferenceException:  # drawn anew meanwhile
            return []

    async def touch(self, selector: str, words: str = "") -> None:
        """Press the first that fits and is called so, as soon as it is there."""
        await until(lambda: self.press(selector, words), what=f"{selector} {words}", state=lambda: self.texts("body"))

    async def press(self, selector: str, words: str = "") -> bool:
        """The same if it is there now; returns whether it was."""
        return await self._do(lambda: self._press(selector, words))

    def _press(self, selector: str, words: str) -> bool:
        try:
            for one in self.driver.find_elements(By.CSS_SELECTOR, selector):
                if words in (one.text, one.get_attribute("aria-label"), "") and one.is_displayed():
                    one.click()
                    return True
        except (StaleElementReferenceException, WebDriverException):  # drawn anew, or something lies over it yet
            return False
        return False

    async def type(self, selector: str, words: str) -> None:
        """Put words into a field, in place of what it holds."""
        await until(lambda: self._shown(selector), what=selector, state=lambda: self.texts("body"))
        await self._do(lambda: self._type(selector, words))

    async def _shown(self, selector: str) -> bool:
        return bool(await self.texts(selector))  # a field has no words, but is one of those that are shown

    def _type(self, selector: str, words: str) -> None:
        field = self.driver.find_element(By.CSS_SELECTOR, selector)
        field.clear()
        field.send_keys(words)

    async def sees(self, selector: str, expected: list[str]) -> None:
        """Wait until exactly these words stand there."""

        async def there() -> bool:
            return await self.texts(selector) == expected

        await until(there, what=f"{selector} {expected}", state=lambda: self.texts("body"))

    async def evaluate(self, script: str) -> Any:
        """What an expression is worth in the page; a promise is waited for."""
        source = f"const done = arguments[arguments.length - 1]; Promise.resolve(\n{script}\n).then(done, (error) => done(String(error)))"
        return await self._do(lambda: self.driver.execute_async_script(source))

    async def storage(self) -> str:
        """Everything that this browser holds of the page's origin, and what the page shows."""
        cookies = await self._do(self.driver.get_cookies)
        return json.dumps([await self.evaluate(EVERYTHING), cookies, await self._do(lambda: self.driver.page_source)])

    async def until(self, script: str, *, what: str, within: float = 20) -> None:
        """Wait until an expression is true in the page."""
        await until(lambda: self.evaluate(script), within=within, what=what, state=lambda: self.texts("body"))


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]
