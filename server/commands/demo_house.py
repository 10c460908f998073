"""Furnishes the demo's installation: catalogue, pictures, brand, screens, and a campaign with its feed."""

import asyncio
import io
import json
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from catalog import importing, picturing
from catalog.demo import house
from catalog.demo.feeds import write_feeds
from catalog.models import Image, Store
from displays import campaigns
from displays.models import Campaign, Spot
from displays.screens import Setting
from displays.screens import add as add_screen
from kiosk import kiosks
from server.core import brand, devices, media, pictures, staff
from server.core.clock import now
from server.core.database import Database
from server.core.events import FeedChanged, emit
from server.core.settings import Settings
from server.core.staff import Staff
from server.demo_page import SCREENS, TABLETS
from social.models import Feed, FeedTerms

TAGS, OPT_IN = ("AlkanetRow", "LanternFW"), "AlkanetLoves"
BY = "the demo"
TERMS = (
    "By posting with #{tag} you let Alkanet Row show your post, whole and with your name, beside an item of ours on our own screens "
    "in and near our shops, for up to 30 days. You keep all rights to it. Delete the post, or write to posts@alkanetrow.example, "
    "and it leaves every screen within a minute. We pay nothing for it, and you need not buy anything."
)
INK = "#fbf3e6"
# Pictures that carry the house's name stand alone and whole; words beside one take their room from its sides.
EVERGREEN = (
    ("lips-and-hems", "", ""),
    ("colour-book", "Find your page", "Two hundred and forty-nine shades, one house."),
    ("plinths", "", ""),
)
GLASS = (
    Setting(
        name="Oxford Street, window", venue="Alkanet Row, Oxford Street", latitude=51.5149, longitude=-0.1445,
        labels=("london", "window"),
    ),
    Setting(
        name="Piccadilly, upright", venue="Piccadilly arcade", latitude=51.5138, longitude=-0.1335,
        labels=("london", "street"),
    ),
    Setting(
        name="Karl Johans gate", venue="Oslo", latitude=59.9133, longitude=10.7389, time_zone="Europe/Oslo",
        language="nb", labels=("oslo", "street"),
    ),
    Setting(
        name="Đồng Khởi", venue="Sài Gòn", latitude=10.7769, longitude=106.7009, time_zone="Asia/Ho_Chi_Minh",
        language="vi", labels=("saigon", "street"),
    ),
)  # fmt: skip
SIZES = ((1920, 1080), (1080, 1920), (1920, 1080), (1080, 1920))
TABLES = (
    (kiosks.Setting(name="Lips, by the mirror", store_id="OXF"), (1180, 820)),
    (kiosks.Setting(name="Ved speilet", store_id="OSL", language="nb"), (820, 1180)),
)
ASSOCIATE = {"email": "ines@alkanetrow.example", "name": "Ines Okafor", "role": "associate", "store_id": "OXF"}


async def furnish(database: Database, settings: Settings, out: Console) -> bool:
    """Do what is not done yet; returns whether this was the first time."""
    async with database.snapshot() as db:
        done = bool(await db.scalar(select(func.count()).select_from(Campaign)))
        waiting = await db.scalar(select(func.count()).select_from(Image).where(Image.state == "waiting"))
    if done and not waiting and (settings.home / SCREENS).exists():
        await hang_tablets(database, settings.home)
        return False
    with Progress(
        TextColumn("{task.description:<28}"),
        BarColumn(),
        TextColumn("{task.completed}/{task.total}"),
        TimeRemainingColumn(),
        console=out,
    ) as progress:
        await _catalogue(database, settings.home, progress)
        await _draw_pictures(database, progress)
        if not done:
            await _campaign(database, settings, progress)
    await hang_tablets(database, settings.home)
    return True


def _begin(progress: Progress, what: str, total: int) -> TaskID:
    """A bar of its own; where there is no terminal to draw it in, a line that says what is begun."""
    if not progress.console.is_terminal:
        progress.console.print(f"{what} ...")
    return progress.add_task(what, total=total)


async def _catalogue(database: Database, home: Path, progress: Progress) -> None:
    products, inventory, stores = write_feeds(home / "feeds")
    task = _begin(progress, "Importing the catalogue", 3)
    for kind, path in (("stores", stores), ("products", products), ("inventory", inventory)):
        await importing.run(database, kind, path, source=path.name, by=BY)
        progress.advance(task)


# -- pictures -----------------------------------------------------------------------------------------------------


async def _draw_pictures(database: Database, progress: Progress) -> None:
    """Draw the products on every core; sizes of a shade share a picture."""
    async with database.snapshot() as db:
        waiting = dict((await db.execute(select(Image.url, Image.id).where(Image.state == "waiting"))).all())
    chosen = {
        variant.image_link: index for index, variant in enumerate(house.variants()) if variant.image_link in waiting
    }
    task = _begin(progress, "Drawing the products", len(chosen))
    loop = asyncio.get_running_loop()
    pool = ProcessPoolExecutor()
    try:
        jobs = [loop.run_in_executor(pool, _drawn, url, index) for url, index in chosen.items()]
        for job in asyncio.as_completed(jobs):
            url, prepared = await job
            async with database.transaction() as db:
                await picturing.keep(db, waiting[url], prepared)
            progress.advance(task)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)  # Ctrl-C: what is drawn is kept, the rest can wait


def _drawn(url: str, index: int) -> tuple[str, pictures.Prepared]:
    from catalog.demo.pictures.draw import draw  # a later start draws nothing, and is to be quick

    image = draw(house.variants()[index])
    cut = tuple(pictures.renditions(image))
    return url, pictures.Prepared(image.width, image.height, cut, tuple(pictures.dominant_colours(image)))


# -- campaign -----------------------------------------------------------------------------------------------------


async def _campaign(database: Database, settings: Settings, progress: Progress) -> None:
    task = _begin(progress, "Hanging the screens", 4)
    arts = await asyncio.to_thread(lambda: list(_artwork()))
    progress.advance(task)
    async with database.transaction() as db:
        logo = await media.store(db, arts[0], "image/webp")
        kit = brand.BrandKit(name=house.BRAND, logo=logo, field=house.FIELD, ink=INK, accent=house.ACCENT)
        await brand.change(db, kit)
        feed = await _feed(db)
        made = await campaigns.create(db, feed, campaigns.Plan(name="The colour book", labels=()), by=BY)
        progress.advance(task)
        for position, (_, headline, words) in enumerate(EVERGREEN):
            spot = Spot(position=position, headline=headline, words=words)
            spot.landscape = await media.store(db, arts[1 + 2 * position], "image/webp")
            spot.portrait = await media.store(db, arts[2 + 2 * position], "image/webp")
            await campaigns.add_spot(db, made, spot, by=BY)
        await campaigns.publish(db, made, by=BY)
        progress.advance(task)
        await emit(db, FeedChanged(feed.id))
        screens = [await _screen(db, setting, size) for setting, size in zip(GLASS, SIZES, strict=True)]
    _keep(settings.home / SCREENS, screens)
    progress.advance(task)


def _artwork() -> Iterator[bytes]:
    """The logo, then each piece of campaign art in landscape and portrait, as WebP."""
    from catalog.demo.pictures.artwork import campaign_art, logo

    yield _webp(logo(colour=INK))
    for kind, _, _ in EVERGREEN:
        for orientation in ("landscape", "portrait"):
            yield _webp(campaign_art(kind, orientation))


def _webp(image) -> bytes:
    body = io.BytesIO()
    image.save(body, "WEBP", quality=86, method=4)
    return body.getvalue()


async def _feed(db: AsyncSession) -> Feed:
    feed = Feed(name="The colour book", tags=list(TAGS), optin_tag=OPT_IN, changed_at=now())
    feed.approval = {"automatic": True, "needs_consent": True, "least_score": 0.5}
    feed.trends = {"automatic": True, "least_authors": 3, "window_minutes": 60}
    feed.greatest_age_hours = 48
    db.add(feed)
    await db.flush()
    published = now() - timedelta(days=30)
    db.add(
        FeedTerms(feed_id=feed.id, version=1, text=TERMS.format(tag=OPT_IN), published_at=published, published_by=BY)
    )
    await db.flush()
    return feed


async def hang_tablets(database: Database, home: Path) -> None:
    """A tablet in Oxford Street and one in Oslo, and an associate for the first, unless they are there."""
    if (home / TABLETS).exists():
        return
    async with database.transaction() as db:
        tablets = [await _tablet(db, setting, size) for setting, size in TABLES]
        if await db.scalar(select(Staff).where(Staff.email == ASSOCIATE["email"])) is None:
            await staff.add(db, **ASSOCIATE)
    _keep(home / TABLETS, tablets)


def _keep(path: Path, made: list[dict[str, Any]]) -> None:
    path.touch(mode=0o600)
    path.write_text(json.dumps(made))


async def _tablet(db: AsyncSession, setting: kiosks.Setting, size: tuple[int, int]) -> dict[str, Any]:
    device = devices.create(db, kind="kiosk", by=BY)
    token = devices.issue(device)
    await db.flush()
    kiosk = await kiosks.add(db, device, setting, by=BY)
    store = await db.get_one(Store, kiosk.store_id)
    return {"id": kiosk.id, "name": f"{kiosk.name} ({store.name})", "token": token, "width": size[0], "height": size[1]}


async def _screen(db: AsyncSession, setting: Setting, size: tuple[int, int]) -> dict[str, Any]:
    device = devices.create(db, kind="screen", by=BY)
    token = devices.issue(device)
    await db.flush()
    screen = await add_screen(db, device, setting, width=size[0], height=size[1], by=BY)
    return {
        "id": screen.id,
        "name": f"{setting.name} ({'portrait' if size[1] > size[0] else 'landscape'})",
        "token": token,
    }
