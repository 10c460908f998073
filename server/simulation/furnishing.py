"""Makes the devices of a simulation, and something for them to play, on the machine of the installation itself.

Everything is marked: devices by their ids (server/core/devices.py), the rest by the label of the run. What is marked counts
nowhere, and `clearing` finds it.
"""

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import cycle, islice

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncSession

import server.models  # noqa: F401 - every table, before the first of them is used
from catalog.models import Store
from displays import campaigns
from displays.models import LoopGroup, Screen, ScreenReport, Spot
from displays.screens import loop_key
from kiosk.models import Kiosk, KioskReport
from server.core import devices, staff, topics
from server.core.clock import now
from server.core.database import Database, settings_of
from server.core.errors import Misconfigured
from server.core.security import digest, new_token
from server.simulation.fleet import Identity
from social.models import Feed

BY = "vitrine simulate"
LABEL = "simulated-"
AT_ONCE = 500
RUN_LETTERS = "0123456789abcdef"
SPOTS = 3
SECONDS = 8


@dataclass(frozen=True)
class Furnished:
    """What a fleet needs to begin."""

    screens: Sequence[Identity]
    tablets: Sequence[Identity]
    campaign: int
    spots: list[int]
    cookie: tuple[str, str]
    """Of somebody in the console who may change the campaign."""


def new_run() -> str:
    """A name for a run, part of the ids of its devices."""
    return "".join(secrets.choice(RUN_LETTERS) for _ in range(4))


def label(run: str) -> str:
    """What the campaign and the screens of a run have in common."""
    return f"{LABEL}{run}"


async def furnish(database: Database, run: str, *, screens: int, tablets: int, seconds: float) -> Furnished:
    """Make everything. Raises Misconfigured when tablets have no store to stand in."""
    async with database.snapshot() as db:
        stores = list(await db.scalars(select(Store).where(Store.withdrawn_at.is_(None)).order_by(Store.id).limit(200)))
    if tablets and not stores:
        raise Misconfigured(
            "Tablets stand in stores, and there is none yet. Import stores first, or leave the tablets out: --tablets 0"
        )
    async with database.transaction() as db:
        key = await _loop(db, run)
        campaign, spots = await _campaign(db, run)
        cookie = await _person(db, run, seconds)
    made_screens = [Identity(id, new_token()) for id in _ids(run, screens)]
    for some, places in zip(_portions(made_screens), _portions(list(_around(stores, screens))), strict=True):
        async with database.transaction() as db:
            await _screens(db, run, key, some, places)
    made_tablets = [
        Identity(id, new_token(), store.id)
        for id, store in zip(islice(_ids(run, screens + tablets), screens, None), cycle(stores or [None]), strict=False)
        if store
    ]
    for some in _portions(made_tablets):
        async with database.transaction() as db:
            await _tablets(db, some)
    return Furnished(made_screens, made_tablets, campaign, spots, cookie)


async def _loop(db: AsyncSession, run: str) -> str:
    """A loop of its own: the fleet plays what plays everywhere, and the changes that are made for it reach no real glass."""
    language = settings_of(db).language
    key = loop_key([label(run)], language)
    db.add(LoopGroup(key=key, labels=[label(run)], language=language))
    topics.note(db, f"loop:{key}")
    return key


async def _campaign(db: AsyncSession, run: str) -> tuple[int, list[int]]:
    """A campaign whose feed has ended before it began, so that nothing is listened to for it."""
    feed = Feed(name=f"Simulation {run}", approval={"automatic": False}, changed_at=now(), ended_at=now())
    db.add(feed)
    await db.flush()
    plan = campaigns.Plan(name=f"Simulation {run}", labels=(label(run),))
    campaign = await campaigns.create(db, feed, plan, by=BY)
    spots = [
        await campaigns.add_spot(
            db, campaign, Spot(position=place, headline=f"Simulated, {place + 1}", words="", seconds=SECONDS), by=BY
        )
        for place in range(SPOTS)
    ]
    await campaigns.publish(db, campaign, by=BY)
    return campaign.id, [spot.id for spot in spots]


async def _person(db: AsyncSession, run: str, seconds: float) -> tuple[str, str]:
    """Somebody who edits the campaign, signed in for as long as the run lasts."""
    person = await staff.add(db, email=f"{label(run)}@vitrine.invalid", name=BY, role="merchandiser")
    return staff.COOKIE, await staff.sign_in(db, person, hours=int(seconds // 3600) + 2)


async def _screens(
    db: AsyncSession, run: str, key: str, made: Sequence[Identity], places: Sequence[Store | None]
) -> None:
    await _devices(db, "screen", made)
    moment, language = now(), settings_of(db).language
    rows = [
        {
            "id": one.id, "name": f"Simulated {one.id}", "venue": "", "width": 1920, "height": 1080, "language": language,
            "latitude": store.latitude if store else None, "longitude": store.longitude if store else None,
            "time_zone": store.time_zone if store else "Europe/London", "labels": [label(run)], "loop_key": key,
            "added_at": moment,
        }
        for one, store in zip(made, places, strict=True)
    ]  # fmt: skip
    await db.execute(insert(Screen), rows)
    await db.execute(insert(ScreenReport), [{"screen_id": one.id, "applied": {}} for one in made])
    topics.note(db, *(f"screen:{one.id}" for one in made))


async def _tablets(db: AsyncSession, made: Sequence[Identity]) -> None:
    await _devices(db, "kiosk", made)
    moment = now()
    rows = [{"id": one.id, "name": f"Simulated {one.id}", "store_id": one.store, "added_at": moment} for one in made]
    await db.execute(insert(Kiosk), rows)
    await db.execute(insert(KioskReport), [{"kiosk_id": one.id} for one in made])
    topics.note(db, *(f"kiosk:{one.id}" for one in made))


async def _devices(db: AsyncSession, kind: str, made: Sequence[Identity]) -> None:
    """Devices that have been paired, and had their token for a while."""
    moment = now()
    rows = [
        {
            "id": one.id, "kind": kind, "token_digest": digest(one.token), "paired_at": moment, "paired_by": BY,
            "first_used_at": moment - timedelta(seconds=1),
        }
        for one in made
    ]  # fmt: skip
    await db.execute(insert(devices.Device), rows)


def _ids(run: str, count: int) -> list[str]:
    return [f"{devices.SIMULATED}{run}{number:06}" for number in range(1, count + 1)]


def _around(stores: Sequence[Store], count: int) -> Iterator[Store | None]:
    """Where screens stand: at the stores' doors in turn, or nowhere in particular."""
    return islice(cycle(stores or [None]), count)


def _portions(everything: Sequence) -> list[Sequence]:
    return [everything[start : start + AT_ONCE] for start in range(0, len(everything), AT_ONCE)]
