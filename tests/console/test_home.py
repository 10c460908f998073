"""Home: it says of campaigns what their own page says, and whether what comes in is real."""

import re
from dataclasses import replace

import pytest

from displays import retreats
from displays.models import Campaign
from server.core.clock import now
from server.core.settings import Settings
from social.models import SourceState
from tests import house, stories
from tests.conftest import Served
from tests.console.moderating import JSON, card_of, open_house, waits


def cells(page: str, name: str) -> list[str]:
    """The words in the cells of a campaign's row."""
    row = next(row for row in re.findall(r"<tr.*?</tr>", page, re.S) if f">{name}</a>" in row)
    return [" ".join(re.sub(r"<[^>]+>", " ", cell).split()) for cell in re.findall(r"<td.*?</td>", row, re.S)]


async def test_home_and_the_list_of_campaigns_say_the_same(served: Served, settings: Settings) -> None:
    await open_house(served)
    first, _ = await waits(served, settings, stories.post(handle="ada"), stories.post(handle="bo"))
    async with served.database.snapshot() as db:
        name = (await db.get_one(Campaign, 1)).name
    async with await served.staff("moderator") as moderator:
        digest = await card_of(served, first)
        await moderator.post(f"/console/queue/{first}/approval", data={"digest": digest}, headers=JSON)
        home, campaigns = await moderator.get("/console"), await moderator.get("/console/campaigns")
    state, waiting, on_air, online = cells(home.text, name)
    assert (state, waiting, on_air, online) == ("on air", "1", "1", "0 of 2")
    assert cells(campaigns.text, name)[0] == state
    assert cells(campaigns.text, name)[-2:] == [on_air, waiting]


@pytest.mark.parametrize("everything", (True, False))
async def test_a_campaign_on_evergreen_is_called_so_everywhere(served: Served, everything: bool) -> None:
    await open_house(served)
    async with served.database.transaction() as db:
        campaign = await db.get_one(Campaign, 1)
        await retreats.begin(db, None if everything else campaign, by="Mai")
    async with await served.staff("viewer") as viewer:
        for path in ("/console", "/console/campaigns"):
            assert cells((await viewer.get(path)).text, campaign.name)[0] == "evergreen only", path


async def test_a_rehearsal_is_called_one(served: Served) -> None:
    async with served.database.transaction() as db:
        await house.catalogue(db)
        db.add(SourceState(network="x", state="live", reason="", since=now(), written_at=now()))
    words = "invented posts from a replica of X"
    async with await served.staff("viewer") as viewer:
        assert words not in (await viewer.get("/console")).text
        served.app.state.settings = replace(served.app.state.settings, x_api_base="http://127.0.0.1:9")
        assert words in (await viewer.get("/console")).text
