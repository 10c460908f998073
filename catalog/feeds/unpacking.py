"""From a path or an open file to bounded, unpacked bytes of UTF-8: gzip, byte order marks, progress."""

import codecs
import gzip
import io
import os
import zlib
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from catalog.feeds.limits import Limits
from catalog.feeds.rows import FeedError

Source = str | Path | BinaryIO
Progress = Callable[[int, int | None], None]
"""Called with the bytes of the file that are read, and how many there are (None if that is not known)."""

CHUNK = 128 * 1024

_KINDS = (
    (b"PK\x03\x04", "a ZIP archive or an Excel workbook. Save the sheet as tab-separated text (.tsv) and try again"),
    (b"%PDF", "a PDF. Export the products as a Google Merchant feed (.tsv, .csv or .xml) and try again"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook. Save the sheet as tab-separated text (.tsv) and try again"),
    (b"\xff\xfe\x00\x00", "text in UTF-32. Save it as UTF-8 and try again"),
)
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


class Unpacked:
    """The bytes of a feed as UTF-8, without a byte order mark; what cannot be decoded stays bytes that are no UTF-8.

    A context manager with `read`, `readline` and `peek`; each raises FeedError when the file cannot be unpacked or
    holds more than `limits.unpacked`. A file that was handed in open stays open.
    """

    def __init__(self, source: Source, *, limits: Limits, progress: Progress | None = None) -> None:
        self._source, self._limits, self._progress = source, limits, progress
        self._closing = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as closing:
            file = _opened(self._source, closing)
            raw = io.BufferedReader(_Counted(file, self._progress), CHUNK)
            closing.callback(raw.detach)
            self._buffer = io.BufferedReader(_Unpacking(raw, self._limits.unpacked), CHUNK)
            self._begin()
            self._closing = closing.pop_all()
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._closing.close()

    def read(self, size: int) -> bytes:
        """At most `size` bytes; empty at the end."""
        return self._buffer.read(size)

    def readline(self, size: int) -> bytes:
        """A line with its end, cut after `size` bytes; empty at the end."""
        return self._buffer.readline(size)

    def peek(self) -> bytes:
        """The first bytes to come, some thousands unless there are fewer, without taking them."""
        return self._buffer.peek(4096)

    def _begin(self) -> None:
        start = self._buffer.peek(16)
        for magic, kind in _KINDS:
            if start.startswith(magic):
                raise FeedError(f"This is no feed but {kind}. Nothing was changed.")
        for bom, encoding in _BOMS:
            if start.startswith(bom):
                self._buffer.read(len(bom))
                if encoding != "utf-8":
                    self._buffer = io.BufferedReader(_Transcoding(self._buffer, encoding), CHUNK)
                return


def _opened(source: Source, closing: ExitStack) -> BinaryIO:
    if not isinstance(source, str | Path):
        return source
    try:
        return closing.enter_context(open(source, "rb"))
    except OSError as error:
        raise FeedError(f"{source} cannot be opened: {error.strerror or error}. Nothing was changed.") from None


class _Bytes(io.RawIOBase):
    """A raw stream made of one method, `some`, that gives some bytes, or none at the end."""

    _left = b""

    def readable(self) -> bool:
        return True

    def some(self) -> bytes:
        raise NotImplementedError

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        self._left = self._left or self.some()
        part = self._left[: len(buffer)]
        buffer[: len(part)] = part
        self._left = self._left[len(part) :]
        return len(part)


class _Counted(_Bytes):
    """The file, telling how far it is read."""

    def __init__(self, file: BinaryIO, progress: Progress | None) -> None:
        self._file, self._progress, self._done = file, progress, 0
        self._total = _size(file) if progress else None

    def some(self) -> bytes:
        data = self._file.read(CHUNK)
        self._done += len(data)
        if self._progress:
            self._progress(self._done, self._total)
        return data


def _size(file: BinaryIO) -> int | None:
    try:
        here = file.tell()
        end = file.seek(0, os.SEEK_END)
        file.seek(here)
        return end - here
    except (OSError, AttributeError, ValueError):
        return None


class _Unpacking(_Bytes):
    """The file's bytes, unpacked if it is gzip, up to the limit."""

    def __init__(self, raw: io.BufferedReader, limit: int) -> None:
        packed = raw.peek(2)[:2] == b"\x1f\x8b"
        self._file = gzip.GzipFile(fileobj=raw, mode="rb") if packed else raw
        self._limit, self._done = limit, 0

    def some(self) -> bytes:
        try:
            data = self._file.read1(CHUNK)
        except EOFError:
            raise FeedError("The .gz file is cut short. Send it again. Nothing was changed.") from None
        except (gzip.BadGzipFile, zlib.error):
            raise FeedError("The .gz file is damaged. Pack and send it again. Nothing was changed.") from None
        self._done += len(data)
        if self._done > self._limit:
            size = f"{self._limit / 1024 / 1024:,.0f} MiB"
            raise FeedError(
                f"The file holds more than {size} when unpacked, the most that is read. Nothing was changed."
            )
        return data


class _Transcoding(_Bytes):
    """UTF-16 as UTF-8; a place that is no UTF-16 becomes a byte that is no UTF-8, so that its line is left out."""

    def __init__(self, file: io.BufferedReader, encoding: str) -> None:
        self._file, self._over = file, False
        self._decoder = codecs.getincrementaldecoder(encoding)(errors="vitrine.mark")

    def some(self) -> bytes:
        while not self._over:
            data = self._file.read(CHUNK)
            self._over = not data
            if text := self._decoder.decode(data, final=self._over):
                return text.encode("utf-8", "surrogateescape")
        return b""


def _mark(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)  # noqa: S101 - it is registered for decoding alone
    return "\udcff", error.end


codecs.register_error("vitrine.mark", _mark)
