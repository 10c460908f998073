"""Why and why not beside a waiting post, and the page of what people put right."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from catalog.models import CatalogueChange
from server.console import corrections
from server.core.clock import now
from server.core.settings import Settings
from social import again
from social.judging import Judge
from social.models import Correction
from tests import house, stories
from tests.conftest import Served
from tests.console.moderating import JSON, card_of, decide, kinds, on_glass, open_house, state_of, waits


async def standing(served: Served) -> list[Correction]:
    async with served.database.snapshot() as db:
        return list(await db.scalars(select(Correction).where(Correction.undone_at.is_(None)).order_by(Correction.id)))


async def test_a_person_asks_why_not_and_what_a_silent_post_would_have_needed(
    served: Served, settings: Settings
) -> None:
    await open_house(served)
    silent = stories.post("Never again a red lipstick #HouseSpring", handle="bo")
    shown, held = await waits(served, settings, stories.post(), silent)
    async with await served.staff("viewer") as viewer:

        async def why(id: int, variant: str = "") -> str:
            return (await viewer.get(f"/console/queue/{id}/why", params={"variant": variant})).text

        assert "of the kind ‘dress’" in await why(shown, "slip-ink")
        assert "no store has it" in (await why(shown, "stain-plum")).lower()
        assert "‘Velvet Lipstick, Madder Red’ is the same item in another shade" in await why(shown, "stain-plum")
        assert "It is not in the catalogue" in await why(shown, '<b>"nobody')
        assert "Nothing speaks against what stands there" in await why(shown)
        assert "it would show lipstick (Madder Red): ‘Velvet Lipstick, Madder Red’" in await why(held)
        found = (await viewer.get(f"/console/queue/{shown}/why/items?q=slip")).text
        assert 'data-ask="slip-ink"' in found and "data-variant" not in found
        page = (await viewer.get(f"/console/queue/{held}")).text
        assert re.search(r"<mark[^>]*>Never again</mark>", page) and "sounds like a complaint" in page
        assert (await viewer.get("/console/queue/999/why")).status_code == 404


async def test_what_fits_best_by_the_words_tells_why_another_stands_there(served: Served, settings: Settings) -> None:
    await open_house(served)
    [id] = await waits(served, settings, stories.post())
    async with await served.staff("moderator") as mai:
        asking = f"/console/queue/{id}/why?variant=stain-madder"
        await mai.post(f"/console/queue/{id}/proposal", data={"variant": "slip-ink"}, headers=JSON)
        assert "Moderator chose another item for this post" in (await mai.get(asking)).text
        page = (await mai.get(f"/console/queue/{id}")).text
        assert "chosen by Moderator" in page and "no words of the post name it" in page
        await mai.post(f"/console/queue/{id}/proposal", data={"mode": "post"}, headers=JSON)
        assert "Moderator let this post stand alone" in (await mai.get(asking)).text
        wrong = {"kind": "wrong", "variant": "stain-madder"}
        await mai.post(f"/console/queue/{id}/corrections", data=wrong, headers=JSON)
        assert "a moderator said that it is wrong" in (await mai.get(asking)).text.lower()


async def test_wrong_and_nothing_fits_are_said_of_waiting_posts_and_taken_back(
    served: Served, settings: Settings
) -> None:
    await open_house(served)
    [id] = await waits(served, settings, stories.post())
    with_item = await card_of(served, id)
    async with await served.staff("moderator") as mai:

        async def say(**fields: str) -> int:
            answer = await mai.post(f"/console/queue/{id}/corrections", data=fields, headers=JSON)
            assert answer.status_code < 300, answer.text
            return answer.json()["correction"]

        wrong = await say(kind="wrong", variant="stain-madder")
        alone = await card_of(served, id)
        assert alone != with_item and "wrong, said Moderator" in (await mai.get(f"/console/queue/{id}")).text
        await mai.post("/console/corrections/undo", data={"ids": str(wrong)}, headers=JSON)
        assert await card_of(served, id) == with_item
        nothing = await say(kind="nothing")
        assert await card_of(served, id) == alone and "nothing fits" in (await mai.get(f"/console/queue/{id}")).text
        await mai.post("/console/corrections/undo", data={"ids": str(nothing)}, headers=JSON)
        assert await card_of(served, id) == with_item and await standing(served) == []
        again = await mai.post("/console/corrections/undo", data={"ids": str(nothing)}, headers=JSON)
        assert again.status_code == 409 and "Nothing was changed" in again.json()["detail"]
        await mai.post("/console/corrections/redo", data={"ids": str(nothing)}, headers=JSON)
        assert await card_of(served, id) == alone


async def test_an_item_on_air_is_called_wrong_where_it_is_seen_and_its_post_waits_without_it(
    served: Served, settings: Settings
) -> None:
    await open_house(served)
    said = stories.post()
    [id, other] = await waits(
        served, settings, said, stories.post("Me and my madder red lipstick #HouseLoves", handle="bo")
    )
    with_item, wrong = await card_of(served, id), {"kind": "wrong", "variant": "stain-madder"}
    async with await served.staff("moderator") as mai:
        await decide(mai, served, id)
        assert kinds(await on_glass(served)) == ["post_item"]
        assert 'data-variant="stain-madder"' in (await mai.get("/console/on-air/list")).text
        elsewhere = await mai.post(
            f"/console/queue/{id}/corrections", data=wrong | {"variant": "slip-ink"}, headers=JSON
        )
        assert elsewhere.status_code == 409 and kinds(await on_glass(served)) == ["post_item"]
        kept = (await mai.post(f"/console/queue/{id}/corrections", data=wrong, headers=JSON)).json()
        assert "off the glass and waits" in kept["words"] and kinds(await on_glass(served)) == []
        assert (await state_of(served, id), len(await standing(served))) == ("waiting", 1)
        assert await card_of(served, id) not in ("", with_item)
        await mai.post("/console/corrections/undo", data={"ids": str(kept["correction"])}, headers=JSON)
        assert (await state_of(served, id), await card_of(served, id)) == ("waiting", with_item), (
            "a person decides again"
        )
        await decide(mai, served, other, "rejection")
        assert (await mai.post(f"/console/queue/{other}/corrections", data=wrong, headers=JSON)).status_code == 201
        assert await state_of(served, other) == "rejected" and len(await standing(served)) == 1
        await stories.arrive(served.database, settings, stories.deleted(said))
        late = await mai.post(f"/console/queue/{id}/corrections", data=wrong, headers=JSON)
        assert late.status_code == 409 and "Nothing was kept" in late.json()["detail"]


async def test_the_report_says_what_was_corrected_to_what_how_often_and_what_it_changes(
    served: Served, settings: Settings
) -> None:
    await open_house(served)
    async with await served.staff("moderator") as mai, await served.staff("viewer") as viewer:
        assert "Nothing has been put right yet" in (await viewer.get("/console/corrections")).text
        texts = ("Such a red lipstick", "Red lipstick day", "My red lipstick and I", "Red lipstick again, so good")
        ids = await waits(
            served, settings, *(stories.post(f"{one} #HouseLoves", handle=one[:2] + one[-2:]) for one in texts)
        )
        for id in ids[:2]:
            await mai.post(f"/console/queue/{id}/proposal", data={"variant": "stain-plum"}, headers=JSON)
            await decide(mai, served, id)
        for id, fields in ((ids[2], {"kind": "nothing"}), (ids[3], {"kind": "wrong", "variant": "stain-madder"})):
            await mai.post(f"/console/queue/{id}/corrections", data=fields, headers=JSON)
        page = re.sub(r"<[^>]+>|\s+", " ", (await viewer.get("/console/corrections/list")).text)
        page = " ".join(page.split())
        assert "red lipstick Velvet Lipstick Madder Red became → Velvet Lipstick Late Plum 2 posts" in page
        assert "Late Plum goes 2 of at most 4 steps forward; Madder Red goes 2 of at most 4 steps back." in page
        assert "Nothing yet: 4 posts more, and such posts are held." in page
        assert (
            "Velvet Lipstick goes 2 of at most 4 steps back." in page
        )  # called wrong once, and once with nothing fitting
        assert "Take back" not in page
        all_ids = ",".join(str(one.id) for one in await standing(served) if one.kind == "changed")
        back = await mai.post("/console/corrections/undo", data={"ids": all_ids}, headers=JSON)
        assert back.json()["words"].startswith("Taken back for 2 posts")
        page = (await mai.get("/console/corrections/list")).text
        assert "Count again" in page and f'data-ids="{",".join(reversed(all_ids.split(",")))}"' in page


async def test_many_that_are_taken_back_at_once_follow_within_seconds(
    served: Served, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    await open_house(served)
    async with served.database.transaction() as db:
        await house.changed(db, "stain", "slip")
        await db.execute(update(CatalogueChange).values(made_at=now() - again.QUIET - timedelta(seconds=1)))
    ids = await waits(served, settings, *(stories.post(handle=name) for name in ("ada", "bo")))
    before = [await card_of(served, id) for id in ids]
    async with await served.staff("moderator") as mai:
        for id in ids:
            await mai.post(f"/console/queue/{id}/corrections", data={"kind": "nothing"}, headers=JSON)
        monkeypatch.setattr(corrections, "AT_ONCE", 1)
        all_ids = ",".join(str(one.id) for one in await standing(served))
        await mai.post("/console/corrections/undo", data={"ids": all_ids}, headers=JSON)
    late = max(ids)
    assert [await card_of(served, id) == card for id, card in zip(ids, before, strict=True)] == [
        id != late for id in ids
    ]
    shelf = served.app.state.shelf
    await again.Again(served.database, shelf, lambda: Judge(served.database, shelf).judge_again).take_up()
    assert [await card_of(served, id) for id in ids] == before


async def test_odd_requests_change_nothing(served: Served) -> None:
    await open_house(served)
    async with await served.staff("moderator") as mai, await served.staff("viewer") as viewer:
        for ids, status in (("", 400), ("1;-2", 400), ("99999999999999", 400), ("7", 409)):
            answer = await mai.post("/console/corrections/undo", data={"ids": ids}, headers=JSON)
            assert answer.status_code == status and "Nothing was changed" in answer.json()["detail"]
        assert (await viewer.post("/console/corrections/undo", data={"ids": "1"}, headers=JSON)).status_code == 403
