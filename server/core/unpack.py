"""Undoing Content-Encoding in small pieces, so that a compression bomb meets the size limit and not the memory."""

import contextlib
import zlib
from collections.abc import Iterator

PIECE = 64 * 1024
_GZIP_OR_ZLIB = 47  # zlib.decompressobj: told apart by their heads


class Damaged(Exception):
    """The packed bytes are not what their encoding says, or break off; the text says which."""


class Unpack:
    """One body being unpacked: gzip, deflate, or nothing at all."""

    def __init__(self, encoding: str) -> None:
        encoding = encoding.strip().lower()
        if encoding not in ("", "identity", "gzip", "x-gzip", "deflate"):
            raise Damaged(f"is packed in a way that was not asked for ({encoding[:40]})")
        self._packed = encoding not in ("", "identity")
        self._zip = zlib.decompressobj(_GZIP_OR_ZLIB)
        self._begun = False

    def pieces(self, packed: bytes) -> Iterator[bytes]:
        """What one chunk unpacks to, in pieces of at most PIECE bytes. Raises Damaged."""
        if not self._packed:
            yield packed
            return
        while packed:
            if self._zip.eof:  # several gzip members, one after the other, are one body
                self._zip = zlib.decompressobj(_GZIP_OR_ZLIB)
            yield self._piece(packed)
            packed = self._zip.unused_data if self._zip.eof else self._zip.unconsumed_tail

    def finish(self) -> None:
        """To be called at the end of the body. Raises Damaged when the packing breaks off in the middle."""
        if self._packed and self._begun and not self._zip.eof:
            raise Damaged("breaks off in the middle")

    def _piece(self, packed: bytes) -> bytes:
        try:
            return self._zip.decompress(packed, PIECE)
        except zlib.error:
            return self._bare(packed)
        finally:
            self._begun = True

    def _bare(self, packed: bytes) -> bytes:
        # Some servers send deflate without the head that the standard asks for.
        if not self._begun:
            self._zip = zlib.decompressobj(-zlib.MAX_WBITS)
            with contextlib.suppress(zlib.error):
                return self._zip.decompress(packed, PIECE)
        raise Damaged("is damaged and cannot be unpacked")
