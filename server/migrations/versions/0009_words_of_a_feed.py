"""A feed's own words"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.add_column("feed", sa.Column("words", sa.JSON(), server_default="{}", nullable=False))
