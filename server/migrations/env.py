"""Runs migrations on the connection that `server.core.migrating` hands over."""

from alembic import context

import server.models  # noqa: F401
from server.core.tables import Base

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    compare_type=True,
    # Each is kept by itself, and lets go of its tables: what comes after may have to wait for another table.
    transaction_per_migration=connection.dialect.name == "postgresql",
)
with context.begin_transaction():
    context.run_migrations()
