"""How much a reader takes in before it says that this cannot be a feed: the bounds on hostile and broken files."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one reading; sizes in bytes, counted after unpacking."""

    unpacked: int = 512 * 1024 * 1024
    """A .gz that unpacks to more is refused whole, whatever its size on disk."""
    record: int = 64 * 1024
    """A longer line, or item of XML, is left out: a Merchant description has 5,000 characters at most."""
    rows: int = 1_000_000
    """A file with more rows is refused whole, since all its rows are held in memory until they are written."""
    lines: int = 5_000_000
    """A file with more lines of text, blank ones too, is refused whole: a small .gz unpacks to hundreds of millions of
    them, which take minutes to pass over."""
    elements: int = 30_000_000
    """The same for elements of XML."""
    rejected_share: float = 0.5
    """A file of which a larger share of rows is left out is refused whole: more likely another kind of file."""


DEFAULT = Limits()
