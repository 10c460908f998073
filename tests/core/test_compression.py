"""What is large is compressed, and nothing holds a compressor that has nothing to compress."""

from typing import Any

from litestar.middleware.compression import middleware
from litestar.middleware.compression.gzip_facade import GzipCompression

from tests.conftest import Served


async def test_only_an_answer_that_is_large_enough_costs_a_compressor(served: Served, monkeypatch: Any):
    made = []

    class Counted(GzipCompression):
        def __init__(self, **parts: Any) -> None:
            made.append(parts)
            super().__init__(**parts)

    monkeypatch.setattr(middleware, "GzipCompression", Counted)
    async with served.client() as client:
        small = await client.get("/health/live")
        assert small.json() == {"status": "ok"} and "content-encoding" not in small.headers and not made
        gone = await client.get("/api/stores/none/nothing")
        assert gone.status_code == 404 and gone.text
        before = len(made)
        large = await client.get("/schema")
        assert large.headers["content-encoding"] == "gzip" and large.headers["vary"] == "Accept-Encoding"
        assert large.json()["info"]["title"] == "Vitrine" and len(made) == before + 1
        plain = await client.get("/schema", headers={"accept-encoding": "identity"})
        assert plain.content == large.content and len(made) == before + 1
