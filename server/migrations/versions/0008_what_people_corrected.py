"""What people corrected, which of the things asked for a match is, and where in a post the words are that held it"""

import sqlalchemy as sa
from alembic import op

from server.core.tables import Moment

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Change the tables."""
    op.create_table(
        "correction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("feed_id", sa.Integer(), nullable=False),
        sa.Column("screening_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("asked", sa.JSON(), nullable=False),
        sa.Column("shown_variant", sa.String(length=100), nullable=True),
        sa.Column("shown_product", sa.String(length=100), nullable=True),
        sa.Column("chosen_variant", sa.String(length=100), nullable=True),
        sa.Column("chosen_product", sa.String(length=100), nullable=True),
        sa.Column("by", sa.String(length=200), nullable=False),
        sa.Column("made_at", Moment(timezone=True), nullable=False),
        sa.Column("undone_by", sa.String(length=200), nullable=False),
        sa.Column("undone_at", Moment(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["feed_id"], ["feed.id"], name=op.f("fk_correction_feed_id_feed")),
        sa.ForeignKeyConstraint(
            ["screening_id"], ["screening.id"], name=op.f("fk_correction_screening_id_screening"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_correction")),
    )
    op.create_index("ix_correction_feed", "correction", ["feed_id", "undone_at", "id"])
    op.create_index(op.f("ix_correction_screening_id"), "correction", ["screening_id"])
    op.add_column("match", sa.Column("asked", sa.JSON(), server_default="{}", nullable=False))
    op.add_column("proposal", sa.Column("chosen_by", sa.String(length=200), server_default="", nullable=False))
    op.add_column("proposal", sa.Column("offered", sa.String(length=100), nullable=True))
    _place_what_held()


def _place_what_held() -> None:
    """Sentences become what they are now: each with a place in the post, which is not known of the old ones."""
    screening = sa.table("screening", sa.column("id", sa.Integer), sa.column("held", sa.JSON))
    connection = op.get_bind()
    changed = [
        {"of": id, "now": [{"kind": "", "words": words, "start": None, "end": None, "language": ""} for words in held]}
        for id, held in connection.execute(sa.select(screening.c.id, screening.c.held))
        if held
    ]
    if changed:
        statement = sa.update(screening).where(screening.c.id == sa.bindparam("of")).values(held=sa.bindparam("now"))
        connection.execute(statement, changed)
