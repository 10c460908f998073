"""Somebody in the console who changes what is on: the order of the simulation's own spots, and now and then a spot's words."""

import re
from itertools import count

import httpx

from server.core.errors import Misconfigured
from server.simulation.surroundings import Surroundings

WORDS_EVERY = 15
"""One change in so many makes a new card, which every screen has to fetch."""
WORDINGS = 12
"""Different wordings, so that a long run leaves few cards."""


class Changer:
    """Changes over HTTP, so that the commit happens in a process of the server and is told as every change is."""

    def __init__(self, surroundings: Surroundings, *, cookie: tuple[str, str], campaign: int, spots: list[int]) -> None:
        self._all = surroundings
        self._cookie = {"Cookie": "=".join(cookie)}
        self._base = f"/console/campaigns/{campaign}/spots"
        self._spots = spots
        self._turns = count(1)

    async def change(self) -> None:
        """Make one change."""
        turn = next(self._turns)
        if turn % WORDS_EVERY == 0:
            wording = turn // WORDS_EVERY % WORDINGS
            form = {"headline": f"Simulated {wording + 1}", "words": "A change of words", "seconds": "8"}
            await self._post(f"{self._base}/{self._spots[0]}", form, "changes of words")
        else:
            # The first goes up and comes down again: each time another order, and no new card.
            towards = "end" if turn % 2 else "start"
            await self._post(f"{self._base}/{self._spots[0]}/place", {"towards": towards}, "changes of order")

    async def _post(self, path: str, form: dict[str, str], what: str) -> None:
        records = self._all.records
        try:
            answer = await self._all.request("POST", path, data=form, headers=self._cookie)
        except httpx.HTTPError as error:
            records.errors[f"a change: {type(error).__name__}"] += 1
            return
        if answer.status_code == 200:
            records.counts[what] += 1
        else:
            title = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))[:80]
            records.errors[f"a change: {answer.status_code} {title}"] += 1


async def reached(http: httpx.AsyncClient, address: str) -> None:
    """Whether an installation answers there. Raises Misconfigured, with what to do."""
    try:
        answer = await http.get("/health/ready")
    except httpx.HTTPError as error:
        raise Misconfigured(
            f"Nothing answers at {address} ({type(error).__name__}). Start it with vitrine serve, or say where it is: --to ADDRESS"
        ) from None
    if answer.status_code != 200:
        raise Misconfigured(f"The installation at {address} says that it is not ready: {answer.text[:200]}")


async def ours(http: httpx.AsyncClient, address: str, id: str, token: str) -> None:
    """Whether that installation stands on the database that the devices were made in. Raises Misconfigured."""
    answer = await http.get(f"/api/topics/screen:{id}", headers={"Authorization": f"Bearer {token}"})
    if answer.status_code != 200:
        raise Misconfigured(
            f"{address} does not know the devices that were just made: it stands on another database. Run this command with "
            "the same VITRINE_HOME and VITRINE_DATABASE_URL as that installation."
        )
