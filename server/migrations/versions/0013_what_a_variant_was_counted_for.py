"""What was counted in stores is found by variant"""

from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Change the tables."""
    op.create_index("ix_visit_count_variant", "visit_count", ["variant_id", "day"])
