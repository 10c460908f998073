"""Feeds as XML: RSS, Atom and plain items, with or without the g: namespace, to records, an item at a time."""

import codecs
import re
from collections.abc import Iterator

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, XMLParser

from catalog.feeds.headers import canonical
from catalog.feeds.limits import Limits
from catalog.feeds.records import BAD_ENCODING, Record, too_long
from catalog.feeds.rows import FeedError
from catalog.feeds.unpacking import Unpacked

ITEMS = frozenset({"item", "entry", "product", "offer", "store", "inventory"})
DEEPEST = 60
"""Elements within elements."""
LONGEST_TAG = 1024 * 1024
"""Bytes. The parser holds one tag, comment or instruction in memory until it ends."""
CHUNK = 64 * 1024

_BAD = "\ufdd0"
"""Stands where bytes could not be decoded: a sign that XML allows and that no text may hold."""
_DECLARED = re.compile(rb"""^\s*<\?xml[^>]*?\sencoding\s*=\s*["']([\w.:-]{1,40})["']""")
# UTF-16 has a byte order mark, and has become UTF-8 by the time it is read here.
_UTF8 = ("utf-8", "utf8", "us-ascii", "ascii", "utf-16", "utf-16le", "utf-16be", "utf-16-le", "utf-16-be")
_ENCODINGS = dict.fromkeys(_UTF8, "utf-8") | {name: name for name in ("iso-8859-1", "iso-8859-15", "windows-1252")}
_FORBIDDEN = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def records(unpacked: Unpacked, *, known: frozenset[str], limits: Limits) -> Iterator[Record]:
    """The items of an XML feed. Raises FeedError where it is not well-formed, or more than a feed may be."""
    found = _Items(known, limits)
    # A parser with a target builds no tree, knows the line, and leaves nothing behind in memory.
    parser = XMLParser(target=found, encoding="utf-8", forbid_dtd=True)
    found.expat = parser.parser
    fed = 0
    try:
        for data in _utf8(unpacked):
            parser.feed(data)
            fed += len(data)
            if fed - found.expat.CurrentByteIndex > LONGEST_TAG + CHUNK * 4:
                raise FeedError(f"Line {found.expat.CurrentLineNumber} of the XML has a tag that is too long. {_SAFE}")
            yield from found.taken()
        parser.close()
        yield from found.taken()
    except ParseError as error:
        line = error.position[0]
        raise FeedError(f"The XML is broken at line {line} ({str(error).partition(':')[0]}). {_SAFE}") from None
    except DefusedXmlException:
        raise FeedError(f"The XML declares a document type or entities, which a feed has no need of. {_SAFE}") from None


_SAFE = "Nothing was changed."


class _Items:
    """What the parser calls: gathers the texts of the direct children of each item."""

    def __init__(self, known: frozenset[str], limits: Limits) -> None:
        self.expat = None
        self._known, self._limit, self._elements_left = known, limits.record, limits.elements
        self._done: list[Record] = []
        self._depth = self._item_depth = self._size = 0
        self._item: Record | None = None
        self._ranks: dict[str, int] = {}
        self._column: str | None = None
        self._text: list[str] = []

    def taken(self) -> list[Record]:
        """The records that are complete, once."""
        done, self._done = self._done, []
        return done

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        self._elements_left -= 1
        if self._elements_left < 0:
            raise FeedError(f"The XML has more elements than are read. {_SAFE}")
        if self._depth > DEEPEST:
            raise FeedError(f"The XML has elements more than {DEEPEST} deep. {_SAFE}")
        name = tag.rpartition("}")[2].lower()
        if self._depth == 1 and name == "html":
            raise FeedError(HTML)
        if self._item is None:
            if name in ITEMS:
                self._begin()
        elif self._depth == self._item_depth + 1:
            self._column, self._text = canonical(name), []
            if name == "link" and attributes.get("rel", "alternate") == "alternate":
                self.data(attributes.get("href", ""))

    def data(self, text: str) -> None:
        if self._item is None or self._column is None:
            return
        self._size += len(text)
        if self._size > self._limit:
            self._item.problem = too_long(self._limit)
        elif self._column in self._known:
            self._text.append(text)
        if _BAD in text:
            self._item.problem = BAD_ENCODING

    def end(self, tag: str) -> None:
        if self._item is not None:
            if self._depth == self._item_depth:
                self._done.append(self._item)
                self._item = None
            elif self._depth == self._item_depth + 1:
                self._keep(tag)
        self._depth -= 1

    def _begin(self) -> None:
        self._item = Record(self.expat.CurrentLineNumber)
        self._item_depth, self._size, self._column, self._ranks = self._depth, 0, None, {}

    def _keep(self, tag: str) -> None:
        """Keep a child's text: <g:title> outranks <title>, a name spelt right an alias; else the first counts."""
        column, text = self._column, "".join(self._text).strip()
        self._column = None
        rank = 1 + ("base.google.com" in tag) + (tag.rpartition("}")[2].lower() == column)
        if text and column in self._known and rank > self._ranks.get(column, 0):
            self._item.texts[column] = text
            self._ranks[column] = rank


HTML = (
    "This is a web page (HTML), not a feed. The address may lead to a sign-in or error page: open it in a browser, "
    "and take the address of the file itself. Nothing was changed."
)


def _utf8(unpacked: Unpacked) -> Iterator[bytes]:
    """The document as UTF-8, whatever it is declared as, with marks where it could not be decoded."""
    declared = _DECLARED.match(unpacked.peek())
    name = declared[1].decode().lower() if declared else "utf-8"
    if name not in _ENCODINGS:
        raise FeedError(f"The XML is written in {name}, which is not read. Save it as UTF-8. {_SAFE}")
    decoder = codecs.getincrementaldecoder(_ENCODINGS[name])(errors="vitrine.noncharacter")
    data = b"-"
    while data:
        data = unpacked.read(CHUNK)
        if text := decoder.decode(data, final=not data):
            yield _FORBIDDEN.sub(" ", text).encode()


def _mark(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)  # noqa: S101 - it is registered for decoding alone
    return _BAD, error.end


codecs.register_error("vitrine.noncharacter", _mark)
