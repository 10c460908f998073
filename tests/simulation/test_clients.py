"""A fleet's requests: each under way has a connection of its own, and the next one uses it again."""

import asyncio

import httpx

from server.simulation.clients import Clients


async def test_a_client_is_nobody_elses_while_a_request_is_under_way_and_is_used_again_afterwards() -> None:
    made: list[httpx.AsyncClient] = []

    def make() -> httpx.AsyncClient:
        made.append(httpx.AsyncClient(transport=httpx.MockTransport(lambda request: httpx.Response(204))))
        return made[-1]

    clients, there = Clients(make), asyncio.Barrier(3)

    async def ask() -> int:
        async with clients.one() as http:
            await there.wait()
            return (await http.get("http://screens.test/")).status_code

    for _ in range(2):
        assert await asyncio.gather(*(ask() for _ in range(3))) == [204] * 3
    assert len(made) == 3
    await clients.close()
    assert all(one.is_closed for one in made)
