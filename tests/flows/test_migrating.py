"""Tables change from version to version; what is in them stays."""

from datetime import UTC, datetime

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import JSON, Boolean, Connection, column, insert, inspect, text
from sqlalchemy import table as sql_table

import server.models  # noqa: F401  (fills the metadata)
from server.core.database import Database
from server.core.tables import Base, Moment
from server.migrating import config, migrate
from social.models import Screening

VARIANT = {
    "id": "plum", "product_id": "stain", "title": "Stain in Plum", "colour": "", "size": "", "gender": "", "link": "",
    "image_link": "", "price": 2400, "currency": "GBP", "availability": "in_stock", "changed_at": datetime(2026, 11, 22, tzinfo=UTC),
}  # fmt: skip
PRODUCT = {
    "id": "stain", "title": "Stain", "description": "A lipstick.", "brand": "", "product_type": "", "google_category": "",
    "words": "",
}  # fmt: skip

EARLIER = (Moment(timezone=True), datetime(2026, 11, 22, tzinfo=UTC))
LIST, TABLE = (JSON(), []), (JSON(), {})
HELD_BEFORE = {
    "feed": {
        "id": (None, 1), "name": (None, "Spring"), "tags": LIST, "languages": LIST, "greatest_age_hours": (None, 48), "sells": TABLE,
        "screening": TABLE, "approval": TABLE, "trends": TABLE, "optin_tag": (None, ""), "changed_at": EARLIER,
    },
    "post": {
        "id": (None, 1), "network": (None, "x"), "network_id": (None, "1"), "revision": (None, 1), "current_network_id": (None, "1"),
        "author_id": (None, ""), "author_name": (None, ""), "author_handle": (None, ""), "author_avatar": (None, ""),
        "text": (None, "no"), "hashtags": LIST, "links": LIST, "media": LIST, "lang": (None, ""), "url": (None, ""), "flags": TABLE,
        "created_at": EARLIER, "received_at": EARLIER, "stamps": TABLE, "gone_because": (None, ""),
    },
    "screening": {
        "id": (None, 1), "post_id": (None, 1), "feed_id": (None, 1), "revision": (None, 1), "verdict": (None, "pass"), "reasons": LIST,
        "show": (Boolean(), False), "held": (JSON(), ["sounds like a complaint: ‘no’"]), "cues": LIST, "state": (None, "waiting"),
        "rule_approves": (Boolean(), False), "rule_reason": (None, ""), "judged_at": EARLIER,
    },
}  # fmt: skip
"""A post that was held before it was kept where the words are: each column's type and value."""


async def test_the_migrations_make_the_tables_that_the_code_speaks_to(database: Database) -> None:
    def differences(connection: Connection) -> list[object]:
        return list(compare_metadata(MigrationContext.configure(connection), Base.metadata))

    async with database.engine.connect() as connection:
        assert await connection.run_sync(differences) == []


async def test_a_catalogue_in_the_first_tables_is_there_in_those_of_today(database: Database) -> None:
    def begin_with_the_first(connection: Connection) -> None:
        for table in reversed(Base.metadata.sorted_tables):
            table.drop(connection)
        connection.execute(text("DROP TABLE alembic_version"))
        command.upgrade(config(connection), "0001")
        for table, row in (("product", PRODUCT), ("variant", VARIANT)):
            columns = (column(name, Moment(timezone=True) if name == "changed_at" else None) for name in row)
            connection.execute(insert(sql_table(table, *columns)).values(row))
        assert "description" not in {one["name"] for one in inspect(connection).get_columns("variant")}

    async with database.engine.begin() as connection:
        await connection.run_sync(begin_with_the_first)
    await migrate(database)
    async with database.snapshot() as db:
        found = (await db.execute(text("SELECT id, price, description FROM variant"))).all()
    assert [tuple(row) for row in found] == [("plum", 2400, "")]


async def test_sentences_that_held_a_post_stay_as_they_were_and_have_no_place(database: Database) -> None:
    def begin_with_the_seventh(connection: Connection) -> None:
        for table in reversed(Base.metadata.sorted_tables):
            table.drop(connection)
        connection.execute(text("DROP TABLE alembic_version"))
        command.upgrade(config(connection), "0007")
        for name, columns in HELD_BEFORE.items():
            connection.execute(insert(sql_table(name, *(column(one, kind) for one, (kind, _) in columns.items()))).values(
                {one: value for one, (_, value) in columns.items()}
            ))  # fmt: skip

    async with database.engine.begin() as connection:
        await connection.run_sync(begin_with_the_seventh)
    await migrate(database)
    async with database.snapshot() as db:
        row = await db.get_one(Screening, 1)
    assert row.held == [
        {"kind": "", "words": "sounds like a complaint: ‘no’", "start": None, "end": None, "language": ""}
    ]
