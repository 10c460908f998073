"""A network that floods: the rehearsal's replica of X, whose posts were written beforehand so that it can say thousands a second."""

import asyncio
import json
import time

from social.rehearsal import payload
from social.rehearsal.replica import Replica
from tests import stories

TICK = 0.02
SERIAL, AUTHOR = "7777777777777777777", "8888888888888888888"


class Flood:
    """Sends posts of ever new authors on the stream of a replica that somebody listens to."""

    def __init__(self, replica: Replica, tag: str) -> None:
        self._stream, self.sent = replica.stream, 0
        revision = replica.world.post(
            {"author": "flood", "text": f"Madder red lipstick, {SERIAL} #{tag}", "lang": "en"}
        )
        told = payload.envelope(revision, self._stream.queries[-1], base=replica.base)
        told["includes"]["users"][0]["profile_image_url"] = stories.AVATAR
        told["matching_rules"] = replica.rules.matching(payload.subject(revision))
        author = told["data"]["author_id"]
        self._line = json.dumps(told).replace(revision.id, SERIAL).replace(author, AUTHOR) + "\r\n"
        self._first = int(revision.id) + 1

    async def run(self, *, a_second: int, seconds: float) -> None:
        """Send for so long. Nobody's slowness holds it up."""
        began = time.monotonic()
        while (passed := time.monotonic() - began) < seconds:
            self._send(int(passed * a_second))
            await asyncio.sleep(TICK)
        self._send(int(seconds * a_second))

    def _send(self, due: int) -> None:
        self._stream._put("".join(self._post(number) for number in range(self.sent, due)).encode())
        self.sent = due

    def _post(self, number: int) -> str:
        return self._line.replace(SERIAL, str(self._first + number)).replace(AUTHOR, str(10**9 + number))
