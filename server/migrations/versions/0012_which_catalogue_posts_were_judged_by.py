"""Posts keep by which state of the catalogue they were judged"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Change the tables."""
    op.add_column("screening", sa.Column("catalogue", sa.Integer(), nullable=False, server_default="0"))
