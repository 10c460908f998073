"""Challenges that a browser's authenticator signs to add a passkey or to sign in with one."""

import sqlalchemy as sa
from alembic import op

import server.core.tables

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Change the tables."""
    op.create_table(
        "passkey_challenge",
        sa.Column("session", sa.String(length=64), nullable=False),
        sa.Column("purpose", sa.String(length=10), nullable=False),
        sa.Column("challenge", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", server.core.tables.Moment(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("session", "purpose", name=op.f("pk_passkey_challenge")),
    )
    op.create_index(op.f("ix_passkey_challenge_expires_at"), "passkey_challenge", ["expires_at"], unique=False)
