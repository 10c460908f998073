"""Staff: taken on with a link that is shown once, given roles, let go at once; never without an administrator."""

import asyncio
import re

import httpx
import pytest
import websockets
from sqlalchemy import select

from server.core import staff
from server.core.audit import AuditEntry
from server.core.database import Database
from server.core.errors import BadInput
from server.core.security import Limiter, limiter
from tests import house
from tests.conftest import Served


@pytest.fixture(autouse=True)
def fresh_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tries of one test are not counted against the next."""
    monkeypatch.setattr(limiter, "_tries", Limiter()._tries)


async def one(served: Served, email: str) -> staff.Staff:
    async with served.database.snapshot() as db:
        return (await db.scalars(select(staff.Staff).where(staff.Staff.email == email))).one()


async def take_on(admin: httpx.AsyncClient, email: str = "new@house.test", role: str = "moderator") -> str:
    """Take somebody on; the secret of their link."""
    answer = await admin.post("/console/staff", data={"email": email, "name": "New", "role": role})
    assert answer.status_code == 200
    found = re.search(r'value="http://vitrine\.test/console/enter\?key=([\w-]+)"', answer.text)
    assert found, "the link leads to the public address"
    return found[1]


async def test_somebody_new_comes_in_by_a_link_that_is_shown_once(served: Served) -> None:
    async with await served.staff("admin") as admin, served.client() as browser:
        key = await take_on(admin)
        assert key not in (await admin.get("/console/staff")).text
        await browser.post("/console/enter", data={"key": key})
        assert (await browser.get("/console")).status_code == 200
        assert (await browser.get("/console/staff")).status_code == 403


async def test_a_new_link_makes_the_old_one_void(served: Served) -> None:
    async with await served.staff("admin") as admin, served.client() as browser:
        old = await take_on(admin)
        person = await one(served, "new@house.test")
        assert (await admin.post(f"/console/staff/{person.id}/link")).status_code == 200
        assert (await browser.post("/console/enter", data={"key": old})).status_code == 401


async def test_an_address_that_is_taken_or_none_is_refused_with_what_was_written(served: Served) -> None:
    async with await served.staff("admin") as admin:
        await take_on(admin)
        for email, words in (("NEW@house.test ", "is already there"), ("nobody", "is not an e-mail address")):
            answer = await admin.post("/console/staff", data={"email": email, "name": "Zoë Kept", "role": "viewer"})
            assert answer.status_code == 400 and words in answer.text and "Zoë Kept" in answer.text


async def test_a_role_holds_from_the_next_click(served: Served) -> None:
    async with await served.staff("admin") as admin, await served.staff("viewer", "v@house.test") as viewer:
        assert (await viewer.get("/console/brand")).status_code == 403
        person = await one(served, "v@house.test")
        await admin.post(f"/console/staff/{person.id}/role", data={"role": "merchandiser"})
        assert (await viewer.get("/console/brand")).status_code == 200
        answer = await admin.post(f"/console/staff/{person.id}/role", data={"role": "emperor"})
        assert answer.status_code == 400 and "There is no role" in answer.text


async def test_letting_somebody_go_closes_their_pages_and_sockets_at_once(served: Served) -> None:
    async with await served.staff("admin") as admin, await served.staff("viewer", "v@house.test") as viewer:
        cookie = f"{staff.COOKIE}={viewer.cookies[staff.COOKIE]}"
        async with websockets.connect(served.live, additional_headers={"Cookie": cookie}) as socket:
            await socket.send('{"type":"hello","have":{}}')
            assert '"welcome"' in await socket.recv()
            person = await one(served, "v@house.test")
            assert (await admin.post(f"/console/staff/{person.id}/end")).status_code == 303
            with pytest.raises(websockets.ConnectionClosed) as closed:
                async with asyncio.timeout(10):
                    while True:
                        await socket.recv()
            assert closed.value.rcvd and closed.value.rcvd.code == 4401
        assert (await viewer.get("/console")).status_code == 303
        assert (await admin.post(f"/console/staff/{person.id}/link")).status_code == 404


async def test_the_last_administrator_stays(served: Served) -> None:
    async with await served.staff("admin", "boss@house.test") as admin:
        boss = await one(served, "boss@house.test")
        for path, fields in (
            (f"/console/staff/{boss.id}/end", {}),
            (f"/console/staff/{boss.id}/role", {"role": "viewer"}),
        ):
            answer = await admin.post(path, data=fields)
            assert answer.status_code == 403 and "only administrator" in answer.text
        assert (await admin.delete(f"/console/staff/{boss.id}")).status_code == 403
        key = await take_on(admin, "second@house.test", "admin")
        assert key
        assert (await admin.post(f"/console/staff/{boss.id}/role", data={"role": "viewer"})).status_code == 303


async def test_two_administrators_who_remove_each_other_at_once_leave_one(served: Served) -> None:
    async with await served.staff("admin", "a@house.test") as a, await served.staff("admin", "b@house.test") as b:
        ids = [(await one(served, email)).id for email in ("b@house.test", "a@house.test")]
        await asyncio.gather(a.post(f"/console/staff/{ids[0]}/end"), b.post(f"/console/staff/{ids[1]}/end"))
    async with served.database.snapshot() as db:
        left = list(
            await db.scalars(select(staff.Staff).where(staff.Staff.role == "admin", staff.Staff.ended_at.is_(None)))
        )
    assert len(left) == 1


async def test_all_of_it_is_written_down_without_the_link(served: Served) -> None:
    async with await served.staff("admin") as admin:
        key = await take_on(admin)
        person = await one(served, "new@house.test")
        await admin.post(f"/console/staff/{person.id}/role", data={"role": "viewer"})
        await admin.post(f"/console/staff/{person.id}/end")
    async with served.database.snapshot() as db:
        entries = list(await db.scalars(select(AuditEntry).order_by(AuditEntry.id)))
    assert [entry.what for entry in entries] == ["added staff", "changed role", "ended staff"]
    assert all(key not in f"{entry.which}{entry.details}" for entry in entries)


@pytest.mark.parametrize("sign", ["\u202e", "\u2066", "\u200f", "\x1b[2J", "\0", "\x07", "\n", "\ufeff"])
async def test_nobody_is_taken_on_by_a_name_that_shows_as_another(database: Database, sign: str) -> None:
    async with database.transaction() as db:
        for email, name in ((f"a{sign}b@house.test", "Ines"), ("ines@house.test", f"In{sign}es")):
            with pytest.raises(BadInput):
                await staff.add(db, email=email, name=name, role="viewer")


async def test_names_of_every_script_are_taken(database: Database) -> None:
    async with database.transaction() as db:
        for name in ("Nguyễn Thị Hoa", "علی\u200cرضا", "क\u094d\u200dष", "O’Brien-Ødegård"):
            person = await staff.add(db, email=f"{hash(name)}@house.test", name=name, role="viewer")
            assert person.name == name


async def test_an_associate_is_taken_on_with_a_store_and_loses_it_with_another_role(served: Served) -> None:
    async with served.database.transaction() as db:
        await house.catalogue(db)
    fields = {"email": "jo@house.test", "name": "Jo Lund", "role": "associate"}
    async with await served.staff("admin") as admin:
        for store in ("", "NONE"):
            answer = await admin.post("/console/staff", data={**fields, "store_id": store})
            assert answer.status_code == 400 and "choose which" in answer.text and "Jo Lund" in answer.text
        assert (await admin.post("/console/staff", data={**fields, "store_id": "OXF"})).status_code == 200
        person = await one(served, "jo@house.test")
        assert (person.role, person.store_id) == ("associate", "OXF")
        path = f"/console/staff/{person.id}/role"
        assert (await admin.post(path, data={"role": "viewer", "store_id": "OXF"})).status_code == 303
        assert (await one(served, "jo@house.test")).store_id is None
        assert (await admin.post(path, data={"role": "associate"})).status_code == 400
        assert (await admin.post(path, data={"role": "associate", "store_id": "OXF"})).status_code == 303
        assert (await one(served, "jo@house.test")).store_id == "OXF"
