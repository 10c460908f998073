"""The queue: what is seen is what plays, two moderators never decide the same twice, and everything can be taken back."""

import json
import re

from sqlalchemy import func, select

from server.core.audit import AuditEntry
from server.core.settings import Settings
from social.models import Consent, Feed, Moderation
from tests import stories
from tests.conftest import Served
from tests.console.moderating import JSON, card_of, decide, kinds, on_glass, open_house, state_of, waits

PLAIN = "Madder red lipstick, all day. #HouseSpring"


async def test_the_table_shows_the_card_twice_and_marks_why_it_matched(served: Served, settings: Settings) -> None:
    await open_house(served)
    [id] = await waits(served, settings, stories.post())
    async with await served.staff("moderator") as mai:
        page = (await mai.get("/console/queue")).text
        card = await card_of(served, id)
        assert (
            f"/console/cards/{card}?orientation=landscape" in page
            and f"/console/cards/{card}?orientation=portrait" in page
        )
        assert re.search(r"<mark[^>]*>Madder </mark><mark[^>]*>red</mark>", page)
        for about in re.findall(r'<mark [^>]*aria-describedby="([^"]+)"', page):
            assert all(f'id="{one}"' in page for one in about.split())
        assert "Velvet Lipstick" in page and "by #HouseLoves, terms 1" in page
        assert re.search(r"fits <b[^>]*>2</b> of <b[^>]*>2</b> screens", page)


async def test_an_approved_card_plays_and_is_that_very_card(served: Served, settings: Settings) -> None:
    await open_house(served)
    [id] = await waits(served, settings, stories.post())
    seen = await card_of(served, id)
    async with await served.staff("moderator") as mai:
        answer = await decide(mai, served, id)
        assert answer.status_code == 201 and "@ada" in answer.json()["words"]
    assert [spot["card"] for spot in (await on_glass(served))["spots"] if spot["kind"] == "post_item"] == [seen]


async def test_a_card_that_changed_meanwhile_is_not_approved(served: Served, settings: Settings) -> None:
    await open_house(served)
    [id] = await waits(served, settings, stories.post())
    seen = await card_of(served, id)
    async with await served.staff("moderator") as mai, await served.staff("moderator") as ola:
        changed = await ola.post(f"/console/queue/{id}/proposal", data={"variant": "slip-ink"}, headers=JSON)
        assert changed.status_code == 200 and changed.json()["card"] != seen
        answer = await mai.post(f"/console/queue/{id}/approval", data={"digest": seen}, headers=JSON)
        assert answer.status_code == 409
        assert (
            answer.json()["detail"]
            == "The card changed while you looked at it. Nothing was approved; here is the new one."
        )
        assert await state_of(served, id) == "waiting"
        assert "Bias Slip Dress" in (await mai.get(f"/console/queue/{id}/table")).text
        assert (await decide(mai, served, id)).status_code == 201


async def test_the_second_moderator_hears_who_was_first(served: Served, settings: Settings) -> None:
    await open_house(served)
    [id] = await waits(served, settings, stories.post())
    async with await served.staff("moderator", "ola@house.test") as ola, await served.staff("moderator") as mai:
        await decide(ola, served, id, "rejection")
        answer = await decide(mai, served, id)
        assert (
            answer.status_code == 409
            and answer.json()["detail"] == "Moderator has rejected it. Nothing was changed by you."
        )
        strip = (await mai.get(f"/console/queue/strip?current={id}")).text
        assert 'data-state="rejected"' in strip and 'data-by="Moderator"' in strip
    assert kinds(await on_glass(served)) == []


async def test_who_heard_no_answer_and_decides_the_same_again_is_told_that_it_is_done(
    served: Served, settings: Settings
) -> None:
    await open_house(served)
    approved, rejected = await waits(served, settings, stories.post(), stories.post(handle="grace"))
    async with await served.staff("moderator") as mai:
        for id, verdict in ((approved, "approval"), (rejected, "rejection")):
            first, again = await decide(mai, served, id, verdict), await decide(mai, served, id, verdict)
            assert first.status_code == again.status_code == 201 and first.json() == again.json()
        assert (await decide(mai, served, approved, "rejection")).status_code == 409
    async with served.database.snapshot() as db:
        assert await db.scalar(select(func.count()).select_from(Moderation)) == 2
        entries = (
            select(func.count()).select_from(AuditEntry).where(AuditEntry.what.in_(("approved post", "rejected post")))
        )
        assert await db.scalar(entries) == 2


async def test_a_verdict_is_taken_back_once(served: Served, settings: Settings) -> None:
    await open_house(served)
    [id] = await waits(served, settings, stories.post())
    async with await served.staff("moderator") as mai:
        verdict = (await decide(mai, served, id)).json()["verdict"]
        assert kinds(await on_glass(served)) == ["post_item"]
        back = await mai.delete(f"/console/verdicts/{verdict}", headers=JSON)
        assert back.json()["screening"] == id and back.json()["state"] == "waiting"
        assert kinds(await on_glass(served)) == []
        assert (await mai.delete(f"/console/verdicts/{verdict}", headers=JSON)).status_code == 409
        assert (await mai.delete("/console/verdicts/999999", headers=JSON)).status_code == 404
        assert (await decide(mai, served, id)).status_code == 201


async def test_blocking_an_author_ends_all_they_have_here_and_is_taken_back_whole(
    served: Served, settings: Settings
) -> None:
    await open_house(served)
    posts = [
        stories.post(),
        stories.post("Velvet lipstick in madder red, again. #HouseLoves"),
        stories.post(handle="bo"),
    ]
    first, second, other = await waits(served, settings, *posts)
    async with await served.staff("moderator") as mai:
        await decide(mai, served, second)
        verdict = (await mai.post(f"/console/queue/{first}/block", headers=JSON)).json()["verdict"]
        assert [await state_of(served, id) for id in (first, second, other)] == ["rejected", "withdrawn", "waiting"]
        assert kinds(await on_glass(served)) == []
        [late] = await waits(served, settings, stories.post("Ink blue slip dress, at last. #HouseLoves"))
        assert await state_of(served, late) == "refused"
        await mai.delete(f"/console/verdicts/{verdict}", headers=JSON)
        assert [await state_of(served, id) for id in (first, second, other)] == ["waiting", "approved", "waiting"]
        assert kinds(await on_glass(served)) == ["post_item"]
    async with served.database.snapshot() as db:
        assert (await db.scalar(select(Feed))).screening["blocked_authors"] == []
        done = list(await db.scalars(select(AuditEntry.what)))
        assert "blocked author" in done and "unblocked author" in done


async def test_a_recorded_consent_lets_the_item_stand_beside_the_post(served: Served, settings: Settings) -> None:
    await open_house(served)
    [id] = await waits(served, settings, stories.post(PLAIN))
    alone = await card_of(served, id)
    async with await served.staff("moderator") as mai:
        assert "Post alone" in (await mai.get("/console/queue")).text
        empty = await mai.post(f"/console/queue/{id}/consent", data={"proof": "  "}, headers=JSON)
        assert empty.status_code == 400 and "permission can be seen" in empty.json()["detail"]
        await mai.post(f"/console/queue/{id}/consent", data={"proof": "https://x.com/ada/status/5"}, headers=JSON)
        assert await card_of(served, id) != alone
        await decide(mai, served, id)
        assert kinds(await on_glass(served)) == ["post_item"]
        await mai.delete(f"/console/queue/{id}/consent", headers=JSON)
        assert kinds(await on_glass(served)) == [] and await state_of(served, id) == "withdrawn"
    async with served.database.snapshot() as db:
        consent = await db.scalar(select(Consent))
        assert consent.basis == "record" and consent.withdrawn_at
        assert {"recorded consent", "withdrew consent"} <= set(await db.scalars(select(AuditEntry.what)))


async def test_a_post_with_consent_may_still_be_shown_alone(served: Served, settings: Settings) -> None:
    await open_house(served)
    [id] = await waits(served, settings, stories.post())
    async with await served.staff("moderator") as mai:
        await mai.post(f"/console/queue/{id}/proposal", data={"mode": "post"}, headers=JSON)
        await decide(mai, served, id)
    assert kinds(await on_glass(served)) == ["post"]


async def test_the_catalogue_is_searched_for_another_item(served: Served, settings: Settings) -> None:
    await open_house(served)
    [id] = await waits(served, settings, stories.post())
    async with await served.staff("moderator") as mai:
        found = (await mai.get(f"/console/queue/{id}/items?q=slip")).text
        assert 'data-variant="slip-ink"' in found and "stain" not in found
        assert "no stock" in (await mai.get(f"/console/queue/{id}/items?q=velvet")).text
        shades = (await mai.get(f"/console/queue/{id}/items?q=velvet plum")).text
        assert shades.index('"stain-plum"') < shades.index('"stain-madder"'), "the shade that is named stands first"
        assert "Nothing in the catalogue" in (await mai.get(f"/console/queue/{id}/items?q=<i>zebra%25")).text


async def test_what_screening_refused_can_be_brought_before_a_person(served: Served, settings: Settings) -> None:
    await open_house(served)
    async with served.database.transaction() as db:
        (await db.scalar(select(Feed))).screening = {"blocked_words": ["gorgeous"]}
    [id] = await waits(served, settings, stories.post("A gorgeous madder red lipstick #HouseLoves"))
    async with await served.staff("moderator") as mai:
        assert await state_of(served, id) == "refused"
        assert "Nothing waits" in (await mai.get("/console/queue")).text
        refused = (await mai.get("/console/queue?verdict=refuse")).text
        assert "Refused by screening" in refused and "gorgeous" in refused
        assert (await mai.delete(f"/console/queue/{id}/refusal", headers=JSON)).status_code == 200
        assert await state_of(served, id) == "waiting" and await card_of(served, id)
        assert (await mai.delete(f"/console/queue/{id}/refusal", headers=JSON)).status_code == 409


async def test_an_edit_meanwhile_is_not_approved(served: Served, settings: Settings) -> None:
    await open_house(served)
    post = stories.post()
    [id] = await waits(served, settings, post)
    async with await served.staff("moderator") as mai:
        seen = await card_of(served, id)
        await waits(served, settings, stories.edited(post, "Buy my course instead #HouseLoves"))
        answer = await mai.post(f"/console/queue/{id}/approval", data={"digest": seen}, headers=JSON)
        assert answer.status_code == 409 and "edited" in answer.json()["detail"]
        assert 'data-state="over"' in (await mai.get(f"/console/queue/strip?current={id}")).text
        assert "Over" in (await mai.get(f"/console/queue/{id}")).text
    assert kinds(await on_glass(served)) == []


async def test_the_list_is_filtered_and_odd_filters_mean_none(served: Served, settings: Settings) -> None:
    await open_house(served)
    await waits(served, settings, stories.post(), stories.post(PLAIN, handle="bo", lang="nb"))
    async with await served.staff("moderator") as mai:

        async def total(query: str) -> int:
            return int(re.search(r'data-total="(\d+)"', (await mai.get(f"/console/queue/strip{query}")).text)[1])

        assert await total("") == 2
        assert await total("?language=nb") == 1
        assert await total("?verdict=hold") == 0
        assert await total("?feed=999") == 0
        assert await total("?feed=x%27--&verdict=all&language=%25") == 2


async def test_a_long_queue_stays_a_short_list(served: Served, settings: Settings) -> None:
    await open_house(served)
    ids = sorted(await waits(served, settings, *(stories.post(handle=f"p{n}") for n in range(45))))
    async with await served.staff("moderator") as mai:
        strip = (await mai.get(f"/console/queue/strip?current={ids[10]}")).text
        assert strip.count("data-open=") == 32 and 'data-total="45"' in strip
        assert "6 before" in strip and "7 more" in strip
        assert f'data-next="{ids[11]}"' in strip and f'data-previous="{ids[9]}"' in strip
        last = (await mai.get(f"/console/queue/strip?current={ids[-1]}")).text
        assert f'data-next="{ids[0]}"' in last


async def test_a_viewer_sees_and_cannot_decide(served: Served, settings: Settings) -> None:
    await open_house(served)
    [id] = await waits(served, settings, stories.post())
    async with await served.staff("viewer") as viewer:
        page = (await viewer.get("/console/queue")).text
        assert "Velvet Lipstick" in page and 'data-act="approval"' not in page
        assert (await decide(viewer, served, id)).status_code == 403
    assert await state_of(served, id) == "waiting"


async def test_a_hostile_post_is_shown_as_its_words(served: Served, settings: Settings) -> None:
    await open_house(served)
    words = 'Madder red lipstick <script>alert(1)</script> "><img src=x onerror=alert(1)> #HouseLoves'
    await waits(served, settings, stories.post(words))
    async with await served.staff("moderator") as mai:
        page = (await mai.get("/console/queue")).text
        assert "<script>alert" not in page and "<img src=x" not in page and "&lt;script&gt;" in page


async def test_empty_queues_say_what_to_do_first(served: Served) -> None:
    async with await served.staff("moderator") as mai:
        assert "No feed listens yet" in (await mai.get("/console/queue")).text
        assert (await mai.get("/console/queue/77")).status_code == 404
    await open_house(served)
    async with await served.staff("moderator") as mai:
        assert "Everything has been decided" in (await mai.get("/console/queue")).text
        assert "in this part of the queue" in (await mai.get("/console/queue?verdict=hold")).text


async def test_the_card_page_fills_a_real_screens_slots(served: Served, settings: Settings) -> None:
    screens = await open_house(served)
    [id] = await waits(served, settings, stories.post())
    card = await card_of(served, id)
    async with await served.staff("viewer") as viewer:
        page = (await viewer.get(f"/console/cards/{card}?orientation=portrait")).text
        world = json.loads(re.search(r'<script type="application/json" id="world">(.*?)</script>', page)[1])
        assert 'data-width="1080" data-height="1920"' in page
        assert world["screen"]["stores"][0]["name"] == "Oxford Street"
        assert world["stores"]["OXF"]["stock"]["stain-madder"]["quantity"] == 3
        assert (await viewer.get(world["qr"])).headers["content-type"].startswith("image/svg+xml")
        named = (await viewer.get(f"/console/cards/{card}?screen={next(iter(screens))}")).text
        assert 'data-width="1920" data-height="1080"' in named
        assert (await viewer.get(f"/console/cards/{card}?screen=nobody")).status_code == 404
        assert (await viewer.get(f"/console/cards/{'0' * 64}")).status_code == 404
