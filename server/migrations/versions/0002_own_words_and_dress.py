"""Words of a variant, and how far cards follow the brand kit"""

import sqlalchemy as sa
from alembic import op

import server.core.tables

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("variant", sa.Column("description", sa.Text(), server_default="", nullable=False))
    for name in ("changed_at", "dressed_at"):
        op.add_column("brand_kit", sa.Column(name, server.core.tables.Moment(timezone=True)))
