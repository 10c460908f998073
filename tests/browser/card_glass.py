"""A glass for cards: serves what a card needs to a headless Chromium, without a server, and hangs the card in it."""

import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import segno
from playwright.sync_api import Browser, Page, Route, sync_playwright

from server.core import vendor
from tests.browser.glass import EXECUTABLE

ROOT = Path(__file__).resolve().parents[2]
FONTS = ROOT / "node_modules" / "@fontsource"
HOST = "http://glass.invalid"
PAGE = (
    '<!doctype html><meta charset="utf-8"><link rel="stylesheet" href="/static/vendor/fonts.css">'
    '<link rel="stylesheet" href="/static/displays/player/cards.css"><link rel="stylesheet" href="/page.css"><div id="stage"></div>'
)
STYLE = "body{margin:0;background:#000}#stage{position:absolute;top:0;left:0;overflow:hidden}"
TYPES = {".js": "text/javascript", ".css": "text/css", ".woff2": "font/woff2"}
MOUNT = """async ([html, facts, width, height]) => {
  const { mount, fits } = await import('/static/displays/player/card.js');
  const stage = document.getElementById('stage');
  stage.textContent = '';
  stage.style.width = width + 'px';
  stage.style.height = height + 'px';
  stage.style.setProperty('--u', Math.min(width, height) / 100 + 'px');
  const card = mount(html, stage, {});
  card.fill(facts);
  await card.decoded;
  await document.fonts.ready;
  card.fill(facts);
  await Promise.all([...stage.querySelectorAll('img')].filter((i) => i.src && i.getClientRects().length).map((i) => i.decode()));
  return { fits: fits(card.root, width, height), step: card.root.dataset.step };
}"""


class Glass:
    """One page; `media` maps digests to (bytes, content type)."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.media: dict[str, tuple[bytes, str]] = {}
        page.route("**/*", self._serve)
        page.goto(f"{HOST}/page")

    def hang(self, html: bytes, facts: dict, size: tuple[int, int]) -> dict:
        """Mount a card on a glass of this size in px; resolves when it is all there."""
        self.page.set_viewport_size({"width": size[0], "height": size[1]})
        return self.page.evaluate(MOUNT, [html.decode(), facts, *size])

    def _serve(self, route: Route) -> None:
        path = route.request.url.removeprefix(HOST).split("?")[0]
        try:
            body, kind = self._find(path)
        except Exception:
            route.abort()
            raise
        route.fulfill(status=200 if body is not None else 404, body=body or b"", content_type=kind)

    def _find(self, path: str) -> tuple[bytes | None, str]:
        if path == "/page":
            return PAGE.encode(), "text/html"
        if path == "/page.css":
            return STYLE.encode(), "text/css"
        if path == "/static/vendor/fonts.css":
            return vendor.stylesheets(ROOT)["fonts.css"].encode(), "text/css"
        if path == "/qr.svg":
            return qr_svg(), "image/svg+xml"
        if path.startswith("/media/"):
            return self.media.get(path.removeprefix("/media/"), (None, "text/plain"))
        return _file(path)


def _file(path: str) -> tuple[bytes | None, str]:
    name = Path(path).name
    if path.startswith("/static/vendor/fonts/"):
        package = next((p for p in FONTS.iterdir() if (p / "files" / name).is_file()), None)
        return ((package / "files" / name).read_bytes() if package else None), TYPES[".woff2"]
    file = ROOT / path.removeprefix("/static/")
    return (file.read_bytes() if file.is_file() else None), TYPES.get(file.suffix, "text/plain")


def qr_svg() -> bytes:
    """A code such as a spot has."""
    out = io.BytesIO()
    code = segno.make("https://vitrine.example/01/09521234543213?s=ab12&p=7", error="m")
    code.save(out, kind="svg", scale=4, border=2, dark="#1b1720", light="#ffffff", xmldecl=False)
    return out.getvalue()


def facts(language: str = "en", **stock: int) -> dict:
    """What a screen near two stores of London knows."""
    now = 1795262400000  # 2026-11-21 12:00 UTC
    week = {day: [["09:30", "20:00"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
    have = {
        key: {"quantity": count, "availability": "in_stock", "as_of": "2026-11-21T11:40:00Z"}
        for key, count in stock.items()
    }
    prices = {
        key: {"amount": 2450 + 300 * n, "currency": "GBP", "was": 2900 if n == 1 else None}
        for n, key in enumerate(stock)
    }
    store = {
        "name": "Oxford Street",
        "time_zone": "Europe/London",
        "hours": week,
        "exceptions": {},
        "stock": have,
        "prices": prices,
    }
    screen = {
        "language": language,
        "time_zone": "Europe/London",
        "stores": [{"id": "1", "name": "Oxford Street", "minutes": 8}],
    }
    return json.loads(json.dumps({"screen": screen, "stores": {"1": store}, "now": now, "qr": "/qr.svg"}))


@contextmanager
def glass() -> Iterator[Glass]:
    """A Chromium with one page, closed at the end."""
    with sync_playwright() as playwright:
        browser: Browser = playwright.chromium.launch(executable_path=EXECUTABLE, args=["--no-sandbox"])
        try:
            yield Glass(browser.new_page())
        finally:
            browser.close()
