"""Judges a stored post for every feed that listens for its tags: matched, screened, and weighed by the feed's own rule."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.matching.learned import Learned
from catalog.matching.matcher import Matcher
from catalog.matching.values import Terms, Verdict
from catalog.shelving import Compiled
from server.core import topics
from server.core.clock import iso, now
from server.core.database import Database
from server.core.events import PostJudged, PostJudgedAgain, emit
from social import again, approval, consent, corrections, feed_words, screening
from social.approval import ApprovalRule, Arrival, SurgeRule, SurgeState
from social.hashtags import key
from social.holding import held, hold
from social.models import Feed, Match, Moderation, Post, Screening
from social.screening import AuthorActivity, ScreenedMedia, ScreenedPost, ScreeningRules

MOST_ARRIVALS = 5000
"""Posts of a feed that the surge looks back on; a feed that gets more in an hour is a surge anyway."""
LATELY = 40
"""Posts of a feed whose items step back a little for the next one."""
HEAD_START = 1.4
"""Evidence that a feed's own tag stands for: whoever uses it speaks of the house, so one clear cue is enough."""


Catalogue = tuple[Matcher, int]
"""The catalogue as it was compiled, and the number of its last change."""


class Judge:
    """One process's judgement: what each feed has heard lately, and the catalogue as it is."""

    def __init__(self, database: Database, shelf: Compiled) -> None:
        self._database, self._shelf = database, shelf
        self._arrivals: dict[int, dict[int, Arrival]] = {}
        """By feed and post: one that is judged again is still one."""
        self._learned: dict[int, tuple[int, Learned]] = {}
        """By feed, with the number of its corrections' last change."""

    async def form(self, post_id: int) -> "Opinions":
        """What each of its feeds makes of a post as it is now. It is read of a snapshot, which keeps nobody waiting."""
        catalogue = await self._shelf.current(), self._shelf.change
        async with self._database.snapshot() as db:
            post = await db.get_one(Post, post_id)
            feeds, done = await feeds_of(db, post) if post.gone_at is None else [], await _judged_for(db, post)
            formed = {one.id: await self._form(db, catalogue, post, one) for one in feeds if one.id not in done}
            return Opinions(catalogue, formed)

    async def write(self, post_id: int, opinions: "Opinions") -> None:
        """Write down what the feeds make of a post, once for each revision. What was changed meanwhile is judged anew, with
        the post in hand. This is kept short, since SQLite has one writer and those who moderate need it too."""
        async with self._database.transaction() as db:
            post = await held(db, post_id)
            feeds, done = await feeds_of(db, post) if post.gone_at is None else [], await _judged_for(db, post)
            for feed in feeds:
                if feed.id not in done:
                    opinion, agreed = opinions.by_feed.get(feed.id), await consent.given(db, post, feed) is not None
                    changed = opinion is None or opinion.of != _asked(post, feed)
                    # What nobody looks at again is judged by all that is known now: what moderators have just said, too.
                    if changed or _decided(opinion, feed, agreed).verdict == "approve":
                        opinion = await self._form(db, opinions.catalogue, post, feed)
                    await _write(db, post, feed, opinion, _decided(opinion, feed, agreed))

    async def _form(self, db: AsyncSession, catalogue: Catalogue, post: Post, feed: Feed) -> "Opinion":
        matcher, change = catalogue
        lately, learned = await lately_shown(db, feed), await self._lessons(db, feed)
        matched = matcher.match(post.text, tuple(post.hashtags), post.lang, terms(feed), lately, learned)
        moment, heard = now(), await self._heard(db, feed)
        recent = await _activity(db, post, feed, heard)
        screened = screening.screen(_screened(post), screening_rules(feed), recent=recent, now=moment)
        return Opinion(_asked(post, feed), change, matched, moment, screened, await _surge(db, post, feed, heard))

    async def judge_again(self, screening_id: int) -> bool:
        """Judge a post anew that waits, since its feed or the catalogue was changed; a person decides on it, whatever the rule
        says of it now.

        Returns whether anything about it is different. One that somebody has decided on meanwhile stays as it is.
        """
        matcher, change = await self._shelf.current(), self._shelf.change
        async with self._database.transaction() as db:
            row = await db.get_one(Screening, screening_id)
            post = await hold(db, row)
            if row.state != "waiting" or post.gone_at or row.revision != post.revision:
                return False
            feed, standing = await db.get_one(Feed, row.feed_id), await _standing(db, row)
            lately, learned = await lately_shown(db, feed, before=row.id), await self._lessons(db, feed)
            matched = matcher.match(post.text, tuple(post.hashtags), post.lang, terms(feed), lately, learned)
            matched = again.steady(matched, standing[0].variant_id if standing else "")
            screened, decision = await self._weigh_again(db, post, feed, matched)
            matches, row.judged_at = _matches(row, matched), now()
            different = again.revise(row, matched, screened, decision) or again.differ(standing, matches)
            # What an item is called, and which store has it, may be others though the same item goes with the post.
            restocked, row.catalogue = row.catalogue != change, change
            if different:
                await _replace(db, row, matches)
            if different or restocked:
                await emit(db, PostJudgedAgain(row.id))
            return different

    async def _weigh_again(
        self, db: AsyncSession, post: Post, feed: Feed, matched: Verdict
    ) -> tuple[screening.Screening, approval.Decision]:
        """What screening and the rule say now; of other posts only those count that came before."""
        earlier = {id: one for id, one in (await self._heard(db, feed)).items() if id < post.id}
        recent = await _activity(db, post, feed, earlier, later=False)
        screened = screening.screen(_screened(post), screening_rules(feed), recent=recent, now=now())
        agreed = await consent.current(db, post, feed) is not None
        return screened, approval.decide(
            screened, matched, consent=agreed, rule=approval_rule(feed), surge=SurgeState()
        )

    async def _lessons(self, db: AsyncSession, feed: Feed) -> Learned:
        name = corrections.version_of(feed.id)
        number = (await topics.numbers(db, [name])).get(name, 0)
        if feed.id not in self._learned or self._learned[feed.id][0] != number:
            self._learned[feed.id] = (number, await corrections.lessons(db, feed.id) if number else {})
        return self._learned[feed.id][1]

    async def _heard(self, db: AsyncSession, feed: Feed) -> dict[int, Arrival]:
        known = self._arrivals.get(feed.id)
        # Posts are judged side by side: the first that is back with the past is the one that others add to.
        return self._arrivals.setdefault(feed.id, await _heard_before(db, feed)) if known is None else known


@dataclass(frozen=True)
class Opinion:
    """What a feed makes of a post, before it is written down."""

    of: tuple[Any, ...]
    """What was asked: an edit of the post or a change of the feed makes it worthless."""
    catalogue: int
    matched: Verdict
    matched_at: datetime
    screened: screening.Screening
    surge: SurgeState


@dataclass(frozen=True)
class Opinions:
    """What all feeds make of a post, and the catalogue that they were asked with."""

    catalogue: Catalogue
    by_feed: Mapping[int, Opinion]


def _asked(post: Post, feed: Feed) -> tuple[Any, ...]:
    rules = (feed.sells, feed.words, feed.screening, feed.approval, feed.languages, feed.greatest_age_hours)
    return post.revision, post.flags, feed.tags, feed.optin_tag, *rules


async def _judged_for(db: AsyncSession, post: Post) -> set[int]:
    done = select(Screening.feed_id).where(Screening.post_id == post.id, Screening.revision == post.revision)
    return set(await db.scalars(done))


def _decided(opinion: Opinion, feed: Feed, agreed: bool) -> approval.Decision:
    rule = approval_rule(feed)
    return approval.decide(opinion.screened, opinion.matched, consent=agreed, rule=rule, surge=opinion.surge)


async def _write(db: AsyncSession, post: Post, feed: Feed, opinion: Opinion, decision: approval.Decision) -> None:
    row = _row(post, feed, opinion.matched, opinion.screened, decision)
    row.catalogue = opinion.catalogue
    db.add(row)
    post.stamps = {**post.stamps, "matched": iso(opinion.matched_at), "judged": iso(now())}
    await db.flush()
    db.add_all(_matches(row, opinion.matched))
    await db.flush()
    topics.note(db, "queue")
    await emit(db, PostJudged(row.id))


async def _standing(db: AsyncSession, row: Screening) -> list[Match]:
    return list(await db.scalars(select(Match).where(Match.screening_id == row.id).order_by(Match.rank)))


async def _replace(db: AsyncSession, row: Screening, matches: list[Match]) -> None:
    await db.execute(delete(Match).where(Match.screening_id == row.id))
    db.add_all(matches)
    await db.flush()
    topics.note(db, "queue")


async def feeds_of(db: AsyncSession, post: Post) -> list[Feed]:
    """The feeds that listen for one of a post's hashtags."""
    said = {key(tag) for tag in post.hashtags}
    feeds = await db.scalars(select(Feed).where(Feed.ended_at.is_(None)).order_by(Feed.id))
    return [feed for feed in feeds if said & {key(tag) for tag in (*feed.tags, feed.optin_tag) if tag}]


async def lately_shown(db: AsyncSession, feed: Feed, *, before: int | None = None) -> Counter[str]:
    """The products that stood first beside the feed's last posts, and how often: the same one is not every post's answer.
    `before`: as it was when this row of the queue was written."""
    newest = select(Screening.id).where(Screening.feed_id == feed.id, Screening.show)
    newest = newest.where(Screening.id < before) if before else newest
    newest = newest.order_by(Screening.id.desc()).limit(LATELY)
    best = select(Match.product_id).where(Match.rank == 0, Match.screening_id.in_(newest.scalar_subquery()))
    return Counter(await db.scalars(best))


async def _heard_before(db: AsyncSession, feed: Feed) -> dict[int, Arrival]:
    """What a process that starts has to know of the last hour."""
    rows = await db.execute(
        select(Post.id, Post.received_at, Post.author_id, Post.text)
        .join(Screening, Screening.post_id == Post.id)
        .where(Screening.feed_id == feed.id, Post.received_at > now() - timedelta(minutes=65))
        .order_by(Post.received_at.desc()).limit(MOST_ARRIVALS)
    )  # fmt: skip
    return {
        id: Arrival(at=at, author=author, fingerprint=screening.fingerprint(text))
        for id, at, author, text in reversed(rows.all())
    }


async def _surge(db: AsyncSession, post: Post, feed: Feed, heard: dict[int, Arrival]) -> SurgeState:
    let_in = (
        select(Screening.id)
        .join(Post)
        .where(Screening.feed_id == feed.id, Post.author_id == post.author_id, Post.id != post.id)
    )
    met = await db.scalar(let_in.where(Screening.verdict != "refuse").limit(1))
    heard.pop(post.id, None)
    heard[post.id] = Arrival(
        at=post.received_at,
        author=post.author_id,
        fingerprint=screening.fingerprint(post.text),
        author_known=met is not None,
    )
    if len(heard) > MOST_ARRIVALS:
        del heard[next(iter(heard))]
    return approval.surge(heard.values(), SurgeRule(), now=now())


async def _activity(
    db: AsyncSession, post: Post, feed: Feed, heard: dict[int, Arrival], *, later: bool = True
) -> AuthorActivity:
    rules = screening_rules(feed)
    other = Post.id != post.id if later else Post.id < post.id
    theirs = (Screening.feed_id == feed.id, Post.author_id == post.author_id, other)
    moments = (
        select(Post.received_at)
        .join(Screening, Screening.post_id == Post.id)
        .where(*theirs, Screening.verdict != "refuse")
    )
    let_in = await db.scalars(moments.where(Post.received_at > now() - rules.author_window).limit(100))
    turned_down = select(func.count()).select_from(Moderation).join(Post, Post.id == Moderation.post_id).where(
        Moderation.feed_id == feed.id, Post.author_id == post.author_id,
        Moderation.verdict.in_(("rejected", "withdrawn")), Moderation.over_at.is_(None),
    )  # fmt: skip
    mark = screening.fingerprint(post.text)
    same = sum(one.fingerprint == mark for id, one in heard.items() if id != post.id) if mark else 0
    return AuthorActivity(let_in=tuple(let_in), rejected=await db.scalar(turned_down) or 0, same_text=same)


# -- rows to values and back ----------------------------------------------------------------------------------------


def terms(feed: Feed) -> Terms:
    """What a feed sells, as the matcher takes it."""
    sells = feed.sells
    pairs = {key(tag): tuple(ids) for tag, ids in sells.get("pairs", {}).items()}
    return Terms(
        brands=frozenset(sells.get("brands", ())), types=frozenset(sells.get("types", ())),
        products=frozenset(sells.get("products", ())), without=frozenset(sells.get("exclusions", ())),
        pairs=MappingProxyType(pairs), boosts=MappingProxyType(dict(sells.get("boosts", {}))),
        own_tags=frozenset(tag for tag in (*feed.tags, feed.optin_tag) if tag), head_start=HEAD_START,
        words=feed_words.of(feed),
    )  # fmt: skip


def screening_rules(feed: Feed) -> ScreeningRules:
    """The feed's rules, the product's defaults where it says nothing."""
    said = feed.screening
    lists = {
        name: frozenset(said[name])
        for name in ("blocked_words", "allowed_words", "blocked_authors", "countries")
        if name in said
    }
    numbers = {
        name: int(said[name])
        for name in ("author_cap", "most_hashtags", "most_mentions", "most_links", "least_words")
        if name in said
    }
    own = frozenset(tag for tag in (*feed.tags, feed.optin_tag) if tag)
    return ScreeningRules(
        languages=frozenset(feed.languages),
        greatest_age=timedelta(hours=feed.greatest_age_hours),
        own_tags=own,
        replies=bool(said.get("replies")),
        **lists,
        **numbers,
    )


def approval_rule(feed: Feed) -> ApprovalRule:
    """The rule that a merchandiser wrote; without one nothing is approved by itself."""
    known = {one.name for one in fields(ApprovalRule)}
    return ApprovalRule(**{name: value for name, value in feed.approval.items() if name in known})


def _screened(post: Post) -> ScreenedPost:
    flags: dict[str, Any] = post.flags
    since = flags.get("author_since")
    return ScreenedPost(
        id=str(post.id), network=post.network, author_id=post.author_id, author_name=post.author_name,
        author_handle=post.author_handle, text=post.text, created_at=post.created_at, hashtags=tuple(post.hashtags),
        links=tuple(post.links), media=tuple(ScreenedMedia(kind=one["kind"], alt=one.get("alt", "")) for one in post.media),
        lang=post.lang, author_created_at=datetime.fromisoformat(since) if since else None,
        author_protected=bool(flags.get("protected")), sensitive=bool(flags.get("sensitive")),
        withheld=tuple(flags.get("withheld", ())), paid_partnership=bool(flags.get("paid_partnership")),
        is_repost=bool(flags.get("repost")), is_quote=bool(flags.get("quote")), is_reply=bool(flags.get("reply")),
    )  # fmt: skip


def _row(
    post: Post, feed: Feed, matched: Verdict, screened: screening.Screening, decision: approval.Decision
) -> Screening:
    return Screening(
        post_id=post.id, feed_id=feed.id, revision=post.revision, verdict=screened.verdict, reasons=list(screened.reasons),
        show=matched.show, held=[asdict(one) for one in matched.against], cues=list(matched.themes)[:10],
        state="refused" if screened.verdict == "refuse" else "waiting", judged_at=now(),
        rule_approves=decision.verdict == "approve", rule_reason=decision.reason[:300],
    )  # fmt: skip


def _matches(row: Screening, matched: Verdict) -> list[Match]:
    return [
        Match(screening_id=row.id, rank=rank, variant_id=one.variant, product_id=one.product, score=one.score,
              reasons=[asdict(reason) for reason in one.reasons], asked=asdict(one.asked) if one.asked else {})
        for rank, one in enumerate(matched.matches)
    ]  # fmt: skip
