"""Screens that play inside a tablet"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column("screen", sa.Column("inside", sa.String(length=60), server_default="", nullable=False))
