"""fanclient in Python, for machines without a C compiler: the same arguments, the same lines on standard output."""

import asyncio
import re
import sys
import time
from pathlib import Path

from websockets.asyncio.client import connect

VERSION = re.compile(r'"version":\["[^"]*",(\d+)')


class Clients:
    """All connections, and how many changes each has had."""

    def __init__(self, count: int, least: int, match: str) -> None:
        self.count, self.least, self.match, self.ready = count, least, match, 0
        self.had, self.versions = [0] * count, [0] * count
        self.rounds = self.done = 0
        self.first = self.last = self.most = 0

    def got(self, index: int, message: str | bytes) -> None:
        """Count a message; say so when it was the last of its round."""
        start = message[:255] if isinstance(message, str) else message[:255].decode(errors="replace")
        if len(message) < self.least or self.match not in start:
            return
        self.last = time.monotonic_ns()
        self.first = self.first or self.last
        self.had[index] += 1
        if found := VERSION.search(start):
            self.versions[index] = int(found[1])
        self.done += self.had[index] == self.rounds + 1
        if self.done == (self.count * 95 + 99) // 100 and self.had[index] == self.rounds + 1:
            self.most = self.last
        if self.done == self.count:
            self.rounds += 1
            print(f"ROUND {self.rounds} {self.first} {self.last} {self.most}", flush=True)
            self.first, self.done = 0, sum(had > self.rounds for had in self.had)

    def say(self) -> None:
        """Tell what they had so far, for a line on standard input."""
        if sys.stdin.readline():
            had = f"{min(self.had)} {max(self.had)} {sum(self.had)}"
            print(f"FRAMES {had} {min(self.versions)} {max(self.versions)} {self.last}", flush=True)
        else:
            asyncio.get_running_loop().remove_reader(sys.stdin)


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
            clients.got(index, message)
        del beating


async def _beat(socket, seconds: int) -> None:
    while True:
        await asyncio.sleep(seconds)
        await socket.send('{"type":"beat"}')


async def main(
    port: int, file: str, least: int = 200, beat: int = 0, report: int = 0, at_once: int = 64, match: str = ""
) -> None:
    """Open every connection of the file, so many at a time."""
    targets = Path(file).read_text().splitlines()
    clients = Clients(len(targets), least, match)
    asyncio.get_running_loop().add_reader(sys.stdin, clients.say)
    async with asyncio.TaskGroup() as group:
        for index, target in enumerate(targets):
            group.create_task(listen(port, target, index, clients, beat))
            while index - clients.ready > at_once:
                await asyncio.sleep(0.01)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), sys.argv[2], *map(int, sys.argv[3:7]), *sys.argv[7:8]))
