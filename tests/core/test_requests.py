"""Requests are told of once, without what is secret in them."""

from structlog.testing import capture_logs

from tests.conftest import Served


async def test_a_request_is_one_line_with_its_outcome_and_without_its_query(served: Served) -> None:
    with capture_logs() as lines:
        async with served.client() as client:
            await client.get("/console/enter?key=very-secret")
            await client.get("/nowhere")
            await client.get("/health/live")
    told = [(line["path"], line["status"]) for line in lines if line["event"] == "request"]
    assert told == [("/console/enter", 200), ("/nowhere", 404)]
    assert "very-secret" not in str(lines)


async def test_requests_are_counted_for_prometheus(served: Served) -> None:
    async with served.client() as client:
        await client.get("/health/live")
        text = (await client.get("/metrics")).text
    assert 'vitrine_request_seconds_count{method="GET",status="200"}' in text


async def test_an_address_that_does_not_exist_is_guarded_like_any_other(served: Served) -> None:
    async with served.client() as client:
        answer = await client.get("/nowhere")
    assert (
        "script-src 'self'" in answer.headers["content-security-policy"]
        and answer.headers["x-content-type-options"] == "nosniff"
    )
