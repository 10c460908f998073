"""Variants are found by their colour"""

from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_index(op.f("ix_variant_swatch"), "variant", ["swatch"], unique=False)
