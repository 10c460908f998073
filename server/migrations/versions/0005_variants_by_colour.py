"""Variants are found by their colour"""

from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_index(op.f("ix_variant_swatch"), "variant", ["swatch"], unique=False)
