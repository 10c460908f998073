"""A tablet plays as a screen of its own while nobody is there: made with it, named after it, and gone with it."""

from displays import screens
from displays.models import Screen
from kiosk import kiosks
from kiosk.models import Kiosk
from server.core import events
from server.core.database import Database
from tests import house, shopping
from tests.conftest import Served
from tests.live import Live
from tests.shopping import Tablet


async def tablet_in(served: Served) -> Tablet:
    await shopping.catalogue(served.database)
    return await shopping.tablet_at(served)


async def screen_of(database: Database, tablet: Tablet) -> Screen:
    async with database.snapshot() as db:
        kiosk = await db.get_one(Kiosk, tablet.id)
        assert kiosk.screen_id
        return await db.get_one(Screen, kiosk.screen_id)


async def test_a_tablet_plays_what_is_on_air_with_a_token_of_its_screen(served: Served) -> None:
    tablet = await tablet_in(served)
    async with served.database.transaction() as db:
        await house.campaign(db, await house.feed(db))
    lent = (await tablet.client.post("/api/kiosk/screen")).json()
    assert lent["id"] == (await tablet.document())["screen"]
    async with Live(served.live, token=lent["token"], have={f"screen:{lent['id']}": None}) as glass:
        document = await glass.document(f"screen:{lent['id']}")
        assert document["name"] == "Lips, by the mirror" and document["stores"][0]["id"] == "OXF"
        await glass.send(type="subscribe", have={document["loop"]: None})
        assert (await glass.document(document["loop"]))["spots"]


async def test_each_token_voids_the_one_before_and_no_other_device_gets_one(served: Served) -> None:
    tablet = await tablet_in(served)
    first, second = [(await tablet.client.post("/api/kiosk/screen")).json() for _ in range(2)]
    assert first["id"] == second["id"]
    async with served.client() as glass:
        for lent, status in ((first, 401), (second, 200)):
            answer = await glass.get(
                f"/api/topics/screen:{lent['id']}", headers={"authorization": f"Bearer {lent['token']}"}
            )
            assert answer.status_code == status
        strange = await glass.post("/api/kiosk/screen", headers={"authorization": f"Bearer {second['token']}"})
        assert strange.status_code == 401, "a screen is no tablet"
        assert (await glass.post("/api/kiosk/screen")).status_code == 401
    answers = [(await tablet.client.post("/api/kiosk/screen")).status_code for _ in range(60)]
    assert answers[-1] == 429


async def test_it_follows_the_tablet_and_the_store_and_goes_with_it(served: Served) -> None:
    tablet = await tablet_in(served)
    screen = await screen_of(served.database, tablet)
    assert (screen.venue, screen.time_zone, screen.labels) == ("Oxford Street", "Europe/London", ["tablet"])
    async with served.database.transaction() as db:
        kiosk = await db.get_one(Kiosk, tablet.id)
        setting = kiosks.Setting(name="Eyes", store_id="OXF", language="nb")
        await kiosks.change(db, kiosk, setting, by="a test")
        (await db.get_one(kiosks.Store, "OXF")).latitude = 51.6
        await events.emit(db, events.CatalogueImported("stores"))
    screen = await screen_of(served.database, tablet)
    assert (screen.name, screen.language, screen.latitude, screen.inside) == (
        "Eyes", "nb", 51.6, f"/console/tablets/{tablet.id}",
    )  # fmt: skip
    async with served.database.transaction() as db:
        assert [one.id for one in await screens.present(db)] == [screen.id]
        assert await screens.billboards(db) == []
        await kiosks.remove(db, await db.get_one(Kiosk, tablet.id), by="a test")
    async with served.database.snapshot() as db:
        assert await screens.present(db) == []


async def test_a_tablet_from_before_gets_its_screen_when_it_asks(served: Served) -> None:
    tablet = await tablet_in(served)
    async with served.database.transaction() as db:
        (await db.get_one(Kiosk, tablet.id)).screen_id = None
    lent = (await tablet.client.post("/api/kiosk/screen")).json()
    assert (await tablet.document())["screen"] == lent["id"]
