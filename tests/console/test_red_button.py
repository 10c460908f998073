"""The red button: two requests from live to evergreen and back, with the screens that confirmed."""

import re

from server.core.settings import Settings
from tests import stories
from tests.conftest import Served, until
from tests.console.moderating import decide, kinds, on_glass, open_house, waits
from tests.console.test_on_air import loop_key
from tests.live import Live


async def on_air(served: Served, settings: Settings) -> dict[str, str]:
    screens = await open_house(served)
    [id] = await waits(served, settings, stories.post())
    async with await served.staff("moderator") as mai:
        await decide(mai, served, id)
    return screens


async def test_all_glass_goes_to_evergreen_and_screens_confirm(served: Served, settings: Settings) -> None:
    (screen, token), *_ = (await on_air(served, settings)).items()
    topic = await loop_key(served, screen)
    async with await served.staff("moderator") as mai, Live(served.live, token=token, have={topic: None}) as glass:
        await glass.document(topic, lambda loop: kinds(loop) == ["post_item"])
        pressed = await mai.post("/console/retreats", data={"campaign": ""})
        assert 'data-glass="all"' in pressed.text and "All glass" in pressed.text
        assert re.search(r"<b[^>]*>0</b> of <b[^>]*>2</b> screens confirmed", pressed.text)
        assert "Not connected, and on evergreen when the lease ends: Pillar" in pressed.text
        await glass.document(topic, lambda loop: loop["mode"] == "evergreen" and not kinds(loop))
        await glass.send(type="applied", topic=topic, version=glass.versions[topic], at=0)

        async def confirmed() -> bool:
            return bool(
                re.search(
                    r"<b[^>]*>1</b> of <b[^>]*>2</b> screens confirmed", (await mai.get("/console/red-button")).text
                )
            )

        await until(confirmed)
        retreat = re.search(r'data-red-path="(/console/retreats/\d+)"', pressed.text)[1]
        lifted = await mai.delete(retreat)
        assert 'data-glass=""' in lifted.text and "Live cards are back" in lifted.text
        await glass.document(topic, lambda loop: loop["mode"] == "live" and kinds(loop) == ["post_item"])


async def test_one_campaign_goes_and_pressing_twice_is_once(served: Served, settings: Settings) -> None:
    await on_air(served, settings)
    async with await served.staff("moderator") as mai:
        before = (await mai.get("/console/red-button")).text
        assert 'data-glass=""' in before and 'data-red-key="0"' in before and 'data-red-key="1"' in before
        first, second = [(await mai.post("/console/retreats", data={"campaign": "1"})).text for _ in range(2)]
        assert 'data-glass="part"' in first and "Spring" in first
        assert set(re.findall(r"/console/retreats/\d+", first)) == set(re.findall(r"/console/retreats/\d+", second))
        assert kinds(await on_glass(served)) == []


async def test_every_page_carries_the_button(served: Served) -> None:
    async with await served.staff("viewer") as viewer:
        page = (await viewer.get("/console")).text
        assert 'hx-get="/console/red-button"' in page and "console/web/red_button.js" in page


async def test_whoever_may_not_press_sees_only_the_state(served: Served, settings: Settings) -> None:
    await on_air(served, settings)
    async with await served.staff("viewer") as viewer, await served.staff("moderator") as mai:
        assert (await viewer.post("/console/retreats", data={"campaign": ""})).status_code == 403
        await mai.post("/console/retreats", data={"campaign": ""})
        shown = (await viewer.get("/console/red-button")).text
        assert "on evergreen" in shown and "data-red-path" not in shown


async def test_what_is_not_there_is_said_and_sends_nothing(served: Served, settings: Settings) -> None:
    await on_air(served, settings)
    async with await served.staff("moderator") as mai:
        for campaign in ("77", "1;--", "９"):
            answer = await mai.post("/console/retreats", data={"campaign": campaign})
            assert answer.status_code == 404 and "Nothing was sent to evergreen" in answer.text
        assert (await mai.delete("/console/retreats/55")).status_code == 404
    assert kinds(await on_glass(served)) == ["post_item"]
