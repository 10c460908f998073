"""Compresses answers that are worth it, with a compressor that is made when such an answer is there.

A compressor holds a quarter of a megabyte. The framework makes one when a request comes, so that a few hundred that wait for
the database, as after a storm, would hold a hundred.
"""

from litestar.config.compression import CompressionConfig
from litestar.middleware.compression.middleware import CompressionMiddleware
from litestar.types import Message, Scope, Send

SMALLEST = 1000


class LateCompression(CompressionMiddleware):
    """The framework's compression, begun only with the first part of an answer that is to be compressed."""

    def create_compression_send_wrapper(self, send: Send, compression_encoding: str, scope: Scope) -> Send:
        """Hold the start of an answer back until its body tells whether to compress it."""
        begin = super().create_compression_send_wrapper
        held: list[Message] = []
        compressed: Send | None = None

        async def send_late(message: Message) -> None:
            nonlocal compressed
            if compressed is None and message["type"] == "http.response.start":
                held.append(message)
                return
            if compressed is None and self._worth_it(message):
                compressed = begin(send, compression_encoding, scope)  # type: ignore[arg-type]
            onward = compressed or send
            for one in (*held, message):
                await onward(one)
            held.clear()

        return send_late

    def _worth_it(self, message: Message) -> bool:
        whole = message["type"] != "http.response.body" or not message.get("more_body")
        return not whole or len(message.get("body", b"")) >= self.config.minimum_size  # type: ignore[arg-type]


CONFIG = CompressionConfig(
    backend="gzip", minimum_size=SMALLEST, exclude=["/media/", "/static/.*woff2"], middleware_class=LateCompression
)
