"""What keeps strangers out, asked over real sockets: headers on every answer, whatever answers."""

import pytest

from server.core import media
from server.core.security import POLICY
from tests.conftest import Served


@pytest.mark.parametrize(
    "address", ["/nothing", "/static/x/%2e%2e/%2e%2e/etc/passwd", "/%ff%fe", "/live", "/console", "/schema/x"]
)
async def test_every_answer_carries_the_policy_also_where_nothing_is(served: Served, address: str) -> None:
    async with served.client() as client:
        answer = await client.get(address)
    assert answer.headers["content-security-policy"] == POLICY
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_a_picture_asked_for_alone_stays_inert(served: Served) -> None:
    async with served.database.transaction() as db:
        digest = await media.store(db, b"<script>alert(1)</script>", "text/html; charset=utf-8")
    async with served.client() as client:
        policy = (await client.get(f"/media/{digest}")).headers["content-security-policy"]
    assert "sandbox" in policy and "default-src 'none'" in policy
