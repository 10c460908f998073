"""Composes the cards of posts that wait, and hears what asks for new ones."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from displays import around, withdrawals
from displays.cards import content as say
from displays.cards.errors import CannotShow
from displays.changes import note_loops
from displays.keeping import having_stock, item, keep, quoted
from displays.models import Campaign, Card, Proposal
from displays.playing import campaign_of
from displays.reaching import reaches
from displays.screens import aspect, present
from server.core import topics
from server.core.clock import iso, now
from server.core.events import PictureReady, PostApproved, PostJudged, PostJudgedAgain, PostWithdrawn, on
from server.core.tables import add_unless_there
from social import consent, corrections, moderation
from social.holding import hold_all
from social.models import Feed, Match, Moderation, Post, Screening


async def propose(db: AsyncSession, screening: Screening, *, variant_id: str | None = None, mode: str = "") -> Proposal:
    """Compose what would play if this post were approved now: beside an item with consent, alone without.

    A person may choose the variant, or with `mode` 'post' that there is none.
    """
    post, feed = await db.get_one(Post, screening.post_id), await db.get_one(Feed, screening.feed_id)
    campaign = await campaign_of(db, feed.id)
    modes = campaign.modes if campaign else ["post", "post_item"]
    pairs = "post_item" in modes and mode != "post" and await consent.current(db, post, feed) is not None
    chosen = variant_id or await best_variant(db, screening, campaign) if pairs else None
    beside = await item(db, chosen) if chosen else None
    would = {"mode": "post_item" if beside else "post", "variant_id": chosen if beside else None}
    would["card"], would["reason"] = await _composed(db, post, beside, would["mode"] in modes)
    fresh = await add_unless_there(db, Proposal, screening_id=screening.id, **would)
    proposal = await db.get_one(Proposal, screening.id)
    if not fresh:
        if proposal.variant_id != would["variant_id"]:
            proposal.chosen_by, proposal.offered = "", None
        proposal.mode, proposal.variant_id = would["mode"], would["variant_id"]
        proposal.card, proposal.reason = would["card"], would["reason"]
        await db.flush()
    return proposal


async def _composed(db: AsyncSession, post: Post, beside: say.Item | None, may: bool) -> tuple[str | None, str]:
    """The digest of a post's card, or why there is none."""
    if not may:
        return None, "Without the author's consent this campaign shows no post; it counts towards trends."
    try:
        quote = await quoted(db, post)
        what = say.PostItemContent(quote, beside) if beside else say.PostContent(quote)
        return await keep(db, what, variants=(beside.variant,) if beside else ()), ""
    except CannotShow as error:
        return None, str(error)[:300]


async def choose(db: AsyncSession, screening: Screening, variant_id: str | None, *, by: str) -> Proposal:
    """Compose the card beside a variant that a person chose, or alone for None; what was offered before is kept with it."""
    before = await db.get(Proposal, screening.id)
    stood = (before.chosen_by, before.offered, before.variant_id) if before else ("", None, None)
    offered = stood[1] if stood[0] else stood[2]
    proposal = await propose(db, screening, variant_id=variant_id, mode="" if variant_id else "post")
    if proposal.variant_id == variant_id and (variant_id is None or variant_id != offered):
        proposal.chosen_by, proposal.offered = by, offered
    return proposal


async def propose_again(db: AsyncSession, screening: Screening) -> None:
    """Compose a waiting post's card anew beside the item that it stands beside, or beside none where somebody chose that."""
    proposal = await db.get(Proposal, screening.id)
    stands, alone = (proposal.variant_id, proposal.chosen_by and not proposal.variant_id) if proposal else (None, False)
    await propose(db, screening, variant_id=stands, mode="post" if alone else "")


async def best_variant(db: AsyncSession, screening: Screening, campaign: Campaign | None) -> str | None:
    """The best match that some store has now, one near the campaign's screens first, and that nobody called wrong; none
    when nothing can be had."""
    fitting = await matches(db, screening) if screening.show else []
    wrong = await corrections.ruled_out(db, screening) if fitting else None
    found = [match for match in fitting if wrong is not None and match.variant_id not in wrong]
    in_stock = await having_stock(db, [match.variant_id for match in found])
    found = [match for match in found if match.variant_id in in_stock]
    near = await _near_the_screens(db, campaign, found) if campaign and len(found) > 1 else []
    chosen = next((match for match in near if match.score >= around.WORSE * found[0].score), next(iter(found), None))
    return chosen.variant_id if chosen else None


async def _near_the_screens(db: AsyncSession, campaign: Campaign, found: list[Match]) -> list[Match]:
    """Those matches that a store near the campaign's screens has."""
    stores = await around.stores_round(db, campaign)
    there = await around.on_their_shelves(db, stores, [match.variant_id for match in found]) if stores else set()
    return [match for match in found if match.variant_id in there]


async def matches(db: AsyncSession, screening: Screening) -> list[Match]:
    """What goes with a post, best first."""
    return list(await db.scalars(select(Match).where(Match.screening_id == screening.id).order_by(Match.rank)))


def frame(proposal: Proposal, card: Card) -> moderation.Frame:
    """What a verdict keeps of the card that was seen."""
    return moderation.Frame(
        mode=proposal.mode, variant_id=proposal.variant_id, layout=card.layout, language=card.language, card=card.digest
    )


@on(PostJudged)
async def post_judged(db: AsyncSession, event: PostJudged) -> None:
    """Compose the proposal; approve it at once where the feed's rule has said so."""
    screening = await db.get_one(Screening, event.screening_id)
    if screening.state != "waiting":
        return
    proposal = await propose(db, screening)
    post = await db.get_one(Post, screening.post_id)
    post.stamps = {**post.stamps, "composed": iso(now())}
    if screening.rule_approves and proposal.card:
        card = await db.get_one(Card, proposal.card)
        if not await _fits_somewhere(db, screening.feed_id, card):
            screening.rule_approves, screening.rule_reason = (
                False,
                "too long to be shown whole on any screen of its campaign",
            )
            return
        await moderation.approve(db, screening, frame(proposal, card), by=moderation.RULE, reason=screening.rule_reason)


@on(PostJudgedAgain)
async def post_judged_again(db: AsyncSession, event: PostJudgedAgain) -> None:
    """Propose what goes with it now, unless a person chose what stands beside it, or that nothing does."""
    screening = await db.get_one(Screening, event.screening_id)
    proposal = await db.get(Proposal, screening.id)
    if screening.state != "waiting" or proposal is None:
        return
    before = (proposal.card, proposal.reason)
    if proposal.chosen_by:
        await propose_again(db, screening)
    if not proposal.chosen_by:  # nobody chose it, or what was chosen is sold no more
        await propose(db, screening)
    if (proposal.card, proposal.reason) != before:
        topics.note(db, "queue")


async def _fits_somewhere(db: AsyncSession, feed_id: int, card: Card) -> bool:
    """Whether a screen of the campaign can show the card; where there is none yet, whether any could."""
    campaign = await campaign_of(db, feed_id)
    glass = {aspect(one) for one in await present(db) if campaign is None or reaches(campaign.labels, one.labels)}
    return bool(glass & set(card.fits)) if glass else bool(card.fits)


@on(PostApproved)
async def post_approved(db: AsyncSession, event: PostApproved) -> None:
    """It plays next on every screen of the feed's campaign."""
    verdict = await db.get_one(Moderation, event.moderation_id)
    if campaign := await campaign_of(db, verdict.feed_id):
        await note_loops(db, campaign)


@on(PostWithdrawn)
async def post_withdrawn(db: AsyncSession, event: PostWithdrawn) -> None:
    """It leaves the glass at once, and which screens no longer have it is counted."""
    for feed_id in event.feed_ids:
        if campaign := await campaign_of(db, feed_id):
            await withdrawals.begin(db, event.post_id, campaign)
            await note_loops(db, campaign)


@on(PictureReady)
async def picture_ready(db: AsyncSession, event: PictureReady) -> None:
    """Waiting posts beside an item get its picture; approved ones keep the card that was approved."""
    query = (
        select(Screening).join(Proposal).where(Screening.state == "waiting", Proposal.variant_id.in_(event.variant_ids))
    )
    # Held, or who chooses another item at this moment would approve it on the card of the one before.
    await hold_all(db, {screening.post_id for screening in await db.scalars(query)})
    for screening in list(await db.scalars(query.execution_options(populate_existing=True))):
        await propose_again(db, screening)
        topics.note(db, "queue")
