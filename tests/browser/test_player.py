"""The player's stories, on today's Chromium and on Chromium 65: what stands on the glass when things are well, and when they are not."""

import asyncio

import pytest

from tests.browser.conftest import NewGlass
from tests.browser.glass import Glass, until
from tests.browser.standin import Standin
from tests.browser.wire import Wire

pytestmark = pytest.mark.browser

RED, GREEN, BLUE = "#cc1111", "#11aa33", "#1133cc"
MAGENTA = (255, 0, 255)


async def opened(new_glass: NewGlass, server: Standin, wire: Wire, *, kept: bool = False, **screen: object) -> Glass:
    """A paired screen s1 that has its page open; `kept` if it is to be restarted."""
    token = server.screen("s1", **screen)
    glass = await new_glass(kept=kept)
    await glass.goto(f"{wire.url}/screen/adopt#s1.{token}")
    return glass


def near(colour: tuple[int, int, int], hexed: str, *, by: int = 12) -> bool:
    wanted = tuple(int(hexed[at : at + 2], 16) for at in (1, 3, 5))
    return all(abs(one - other) <= by for one, other in zip(colour, wanted, strict=True))


async def test_plays_its_loop_in_order(new_glass: NewGlass, server: Standin, wire: Wire) -> None:
    server.loop(
        server.spot("a", RED, seconds=1.5), server.spot("b", GREEN, seconds=1.5), server.spot("c", BLUE, seconds=1.5)
    )
    await opened(new_glass, server, wire)
    await until(lambda: len(server.told("showing")) >= 7, within=25, what="seven cards")
    shown = [report["spot"] for report in server.told("showing") if report["spot"]][:6]
    assert shown == ["a", "b", "c", "a", "b", "c"]
    assert all(report["error"] is None for report in server.told("showing"))


async def test_a_newly_approved_post_cuts_an_evergreen_card(new_glass: NewGlass, server: Standin, wire: Wire) -> None:
    evergreen = server.spot("evergreen", RED, seconds=60)
    server.loop(evergreen)
    glass = await opened(new_glass, server, wire)
    await glass.shows("evergreen")
    server.loop(evergreen, server.spot("post", GREEN, kind="post", seconds=30))
    await glass.shows("post", within=8)
    await until(lambda: server.told("ready"), what="the ready report")
    ready = server.told("ready")[0]
    assert ready["spot"] == "post" and ready["received"] <= ready["at"]
    await until(lambda: _has_colour(glass, GREEN), what="the post's colour")
    await until(
        lambda: [r for r in server.told("applied") if r["topic"] == "loop:main" and r["version"][1] == 2],
        what="applied",
    )


async def test_a_withdrawn_post_goes_at_once(new_glass: NewGlass, server: Standin, wire: Wire) -> None:
    evergreen, post = server.spot("evergreen", RED, seconds=30), server.spot("post", GREEN, kind="post", seconds=60)
    server.loop(post, evergreen)
    glass = await opened(new_glass, server, wire)
    await glass.shows("post")
    server.loop(evergreen)
    await glass.shows("evergreen", within=5)
    await until(
        lambda: [r for r in server.told("applied") if r["topic"] == "loop:main" and r["version"][1] == 2],
        what="applied",
    )
    assert near(await glass.colour(), RED)
    await glass.upload()
    await until(
        lambda: any(play["reason"] == "withdrawn" for play in server.plays.values()), what="the play that was cut short"
    )


async def test_the_red_button_sends_it_to_evergreen(new_glass: NewGlass, server: Standin, wire: Wire) -> None:
    spots = [server.spot("post", GREEN, kind="post", seconds=60), server.spot("evergreen", RED, seconds=60)]
    server.loop(*spots)
    glass = await opened(new_glass, server, wire)
    await glass.shows("post")
    server.loop(*spots, mode="evergreen")
    await glass.shows("evergreen", within=5)


async def test_without_anything_to_play_the_slate_stands(new_glass: NewGlass, server: Standin, wire: Wire) -> None:
    server.loop()
    glass = await opened(new_glass, server, wire)
    await until(lambda: server.told("showing"), what="the report of the slate")
    assert server.told("showing")[-1]["spot"] is None
    assert await glass.engine.evaluate("document.querySelector('.stage').innerText.indexOf('Maison Test') >= 0")


async def test_plays_on_without_a_network_and_catches_up(new_glass: NewGlass, server: Standin, wire: Wire) -> None:
    a, b = server.spot("a", RED, seconds=1.2), server.spot("b", GREEN, seconds=1.2)
    server.loop(a, b)
    glass = await opened(new_glass, server, wire)
    await glass.shows("b")
    await wire.cut()
    await glass.shows("a")
    await glass.shows("b")
    server.loop(a, server.spot("c", BLUE, seconds=1.2))
    await wire.join()
    await glass.shows("c", within=20)
    assert server.hellos[-1]["have"]["loop:main"] == ["e1", 1]


async def test_restarted_without_a_network_it_plays_evergreen_cards_only(
    new_glass: NewGlass, server: Standin, wire: Wire
) -> None:
    post, evergreen, trend = (
        server.spot("post", GREEN, kind="post", seconds=1.5),
        server.spot("evergreen", RED, seconds=1.5),
        server.spot("trend", BLUE, kind="trend", seconds=1.5),
    )
    server.loop(post, evergreen, trend)
    glass = await opened(new_glass, server, wire, kept=True)
    await glass.controlled()
    for spot in (post, evergreen, trend):
        await glass.cached(spot["card"])
    await glass.shows("trend")
    await wire.cut()
    await glass.restart()
    await glass.goto(f"{wire.url}/screen/s1")
    seen = set()
    await glass.shows("evergreen", within=20)
    for _ in range(60):
        seen.add(await glass.shown())
        await asyncio.sleep(0.05)
    assert seen == {"evergreen"}
    assert near(await glass.colour(), RED)
    await wire.join()
    await glass.shows("post", within=40)


async def test_the_bare_address_leads_back_to_the_screen_without_a_network(
    new_glass: NewGlass, server: Standin, wire: Wire
) -> None:
    evergreen = server.spot("evergreen", RED, seconds=60)
    server.loop(evergreen)
    glass = await opened(new_glass, server, wire, kept=True)
    await glass.controlled()
    await glass.cached(evergreen["card"])
    await glass.shows("evergreen")
    await wire.cut()
    await glass.restart()
    await glass.goto(f"{wire.url}/screen")
    await glass.shows("evergreen", within=20)


async def test_live_cards_leave_when_the_lease_ends_and_return_with_the_network(
    new_glass: NewGlass, server: Standin, wire: Wire
) -> None:
    evergreen = server.spot("evergreen", RED, seconds=2)
    server.loop(server.spot("post", GREEN, kind="post", seconds=90), evergreen)
    glass = await opened(new_glass, server, wire, lease_seconds=3)
    await glass.shows("post")
    await until(lambda: server.told("applied"), what="every card on the device")
    await wire.cut()
    await glass.shows("evergreen", within=10)
    await asyncio.sleep(3)
    assert await glass.shown() == "evergreen"
    await wire.join()
    await glass.shows("post", within=30)
    await until(
        lambda: any(play["reason"] == "lease" for play in server.plays.values()),
        within=40,
        what="the play that the lease ended",
    )


async def test_an_old_loop_plays_on_until_the_new_one_is_here_for_one_lease(
    new_glass: NewGlass, server: Standin, wire: Wire
) -> None:
    post, evergreen = server.spot("post", GREEN, kind="post", seconds=60), server.spot("evergreen", RED, seconds=2)
    server.loop(post, evergreen)
    server.loop(post, topic="loop:new")
    server.withheld.add("loop:new")
    glass = await opened(new_glass, server, wire, lease_seconds=4)
    await glass.shows("post")
    server.change("screen:s1", loop="loop:new")
    await asyncio.sleep(2)
    assert await glass.shown() == "post"
    await glass.shows("evergreen", within=10)
    server.loop(post, topic="loop:new")
    await glass.shows("post")


async def test_plays_arrive_exactly_once_after_outages_lost_answers_and_a_restart(
    new_glass: NewGlass, server: Standin, wire: Wire
) -> None:
    server.loop(server.spot("a", RED, seconds=0.7), server.spot("b", GREEN, seconds=0.7))
    glass = await opened(new_glass, server, wire, kept=True)
    await glass.controlled()
    await until(lambda: len(server.told("showing")) > 3, what="some cards")
    server.lose_answers = 1
    await glass.upload()
    await wire.cut()
    await asyncio.sleep(3)
    await glass.restart()
    await glass.goto(f"{wire.url}/screen/s1")
    await glass.shows("b", within=20)
    await wire.join()
    await until(
        lambda: glass.engine.evaluate("vitrine.upload().then(() => vitrine.waiting()).then(n => n <= 1)"),
        within=40,
        what="an empty journal",
    )
    plays = sorted(server.plays.values(), key=lambda play: play["seq"])
    assert [play["seq"] for play in plays] == list(range(1, len(plays) + 1)), "a gap or a number used twice"
    assert server.repeats > 0, "the lost answer should have made it tell some plays again"
    assert len([play for play in plays if play["reason"] == "reload"]) == 1
    assert {play["result"] for play in plays} <= {"completed", "partial"}
    assert all(play["duration_ms"] >= 600 for play in plays if play["result"] == "completed")


async def test_a_card_that_cannot_be_shown_is_skipped(new_glass: NewGlass, server: Standin, wire: Wire) -> None:
    missing = server.spot("missing", RED, seconds=1, card="0" * 64)
    lost = server.spot("lost", RED, seconds=1, card=server.card(RED, "lost", picture="1" * 64))
    garbage = server.spot("garbage", RED, seconds=1, card=server.keep("text/html", b"<p>not a card</p>"))
    narrow = server.spot("narrow", RED, seconds=1, card=server.card(RED, "narrow", fits=("9:16",)))
    server.loop(missing, server.spot("good", GREEN, seconds=1), lost, garbage, narrow)
    glass = await opened(new_glass, server, wire)
    await glass.shows("good", within=20)
    await until(
        lambda: len({r["error"].split(":")[0] for r in server.told("showing") if r["error"]}) >= 4,
        within=30,
        what="four reasons",
        state=glass.state,
    )
    assert {r["spot"] for r in server.told("showing")} <= {None, "good"}
    await until(lambda: _has_colour(glass, GREEN), what="the good card's colour")


async def test_items_that_no_store_in_range_holds_are_skipped(new_glass: NewGlass, server: Standin, wire: Wire) -> None:
    stock = {"quantity": 3, "availability": "in_stock", "as_of": "2026-11-01T10:00:00Z"}
    store = {
        "store": "3",
        "name": "Oxford Street",
        "time_zone": "Europe/London",
        "hours": {},
        "exceptions": {},
        "prices": {},
    }
    server.publish("store:3", store | {"stock": {"v1": stock}})
    server.loop(
        server.spot("item", GREEN, kind="post_item", variants=["v1"], seconds=1.5),
        server.spot("other", BLUE, kind="post_item", variants=["v2"], seconds=1.5),
        server.spot("evergreen", RED, seconds=1.5),
    )
    glass = await opened(
        new_glass, server, wire, stores=[{"id": "3", "name": "Oxford Street", "minutes": 8, "metres": 520}]
    )
    await glass.shows("item")
    server.publish(
        "store:3", store | {"stock": {"v1": stock | {"quantity": 0, "availability": "out_of_stock"}, "v2": stock}}
    )
    await glass.shows("other", within=20)
    await until(
        lambda: any(r["topic"] == "store:3" and r["version"][1] == 2 for r in server.told("applied")), what="applied"
    )


async def test_a_revoked_screen_forgets_everything_and_asks_to_be_paired(
    new_glass: NewGlass, server: Standin, wire: Wire
) -> None:
    server.loop(server.spot("evergreen", RED, seconds=60))
    glass = await opened(new_glass, server, wire)
    await glass.shows("evergreen")
    server.revoke("token-of-the-screen-s1")
    await until(lambda: _on_pairing_page(glass), within=20, what="the pairing page", state=glass.state)
    assert await glass.engine.evaluate("localStorage.getItem('vitrine:s1:token')") is None
    assert await glass.engine.evaluate("caches.has('vitrine:s1:media')") is False


async def test_where_websockets_are_blocked_it_polls(new_glass: NewGlass, server: Standin, wire: Wire) -> None:
    server.sockets_allowed = False
    server.loop(server.spot("a", RED, seconds=60))
    glass = await opened(new_glass, server, wire)
    await glass.shows("a", within=40)
    server.loop(server.spot("post", GREEN, kind="post", seconds=60))
    await glass.shows("post", within=40)


async def test_the_screens_own_clock_does_not_matter(new_glass: NewGlass, server: Standin, wire: Wire) -> None:
    server.skew = 5 * 3600 * 1000
    tomorrow = "2099-01-01T00:00:00Z"
    server.loop(
        server.spot("early", RED, seconds=1, **{"from": tomorrow}), server.spot("now", GREEN, seconds=1, until=tomorrow)
    )
    glass = await opened(new_glass, server, wire)
    await glass.shows("now")
    assert abs(await glass.engine.evaluate("vitrine.now() - Date.now()") - server.skew) < 2000
    server.loop(
        server.spot("post", GREEN, kind="post", seconds=60), server.spot("early", RED, seconds=1, **{"from": tomorrow})
    )
    await glass.shows("post")
    for hours in (1, -2):  # somebody sets the screen's clock: neither the schedule nor the lease goes by it
        before = await glass.engine.evaluate("vitrine.now()")
        await glass.engine.evaluate(f"Date.now = ((now) => () => now() + {hours} * 3600000)(Date.now)")
        assert 0 <= await glass.engine.evaluate("vitrine.now()") - before < 60000
        await glass.engine.evaluate(
            "new Promise((done) => setTimeout(done, 1000))"
        )  # long enough for the loop to look again
        assert await glass.shown() == "post"


async def test_a_counter_reloads_the_page_between_two_cards(new_glass: NewGlass, server: Standin, wire: Wire) -> None:
    server.loop(server.spot("a", RED, seconds=1.5), server.spot("b", GREEN, seconds=1.5))
    glass = await opened(new_glass, server, wire)
    await glass.shows("b")
    await glass.engine.evaluate("window.marked = true")
    server.change("screen:s1", reload=1)
    await until(
        lambda: glass.engine.evaluate("!window.marked && Boolean(window.vitrine)"),
        within=20,
        what="a new page",
        state=glass.state,
    )
    await glass.shows("a")


async def test_a_new_version_comes_in_whole_between_two_cards(new_glass: NewGlass, server: Standin, wire: Wire) -> None:
    server.loop(server.spot("a", RED, seconds=1.5), server.spot("b", GREEN, seconds=1.5))
    glass = await opened(new_glass, server, wire, kept=True)
    await glass.controlled()
    server.edition = "new"
    await wire.cut()
    await wire.join()  # a server is renewed by being started again
    script = "document.documentElement.getAttribute('data-shell')"
    await until(lambda: _equals(glass, script, server.digest), within=40, what="the new version", state=glass.state)
    await glass.shows("b", within=20)
    assert (
        await glass.engine.evaluate("caches.keys().then(k => k.filter(n => n.indexOf('vitrine-shell-') === 0).length)")
        == 1
    )
    await wire.cut()
    await glass.restart()
    await glass.goto(f"{wire.url}/screen/s1")
    await glass.shows("a", within=20)
    assert await glass.engine.evaluate(script) == server.digest


async def test_media_that_nothing_names_any_more_leave_the_device(
    new_glass: NewGlass, server: Standin, wire: Wire
) -> None:
    a, b = server.spot("a", RED, seconds=1), server.spot("b", GREEN, seconds=1)
    server.loop(a, b)
    glass = await opened(new_glass, server, wire)
    await glass.cached(b["card"])
    server.loop(a)
    await until(
        lambda: glass.engine.evaluate(f"caches.match('/media/{b['card']}').then(r => !r)"),
        within=20,
        what="the card to leave",
    )
    await glass.cached(a["card"])


async def test_a_code_follows_the_public_address_at_the_next_start_and_outlives_the_network(
    new_glass: NewGlass, server: Standin, wire: Wire
) -> None:
    server.loop(server.spot("terms", RED, kind="call", seconds=60))
    glass = await opened(new_glass, server, wire, kept=True)
    await glass.controlled()
    await until(lambda: _code_names(glass, "old.example"), what="the code to be on the device")
    server.public_url = "https://new.example"
    await glass.restart()
    await glass.goto(f"{wire.url}/screen/s1")
    await until(lambda: _code_names(glass, "new.example"), within=15, what="the new code", state=glass.state)
    await wire.cut()
    await glass.restart()
    await glass.goto(f"{wire.url}/screen/s1")
    await glass.shows("terms", within=20)
    assert await _code_names(glass, "new.example")


async def test_pairing_by_a_code(new_glass: NewGlass, server: Standin, wire: Wire) -> None:
    server.loop(server.spot("a", RED, seconds=60))
    glass = await new_glass()
    await glass.goto(f"{wire.url}/screen")
    await until(
        lambda: glass.engine.evaluate("document.body.innerText.replace(/\\s/g, '').indexOf('K7M4Q0') >= 0"),
        what="the code",
    )
    assert server.pairings["secret-0"]["kind"] == "screen"
    assert (server.pairings["secret-0"]["width"], server.pairings["secret-0"]["height"]) == (1280, 720)
    server.pairings["secret-0"]["gone"] = True
    await until(
        lambda: glass.engine.evaluate("document.body.innerText.replace(/\\s/g, '').indexOf('K7M4Q1') >= 0"),
        what="another code",
    )
    server.screen("s1")
    server.pairings["secret-1"]["id"] = "s1"
    await glass.shows("a", within=15)
    assert await glass.path() == "/screen/s1"


async def _code_names(glass: Glass, host: str) -> bool:
    """Whether an image of the spot's code would be of this host."""
    script = "fetch('/qr/s1/terms.svg').then((response) => response.text())"
    return host in await glass.engine.evaluate(script)


async def _has_colour(glass: Glass, hexed: str) -> bool:
    return near(await glass.colour(), hexed)


async def _on_pairing_page(glass: Glass) -> bool:
    return await glass.path() == "/screen"


async def _equals(glass: Glass, script: str, value: object) -> bool:
    return await glass.engine.evaluate(script) == value
