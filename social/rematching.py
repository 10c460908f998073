"""What other words of a feed would change: its recent posts matched with the words as they are and as they would be."""

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.matching.learned import Learned
from catalog.matching.matcher import Matcher
from catalog.matching.values import OwnWord, Terms, Verdict
from social.models import Feed, Post, Screening

MOST = 300
SECONDS = 3.0
"""After which what has been matched has to do."""
Kind = Literal["shows", "silent", "other"]


@dataclass(frozen=True, slots=True)
class Recent:
    """A post of the feed, as far as matching needs it and a reader of the result."""

    screening: int
    text: str
    hashtags: tuple[str, ...]
    lang: str
    handle: str
    received_at: datetime
    state: str


@dataclass(frozen=True, slots=True)
class Change:
    """A post that is judged otherwise: it would show an item, none, or another one."""

    kind: Kind
    post: Recent
    was: Verdict
    would: Verdict
    own: tuple[tuple[OwnWord, int, int], ...]
    """The feed's words in it, of those as they are and as they would be, with their places in the text."""


@dataclass(frozen=True)
class Trial:
    """What the words as they would be change: of `posts` recent posts the first `looked` were matched."""

    posts: int
    looked: int
    changes: tuple[Change, ...]
    said: Counter[OwnWord]
    """In how many posts each of the words as they would be stands."""

    def of(self, kind: Kind) -> list[Change]:
        """The changes of one kind, the newest posts first."""
        return [change for change in self.changes if change.kind == kind]


async def recent(db: AsyncSession, feed: Feed) -> list[Recent]:
    """The newest posts of a feed that screening did not refuse."""
    query = select(
        Screening.id, Post.text, Post.hashtags, Post.lang, Post.author_handle, Post.received_at, Screening.state
    ).join(Post, Post.id == Screening.post_id).where(
        Screening.feed_id == feed.id, Screening.revision == Post.revision, Post.gone_at.is_(None), Screening.verdict != "refuse"
    )  # fmt: skip
    rows = await db.execute(query.order_by(Screening.id.desc()).limit(MOST))
    return [Recent(id, text, tuple(tags), *rest) for id, text, tags, *rest in rows]


def compare(
    matcher: Matcher, posts: Sequence[Recent], was: Terms, would: Terms, learned: Learned, seconds: float = SECONDS
) -> Trial:
    """Match posts both ways, for so long. Depends on nothing but the words: what was shown lately counts in neither."""
    ends, changes, said, looked = time.monotonic() + seconds, [], Counter[OwnWord](), 0
    for post in posts:
        if looked and time.monotonic() > ends:
            break
        looked += 1
        now = matcher.own_words(post.text, post.lang, would)
        said.update({word for word, _, _ in now})
        before, after = (
            matcher.match(post.text, post.hashtags, post.lang, terms, None, learned) for terms in (was, would)
        )
        if kind := _kind(before, after):
            own = dict.fromkeys((*now, *matcher.own_words(post.text, post.lang, was)))
            changes.append(Change(kind, post, before, after, tuple(own)))
    return Trial(len(posts), looked, tuple(changes), said)


def _kind(was: Verdict, would: Verdict) -> Kind | None:
    if was.show != would.show:
        return "shows" if would.show else "silent"
    return "other" if was.show and was.matches[0].variant != would.matches[0].variant else None
