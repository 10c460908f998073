"""A feed's own words: terms, synonyms, stop words and makers not carried, and at once what recent posts they change."""

import asyncio
from dataclasses import dataclass, replace
from typing import Any

from babel import Locale
from litestar import Request, Response, delete, get, post
from litestar.params import FromPath
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.matching import meanings
from catalog.matching.lexicon import LANGUAGES
from catalog.matching.matcher import Matcher
from catalog.matching.values import Verdict
from catalog.shelving import Compiled
from displays.campaign_console import opened
from displays.forms import Errors
from displays.models import Campaign
from server.console import table, word_form
from server.console.marking import Piece, told
from server.console.word_form import Draft
from server.core import staff
from server.core.database import Database
from server.core.rendering import back, console_page, forward, page
from social import corrections, feed_words, judging, rematching
from social.models import Feed
from social.rematching import Change, Kind, Trial

PATH = "/console/campaigns/{id:int}/words"
LISTED = 25
"""Posts of each kind of change that are shown; the others are counted."""
PATIENCE = 4.0
"""Seconds that a preview waits for a catalogue that is compiled for the first time, before it says so."""
TITLES: dict[Kind, str] = {
    "shows": "would show an item now",
    "silent": "would fall silent",
    "other": "would get another item",
}
_ENGLISH = Locale("en")
TONGUES = {code: _ENGLISH.languages.get(code, code) for code in LANGUAGES}


@dataclass(frozen=True)
class Shown:
    """A change as the page tells it."""

    change: Change
    words: tuple[Piece, ...]
    was: table.Choice | None
    would: table.Choice | None
    reasons: tuple[dict[str, Any], ...]
    held: tuple[str, ...]


@get(PATH)
async def words_page(request: Request, database: Database, id: FromPath[int]) -> Response[str]:
    """The words of a campaign's feed."""
    async with database.snapshot() as db:
        person = await staff.calling(db, request, "viewer")
        campaign, feed = await opened(db, id)
        return await _page(db, request, person, campaign, feed, word_form.kept(feed_words.of(feed)))


@post(PATH)
async def save(request: Request, database: Database, id: FromPath[int]) -> Response[Any]:
    """Keep the words as typed, all of them or none."""
    form = await request.form()
    draft = word_form.typed(form)
    async with database.transaction() as db:
        person = await staff.calling(db, request, "merchandiser")
        campaign, feed = await opened(db, id)
        await db.refresh(feed, with_for_update=True)
        words, errors = await word_form.read(db, draft, feed_words.of(feed))
        if word_form.text(form.get("seen")) != _stamp(feed):
            errors["seen"] = (
                "Somebody else changed these words meanwhile. Yours are below; save again to put them in place of theirs."
            )
        if errors:
            return await _page(db, request, person, campaign, feed, draft, errors=errors)
        different = await feed_words.change(db, feed, words, by=person.name)
    said = (
        "Saved. Posts that wait are judged again within seconds."
        if different
        else "Nothing was different, so nothing was changed."
    )
    return back(_path(id), said=said)


@delete(f"{PATH}/change", status_code=200)
async def undo(request: Request, database: Database, id: FromPath[int]) -> Response[None]:
    """Put back the words from before the last change."""
    async with database.transaction() as db:
        person = await staff.calling(db, request, "merchandiser")
        _, feed = await opened(db, id)
        await db.refresh(feed, with_for_update=True)
        await feed_words.undo(db, feed, by=person.name)
    return forward(_path(id), said="The words from before are back. Undo once more to have the others again.")


@post(f"{PATH}/preview", status_code=200)
async def preview(request: Request, database: Database, shelf: Compiled, id: FromPath[int]) -> Response[str]:
    """What the words as typed would change about recent posts, as a fragment. Nothing is kept."""
    draft = word_form.typed(await request.form())
    async with database.snapshot() as db:
        await staff.calling(db, request, "merchandiser")
        campaign, feed = await opened(db, id)
        words, errors = await word_form.read(db, draft, feed_words.of(feed))
        posts, learned = await rematching.recent(db, feed), await corrections.lessons(db, feed.id)
    context: dict[str, Any] = {
        "campaign": campaign,
        "errors": errors,
        "titles": TITLES,
        "listed": LISTED,
        "trial": None,
    }
    matcher = None if errors else await _compiled(shelf)
    if matcher:
        was = judging.terms(feed)
        trial = await asyncio.to_thread(rematching.compare, matcher, posts, was, replace(was, words=words), learned)
        async with database.snapshot() as db:
            shown = await _shown(db, trial)
        unsaid = [word.spelling for word in words if not trial.said[word]]
        context |= {"trial": trial, "shown": shown, "unsaid": unsaid, "same": words == feed_words.of(feed)}
    return page(request, "console/own_words_changes.html", **context)


async def _compiled(shelf: Compiled) -> Matcher | None:
    """The catalogue, if it is ready within a moment; it goes on being compiled for the next who asks."""
    ready = asyncio.ensure_future(shelf.current())
    done, _ = await asyncio.wait({ready}, timeout=PATIENCE)
    return ready.result() if done else None


async def _shown(db: AsyncSession, trial: Trial) -> dict[Kind, list[Shown]]:
    changes = {kind: trial.of(kind)[:LISTED] for kind in TITLES}
    ids = {best for some in changes.values() for c in some for v in (c.was, c.would) if (best := _best(v))}
    there = {one.variant.id: one for one in await table.variants(db, sorted(ids))}
    return {kind: [_tell(change, there) for change in some] for kind, some in changes.items()}


def _tell(change: Change, there: dict[str, table.Choice]) -> Shown:
    speaks = change.would if change.would.show else change.was
    reasons = tuple(
        {"kind": r.kind, "words": r.words, "start": r.start, "end": r.end} for r in speaks.matches[0].reasons
    )
    own = [
        {"kind": "own", "words": f"a word of this feed: {meanings.SAID_OF[word.kind]}", "start": start, "end": end}
        for word, start, end in change.own
    ]
    places = {(one["start"], one["end"]) for one in own}
    others = [one for one in reasons if (one["start"], one["end"]) not in places]
    was, would = there.get(_best(change.was) or ""), there.get(_best(change.would) or "")
    return Shown(change, told(change.post.text, [*own, *others]).pieces, was, would, reasons, change.would.held)


def _best(verdict: Verdict) -> str | None:
    return verdict.matches[0].variant if verdict.matches else None


def _path(id: int) -> str:
    return f"/console/campaigns/{id}/words"


def _stamp(feed: Feed) -> str:
    return feed_words.changed(feed).get("at", "")


async def _page(
    db: AsyncSession, request: Request, person: staff.Staff, campaign: Campaign, feed: Feed, draft: Draft, *,
    errors: Errors | None = None,
) -> Response[str]:  # fmt: skip
    context = {
        "campaign": campaign, "feed": feed, "v": draft, "errors": errors or Errors(), "seen": _stamp(feed), "tongues": TONGUES,
        "names": await word_form.names(db, draft), "changed": feed_words.changed(feed), "most": feed_words.MOST,
        "may_edit": person.may("merchandiser") and not campaign.ended_at, "difference": _difference(feed),
    }  # fmt: skip
    title = f"Words of {campaign.name}"
    status = 422 if errors else 200
    return console_page(request, "console/own_words.html", person, title=title, status=status, **context)


def _difference(feed: Feed) -> str:
    """What the last change did, in words."""
    now, then = feed_words.of(feed), feed_words.before(feed)
    here = dict.fromkeys(word.spelling for word in now if word not in then)
    gone = dict.fromkeys(word.spelling for word in then if word not in now)
    parts = {
        "added": [word for word in here if word not in gone],
        "took out": [word for word in gone if word not in here],
        "changed what is meant by": [word for word in here if word in gone],
    }
    return ", ".join(f"{did} {_listed(words)}" for did, words in parts.items() if words)


def _listed(words: list[str]) -> str:
    named = ", ".join(f"‘{word}’" for word in words[:4])
    return f"{named} and {len(words) - 4} more" if len(words) > 4 else named


ROUTES = [words_page, save, undo, preview]
