"""A lease says since when it is held, and counts its holders"""

import sqlalchemy as sa
from alembic import op

import server.core.tables

revision = "0015"
down_revision = "0013"


def upgrade() -> None:
    """Change the tables. A process of the version before takes and renews leases as it did."""
    with op.batch_alter_table("lease", schema=None) as batch_op:
        batch_op.alter_column("holder", existing_type=sa.String(32), type_=sa.String(100), existing_nullable=False)
        batch_op.add_column(sa.Column("term", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("since", server.core.tables.Moment(timezone=True), nullable=True))
