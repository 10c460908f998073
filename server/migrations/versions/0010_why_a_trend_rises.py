"""Trends say why they rise; what was looked at and collected in stores is counted"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Change the tables."""
    op.add_column("trend", sa.Column("why", sa.JSON(), nullable=False, server_default="{}"))
    op.create_table(
        "visit_count",
        sa.Column("store_id", sa.String(length=100), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("variant_id", sa.String(length=100), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("store_id", "day", "variant_id", "kind", name=op.f("pk_visit_count")),
    )
    op.add_column("kiosk_report", sa.Column("counted", sa.String(length=36), nullable=False, server_default=""))
