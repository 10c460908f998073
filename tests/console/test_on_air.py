"""On air: what plays, by whose word, and from how many screens a withdrawn post is gone."""

from datetime import timedelta

from sqlalchemy import update

from displays.models import Screen, ScreenReport
from server.core.clock import now
from server.core.settings import Settings
from tests import stories
from tests.conftest import Served, until
from tests.console.moderating import JSON, decide, kinds, on_glass, open_house, state_of, waits
from tests.live import Live


async def loop_key(served: Served, screen: str) -> str:
    async with served.database.snapshot() as db:
        return f"loop:{(await db.get_one(Screen, screen)).loop_key}"


async def test_what_plays_is_shown_with_its_card_and_by_whom(served: Served, settings: Settings) -> None:
    await open_house(served)
    [id] = await waits(served, settings, stories.post())
    async with await served.staff("moderator") as mai:
        assert "No post of this campaign is on air" in (await mai.get("/console/on-air")).text
        await decide(mai, served, id)
        page = (await mai.get("/console/on-air")).text
        assert f'data-screening="{id}"' in page and "Moderator, <time" in page and "0 of 2 screens connected" in page


async def test_a_withdrawn_post_is_counted_off_screen_by_screen(served: Served, settings: Settings) -> None:
    (first, first_token), (second, _) = (await open_house(served)).items()
    [id] = await waits(served, settings, stories.post())
    topic = await loop_key(served, first)
    async with (
        await served.staff("moderator") as mai,
        Live(served.live, token=first_token, have={topic: None}) as glass,
    ):
        await decide(mai, served, id)
        await glass.document(topic, lambda loop: kinds(loop) == ["post_item"])
        gone = await mai.post(f"/console/on-air/{id}/withdrawal", data={"reason": "She asked for it"}, headers=JSON)
        assert gone.status_code == 201 and gone.json()["words"] == "Withdrawn: @ada"
        await glass.document(topic, lambda loop: kinds(loop) == [])

        async def says(words: str) -> bool:
            return words in (await mai.get("/console/on-air/list")).text

        await until(lambda: says("gone from 0 of 1 connected screen, waiting for"))
        assert await says("withdrawn by Moderator: She asked for it")
        await glass.send(type="applied", topic=topic, version=glass.versions[topic], at=0)
        await until(lambda: says("gone from 1 of 1 connected screen<"))
        assert await says("1 not connected: gone, the last lease ended at")
        async with served.database.transaction() as db:
            await db.execute(
                update(ScreenReport)
                .where(ScreenReport.screen_id == second)
                .values(seen_at=now() - timedelta(minutes=5))
            )
        assert await says("1 not connected: gone at the latest when its lease ends at")


async def test_a_screen_that_applied_an_older_loop_does_not_count_as_confirmed(
    served: Served, settings: Settings
) -> None:
    (first, token), *_ = (await open_house(served)).items()
    [id] = await waits(served, settings, stories.post())
    topic = await loop_key(served, first)
    async with await served.staff("moderator") as mai, Live(served.live, token=token, have={topic: None}) as glass:
        await decide(mai, served, id)
        await glass.document(topic, lambda loop: kinds(loop) == ["post_item"])
        older = glass.versions[topic]
        await mai.post(f"/console/on-air/{id}/withdrawal", data={}, headers=JSON)
        await glass.send(type="applied", topic=topic, version=older, at=0)

        async def reported() -> bool:
            async with served.database.snapshot() as db:
                return topic in (await db.get_one(ScreenReport, first)).applied

        await until(reported)
        assert "gone from 0 of 1 connected screen" in (await mai.get("/console/on-air/list")).text


async def test_a_withdrawal_is_taken_back(served: Served, settings: Settings) -> None:
    await open_house(served)
    [id] = await waits(served, settings, stories.post())
    async with await served.staff("moderator") as mai:
        await decide(mai, served, id)
        verdict = (await mai.post(f"/console/on-air/{id}/withdrawal", data={}, headers=JSON)).json()["verdict"]
        again = await mai.post(f"/console/on-air/{id}/withdrawal", data={}, headers=JSON)
        assert again.status_code == 409 and "not on air any more" in again.json()["detail"]
        await mai.delete(f"/console/verdicts/{verdict}", headers=JSON)
        assert await state_of(served, id) == "approved" and kinds(await on_glass(served)) == ["post_item"]
        assert "Nothing left the glass" in (await mai.get("/console/on-air")).text


async def test_why_a_post_left_is_said(served: Served, settings: Settings) -> None:
    await open_house(served)
    posts = [stories.post(handle=name) for name in ("ada", "bo", "cy")]
    ids = await waits(served, settings, *posts)
    async with await served.staff("moderator") as mai:
        verdicts = [(await decide(mai, served, id)).json()["verdict"] for id in ids]
        await stories.arrive(
            served.database, settings, stories.deleted(posts[0]), stories.edited(posts[1], "Else #HouseLoves")
        )
        await mai.delete(f"/console/verdicts/{verdicts[2]}", headers=JSON)
        page = (await mai.get("/console/on-air")).text
        assert "A deleted post" in page and "deleted on its network" in page
        assert "edited by its author" in page and "its approval was taken back" in page
        assert "Ada" not in page


async def test_rejecting_what_never_played_is_no_withdrawal(served: Served, settings: Settings) -> None:
    await open_house(served)
    [id] = await waits(served, settings, stories.post())
    async with await served.staff("moderator") as mai:
        await decide(mai, served, id, "rejection")
        assert "Nothing left the glass" in (await mai.get("/console/on-air")).text


async def test_without_a_campaign_it_says_what_to_do(served: Served) -> None:
    async with await served.staff("viewer") as viewer:
        assert "Nothing is published" in (await viewer.get("/console/on-air")).text
