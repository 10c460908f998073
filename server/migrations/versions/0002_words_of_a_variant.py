"""Words of a variant"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("variant", sa.Column("description", sa.Text(), server_default="", nullable=False))
