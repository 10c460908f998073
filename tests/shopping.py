"""What tablets and phones do in tests, without the browsers: visits, taps, tickets."""

import secrets
import time
from collections.abc import Iterable
from typing import Any
from uuid import uuid4

import httpx

from kiosk import kiosks
from server.core import devices
from server.core.database import Database
from tests import house
from tests.conftest import Served


def add(variant: str, **more: Any) -> dict[str, Any]:
    """An operation that puts a variant into a bag."""
    return {"id": str(uuid4()), "kind": "add", "variant": variant, "made_at": time.time() * 1000, **more}


def remove(adds: Iterable[str], **more: Any) -> dict[str, Any]:
    """An operation that takes out what these adds put in."""
    return {"id": str(uuid4()), "kind": "remove", "adds": list(adds), "made_at": time.time() * 1000, **more}


class Tablet:
    """A paired tablet, and the visit at it."""

    def __init__(self, served: Served, id: str, token: str) -> None:
        self.served, self.id, self.token = served, id, token
        self.client = served.client()
        self.client.headers["authorization"] = f"Bearer {token}"
        self.client.headers["accept"] = "application/json"
        self.visit = self.bag = self.secret = ""

    async def begin(self) -> None:
        """A shopper touches the glass."""
        self.visit, self.bag, self.secret = str(uuid4()), str(uuid4()), secrets.token_urlsafe(32)
        answer = await self.client.put(f"/api/visits/{self.visit}", json={"bag": self.bag, "secret": self.secret})
        answer.raise_for_status()

    async def send(self, *operations: dict[str, Any], **more: Any) -> httpx.Response:
        """Send operations on the bag that this visit began with."""
        body = {"operations": list(operations), "secret": self.secret, **more}
        return await self.client.post(f"/api/bags/{self.bag}/operations", json=body)

    async def ticket(self) -> str:
        """The secret in a new code."""
        answer = await self.client.post(f"/api/visits/{self.visit}/tickets")
        answer.raise_for_status()
        return answer.json()["address"].partition("#")[2]

    async def document(self) -> dict[str, Any]:
        """What the tablet knows of itself."""
        return (await self.client.get(f"/api/topics/kiosk:{self.id}")).json()["doc"]

    async def items(self, bag: str = "") -> list[dict[str, Any]]:
        """What the tablet sees in a bag, its own unless another is named."""
        answer = await self.client.get(f"/api/topics/bag:{bag or self.bag}")
        answer.raise_for_status()
        return answer.json()["doc"]["items"]


class Phone:
    """A shopper's browser."""

    def __init__(self, served: Served) -> None:
        self.client = served.client()
        self.client.headers["accept"] = "application/json"

    async def bag(self) -> dict[str, Any]:
        """Which bag it opens."""
        return (await self.client.get("/api/bag")).json()

    async def items(self) -> list[dict[str, Any]]:
        """What is in it."""
        answer = await self.client.get(f"/api/topics/bag:{(await self.bag())['bag']}", params={"as": "shopper"})
        answer.raise_for_status()
        return answer.json()["doc"]["items"]

    async def send(self, *operations: dict[str, Any], bag: str = "") -> httpx.Response:
        """Send operations on its bag."""
        id = bag or (await self.bag())["bag"]
        return await self.client.post(f"/api/bags/{id}/operations", json={"operations": list(operations)})

    async def take(self, tablet: Tablet) -> httpx.Response:
        """Scan the tablet's code and pick what the tablet shows."""
        (await self.client.post("/api/tickets", json={"ticket": await tablet.ticket()})).raise_for_status()
        number = (await tablet.document())["visit"]["ticket"]["number"]
        return await self.client.post("/api/tickets/pick", json={"number": number})


async def tablet_at(served: Served, store: str = "OXF") -> Tablet:
    """A tablet of a store, taken in by somebody."""
    async with served.database.transaction() as db:
        device = devices.create(db, kind="kiosk", by="a test")
        await db.flush()
        setting = kiosks.Setting(name="Lips, by the mirror", store_id=store)
        await kiosks.add(db, device, setting, by="a test")
        return Tablet(served, device.id, devices.issue(device))


async def catalogue(database: Database) -> None:
    """The house of the other tests."""
    async with database.transaction() as db:
        await house.catalogue(db)
