"""The audit log: filtered, paged, and as CSV that harms no spreadsheet."""

import csv
import io
from datetime import UTC, datetime, timedelta

from server.console import audit_log
from server.core.audit import AuditEntry, record
from server.core.clock import now
from server.core.database import Database
from tests.conftest import Served


async def fill(database: Database, count: int, **values: str) -> None:
    said = {"who": "Ines", "what": "approved post", **values}
    async with database.transaction() as db:
        for number in range(count):
            record(db, which=f"post {number}", **said)


async def test_entries_are_found_by_who_what_and_which(served: Served) -> None:
    await fill(served.database, 2)
    await fill(served.database, 1, who="Tomás", what="rejected post")
    async with await served.staff("viewer") as viewer:
        assert (await viewer.get("/console/audit", params={"who": "Tomás"})).text.count("<tr>") == 2
        assert (await viewer.get("/console/audit", params={"what": "approved post"})).text.count("<tr>") == 3
        assert (await viewer.get("/console/audit", params={"which": "POST 1"})).text.count("<tr>") == 2
        nothing = await viewer.get("/console/audit", params={"which": "%"})
        assert "No entry matches" in nothing.text


async def test_a_day_is_the_day_in_utc(served: Served) -> None:
    yesterday = now() - timedelta(days=1)
    async with served.database.transaction() as db:
        db.add(AuditEntry(at=yesterday, who="Ines", what="approved post", which="the day before", details={}))
    await fill(served.database, 1)
    async with await served.staff("viewer") as viewer:
        page = await viewer.get("/console/audit", params={"day": yesterday.strftime("%Y-%m-%d")})
        assert "the day before" in page.text and "post 0" not in page.text
        wrong = await viewer.get("/console/audit", params={"day": "2026-02-31"})
        assert wrong.status_code == 400 and "is not a day" in wrong.text


async def test_pages_go_backwards_and_leave_nothing_out(served: Served) -> None:
    await fill(served.database, audit_log.A_PAGE + 20)
    async with await served.staff("viewer") as viewer:
        first = (await viewer.get("/console/audit")).text
        assert first.count("<tr>") == audit_log.A_PAGE + 1
        async with served.database.snapshot() as db:
            ids = sorted([row.id for row in await db.scalars(audit_log.Wanted().query())], reverse=True)
        assert f"before={ids[audit_log.A_PAGE - 1]}" in first
        rest = (await viewer.get("/console/audit", params={"before": ids[audit_log.A_PAGE - 1]})).text
        assert rest.count("<tr>") == 21


async def test_the_csv_holds_what_the_filter_shows(served: Served) -> None:
    await fill(served.database, 3)
    await fill(served.database, 1, who="Tomás")
    async with await served.staff("viewer") as viewer:
        answer = await viewer.get("/console/audit.csv", params={"who": "Ines"})
    assert (
        answer.headers["content-type"].startswith("text/csv") and "attachment" in answer.headers["content-disposition"]
    )
    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert [row["which"] for row in rows] == ["post 2", "post 1", "post 0"]


def test_a_name_is_not_taken_for_a_formula() -> None:
    entry = AuditEntry(
        at=datetime(2026, 11, 22, tzinfo=UTC), who="=HYPERLINK(1)", what="+1", which="@x", details={"a": 1}
    )
    line = audit_log.as_csv([entry], private=True).splitlines()[1]
    assert line.startswith("2026-11-22T00:00:00.000Z,'=HYPERLINK(1),'+1,'@x,")


async def test_where_somebody_signed_in_from_is_for_administrators(served: Served) -> None:
    async with served.database.transaction() as db:
        record(db, who="Ines", what="signed in", which="ines@house.test", address="203.0.113.9")
    async with await served.staff("viewer") as viewer, await served.staff("admin") as admin:
        for path in ("/console/audit", "/console/audit.csv"):
            assert "203.0.113.9" not in (await viewer.get(path)).text
            assert "203.0.113.9" in (await admin.get(path)).text


def test_of_a_change_only_the_difference_is_told() -> None:
    entry = AuditEntry(details={"before": {"a": 1, "b": None}, "after": {"a": 1, "b": "x" * 200}})
    assert audit_log.told(entry, private=True) == [("b", "none → " + "x" * 79 + "…")]
