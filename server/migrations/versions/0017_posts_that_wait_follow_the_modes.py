"""A campaign that shows other kinds of cards says so until the posts that wait have theirs"""

import sqlalchemy as sa
from alembic import op

import server.core.tables

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """Change the tables."""
    op.add_column("campaign", sa.Column("modes_changed_at", server.core.tables.Moment(timezone=True), nullable=True))
