"""Tablets, visits, bags with their operations, and customers"""

import sqlalchemy as sa
from alembic import op

import server.core.tables

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "customer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=200), nullable=True),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("mail_consent_at", server.core.tables.Moment(timezone=True), nullable=True),
        sa.Column("created_at", server.core.tables.Moment(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer")),
        sa.UniqueConstraint("email", name=op.f("uq_customer_email")),
    )
    op.create_table(
        "mail",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("to", sa.String(length=200), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("made_at", server.core.tables.Moment(timezone=True), nullable=False),
        sa.Column("sent_at", server.core.tables.Moment(timezone=True), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("try_at", server.core.tables.Moment(timezone=True), nullable=False),
        sa.Column("expires_at", server.core.tables.Moment(timezone=True), nullable=False),
        sa.Column("error", sa.String(length=300), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail")),
    )
    op.create_index(op.f("ix_mail_made_at"), "mail", ["made_at"], unique=False)
    op.create_index(op.f("ix_mail_try_at"), "mail", ["try_at"], unique=False)
    op.create_table(
        "sealing_key",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("private", sa.Text(), nullable=False),
        sa.Column("made_at", server.core.tables.Moment(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sealing_key")),
    )
    op.create_table(
        "sign_in_code",
        sa.Column("session", sa.String(length=64), nullable=False),
        sa.Column("email", sa.String(length=200), nullable=False),
        sa.Column("code_digest", sa.String(length=64), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("expires_at", server.core.tables.Moment(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("session", name=op.f("pk_sign_in_code")),
    )
    op.create_index(op.f("ix_sign_in_code_email"), "sign_in_code", ["email"], unique=False)
    op.create_index(op.f("ix_sign_in_code_expires_at"), "sign_in_code", ["expires_at"], unique=False)
    op.create_table(
        "bag",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("secret_digest", sa.String(length=64), nullable=True),
        sa.Column("customer_id", sa.Integer(), nullable=True),
        sa.Column("moved_to", sa.String(length=36), nullable=True),
        sa.Column("claim_id", sa.Integer(), nullable=True),
        sa.Column("created_at", server.core.tables.Moment(timezone=True), nullable=False),
        sa.Column("touched_at", server.core.tables.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_bag_customer_id_customer"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["moved_to"], ["bag.id"], name=op.f("fk_bag_moved_to_bag"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bag")),
        sa.UniqueConstraint("customer_id", name=op.f("uq_bag_customer_id")),
    )
    op.create_index(op.f("ix_bag_moved_to"), "bag", ["moved_to"], unique=False)
    op.create_index(op.f("ix_bag_touched_at"), "bag", ["touched_at"], unique=False)
    op.create_table(
        "kiosk",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("store_id", sa.String(length=60), nullable=False),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("idle_seconds", sa.Integer(), nullable=False),
        sa.Column("screen_id", sa.String(length=16), nullable=True),
        sa.Column("reloads", sa.Integer(), nullable=False),
        sa.Column("added_at", server.core.tables.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["id"], ["device.id"], name=op.f("fk_kiosk_id_device")),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_kiosk_store_id_store")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kiosk")),
    )
    op.create_index(op.f("ix_kiosk_store_id"), "kiosk", ["store_id"], unique=False)
    op.create_table(
        "passkey",
        sa.Column("id", sa.String(length=1400), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("created_at", server.core.tables.Moment(timezone=True), nullable=False),
        sa.Column("used_at", server.core.tables.Moment(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_passkey_customer_id_customer"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkey")),
    )
    op.create_index(op.f("ix_passkey_customer_id"), "passkey", ["customer_id"], unique=False)
    op.create_table(
        "bag_operation",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("bag_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=6), nullable=False),
        sa.Column("variant_id", sa.String(length=100), nullable=False),
        sa.Column("source", sa.String(length=30), nullable=False),
        sa.Column("seen", sa.JSON(), nullable=False),
        sa.Column("made_at", server.core.tables.Moment(timezone=True), nullable=False),
        sa.Column("received_at", server.core.tables.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["bag_id"], ["bag.id"], name=op.f("fk_bag_operation_bag_id_bag"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bag_operation")),
    )
    op.create_index("ix_bag_operation_bag", "bag_operation", ["bag_id", "kind"], unique=False)
    op.create_table(
        "bag_removal",
        sa.Column("bag_id", sa.String(length=36), nullable=False),
        sa.Column("add_id", sa.String(length=36), nullable=False),
        sa.Column("operation_id", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(["bag_id"], ["bag.id"], name=op.f("fk_bag_removal_bag_id_bag"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("bag_id", "add_id", name=op.f("pk_bag_removal")),
    )
    op.create_index(op.f("ix_bag_removal_operation_id"), "bag_removal", ["operation_id"], unique=False)
    op.create_table(
        "claim",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("from_bag", sa.String(length=36), nullable=False),
        sa.Column("to_bag", sa.String(length=36), nullable=False),
        sa.Column("made_at", server.core.tables.Moment(timezone=True), nullable=False),
        sa.Column("undone_at", server.core.tables.Moment(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["from_bag"], ["bag.id"], name=op.f("fk_claim_from_bag_bag"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["to_bag"], ["bag.id"], name=op.f("fk_claim_to_bag_bag"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim")),
    )
    op.create_index(op.f("ix_claim_from_bag"), "claim", ["from_bag"], unique=False)
    op.create_index(op.f("ix_claim_to_bag"), "claim", ["to_bag"], unique=False)
    op.create_table(
        "kiosk_report",
        sa.Column("kiosk_id", sa.String(length=16), nullable=False),
        sa.Column("connected", sa.Boolean(), nullable=False),
        sa.Column("seen_at", server.core.tables.Moment(timezone=True), nullable=True),
        sa.Column("battery", sa.Integer(), nullable=True),
        sa.Column("charging", sa.Boolean(), nullable=True),
        sa.Column("unsent", sa.Integer(), nullable=False),
        sa.Column("version", sa.String(length=32), nullable=False),
        sa.Column("range_at", server.core.tables.Moment(timezone=True), nullable=True),
        sa.Column("error", sa.String(length=300), nullable=False),
        sa.Column("browser", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["kiosk_id"], ["kiosk.id"], name=op.f("fk_kiosk_report_kiosk_id_kiosk"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("kiosk_id", name=op.f("pk_kiosk_report")),
    )
    op.create_table(
        "share",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("bag_id", sa.String(length=36), nullable=False),
        sa.Column("variants", sa.JSON(), nullable=False),
        sa.Column("made_at", server.core.tables.Moment(timezone=True), nullable=False),
        sa.Column("expires_at", server.core.tables.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["bag_id"], ["bag.id"], name=op.f("fk_share_bag_id_bag"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_share")),
        sa.UniqueConstraint("digest", name=op.f("uq_share_digest")),
    )
    op.create_index(op.f("ix_share_bag_id"), "share", ["bag_id"], unique=False)
    op.create_index(op.f("ix_share_expires_at"), "share", ["expires_at"], unique=False)
    op.create_table(
        "shopper_session",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=True),
        sa.Column("bag_id", sa.String(length=36), nullable=True),
        sa.Column("lost_because", sa.String(length=20), nullable=False),
        sa.Column("browser", sa.String(length=200), nullable=False),
        sa.Column("created_at", server.core.tables.Moment(timezone=True), nullable=False),
        sa.Column("seen_at", server.core.tables.Moment(timezone=True), nullable=False),
        sa.Column("expires_at", server.core.tables.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["bag_id"], ["bag.id"], name=op.f("fk_shopper_session_bag_id_bag"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_shopper_session_customer_id_customer"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_shopper_session")),
    )
    op.create_index(op.f("ix_shopper_session_bag_id"), "shopper_session", ["bag_id"], unique=False)
    op.create_index(op.f("ix_shopper_session_customer_id"), "shopper_session", ["customer_id"], unique=False)
    op.create_index(op.f("ix_shopper_session_expires_at"), "shopper_session", ["expires_at"], unique=False)
    op.create_table(
        "visit",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("kiosk_id", sa.String(length=16), nullable=False),
        sa.Column("bag_id", sa.String(length=36), nullable=False),
        sa.Column("own_bag_id", sa.String(length=36), nullable=False),
        sa.Column("began_at", server.core.tables.Moment(timezone=True), nullable=False),
        sa.Column("seen_at", server.core.tables.Moment(timezone=True), nullable=False),
        sa.Column("taken_at", server.core.tables.Moment(timezone=True), nullable=True),
        sa.Column("ended_at", server.core.tables.Moment(timezone=True), nullable=True),
        sa.Column("ended_by", sa.String(length=10), nullable=False),
        sa.ForeignKeyConstraint(["bag_id"], ["bag.id"], name=op.f("fk_visit_bag_id_bag"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["kiosk_id"], ["kiosk.id"], name=op.f("fk_visit_kiosk_id_kiosk")),
        sa.ForeignKeyConstraint(["own_bag_id"], ["bag.id"], name=op.f("fk_visit_own_bag_id_bag"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit")),
    )
    op.create_index(op.f("ix_visit_bag_id"), "visit", ["bag_id"], unique=False)
    op.create_index(op.f("ix_visit_began_at"), "visit", ["began_at"], unique=False)
    op.create_index(op.f("ix_visit_kiosk_id"), "visit", ["kiosk_id"], unique=False)
    op.create_table(
        "call",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("visit_id", sa.String(length=36), nullable=False),
        sa.Column("kiosk_id", sa.String(length=16), nullable=False),
        sa.Column("store_id", sa.String(length=60), nullable=False),
        sa.Column("made_at", server.core.tables.Moment(timezone=True), nullable=False),
        sa.Column("answered_at", server.core.tables.Moment(timezone=True), nullable=True),
        sa.Column("answered_by", sa.String(length=100), nullable=False),
        sa.Column("ended_at", server.core.tables.Moment(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["kiosk_id"], ["kiosk.id"], name=op.f("fk_call_kiosk_id_kiosk")),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_call_visit_id_visit"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call")),
    )
    op.create_index(op.f("ix_call_made_at"), "call", ["made_at"], unique=False)
    op.create_index(op.f("ix_call_store_id"), "call", ["store_id"], unique=False)
    op.create_index(op.f("ix_call_visit_id"), "call", ["visit_id"], unique=False)
    op.create_table(
        "claim_operation",
        sa.Column("claim_id", sa.Integer(), nullable=False),
        sa.Column("operation_id", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(
            ["claim_id"], ["claim.id"], name=op.f("fk_claim_operation_claim_id_claim"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["operation_id"],
            ["bag_operation.id"],
            name=op.f("fk_claim_operation_operation_id_bag_operation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("claim_id", "operation_id", name=op.f("pk_claim_operation")),
    )
    op.create_table(
        "ticket",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("visit_id", sa.String(length=36), nullable=False),
        sa.Column("expires_at", server.core.tables.Moment(timezone=True), nullable=False),
        sa.Column("asked_by", sa.String(length=64), nullable=True),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("choices", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_ticket_visit_id_visit"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_ticket")),
    )
    op.create_index(op.f("ix_ticket_expires_at"), "ticket", ["expires_at"], unique=False)
    op.create_index(op.f("ix_ticket_visit_id"), "ticket", ["visit_id"], unique=False)
    op.add_column("staff", sa.Column("store_id", sa.String(length=60), nullable=True))
