"""The audit log: who did what, when; filtered, a page at a time, and as CSV."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from litestar import Request, Response, get
from litestar.params import FromQuery
from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from server.core import staff
from server.core.audit import AuditEntry
from server.core.clock import iso
from server.core.database import Database
from server.core.errors import BadInput
from server.core.rendering import Section, add_section, console_page
from server.core.spreadsheets import MARK, line

add_section(Section(80, "/console/audit", "Audit", "a"))

A_PAGE = 100
MOST_ROWS = 50_000
PRIVATE = frozenset({"address"})
"""Details that administrators alone see: where somebody signed in from."""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which entries somebody asks for; empty is any. `day` is ISO, in UTC; `which` is a part of the thing's name."""

    who: str = ""
    what: str = ""
    which: str = ""
    day: str = ""

    def query(self) -> Select[tuple[AuditEntry]]:
        """The entries, newest first. Raises BadInput for a day that is none."""
        query = select(AuditEntry).order_by(AuditEntry.id.desc())
        if self.who:
            query = query.where(AuditEntry.who == self.who)
        if self.what:
            query = query.where(AuditEntry.what == self.what)
        if self.which:
            query = query.where(AuditEntry.which.icontains(self.which, autoescape=True))
        if self.day:
            start = self._start()
            query = query.where(AuditEntry.at >= start, AuditEntry.at < start + timedelta(days=1))
        return query

    def _start(self) -> datetime:
        try:
            return datetime.combine(datetime.strptime(self.day, "%Y-%m-%d").date(), time(), UTC)  # noqa: DTZ007
        except ValueError:
            raise BadInput(f"‘{self.day[:20]}’ is not a day; write one like 2026-11-22.") from None

    def address(self, **more: object) -> str:
        """The filter as the query part of an address."""
        return urlencode({name: value for name, value in {**self.__dict__, **more}.items() if value})


@get("/console/audit")
async def log(
    request: Request,
    database: Database,
    who: FromQuery[str] = "",
    what: FromQuery[str] = "",
    which: FromQuery[str] = "",
    day: FromQuery[str] = "",
    before: FromQuery[int] = 0,
) -> Response[str]:
    """A page of entries, from `before` (an id) backwards."""
    wanted = Wanted(who=who[:200], what=what[:100], which=which[:100].strip(), day=day)
    async with database.snapshot() as db:
        person = await staff.calling(db, request, "viewer")
        query = wanted.query()
        rows = list(await db.scalars((query.where(AuditEntry.id < before) if before else query).limit(A_PAGE + 1)))
        words = [told(row, private=person.may("admin")) for row in rows]
        return console_page(
            request, "console/audit_log.html", person, title="Audit log", wanted=wanted, rows=rows[:A_PAGE],
            older=rows[A_PAGE - 1].id if len(rows) > A_PAGE else None, newer=bool(before), told=words,
            people=await _distinct(db, AuditEntry.who), verbs=await _distinct(db, AuditEntry.what),
        )  # fmt: skip


@get("/console/audit.csv")
async def log_csv(
    request: Request,
    database: Database,
    who: FromQuery[str] = "",
    what: FromQuery[str] = "",
    which: FromQuery[str] = "",
    day: FromQuery[str] = "",
) -> Response[str]:
    """The same entries as CSV, the newest 50,000."""
    wanted = Wanted(who=who[:200], what=what[:100], which=which[:100].strip(), day=day)
    async with database.snapshot() as db:
        person = await staff.calling(db, request, "viewer")
        rows = list(await db.scalars(wanted.query().limit(MOST_ROWS)))
    name = f"vitrine-audit{'-' + day if day else ''}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(as_csv(rows, private=person.may("admin")), media_type="text/csv", headers=headers)


def as_csv(rows: Iterable[AuditEntry], *, private: bool) -> str:
    """Entries as CSV that a spreadsheet opens without taking a name for a formula."""
    head = MARK + line(("at", "who", "what", "which", "details"))
    return head + "".join(line((iso(row.at), row.who, row.what, row.which, _details(row, private))) for row in rows)


def _details(row: AuditEntry, private: bool) -> str:
    shown = {name: value for name, value in row.details.items() if private or name not in PRIVATE}
    return json.dumps(shown, ensure_ascii=False, sort_keys=True) if shown else ""


def told(entry: AuditEntry, *, private: bool) -> list[tuple[str, str]]:
    """An entry's details as pairs of words; of a change only the difference, of a colleague's whereabouts nothing."""
    before, after = entry.details.get("before"), entry.details.get("after")
    if isinstance(before, dict) and isinstance(after, dict):
        changed = sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
        return [(name, f"{_short(before.get(name))} → {_short(after.get(name))}") for name in changed]
    return [
        (name.replace("_", " "), _short(value))
        for name, value in entry.details.items()
        if private or name not in PRIVATE
    ]


def _short(value: Any) -> str:
    text = "none" if value in (None, "") else value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 80 else f"{text[:79]}…"


async def _distinct(db: AsyncSession, column: Any) -> list[str]:
    return list(await db.scalars(select(column).distinct().order_by(column).limit(500)))


ROUTES = [log, log_csv]
