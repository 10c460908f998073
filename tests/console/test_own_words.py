"""A feed's own words in the console: what they would change is seen before they are saved, and what waits is judged again."""

import re

import httpx
import pytest
from sqlalchemy import select

from server.console import word_form
from server.core.audit import AuditEntry
from server.core.settings import Settings
from social import feed_words
from social.again import Again
from social.judging import Judge
from social.models import Feed, Match, Screening
from tests import stories
from tests.conftest import Served
from tests.console.moderating import card_of, open_house, state_of, waits

PAGE = "/console/campaigns/1/words"
SMUDGIE = {"word": "0", "word_0_spellings": "smudgie, the Erdem stain", "word_0_means": "type:lipstick"}


async def preview(person: httpx.AsyncClient, **fields: str) -> str:
    answer = await person.post(f"{PAGE}/preview", data=fields, headers={"hx-request": "true"})
    assert answer.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text).split())


async def save(person: httpx.AsyncClient, **fields: str) -> httpx.Response:
    seen = re.search(r'name="seen" value="([^"]*)"', (await person.get(PAGE)).text)[1]
    return await person.post(PAGE, data={"seen": seen, **fields})


async def judge_again(served: Served) -> int:
    shelf = served.app.state.shelf
    return await Again(served.database, shelf, lambda: Judge(served.database, shelf).judge_again).take_up()


async def row(served: Served, id: int) -> tuple[Screening, list[Match]]:
    async with served.database.snapshot() as db:
        return await db.get_one(Screening, id), list(
            await db.scalars(select(Match).where(Match.screening_id == id).order_by(Match.rank))
        )


async def test_what_words_change_is_seen_before_they_are_saved_and_waiting_posts_follow_when_they_are(
    served: Served, settings: Settings
) -> None:
    await open_house(served)
    words = (
        "A red smudgie #HouseLoves",
        "Sephora haul: madder red lipstick #HouseLoves",
        "Ink blue dress, all day #HouseLoves",
    )
    smudgie, haul, dress = await waits(
        served, settings, *(stories.post(t, handle=h) for t, h in zip(words, "abc", strict=True))
    )
    async with await served.staff("merchandiser") as ann:
        assert "No post" not in await preview(ann) and "Nothing changes while nothing is typed" in await preview(ann)
        said = await preview(ann, **SMUDGIE, stop="Sephora", rival="Ink blue dress")
        assert "Of the newest 3 posts: 2 would show an item now 1 would fall silent" in said
        assert "‘smudgie’ asks for lipstick, a word of this feed" in said
        assert "names ‘ink blue dress’, a word of this feed, which the catalogue does not carry" in said
        assert "In none of these posts: ‘the Erdem stain’" in said
        assert not (await row(served, smudgie))[0].show, "nothing is kept by looking"
        answer = await save(ann, **SMUDGIE, stop="Sephora", rival="Ink blue dress")
        assert answer.status_code == 303
        page = (await ann.get(PAGE)).text
        assert "added ‘smudgie’, ‘the Erdem stain’, ‘Sephora’, ‘Ink blue dress’" in page
        assert "smudgie, the Erdem stain" in page and "Sephora</textarea>" in page
        assert "4 words of its own" in (await ann.get("/console/campaigns/1")).text
    assert await judge_again(served) == 3
    for id, shows in ((smudgie, True), (haul, True), (dress, False)):
        screening, matches = await row(served, id)
        assert (screening.show, bool(matches), screening.state) == (shows, shows, "waiting")
    assert "Velvet Lipstick" in await _table(served, smudgie) and await card_of(served, smudgie)


async def _table(served: Served, id: int) -> str:
    async with await served.staff("moderator") as mai:
        return (await mai.get(f"/console/queue/{id}/table")).text


async def test_a_change_is_undone_and_done_again(served: Served, settings: Settings) -> None:
    await open_house(served)
    async with await served.staff("merchandiser") as ann:
        nothing = await ann.delete(f"{PAGE}/change", headers={"accept": "application/json"})
        assert nothing.status_code == 409 and "nothing to undo" in nothing.json()["detail"]
        await save(ann, **SMUDGIE)
        await save(ann, **(SMUDGIE | {"word_0_means": "colour:burgundy"}))
        for means in ("type:lipstick", "colour:burgundy", "type:lipstick"):
            await ann.delete(f"{PAGE}/change")
            assert f'value="{means}"' in (await ann.get(PAGE)).text
    async with served.database.snapshot() as db:
        told = [
            (one.what, one.details.get("added")) for one in await db.scalars(select(AuditEntry).order_by(AuditEntry.id))
        ]
    assert told[-1] == ("put words back", ["smudgie", "the Erdem stain"])


async def test_two_who_change_words_at_once_lose_nothing(served: Served) -> None:
    await open_house(served)
    async with await served.staff("merchandiser") as ann, await served.staff("merchandiser", "bo@house.test") as bo:
        seen = re.search(r'name="seen" value="([^"]*)"', (await bo.get(PAGE)).text)[1]
        await save(ann, **SMUDGIE)
        answer = await bo.post(PAGE, data={"seen": seen, "stop": "wall"})
        assert answer.status_code == 422 and "Somebody else changed these words" in answer.text
        assert "wall</textarea>" in answer.text
        assert (await save(bo, stop="wall")).status_code == 303


REFUSED = [
    ({"word": "0", "word_0_spellings": "smudgie"}, "choose what it means from the list"),
    ({"word": "0", "word_0_means": "type:lipstick"}, "Write the word, or remove the row"),
    ({"word": "0", "word_0_spellings": "smudgie", "word_0_means": "type:nonsense"}, "choose what it means"),
    ({"word": "0", "word_0_spellings": "smudgie", "word_0_means": "product:no-such"}, "choose what it means"),
    ({"word": "0", "word_0_spellings": "new", "word_0_means": "type:lipstick"}, "stands in too many posts"),
    ({"word": "0", "word_0_spellings": "x", "word_0_means": "type:lipstick"}, "is a single letter"),
    ({**SMUDGIE, "word_0_language": "tlh"}, "there is no language"),
    ({**SMUDGIE, "stop": "Smudgie"}, "twice with meanings that exclude each other"),
    ({"stop": "!!! \u200b"}, "holds no letter"),
    ({"rival": "a" * 90}, "is too long"),
    ({"elsewhere": "\n".join(f"saying {n}" for n in range(501))}, "at most 500 words"),
]


async def test_a_word_that_cannot_be_used_is_refused_in_words_and_nothing_is_lost(served: Served) -> None:
    await open_house(served)
    async with await served.staff("merchandiser") as ann:
        for fields, problem in REFUSED:
            answer = await save(ann, **fields)
            assert answer.status_code == 422 and problem in answer.text and "Nothing was saved" in answer.text
            assert problem in await preview(ann, **fields)
    async with served.database.snapshot() as db:
        assert (await db.get_one(Feed, 1)).words == {}


async def test_words_without_end_are_refused_before_each_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed_words, "tidy", None)
    draft = word_form.Draft(areas={"stop": "\n".join(f"word {n}" for n in range(9_000))})
    _, errors = await word_form.read(None, draft, ())
    assert errors["all"] == feed_words.too_many(9_000)


async def test_a_viewer_looks_and_changes_nothing(served: Served) -> None:
    await open_house(served)
    async with await served.staff("viewer") as vi:
        page = await vi.get(PAGE)
        assert page.status_code == 200 and "fieldset" in page.text and "disabled" in page.text
        assert (await save(vi, **SMUDGIE)).status_code in (403, 404)
        assert (await vi.delete(f"{PAGE}/change")).status_code in (403, 404)


async def test_meanings_are_found_by_what_any_language_calls_them_and_by_what_the_catalogue_has(served: Served) -> None:
    await open_house(served)
    async with await served.staff("merchandiser") as ann:
        for typed, value in (("leppestift", "type:lipstick"), ("burg", "colour:burgundy"), ("house", "brand:house"),
                             ("velvet", "product:stain"), ("late plum", "variant:stain-plum"), ("", "stop:")):  # fmt: skip
            found = await ann.get(f"/console/campaigns/choices?kind=meanings&words={typed}")
            assert f'data-value="{value}"' in found.text, typed


async def test_a_post_that_waits_never_goes_live_by_a_change_and_one_with_a_word_blocked_since_leaves(
    served: Served, settings: Settings
) -> None:
    await open_house(served)
    one, two = await waits(
        served, settings, stories.post(), stories.post("Red lipstick by candlelight #HouseLoves", handle="bo")
    )
    async with served.database.transaction() as db:
        from server.core.clock import now

        feed = await db.get_one(Feed, 1)
        feed.approval = {"automatic": True, "needs_consent": True, "least_score": 0.0}
        feed.screening = {"blocked_words": ["candlelight"]}
        feed.changed_at = now()
    await judge_again(served)
    assert (await state_of(served, one), await state_of(served, two)) == ("waiting", "refused")
    assert "it waited before the feed or the catalogue was changed" in (await row(served, one))[0].rule_reason


async def test_what_a_person_chose_to_stand_beside_a_post_stays_when_it_is_judged_again(
    served: Served, settings: Settings
) -> None:
    await open_house(served)
    chosen, alone = await waits(
        served,
        settings,
        *(stories.post(f"{n} A madder red lipstick, love #HouseLoves", handle=n) for n in ("ada", "bo")),
    )
    async with await served.staff("moderator") as mai, await served.staff("merchandiser") as ann:
        await mai.post(f"/console/queue/{chosen}/proposal", data={"variant": "slip-ink"})
        await mai.post(f"/console/queue/{alone}/proposal", data={"mode": "post"})
        await save(ann, word="0", word_0_spellings="madder", word_0_means="colour:burgundy")
    cards = [await card_of(served, id) for id in (chosen, alone)]
    assert await judge_again(served) == 2
    assert "a word of this feed" in str((await row(served, chosen))[1][0].reasons)
    assert [await card_of(served, id) for id in (chosen, alone)] == cards
