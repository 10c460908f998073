"""Staff pages of campaigns: the list, and the one page that edits a campaign and its feed together."""

from typing import Any

from litestar import Request, Response, delete, get, post
from litestar.params import FromPath, FromQuery
from sqlalchemy.ext.asyncio import AsyncSession

from displays import campaign_form, campaign_pages, campaigns, loop, picking, rehearsed
from displays.campaign_form import Draft
from displays.forms import Errors, words
from displays.models import Campaign
from displays.screens import billboards, present
from displays.spot_console import spot_views
from server.core import staff
from server.core.clock import iso
from server.core.database import Database
from server.core.errors import BadInput, NotFound
from server.core.rendering import Section, add_section, back, console_page, forward, page
from server.core.zones import known_zones
from social import consent, feeds
from social.models import Feed

add_section(Section(20, "/console/campaigns", "Campaigns", "c"))
PATH = "/console/campaigns"
MODES = {
    "post_item": ("A post beside an item", "The post and what it speaks of. Only with its author’s consent."),
    "post": ("A post alone", "Somebody’s words by themselves; nothing is sold beside them."),
    "trend": ("A trend", "A word that is rising, with up to four items. No post, nobody’s name."),
    "call": ("The call", "Your opt-in tag with the address of its terms. Plays once both are there."),
    "evergreen": ("Evergreen", "Your own spots, below. They always play, also when a screen is offline."),
}


@get(PATH)
async def campaign_list(request: Request, database: Database) -> Response[str]:
    """All campaigns with their state and reach."""
    async with database.snapshot() as db:
        person = await staff.calling(db, request, "viewer")
        rows = await campaign_pages.rows(db)
        screens = len(await billboards(db))
    template = "displays/campaign_table.html" if request.headers.get("hx-request") else "displays/campaigns.html"
    return console_page(request, template, person, title="Campaigns", rows=rows, screens=screens)


@get(f"{PATH}/new")
async def new_campaign(request: Request, database: Database) -> Response[str]:
    """Where a campaign begins: with a name and its hashtags."""
    async with database.snapshot() as db:
        person = await staff.calling(db, request, "merchandiser")
    return _begin_page(request, person, Draft(), Errors())


@post(PATH)
async def create(request: Request, database: Database) -> Response[Any]:
    """Begin a campaign as a draft."""
    draft = campaign_form.typed(await request.form())
    begun = Draft(name=draft.name, tags=draft.tags, time_zone=draft.time_zone or Draft.time_zone)
    feed_plan, plan, errors = campaign_form.read(begun)
    async with database.transaction() as db:
        person = await staff.calling(db, request, "merchandiser")
        if errors:
            return _begin_page(request, person, begun, errors)
        feed = await feeds.create(db, feed_plan, by=person.name)
        campaign = await campaigns.create(db, feed, plan, by=person.name)
    return back(
        f"{PATH}/{campaign.id}", said=f"‘{campaign.name}’ is a draft. Nothing is on the glass before you publish it."
    )


def _begin_page(request: Request, person: staff.Staff, draft: Draft, errors: Errors) -> Response[str]:
    status = 422 if errors else 200
    return console_page(
        request, "displays/campaign_new.html", person, title="New campaign", v=draft, errors=errors, status=status
    )


@get(PATH + "/{id:int}")
async def campaign_page(request: Request, database: Database, id: FromPath[int]) -> Response[str]:
    """One campaign and its feed."""
    async with database.snapshot() as db:
        person = await staff.calling(db, request, "viewer")
        campaign, feed = await opened(db, id)
        return await _page(db, request, person, campaign, feed, campaign_form.kept(campaign, feed))


@post(PATH + "/{id:int}")
async def save(request: Request, database: Database, id: FromPath[int]) -> Response[Any]:
    """Keep what was typed, all of it or none; with `then=publish` also put it on the glass."""
    form = await request.form()
    async with database.transaction() as db:
        person = await staff.calling(db, request, "merchandiser")
        campaign, feed = await opened(db, id)
        for row in (campaign, feed):  # or two who save at once would both be the last who saw it
            await db.refresh(row, with_for_update=True)
        draft = campaign_form.typed(form, boosts=feed.sells.get("boosts"))
        feed_plan, plan, errors = campaign_form.read(draft)
        errors.update(_overtaken(form.get("seen"), campaign, feed))
        if errors:
            return await _page(db, request, person, campaign, feed, draft, errors=errors)
        await feeds.change(db, feed, feed_plan, by=person.name)
        await campaigns.change(db, campaign, plan, by=person.name)
        if form.get("then") == "publish":
            await campaigns.publish(db, campaign, by=person.name)
        row = await campaign_pages.row_of(db, campaign)
    return back(f"{PATH}/{id}", said=_saved(row))


def _overtaken(seen: Any, campaign: Campaign, feed: Feed) -> dict[str, str]:
    if not isinstance(seen, str) or seen == _stamp(campaign, feed):
        return {}
    words = "Somebody else saved this campaign meanwhile. Yours is below; save again to put it in place of theirs."
    return {"seen": words}


def _stamp(campaign: Campaign, feed: Feed) -> str:
    return f"{iso(campaign.changed_at)} {iso(feed.changed_at)}"


def _saved(row: campaign_pages.Row) -> str:
    if not row.state.running:
        return "Saved. It is not on the glass."
    if not row.reached:
        return "Saved. No screen plays it: none has its labels."
    return f"Saved. It is for {campaign_pages.counted(row.reached)}; those that are online have it at once."


async def opened(db: AsyncSession, id: int) -> tuple[Campaign, Feed]:
    """A campaign with its feed. Raises NotFound."""
    campaign = await db.get(Campaign, id)
    if campaign is None:
        raise NotFound("There is no such campaign.")
    return campaign, await db.get_one(Feed, campaign.feed_id)


async def _page(
    db: AsyncSession,
    request: Request,
    person: staff.Staff,
    campaign: Campaign,
    feed: Feed,
    draft: Draft,
    *,
    errors: Errors | None = None,
) -> Response[str]:
    ids = [*draft.products, *draft.exclusions, *(id for _, variants in draft.pairs for id in variants)]
    plan = campaign_form.read(draft)[0]
    context = {
        "row": await campaign_pages.row_of(db, campaign), "campaign": campaign, "feed": feed, "v": draft,
        "errors": errors or Errors(), "seen": _stamp(campaign, feed), "names": await campaign_pages.names_of(db, ids),
        "terms": await consent.versions(db, feed.id), "spots": await spot_views(db, campaign), "modes": MODES,
        "default_seconds": loop.SECONDS, "zones": sorted(known_zones()), "editing": None,
        "may_edit": person.may("merchandiser") and not campaign.ended_at, "sentence": feeds.sentence(plan.approval, plan.optin_tag),
        **await _reach(db, draft.labels), **await _lints(db, draft.tags, draft.optin_tag, feed.id),
    }  # fmt: skip
    return console_page(
        request, "displays/campaign.html", person, title=campaign.name, status=422 if errors else 200, **context
    )


# -- on the glass and off it ----------------------------------------------------------------------------------------


@get(PATH + "/{id:int}/summary")
async def summary(request: Request, database: Database, id: FromPath[int]) -> Response[str]:
    """Its state and counts, fetched anew whenever they change."""
    async with database.snapshot() as db:
        await staff.calling(db, request, "viewer")
        campaign, _ = await opened(db, id)
        row = await campaign_pages.row_of(db, campaign)
    return page(request, "displays/campaign_summary.html", row=row, campaign=campaign)


@post(PATH + "/{id:int}/publication")
async def publish(request: Request, database: Database, id: FromPath[int]) -> Response[None]:
    """Put a campaign on its screens."""
    async with database.transaction() as db:
        person = await staff.calling(db, request, "merchandiser")
        campaign, _ = await opened(db, id)
        await campaigns.publish(db, campaign, by=person.name)
    return back(f"{PATH}/{id}", said="Published.")


@delete(PATH + "/{id:int}/publication", status_code=200)
async def take_back(request: Request, database: Database, id: FromPath[int]) -> Response[None]:
    """Take a campaign off its screens."""
    async with database.transaction() as db:
        person = await staff.calling(db, request, "merchandiser")
        campaign, _ = await opened(db, id)
        await campaigns.take_back(db, campaign, by=person.name)
    return forward(f"{PATH}/{id}", said="Taken back: it leaves every screen now. Publish it again when you like.")


@delete(PATH + "/{id:int}", status_code=200)
async def end(request: Request, database: Database, id: FromPath[int]) -> Response[None]:
    """End a campaign for good."""
    async with database.transaction() as db:
        person = await staff.calling(db, request, "merchandiser")
        campaign, _ = await opened(db, id)
        await campaigns.end(db, campaign, by=person.name)
    return forward(PATH, said=f"‘{campaign.name}’ has ended. Its results stay.")


# -- terms ----------------------------------------------------------------------------------------------------------


@post(PATH + "/{id:int}/terms")
async def publish_terms(request: Request, database: Database, id: FromPath[int]) -> Response[str]:
    """Publish a new version of the opt-in terms. Answers with the section that shows them."""
    text = str((await request.form()).get("terms", ""))
    errors = Errors()
    async with database.transaction() as db:
        person = await staff.calling(db, request, "merchandiser")
        campaign, feed = await opened(db, id)
        try:
            await feeds.publish_terms(db, feed, text, by=person.name)
        except BadInput as error:
            errors = Errors(terms=error.detail)
        versions = await consent.versions(db, feed.id)
    context = {"campaign": campaign, "feed": feed, "terms": versions, "terms_text": text if errors else None}
    return page(
        request, "displays/campaign_terms.html", errors=errors, may_edit=True, status=422 if errors else 200, **context
    )


# -- while somebody types -------------------------------------------------------------------------------------------


@get(f"{PATH}/reach")
async def reach(request: Request, database: Database, labels: FromQuery[str] = "") -> Response[str]:
    """Which screens the typed labels reach."""
    async with database.snapshot() as db:
        await staff.calling(db, request, "viewer")
        return page(request, "displays/campaign_reach.html", **await _reach(db, labels))


async def _reach(db: AsyncSession, labels: str) -> dict[str, Any]:
    wanted, in_use, screens = campaign_form.labels(labels), await campaign_pages.labels_in_use(db), await present(db)
    return {
        "reached": campaign_pages.reached(screens, wanted), "all_screens": screens, "labels_in_use": in_use,
        "unknown_labels": campaign_pages.unknown(wanted, in_use), "wanted_labels": wanted,
    }  # fmt: skip


@get(f"{PATH}/lint")
async def lint(
    request: Request,
    database: Database,
    tags: FromQuery[str] = "",
    optin_tag: FromQuery[str] = "",
    campaign: FromQuery[int] = 0,
) -> Response[str]:
    """What to know of the typed hashtags."""
    async with database.snapshot() as db:
        await staff.calling(db, request, "viewer")
        found = await db.get(Campaign, campaign)
        lints = await _lints(db, tags, optin_tag, found.feed_id if found else None)
    return page(request, "displays/campaign_lint.html", **lints)


async def _lints(db: AsyncSession, tags: str, optin_tag: str, feed_id: int | None) -> dict[str, Any]:
    optin = words(optin_tag)[:1]
    return {
        "lints": await campaign_pages.lints(db, words(tags)[: feeds.MOST_TAGS], feed_id=feed_id),
        "optin_lints": await campaign_pages.lints(db, optin, feed_id=feed_id),
    }


@get(PATH + "/{id:int}/rule")
async def rule(request: Request, database: Database, id: FromPath[int]) -> Response[str]:
    """The rule of automatic approval as typed, read back in words and tried on what waits now."""
    draft = campaign_form.typed(request.query_params)
    plan, _, errors = campaign_form.read(draft)
    async with database.snapshot() as db:
        await staff.calling(db, request, "viewer")
        campaign, _ = await opened(db, id)
        tried = await rehearsed.trial(db, campaign.feed_id, plan.approval)
    said = feeds.sentence(plan.approval, plan.optin_tag)
    return page(
        request, "displays/campaign_rule.html", sentence=said, trial=tried, problem=errors.get("least_score", "")
    )


@get(f"{PATH}/choices")
async def choices(
    request: Request, database: Database, kind: FromQuery[str] = "products", words: FromQuery[str] = ""
) -> Response[str]:
    """What the catalogue has for the typed letters."""
    if kind not in picking.KINDS:
        raise BadInput("There is nothing of that kind to pick.")
    async with database.snapshot() as db:
        await staff.calling(db, request, "viewer")
        found = await picking.choices(db, kind, words[:100])
    return page(request, "displays/campaign_choices.html", choices=found, words=words[:100])


ROUTES = [
    campaign_list, new_campaign, create, campaign_page, save, summary, publish, take_back, end, publish_terms,
    reach, lint, rule, choices,
]  # fmt: skip
