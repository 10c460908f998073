"""What an import changed, so that matching need not be compiled anew for it"""

import sqlalchemy as sa
from alembic import op

from server.core.tables import Moment

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Change the tables."""
    op.create_table(
        "catalogue_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("products", sa.JSON(), nullable=True),
        sa.Column("made_at", Moment(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalogue_change")),
    )
