"""Asking X about posts: what has become of those on air."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

import structlog

from social.incoming import IncomingDeletion, IncomingPost, UnreadablePost, from_x
from social.sources.x_client import FIELDS, Rest, SourceUnavailable
from social.sources.x_text import objects

log = structlog.get_logger(__name__)

BATCH = 100
"""Ids of a look-up that X allows."""


@dataclass(frozen=True)
class Standing:
    """What has become of a post."""

    id: str
    """As it was asked for."""
    state: str
    """'there', 'edited', 'withheld' (`post.withheld` says where), 'deleted', 'protected', 'suspended' or 'unknown'."""
    post: IncomingPost | None = None
    """Its newest revision, if it may be shown at all."""
    news: IncomingPost | IncomingDeletion | None = None
    """What to tell intake; None if nothing has changed or nothing is known."""


async def look_up(
    ids: Iterable[str], *, rest: Rest, now: Callable[[], datetime], count: Callable[[str], None]
) -> list[Standing]:
    """The standing of each id, in the order asked; see XSource.look_up."""
    asked = list(dict.fromkeys(ids))
    standings: dict[str, Standing] = {}
    for batch in _batches(asked):
        standings |= await _ask(batch, rest=rest, now=now, count=count)
    newer = {s.post.revisions[-1]: s.id for s in standings.values() if s.post and s.post.superseded}
    for batch in _batches(list(newer)):
        answers = await _ask(batch, rest=rest, now=now, count=count)
        standings |= {newer[i]: _as_asked(newer[i], answer) for i, answer in answers.items()}
    return [standings[i] for i in asked]


async def _ask(batch: list[str], *, rest: Rest, now: Callable, count: Callable) -> dict[str, Standing]:
    try:
        answer = await rest.posts(lambda x: x.get_tweets(batch, **FIELDS))
    except SourceUnavailable as error:
        log.warning("x.look_up_failed", posts=len(batch), why=error.detail)
        answer = {}
    found = {str(post.get("id")): post for post in objects(answer.get("data"))}
    gone = {str(error.get("resource_id") or error.get("value")): error for error in objects(answer.get("errors"))}
    for post_id in found:
        count(post_id)
    return {
        i: _there(i, {**answer, "data": found[i]}, now()) if i in found else _gone(i, gone.get(i), now()) for i in batch
    }


def _there(post_id: str, payload: dict, now: datetime) -> Standing:
    try:
        post = from_x(payload, now)
    except UnreadablePost as refusal:
        log.warning("x.unreadable", post=post_id, why=refusal.detail)
        return Standing(post_id, "unknown")
    if post.author.protected or "XX" in post.withheld:
        return _removed(post_id, "protected" if post.author.protected else "withheld", now)
    state = "withheld" if post.withheld else "edited" if post.revision_id != post_id or post.superseded else "there"
    return Standing(post_id, state, post, post if state != "there" else None)


def _gone(post_id: str, error: dict | None, now: datetime) -> Standing:
    kind = str(error.get("type", "")) if error else ""
    if error and "suspended" in str(error.get("detail", "")).lower():
        return _removed(post_id, "suspended", now)
    if kind.endswith("/not-authorized-for-resource"):
        return _removed(post_id, "protected", now)
    return _removed(post_id, "deleted", now) if kind.endswith("/resource-not-found") else Standing(post_id, "unknown")


def _removed(post_id: str, reason: str, now: datetime) -> Standing:
    return Standing(post_id, reason, None, IncomingDeletion(network="x", id=post_id, reason=reason, noticed_at=now))


def _as_asked(post_id: str, newest: Standing) -> Standing:
    """The standing of the newest revision, told of the revision that was asked for."""
    if isinstance(newest.news, IncomingDeletion):
        return _removed(post_id, newest.state, newest.news.noticed_at)
    state = "edited" if newest.state == "there" else newest.state
    return Standing(post_id, state, newest.post, newest.post)


def _batches(ids: list[str]) -> Iterator[list[str]]:
    return (ids[start : start + BATCH] for start in range(0, len(ids), BATCH))
