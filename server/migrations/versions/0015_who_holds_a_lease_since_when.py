"""A lease says since when it is held, and counts its holders"""

import sqlalchemy as sa
from alembic import op

import server.core.tables

revision = "0015"
down_revision = "0013"


def upgrade() -> None:
    """Change the tables. A process of the version before takes and renews leases as it did."""
    op.add_column("lease", sa.Column("term", sa.Integer(), server_default="0", nullable=False))
    op.add_column("lease", sa.Column("since", server.core.tables.Moment(timezone=True), nullable=True))
