"""Products keep no words to search by: an index in memory has them"""

from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Change the tables."""
    op.drop_column("product", "words")
