"""No table that leads to a customer is forgotten: each is in the export and goes with an erasure, or is listed here with a reason."""

from dataclasses import replace

import pytest
from sqlalchemy import Table, func, select

import server.models  # noqa: F401 - every table there is
from kiosk.models import Customer
from server.core.settings import Settings
from server.core.tables import Base
from tests.conftest import Served
from tests.kiosk.test_forgetting import lived_in
from tests.shopping import Phone, Tablet

pytestmark = pytest.mark.usefixtures("patient")

ROOTS = {"customer", "shopper_session", "bag"}
LEADING = ("customer", "session", "bag", "visit", "operation", "claim", "ticket", "email", "asked_by", "moved_to", "to")
"""Words in names of columns that lead to a person without a foreign key: a digest of a session, an address, an id."""
NOBODYS = {
    "staff": "has an address of its own: whoever works here is no customer",
    "staff_session": "of those who work here", "sign_in_link": "of those who work here",
}  # fmt: skip
EXPORTED = {
    "customer": "Person", "bag": "ItemList", "bag_operation": "AddAction", "bag_removal": "DeleteAction", "visit": "CheckInAction",
    "call": "AskAction", "claim": "TransferAction", "share": "ShareAction", "shopper_session": "UseAction",
    "passkey": "DigitalDocument", "mail": "EmailMessage",
}  # fmt: skip
"""The type that stands for each in the export."""
NOT_EXPORTED = {
    "claim_operation": "which operation came with which claim: bookkeeping, gone from use after a day",
    "ticket": "lives two minutes, and names a number that is void by then",
    "sign_in_code": "lives ten minutes, and would sign in whoever reads the file",
    "passkey_challenge": "lives five minutes, and says nothing",
}


def leads(table: Table, known: set[str]) -> bool:
    """Whether a column of a table leads to a person, by a foreign key or by its name."""
    referred = {key.column.table.name for column in table.columns for key in column.foreign_keys}
    words = {word for column in table.columns for word in (column.name, *column.name.split("_"))}
    return bool(referred & known) or bool(words & set(LEADING))


def theirs() -> set[str]:
    """Every table that leads to a customer, over however many others."""
    found: set[str] = set(ROOTS)
    while True:
        more = {table.name for table in Base.metadata.sorted_tables if leads(table, found)} - found - set(NOBODYS)
        if not more:
            return found
        found |= more


def test_every_table_that_leads_to_a_customer_is_exported_or_says_why_not() -> None:
    assert EXPORTED.keys() | NOT_EXPORTED.keys() == theirs(), "a new table? Export it, or say here why not"
    assert not EXPORTED.keys() & NOT_EXPORTED.keys()


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """A house whose mail is read in the console."""
    return replace(settings, mail="console")


async def rows(served: Served) -> dict[str, int]:
    """How many rows each of those tables has."""
    async with served.database.snapshot() as db:
        tables = [Base.metadata.tables[name] for name in sorted(theirs())]
        return {table.name: await db.scalar(select(func.count()).select_from(table)) or 0 for table in tables}


async def test_whoever_has_a_row_in_every_table_finds_each_in_the_export_and_none_after_erasing(
    served: Served, tablet: Tablet
) -> None:
    phone, _ = await lived_in(served, tablet)
    empty = {name for name, count in (await rows(served)).items() if not count}
    assert empty == set(), "whoever lives in the tests has to have one of everything"
    graph = (await phone.client.get("/api/me/export")).json()["@graph"]
    assert {thing["@type"] for thing in graph} >= set(EXPORTED.values())
    await Phone(served).client.post("/api/bag")
    assert (await phone.client.delete("/api/me")).status_code == 200
    left = {name: count for name, count in (await rows(served)).items() if count}
    assert left == {"bag": 1, "shopper_session": 2}, "of a stranger, and of a browser that asked for a code"
    async with served.database.snapshot() as db:
        assert list(await db.scalars(select(Customer))) == []
