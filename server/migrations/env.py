"""Runs migrations on the connection that `server.migrating` hands over; without one it writes down what PostgreSQL would be told."""

from alembic import context

import server.models  # noqa: F401
from server.core.tables import Base

connection = context.config.attributes["connection"]
dialect = connection.dialect.name if connection else "postgresql"
context.configure(
    connection=connection,
    dialect_name=None if connection else dialect,
    target_metadata=Base.metadata,
    render_as_batch=dialect == "sqlite",
    compare_type=True,
    # Each is kept by itself, and lets go of its tables: what comes after may have to wait for another table.
    transaction_per_migration=dialect == "postgresql",
)
with context.begin_transaction():
    context.run_migrations()
