"""fanclient in Python, for machines without a C compiler: the same arguments, the same lines on standard output."""

import asyncio
import sys
import time
from pathlib import Path

from websockets.asyncio.client import connect


class Clients:
    """All connections, and how many changes each has had."""

    def __init__(self, count: int, least: int) -> None:
        self.count, self.least, self.ready = count, least, 0
        self.had = [0] * count
        self.rounds = 0
        self.first = 0

    def got(self, index: int, size: int) -> None:
        """Count a message; say so when it was the last of its round."""
        if size < self.least:
            return
        self.first = self.first or time.monotonic_ns()
        self.had[index] += 1
        if min(self.had) > self.rounds:
            self.rounds += 1
            print(f"ROUND {self.rounds} {self.first} {time.monotonic_ns()}", flush=True)
            self.first = 0


async def listen(port: int, target: str, index: int, clients: Clients, beat: int) -> None:
    """Hold one connection for ever."""
    path, header, first = ([*target.split("\t"), "", ""])[:3]
    name, _, value = header.partition(": ")
    async with connect(
        f"ws://127.0.0.1:{port}{path}", additional_headers={name: value} if name else None, compression=None
    ) as socket:
        if first:
            await socket.send(first)
        clients.ready += 1
        if clients.ready == clients.count:
            print("READY", flush=True)
        beating = asyncio.create_task(_beat(socket, beat)) if beat else None
        async for message in socket:
            clients.got(index, len(message))
        del beating


async def _beat(socket, seconds: int) -> None:
    while True:
        await asyncio.sleep(seconds)
        await socket.send('{"type":"beat"}')


async def main(port: int, file: str, least: int = 200, beat: int = 0, report: int = 0, at_once: int = 64) -> None:
    """Open every connection of the file, so many at a time."""
    targets = Path(file).read_text().splitlines()
    clients = Clients(len(targets), least)
    async with asyncio.TaskGroup() as group:
        for index, target in enumerate(targets):
            group.create_task(listen(port, target, index, clients, beat))
            while index - clients.ready > at_once:
                await asyncio.sleep(0.01)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), sys.argv[2], *map(int, sys.argv[3:])))
