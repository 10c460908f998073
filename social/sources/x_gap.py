"""What was posted while nobody streamed: fetched from X's recent search, since the last id that was heard.

A take-over, a restart and a broken connection leave the same gap. X's search learns of a post up to half a minute after
the stream; so each gap is looked into from before its beginning, and once more when the search knows its end. What
comes twice is told apart by its id, and X bills it once a day.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import datetime, timedelta

import structlog

from social.sources import x_rules
from social.sources.x_client import FIELDS, Outcome, Rest, SourceRefused, SourceUnavailable
from social.sources.x_ids import earlier, id_at
from social.sources.x_inbox import Inbox
from social.sources.x_meter import Meter
from social.sources.x_pace import backoff
from social.sources.x_text import objects

log = structlog.get_logger(__name__)
SMALLEST_PAGE, LARGEST_PAGE = 10, 100
"""Posts of a page of a search, as X allows."""
BAD_QUERY = 400
"""What X answers to a search that it cannot read, however often it is asked."""


class Gap:
    """Looks for what an inbox has missed. `most`: posts that a gap may cost; `hours`: how far back it is worth looking;
    `lag`: seconds until X's search knows a post, at most."""

    def __init__(
        self,
        *,
        rest: Rest,
        inbox: Inbox,
        meter: Meter,
        most: int,
        hours: float,
        lag: float,
        now: Callable[[], datetime],
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        self._rest, self._inbox, self._meter = rest, inbox, meter
        self._most, self._hours, self._lag, self._now, self._sleep = most, hours, lag, now, sleep
        self._rules: Mapping[str, str] = {}
        self._known = asyncio.Event()

    def look_for(self, rules: Mapping[str, str]) -> None:
        """The rules ({tag: value}) that posts were missed of. Until they are told, `fill` waits."""
        self._rules = rules
        self._known.set()

    async def fill(self) -> None:
        """Fetch what was missed up to now, however often X has to be asked; the mark moves on when it is handed on."""
        gap, since, until = self._inbox.mark.open(), self._since(), self._now()
        await self._known.wait()
        found = await self._patiently(since, self._most)
        await asyncio.sleep(self._lag)
        late = max(since, id_at(until - timedelta(seconds=self._lag)), key=int)
        await self._patiently(late, self._most - found)
        self._inbox.once_handed_on(lambda: self._inbox.mark.close(gap))

    async def glance(self) -> None:
        """Fetch what there is now, once, in the place of a stream; the next look begins before the newest of it."""
        gap = self._inbox.mark.open()
        try:
            await self._fetch(self._since(), self._most)
        except SourceUnavailable as error:
            log.warning("x.gap_not_filled", why=error.detail)
        else:
            self._inbox.once_handed_on(lambda: self._inbox.mark.close(gap))

    def _since(self) -> str:
        horizon = id_at(self._now() - timedelta(hours=self._hours))
        return max(earlier(self._inbox.mark.id, self._lag), horizon, key=int)

    async def _patiently(self, since_id: str, most: int) -> int:
        failures = 0
        while True:
            try:
                return await self._fetch(since_id, most)
            except SourceUnavailable as error:
                failures += 1
                how = Outcome("lost", status=error.extra.get("answer"), reset_at=error.extra.get("reset_at"))
                pause = backoff(how, failures=failures, now=self._now())
                log.warning("x.gap_not_filled", why=error.detail, again_in_seconds=round(pause))
                await self._sleep(pause)

    async def _fetch(self, since_id: str, most: int) -> int:
        """Queue what search finds; returns how many posts were read. Raises SourceUnavailable."""
        room = min(most, self._meter.left(self._now()))
        found = await search(self._rules, rest=self._rest, since_id=since_id, most=room)
        self._inbox.counts["filled"] += sum([self._inbox.take(payload) for payload in found])
        if len(found) >= room:
            log.warning("x.gap_cut", read=len(found), most=room, why="the older posts of it are left out")
        return len(found)


async def search(rules: Mapping[str, str], *, rest: Rest, since_id: str, most: int) -> list[dict]:
    """Payloads like the stream's of the newest posts since an id that match `rules` ({tag: value}), oldest first.

    At most about `most` are read in all, and no rule takes the others' part. Raises SourceUnavailable; a rule that X will
    not search by is passed over.
    """
    queries = [(tag, query) for tag, value in rules.items() for query in x_rules.searches(value)]
    found: dict[str, dict] = {}
    for number, (tag, query) in enumerate(queries):
        part = (most - len(found)) // (len(queries) - number)
        async for post, includes in _posts(query, rest=rest, since_id=since_id, most=part):
            payload = {"data": post, "includes": includes, "matching_rules": []}
            found.setdefault(str(post.get("id")), payload)["matching_rules"].append({"tag": tag})
    return [found[i] for i in sorted(found, key=lambda i: (len(i), i))]


async def _posts(query: str, *, rest: Rest, since_id: str, most: int) -> AsyncIterator[tuple[dict, object]]:
    """The newest posts, with what came along with their page, page by page."""
    token: str | None = None
    while most > 0:
        page = await _page(query, rest=rest, since_id=since_id, token=token, room=most)
        for post in objects(page.get("data")):
            yield post, page.get("includes")
            most -= 1
        meta = page.get("meta")
        token = meta.get("next_token") if isinstance(meta, dict) else None
        if not token:
            return


async def _page(query: str, *, rest: Rest, since_id: str, token: str | None, room: int) -> dict:
    size = min(max(room, SMALLEST_PAGE), LARGEST_PAGE)
    try:
        return await rest.posts(
            lambda x: x.search_recent_tweets(query, since_id=since_id, max_results=size, next_token=token, **FIELDS)
        )
    except SourceRefused as refusal:
        if refusal.extra.get("answer") != BAD_QUERY:  # credit is topped up, a token renewed: it is worth waiting
            raise SourceUnavailable(refusal.detail, **refusal.extra) from refusal
        log.warning("x.search_refused", why=refusal.detail)
        return {}
