"""What the eye would see: no flash between cards, turned screens, and memory that does not grow; on both engines."""

import asyncio
import io

import pytest
from PIL import Image

from tests.browser.conftest import NewGlass
from tests.browser.glass import Glass, until
from tests.browser.standin import Standin
from tests.browser.test_player import BLUE, GREEN, RED, near, opened
from tests.browser.wire import Wire

pytestmark = pytest.mark.browser


async def test_never_a_flash_between_two_cards(new_glass: NewGlass, server: Standin, wire: Wire) -> None:
    """Every picture taken through many changes is a mixture of the two cards: nothing of the page or the slate shines through."""
    pictures = [server.picture("#cc1111"), server.picture("#11aa33")]
    spots = [
        server.spot(name, colour, seconds=1, card=server.card(colour, name, picture=picture), pictures=[picture])
        for name, colour, picture in (("red", RED, pictures[0]), ("green", GREEN, pictures[1]))
    ]
    server.loop(*spots)
    glass = await opened(new_glass, server, wire)
    await glass.shows("red")
    await asyncio.sleep(0.7)  # the first card comes up over the slate
    seen = [await glass.colour(0.5, 0.95) for _ in range(60)]
    assert all(_is_mixture(colour, (0xCC, 0x11, 0x11), (0x11, 0xAA, 0x33)) for colour in seen), seen
    assert any(near(colour, RED) for colour in seen) and any(near(colour, GREEN) for colour in seen)


async def test_at_every_moment_something_whole_is_on_the_glass(
    new_glass: NewGlass, server: Standin, wire: Wire
) -> None:
    """Through each frame of dissolves and cuts there is a card that hides everything beneath it, with all its pictures decoded."""
    picture = server.picture("#ffffff")
    post = server.spot(
        "post", BLUE, kind="post", seconds=40, card=server.card(BLUE, "post", picture=picture), pictures=[picture]
    )
    evergreen = [
        server.spot("a", RED, seconds=1, card=server.card(RED, "a", picture=picture), pictures=[picture]),
        server.spot("b", GREEN, seconds=1),
    ]
    server.loop(*evergreen)
    glass = await opened(new_glass, server, wire)
    await glass.shows("a")
    await asyncio.sleep(1)
    watch = """
      window.frames_ = []; window.watching = true;
      (function look() {
        var layers = Array.from(document.querySelectorAll('.stage > .layer'));
        var solid = layers.filter(function (layer) { return getComputedStyle(layer).opacity === '1'; });
        var seen = layers.filter(function (layer) { return Number(getComputedStyle(layer).opacity) > 0.01; });
        var images = seen.reduce(function (all, layer) { return all.concat(Array.from(layer.querySelectorAll('img'))); }, []);
        var broken = images.some(function (image) { return !image.complete || !image.naturalWidth; });
        window.frames_.push([solid.length, broken ? 1 : 0]);
        if (window.watching) requestAnimationFrame(look);
      })();
    """
    await glass.engine.evaluate(watch.replace("\n", " ") + " 1")
    await asyncio.sleep(2.5)
    server.loop(*evergreen, post)
    await glass.shows("post", within=8)
    await asyncio.sleep(1)
    server.loop(*evergreen)
    await until(lambda: _not(glass, "post"), what="the post to go")
    await asyncio.sleep(1.5)
    frames = await glass.engine.evaluate("window.watching = false, window.frames_")
    assert len(frames) > 50
    assert all(solid >= 1 for solid, _ in frames), "a frame in which only the ground was there"
    assert not any(broken for _, broken in frames), "a picture that was not decoded"


@pytest.mark.parametrize("rotation", [90, 180, 270])
async def test_a_turned_screen_shows_its_card_turned_and_whole(
    new_glass: NewGlass, server: Standin, wire: Wire, rotation: int
) -> None:
    card = server.card(RED, "turned", fits=("16:9",) if rotation == 180 else ("9:16",))
    server.loop(server.spot("turned", card=card, seconds=60))
    glass = await opened(new_glass, server, wire, rotation=rotation)
    await glass.shows("turned")
    await asyncio.sleep(0.8)
    picture = await glass.picture()
    corners = [(3, 3), (picture.width - 4, 3), (3, picture.height - 4), (picture.width - 4, picture.height - 4)]
    assert all(near(picture.getpixel(corner), RED) for corner in corners)  # type: ignore[arg-type]
    aspect = await glass.engine.evaluate("document.querySelector('.layer .card').getAttribute('data-aspect')")
    assert aspect == ("landscape" if rotation == 180 else "portrait")


async def test_a_screen_that_is_turned_while_it_plays_lays_its_card_out_anew(
    new_glass: NewGlass, server: Standin, wire: Wire
) -> None:
    server.loop(server.spot("a", RED, seconds=120))
    glass = await opened(new_glass, server, wire)
    await glass.shows("a")
    server.change("screen:s1", rotation=90)
    script = "Array.from(document.querySelectorAll('.layer .card')).map(c => c.getAttribute('data-aspect')).join()"
    await until(lambda: _equals(glass, script, "portrait"), what="a portrait card alone")
    assert await glass.shown() == "a"


async def test_cards_that_have_played_leave_nothing_behind(new_glass: NewGlass, server: Standin, wire: Wire) -> None:
    server.loop(*[server.spot(f"s{n}", RED, seconds=0.3) for n in range(12)])
    glass = await opened(new_glass, server, wire)
    await until(lambda: len(server.told("showing")) > 30, within=60, what="thirty cards")
    assert await glass.engine.evaluate("document.querySelectorAll('.layer').length") <= 5


async def test_the_cursor_is_hidden_and_nothing_scrolls(new_glass: NewGlass, server: Standin, wire: Wire) -> None:
    server.loop(server.spot("a", RED, seconds=60))
    glass = await opened(new_glass, server, wire)
    await glass.shows("a")
    assert await glass.engine.evaluate("getComputedStyle(document.body).cursor") == "none"
    assert await glass.engine.evaluate(
        "document.documentElement.scrollHeight <= innerHeight && document.documentElement.scrollWidth <= innerWidth"
    )


async def test_the_pairing_page_reads_from_afar(new_glass: NewGlass, server: Standin, wire: Wire) -> None:
    glass = await new_glass(width=1080, height=1920)
    await glass.goto(f"{wire.url}/screen")
    await until(
        lambda: glass.engine.evaluate("document.querySelectorAll('.pairing-letter').length === 6"), what="the code"
    )
    tall = await glass.engine.evaluate("document.querySelector('.pairing-letter').getBoundingClientRect().height")
    wide = await glass.engine.evaluate(
        "document.querySelector('.pairing-code').scrollWidth <= document.querySelector('.pairing-code').clientWidth"
    )
    assert tall > 1080 * 0.12 and wide


async def test_a_preview_plays_and_keeps_nothing(new_glass: NewGlass, server: Standin, wire: Wire) -> None:
    server.screen("s1")
    server.loop(server.spot("a", RED, seconds=1), server.spot("post", GREEN, kind="post", seconds=1))
    glass = await new_glass(width=480, height=270)
    await glass.goto(f"{wire.url}/screen/preview?campaign=1")
    await until(lambda: _shines(glass, RED), what="the first card")
    await until(lambda: _shines(glass, GREEN), what="the second card")
    kept = (
        "Promise.all([caches.keys(), navigator.serviceWorker.getRegistrations()])"
        ".then(k => [k[0].length, k[1].length, localStorage.length])"
    )
    assert await glass.engine.evaluate(kept) == [0, 0, 0]
    assert not server.plays and not server.hellos


def _is_mixture(
    colour: tuple[int, int, int], one: tuple[int, int, int], other: tuple[int, int, int], *, by: int = 14
) -> bool:
    shares = [(value - a) / (b - a) for value, a, b in zip(colour, one, other, strict=True) if abs(b - a) > 60]
    share = min(1.0, max(0.0, sum(shares) / len(shares)))
    return all(abs(value - (a + share * (b - a))) <= by for value, a, b in zip(colour, one, other, strict=True))


async def _not(glass: Glass, spot: str) -> bool:
    return await glass.shown() != spot


async def _equals(glass: Glass, script: str, value: object) -> bool:
    return await glass.engine.evaluate(script) == value


async def _shines(glass: Glass, hexed: str) -> bool:
    picture = Image.open(io.BytesIO(await glass.engine.screenshot())).convert("RGB")
    return near(picture.getpixel((picture.width // 2, int(picture.height * 0.9))), hexed)  # type: ignore[arg-type]
