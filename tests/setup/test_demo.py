"""The demo: what it furnishes once and finds again, its page of windows, and how it comes to the phones around."""

import io
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console
from sqlalchemy import select

from catalog import importing
from catalog.demo.feeds import write_feeds
from displays import screens
from displays.models import ScreenReport
from kiosk.models import Kiosk
from server import demo_page, lan
from server.commands import demo, demo_house
from server.core.database import Database
from server.core.errors import Misconfigured
from server.core.settings import Settings
from server.core.staff import Staff
from tests import house
from tests.conftest import Served

# -- what it furnishes --------------------------------------------------------------------------------------------


async def test_its_tablets_are_the_same_at_every_start(database: Database, tmp_path: Path) -> None:
    _, _, stores = write_feeds(tmp_path / "feeds")
    await importing.run(database, "stores", stores, source="stores", by="a test")
    await demo_house.hang_tablets(database, tmp_path)
    first = demo_page.devices_of(tmp_path, demo_page.TABLETS)
    await demo_house.hang_tablets(database, tmp_path)
    assert demo_page.devices_of(tmp_path, demo_page.TABLETS) == first
    assert [one["name"] for one in first] == ["Lips, by the mirror (Oxford Street)", "Ved speilet (Karl Johan)"]
    async with database.snapshot() as db:
        assert set(await db.scalars(select(Kiosk.language))) == {"en", "nb"}
        assert len(await screens.present(db)) == 2, "each plays as a screen of its own"
        ines = (await db.scalars(select(Staff))).one()
        assert (ines.role, ines.store_id) == ("associate", "OXF")
    key = demo_page.key_of(tmp_path)
    assert demo_page.key_of(tmp_path) == key and (tmp_path / demo_page.KEY).stat().st_mode & 0o077 == 0


async def test_the_window_opens_to_its_key_alone_and_in_a_demo_alone(served: Served, tmp_path: Path) -> None:
    async with served.database.transaction() as db:
        await house.catalogue(db)
        screen, token = await house.screen(db)
        report = await db.get_one(ScreenReport, screen.id)
        campaign = await house.campaign(db, await house.feed(db))
        report.connected, report.spot = True, f"c{campaign.feed_id}"
    demo_house._keep(tmp_path / demo_page.SCREENS, [{"id": screen.id, "name": "Window (portrait)", "token": token}])
    key = demo_page.key_of(tmp_path)
    async with served.client() as browser:
        assert (await browser.get(f"/demo/{key}")).status_code == 404
        served.app.state.settings = replace(served.app.state.settings, demo=True)
        page = (await browser.get(f"/demo/{key}")).text
        assert f"/screen/adopt#{screen.id}.{token}" in page and "Open this phone in a window" in page
        for wrong in ("x", key[:-1], key + "x", "%00", "é" * 30):
            assert (await browser.get(f"/demo/{wrong}")).status_code == 404
            assert (await browser.get(f"/demo/{wrong}/glass/{screen.id}")).status_code == 404
        answer = await browser.get(f"/demo/{key}/glass/{screen.id}")
        assert answer.headers["location"] == f"/terms/{campaign.feed_id}?s={screen.id}&p=c{campaign.feed_id}"
        code = await browser.get(f"/qr/{screen.id}/c{campaign.feed_id}.svg")
        assert code.status_code == 200, "it is what the code on the glass says"
        assert (await browser.get(f"/demo/{key}/glass/none")).status_code == 409


async def test_the_start_says_where_everything_is(tmp_path: Path) -> None:
    for name in (demo_page.SCREENS, demo_page.TABLETS):
        demo_house._keep(tmp_path / name, [{"id": "ab", "name": f"One of {name}", "token": "t"}])
    settings = Settings(home=tmp_path, public_url="https://192.168.1.20:8000")
    said = demo._where(settings, {"console": "one-key", "associate": "another"}, first=True)
    for words in (
        f"/demo/{demo_page.key_of(tmp_path)}",
        "/screen/adopt#ab.t",
        "/kiosk/adopt#ab.t",
        "/bag",
        "key=one-key",
        "key=another",
    ):
        assert f"https://192.168.1.20:8000{words}" in said or words in said
    out = io.StringIO()
    Console(file=out, width=200).print(demo._for_phones(settings))
    assert "https://192.168.1.20:8000/trust" in out.getvalue() and out.getvalue().count("\n") > 12


def test_a_fresh_demo_keeps_the_authority_that_phones_trust(tmp_path: Path) -> None:
    for name in ("tls/authority.crt", "feeds/products.xml", "vitrine.sqlite"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    demo._clear(tmp_path)
    assert [one.relative_to(tmp_path).as_posix() for one in tmp_path.rglob("*")] == ["tls", "tls/authority.crt"]


# -- the phones around --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("addresses", "origin", "others"),
    (
        (("192.168.1.20",), "https://192.168.1.20:8000", ()),
        (("192.168.1.20", "2001:db8::7", "172.17.0.1"), "https://192.168.1.20:8000", ("172.17.0.1",)),
        (("2001:db8::7", "10.0.0.4"), "https://10.0.0.4:8000", ()),
        (("2001:db8::7",), "https://[2001:db8::7]:8000", ()),
    ),
)
def test_phones_are_told_the_address_of_the_way_out(
    addresses: tuple[str, ...], origin: str, others: tuple[str, ...]
) -> None:
    chosen = lan.choose(addresses)
    assert (chosen.origin(8000), chosen.others) == (origin, others)
    assert all(one in chosen.words for one in others) and bool(chosen.words) == bool(others)


@pytest.mark.parametrize("addresses", ((), ("127.0.0.1",), ("::1",)))
def test_without_a_network_it_says_so(addresses: tuple[str, ...]) -> None:
    with pytest.raises(Misconfigured, match="on no network"):
        lan.choose(addresses)
