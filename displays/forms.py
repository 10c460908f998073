"""Reads what people type into forms; each reader notes what is wrong under its field's name."""

import re
from datetime import UTC, datetime

from server.core.zones import zone_of


class Errors(dict[str, str]):
    """What is wrong, by field, in words; a field without an entry has nothing wrong with it."""

    def __missing__(self, field: str) -> str:
        return ""


_SEPARATORS = re.compile(r"[,;\s，、]+")


def words(text: str) -> tuple[str, ...]:
    """Words apart by commas, semicolons or spaces; a leading # or @ is a habit, not a part."""
    return tuple(dict.fromkeys(word.lstrip("#＃@") for word in _SEPARATORS.split(text) if word.lstrip("#＃@")))


def phrases(text: str) -> tuple[str, ...]:
    """Phrases apart by commas or ends of lines; they may hold spaces."""
    return tuple(dict.fromkeys(" ".join(part.split()) for part in re.split(r"[,;\n，、]+", text) if part.strip()))


def whole(text: str, field: str, errors: Errors, *, empty: int = 0) -> int:
    """A whole number, or `empty` where nothing was typed."""
    text = text.strip()
    if not text:
        return empty
    if re.fullmatch(r"-?\d{1,9}", text, re.ASCII):
        return int(text)
    errors.setdefault(field, f"‘{text[:20]}’ is not a whole number.")
    return empty


def decimal(text: str, field: str, errors: Errors, *, empty: float | None = None) -> float | None:
    """A number with or without a decimal point or comma, or `empty` where nothing was typed."""
    text = text.strip().replace("−", "-").replace(",", ".")
    if not text:
        return empty
    if re.fullmatch(r"-?(\d{1,9}(\.\d{0,12})?|\.\d{1,12})", text, re.ASCII):
        return float(text)
    errors.setdefault(field, f"‘{text[:20]}’ is not a number.")
    return empty


def moment(text: str, zone: str, field: str, errors: Errors) -> datetime | None:
    """A date and time as a clock on the wall in `zone` shows it, in UTC. A time that occurs twice is its first one; one
    that the clocks skip is refused."""
    text = text.strip()
    if not text:
        return None
    try:
        written = datetime.fromisoformat(text)
    except ValueError:
        errors.setdefault(field, f"‘{text[:30]}’ is not a date and time; write one like 2026-09-14 09:00.")
        return None
    if written.tzinfo is not None or not 2000 <= written.year <= 2200:
        errors.setdefault(field, "Write a date and time between 2000 and 2200, without a zone of its own.")
        return None
    local = written.replace(tzinfo=zone_of(zone))
    found = local.astimezone(UTC)
    if found.astimezone(local.tzinfo).replace(tzinfo=None) != written:
        errors.setdefault(field, f"The clocks in {zone} skip that time. Choose an hour earlier or later.")
        return None
    return found


def on_the_wall(at: datetime | None, zone: str) -> str:
    """A moment as a datetime-local field holds it, on a clock in `zone`; empty for none."""
    if at is None:
        return ""
    return at.astimezone(zone_of(zone)).strftime("%Y-%m-%dT%H:%M")
