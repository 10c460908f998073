"""What tests of moderation begin with: a house with a campaign on two screens, and posts that wait."""

import httpx
from sqlalchemy import select

from displays.models import Proposal, Screen
from server.core.settings import Settings
from social.incoming import IncomingPost
from social.models import Post, Screening
from tests import house, stories
from tests.conftest import Served

JSON = {"accept": "application/json"}


async def open_house(served: Served) -> dict[str, str]:
    """A catalogue, a feed that approves nothing by itself, its campaign, and a wide and a tall screen. Tokens by screen id."""
    async with served.database.transaction() as db:
        await house.catalogue(db)
        await house.campaign(db, await house.feed(db, automatic=False))
        wide, wide_token = await house.screen(db, "Window")
        tall, tall_token = await house.screen(db, "Pillar", size=(1080, 1920))
        return {wide.id: wide_token, tall.id: tall_token}


async def waits(served: Served, settings: Settings, *posts: IncomingPost) -> list[int]:
    """Let posts arrive; their rows of the queue."""
    await stories.arrive(served.database, settings, *posts)
    async with served.database.snapshot() as db:
        found = [
            await db.scalar(
                select(Screening.id).join(Post).where(Post.network_id == one.id).order_by(Screening.id.desc()).limit(1)
            )
            for one in posts
        ]
        return [id for id in found if id]


async def card_of(served: Served, id: int) -> str:
    """The card that the queue shows for a row."""
    async with served.database.snapshot() as db:
        return (await db.get_one(Proposal, id)).card or ""


async def state_of(served: Served, id: int) -> str:
    """What has become of a row of the queue."""
    async with served.database.snapshot() as db:
        return (await db.get_one(Screening, id)).state


async def decide(client: httpx.AsyncClient, served: Served, id: int, verdict: str = "approval") -> httpx.Response:
    """Decide as the light table does: with the card that is on it."""
    return await client.post(f"/console/queue/{id}/{verdict}", data={"digest": await card_of(served, id)}, headers=JSON)


async def on_glass(served: Served) -> dict:
    """What the screens' loop says now."""
    from server.core import topics

    async with served.database.snapshot() as db:
        key = await db.scalar(select(Screen.loop_key).limit(1))
        return (await topics.read(db, f"loop:{key}"))[1]


def kinds(loop: dict) -> list[str]:
    """The kinds of spots in a loop, sorted, without the call for posts."""
    return sorted(spot["kind"] for spot in loop["spots"] if spot["kind"] != "call")
