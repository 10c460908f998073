"""The first tables"""

import sqlalchemy as sa
from alembic import op

import server.core.tables

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "arrival",
        sa.Column("spot", sa.String(length=60), nullable=False),
        sa.Column("screen_id", sa.String(length=16), nullable=False),
        sa.Column("received_at", server.core.tables.Moment(timezone=True), nullable=False),
        sa.Column("ready_at", server.core.tables.Moment(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("spot", "screen_id", name=op.f("pk_arrival")),
    )
    with op.batch_alter_table("arrival", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_arrival_ready_at"), ["ready_at"], unique=False)

    op.create_table(
        "audit_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", server.core.tables.Moment(timezone=True), nullable=False),
        sa.Column("who", sa.String(length=200), nullable=False),
        sa.Column("what", sa.String(length=100), nullable=False),
        sa.Column("which", sa.String(length=300), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
    )
    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_audit_entry_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_entry_what"), ["what"], unique=False)

    op.create_table(
        "brand_kit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kit", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brand_kit")),
    )
    op.create_table(
        "card",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("layout", sa.String(length=40), nullable=False),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("pictures", sa.JSON(), nullable=False),
        sa.Column("fonts", sa.JSON(), nullable=False),
        sa.Column("fits", sa.JSON(), nullable=False),
        sa.Column("variants", sa.JSON(), nullable=False),
        sa.Column("field", sa.String(length=7), nullable=False),
        sa.Column("composed_at", server.core.tables.Moment(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_card")),
    )
    op.create_table(
        "device",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("token_digest", sa.String(length=64), nullable=True),
        sa.Column("paired_at", server.core.tables.Moment(timezone=True), nullable=False),
        sa.Column("paired_by", sa.String(length=200), nullable=False),
        sa.Column("first_used_at", server.core.tables.Moment(timezone=True), nullable=True),
        sa.Column("revoked_at", server.core.tables.Moment(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_device_token_digest")),
    )
    op.create_table(
        "epoch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("value", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_epoch")),
    )
    op.create_table(
        "feed",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("tags", sa.JSON(), nullable=False),
        sa.Column("languages", sa.JSON(), nullable=False),
        sa.Column("greatest_age_hours", sa.Integer(), nullable=False),
        sa.Column("sells", sa.JSON(), nullable=False),
        sa.Column("screening", sa.JSON(), nullable=False),
        sa.Column("approval", sa.JSON(), nullable=False),
        sa.Column("trends", sa.JSON(), nullable=False),
        sa.Column("optin_tag", sa.String(length=100), nullable=False),
        sa.Column("changed_at", server.core.tables.Moment(timezone=True), nullable=False),
        sa.Column("ended_at", server.core.tables.Moment(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feed")),
    )
    op.create_table(
        "feed_address",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("url", sa.String(length=2000), nullable=False),
        sa.Column("every_minutes", sa.Integer(), nullable=False),
        sa.Column("next_at", server.core.tables.Moment(timezone=True), nullable=False),
        sa.Column("etag", sa.String(length=300), nullable=False),
        sa.Column("last_modified", sa.String(length=100), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feed_address")),
    )
    with op.batch_alter_table("feed_address", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_feed_address_next_at"), ["next_at"], unique=False)

    op.create_table(
        "image",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("url", sa.String(length=2000), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("try_at", server.core.tables.Moment(timezone=True), nullable=False),
        sa.Column("renditions", sa.JSON(), nullable=False),
        sa.Column("colours", sa.JSON(), nullable=False),
        sa.Column("backdrop", sa.String(length=7), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_image")),
        sa.UniqueConstraint("url", name=op.f("uq_image_url")),
    )
    with op.batch_alter_table("image", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_image_state"), ["state"], unique=False)
        batch_op.create_index(batch_op.f("ix_image_try_at"), ["try_at"], unique=False)

    op.create_table(
        "import",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("source", sa.String(length=2000), nullable=False),
        sa.Column("by", sa.String(length=200), nullable=False),
        sa.Column("dry_run", sa.Boolean(), nullable=False),
        sa.Column("started_at", server.core.tables.Moment(timezone=True), nullable=False),
        sa.Column("ended_at", server.core.tables.Moment(timezone=True), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("progress", sa.Double(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("left_out", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import")),
    )
    op.create_table(
        "lease",
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("holder", sa.String(length=32), nullable=False),
        sa.Column("until", server.core.tables.Moment(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_lease")),
    )
    op.create_table(
        "loop_group",
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("labels", sa.JSON(), nullable=False),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_loop_group")),
    )
    op.create_table(
        "media",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("content_type", sa.String(length=60), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("created_at", server.core.tables.Moment(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_media")),
    )
    op.create_table(
        "post",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("network", sa.String(length=20), nullable=False),
        sa.Column("network_id", sa.String(length=200), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("current_network_id", sa.String(length=200), nullable=False),
        sa.Column("author_id", sa.String(length=200), nullable=False),
        sa.Column("author_name", sa.String(length=200), nullable=False),
        sa.Column("author_handle", sa.String(length=200), nullable=False),
        sa.Column("author_avatar", sa.String(length=2000), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("hashtags", sa.JSON(), nullable=False),
        sa.Column("links", sa.JSON(), nullable=False),
        sa.Column("media", sa.JSON(), nullable=False),
        sa.Column("lang", sa.String(length=35), nullable=False),
        sa.Column("url", sa.String(length=2000), nullable=False),
        sa.Column("flags", sa.JSON(), nullable=False),
        sa.Column("created_at", server.core.tables.Moment(timezone=True), nullable=False),
        sa.Column("received_at", server.core.tables.Moment(timezone=True), nullable=False),
        sa.Column("stamps", sa.JSON(), nullable=False),
        sa.Column("gone_at", server.core.tables.Moment(timezone=True), nullable=True),
        sa.Column("gone_because", sa.String(length=100), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_post")),
        sa.UniqueConstraint("network", "network_id", name=op.f("uq_post_network")),
    )
    with op.batch_alter_table("post", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_post_author_id"), ["author_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_post_current_network_id"), ["current_network_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_post_received_at"), ["received_at"], unique=False)

    op.create_table(
        "post_picture",
        sa.Column("url", sa.String(length=2000), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=True),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("fetched_at", server.core.tables.Moment(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("url", name=op.f("pk_post_picture")),
    )
    op.create_table(
        "product",
        sa.Column("id", sa.String(length=100), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("brand", sa.String(length=100), nullable=False),
        sa.Column("product_type", sa.String(length=300), nullable=False),
        sa.Column("google_category", sa.String(length=300), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_product")),
    )
    with op.batch_alter_table("product", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_product_brand"), ["brand"], unique=False)
        batch_op.create_index(batch_op.f("ix_product_product_type"), ["product_type"], unique=False)

    op.create_table(
        "read_meter",
        sa.Column("network", sa.String(length=20), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("posts", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("network", "day", name=op.f("pk_read_meter")),
    )
    op.create_table(
        "scan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("screen_id", sa.String(length=16), nullable=True),
        sa.Column("spot", sa.String(length=60), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=True),
        sa.Column("variant_id", sa.Text(), nullable=False),
        sa.Column("scanned_at", server.core.tables.Moment(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scan")),
    )
    with op.batch_alter_table("scan", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_scan_scanned_at"), ["scanned_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_scan_screen_id"), ["screen_id"], unique=False)

    op.create_table(
        "source_state",
        sa.Column("network", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("since", server.core.tables.Moment(timezone=True), nullable=False),
        sa.Column("last_byte_at", server.core.tables.Moment(timezone=True), nullable=True),
        sa.Column("newest_id", sa.String(length=200), nullable=False),
        sa.Column("written_at", server.core.tables.Moment(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("network", name=op.f("pk_source_state")),
    )
    op.create_table(
        "staff",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=200), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column("created_at", server.core.tables.Moment(timezone=True), nullable=False),
        sa.Column("ended_at", server.core.tables.Moment(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff")),
        sa.UniqueConstraint("email", name=op.f("uq_staff_email")),
    )
    op.create_table(
        "store",
        sa.Column("id", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("address", sa.String(length=300), nullable=False),
        sa.Column("latitude", sa.Double(), nullable=False),
        sa.Column("longitude", sa.Double(), nullable=False),
        sa.Column("time_zone", sa.String(length=60), nullable=False),
        sa.Column("hours", sa.JSON(), nullable=False),
        sa.Column("withdrawn_at", server.core.tables.Moment(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_store")),
    )
    op.create_table(
        "topic",
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", server.core.tables.Moment(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_topic")),
    )
    op.create_table(
        "call_card",
        sa.Column("feed_id", sa.Integer(), nullable=False),
        sa.Column("card", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["card"], ["card.digest"], name=op.f("fk_call_card_card_card")),
        sa.ForeignKeyConstraint(["feed_id"], ["feed.id"], name=op.f("fk_call_card_feed_id_feed"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("feed_id", name=op.f("pk_call_card")),
    )
    op.create_table(
        "campaign",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("feed_id", sa.Integer(), nullable=False),
        sa.Column("labels", sa.JSON(), nullable=False),
        sa.Column("modes", sa.JSON(), nullable=False),
        sa.Column("seconds", sa.JSON(), nullable=False),
        sa.Column("starts_at", server.core.tables.Moment(timezone=True), nullable=True),
        sa.Column("ends_at", server.core.tables.Moment(timezone=True), nullable=True),
        sa.Column("time_zone", sa.String(length=60), server_default="Europe/London", nullable=False),
        sa.Column("published_at", server.core.tables.Moment(timezone=True), nullable=True),
        sa.Column("published_by", sa.String(length=200), nullable=False),
        sa.Column("ended_at", server.core.tables.Moment(timezone=True), nullable=True),
        sa.Column("changed_at", server.core.tables.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["feed_id"], ["feed.id"], name=op.f("fk_campaign_feed_id_feed")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign")),
        sa.UniqueConstraint("feed_id", name=op.f("uq_campaign_feed_id")),
    )
    op.create_table(
        "consent",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("feed_id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("basis", sa.String(length=10), nullable=False),
        sa.Column("terms_version", sa.Integer(), nullable=True),
        sa.Column("proof", sa.String(length=2000), nullable=False),
        sa.Column("recorded_by", sa.String(length=200), nullable=False),
        sa.Column("given_at", server.core.tables.Moment(timezone=True), nullable=False),
        sa.Column("withdrawn_at", server.core.tables.Moment(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["feed_id"], ["feed.id"], name=op.f("fk_consent_feed_id_feed")),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_consent_post_id_post"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
    )
    with op.batch_alter_table("consent", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_consent_post_id"), ["post_id"], unique=False)

    op.create_table(
        "feed_call",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("feed_id", sa.Integer(), nullable=False),
        sa.Column("tag", sa.String(length=100), nullable=False),
        sa.Column("began_at", server.core.tables.Moment(timezone=True), nullable=False),
        sa.Column("ended_at", server.core.tables.Moment(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["feed_id"], ["feed.id"], name=op.f("fk_feed_call_feed_id_feed")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feed_call")),
    )
    with op.batch_alter_table("feed_call", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_feed_call_feed_id"), ["feed_id"], unique=False)

    op.create_table(
        "feed_terms",
        sa.Column("feed_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("published_at", server.core.tables.Moment(timezone=True), nullable=False),
        sa.Column("published_by", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["feed_id"], ["feed.id"], name=op.f("fk_feed_terms_feed_id_feed")),
        sa.PrimaryKeyConstraint("feed_id", "version", name=op.f("pk_feed_terms")),
    )
    op.create_table(
        "pairing",
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("secret_digest", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("expires_at", server.core.tables.Moment(timezone=True), nullable=False),
        sa.Column("device_id", sa.String(length=16), nullable=True),
        sa.ForeignKeyConstraint(
            ["device_id"], ["device.id"], name=op.f("fk_pairing_device_id_device"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_pairing")),
        sa.UniqueConstraint("secret_digest", name=op.f("uq_pairing_secret_digest")),
    )
    op.create_table(
        "post_revision",
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("network_id", sa.String(length=200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("seen_at", server.core.tables.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["post_id"], ["post.id"], name=op.f("fk_post_revision_post_id_post"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("post_id", "number", name=op.f("pk_post_revision")),
    )
    op.create_table(
        "screen",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("venue", sa.String(length=200), nullable=False),
        sa.Column("venue_type", sa.String(length=60), nullable=False),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.Column("time_zone", sa.String(length=60), nullable=False),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("rotation", sa.Integer(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("labels", sa.JSON(), nullable=False),
        sa.Column("lease_seconds", sa.Integer(), nullable=False),
        sa.Column("range_minutes", sa.Integer(), nullable=False),
        sa.Column("loop_key", sa.String(length=32), nullable=False),
        sa.Column("reloads", sa.Integer(), nullable=False),
        sa.Column("added_at", server.core.tables.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["id"], ["device.id"], name=op.f("fk_screen_id_device")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_screen")),
    )
    with op.batch_alter_table("screen", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_screen_loop_key"), ["loop_key"], unique=False)

    op.create_table(
        "screening",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("feed_id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("verdict", sa.String(length=10), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("show", sa.Boolean(), nullable=False),
        sa.Column("held", sa.JSON(), nullable=False),
        sa.Column("cues", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("rule_approves", sa.Boolean(), nullable=False),
        sa.Column("rule_reason", sa.String(length=300), nullable=False),
        sa.Column("judged_at", server.core.tables.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["feed_id"], ["feed.id"], name=op.f("fk_screening_feed_id_feed")),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_screening_post_id_post"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_screening")),
        sa.UniqueConstraint("post_id", "feed_id", "revision", name=op.f("uq_screening_post_id")),
    )
    with op.batch_alter_table("screening", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_screening_post_id"), ["post_id"], unique=False)
        batch_op.create_index("ix_screening_queue", ["state", "feed_id", "id"], unique=False)

    op.create_table(
        "sign_in_link",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("expires_at", server.core.tables.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_sign_in_link_staff_id_staff"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_sign_in_link")),
    )
    op.create_table(
        "staff_session",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("created_at", server.core.tables.Moment(timezone=True), nullable=False),
        sa.Column("expires_at", server.core.tables.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_staff_session_staff_id_staff"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_staff_session")),
    )
    with op.batch_alter_table("staff_session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_staff_session_staff_id"), ["staff_id"], unique=False)

    op.create_table(
        "trend",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("feed_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=100), nullable=False),
        sa.Column("word", sa.String(length=100), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("authors", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("previous", sa.Integer(), nullable=False),
        sa.Column("rise", sa.Double(), nullable=False),
        sa.Column("curve", sa.JSON(), nullable=False),
        sa.Column("variants", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("decided_by", sa.String(length=200), nullable=False),
        sa.Column("decided_at", server.core.tables.Moment(timezone=True), nullable=True),
        sa.Column("counted_at", server.core.tables.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["feed_id"], ["feed.id"], name=op.f("fk_trend_feed_id_feed")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trend")),
        sa.UniqueConstraint("feed_id", "kind", "key", name=op.f("uq_trend_feed_id")),
    )
    op.create_table(
        "variant",
        sa.Column("id", sa.String(length=100), nullable=False),
        sa.Column("product_id", sa.String(length=100), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("colour", sa.String(length=100), nullable=False),
        sa.Column("swatch", sa.String(length=7), nullable=True),
        sa.Column("size", sa.String(length=60), nullable=False),
        sa.Column("gender", sa.String(length=20), nullable=False),
        sa.Column("gtin", sa.String(length=14), nullable=True),
        sa.Column("link", sa.String(length=2000), nullable=False),
        sa.Column("image_link", sa.String(length=2000), nullable=False),
        sa.Column("image_id", sa.Integer(), nullable=True),
        sa.Column("price", sa.BigInteger(), nullable=False),
        sa.Column("sale_price", sa.BigInteger(), nullable=True),
        sa.Column("sale_from", server.core.tables.Moment(timezone=True), nullable=True),
        sa.Column("sale_until", server.core.tables.Moment(timezone=True), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("availability", sa.String(length=20), nullable=False),
        sa.Column("changed_at", server.core.tables.Moment(timezone=True), nullable=False),
        sa.Column("withdrawn_at", server.core.tables.Moment(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["image_id"], ["image.id"], name=op.f("fk_variant_image_id_image")),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_variant_product_id_product")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_variant")),
    )
    with op.batch_alter_table("variant", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_variant_gtin"), ["gtin"], unique=False)
        batch_op.create_index(batch_op.f("ix_variant_image_id"), ["image_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_variant_product_id"), ["product_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_variant_withdrawn_at"), ["withdrawn_at"], unique=False)

    op.create_table(
        "match",
        sa.Column("screening_id", sa.Integer(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("variant_id", sa.String(length=100), nullable=False),
        sa.Column("product_id", sa.String(length=100), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["screening_id"], ["screening.id"], name=op.f("fk_match_screening_id_screening"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("screening_id", "rank", name=op.f("pk_match")),
    )
    with op.batch_alter_table("match", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_match_variant_id"), ["variant_id"], unique=False)

    op.create_table(
        "moderation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("screening_id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("feed_id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("verdict", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("mode", sa.String(length=10), nullable=False),
        sa.Column("variant_id", sa.String(length=100), nullable=True),
        sa.Column("layout", sa.String(length=40), nullable=False),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("card", sa.String(length=64), nullable=True),
        sa.Column("by", sa.String(length=200), nullable=False),
        sa.Column("decided_at", server.core.tables.Moment(timezone=True), nullable=False),
        sa.Column("over_at", server.core.tables.Moment(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["feed_id"], ["feed.id"], name=op.f("fk_moderation_feed_id_feed")),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_moderation_post_id_post"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["screening_id"], ["screening.id"], name=op.f("fk_moderation_screening_id_screening"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moderation")),
    )
    with op.batch_alter_table("moderation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_moderation_card"), ["card"], unique=False)
        batch_op.create_index("ix_moderation_on_air", ["feed_id", "verdict", "over_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_moderation_post_id"), ["post_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_moderation_screening_id"), ["screening_id"], unique=False)

    op.create_table(
        "play",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("screen_id", sa.String(length=16), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("spot", sa.String(length=60), nullable=False),
        sa.Column("card", sa.String(length=64), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=True),
        sa.Column("started_at", server.core.tables.Moment(timezone=True), nullable=False),
        sa.Column("ended_at", server.core.tables.Moment(timezone=True), nullable=False),
        sa.Column("duration_ms", sa.Integer(), nullable=False),
        sa.Column("offset_ms", sa.Integer(), nullable=False),
        sa.Column("result", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("received_at", server.core.tables.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["screen_id"], ["screen.id"], name=op.f("fk_play_screen_id_screen")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_play")),
    )
    with op.batch_alter_table("play", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_play_campaign_id"), ["campaign_id"], unique=False)
        batch_op.create_index("ix_play_screen", ["screen_id", "started_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_play_started_at"), ["started_at"], unique=False)

    op.create_table(
        "proposal",
        sa.Column("screening_id", sa.Integer(), nullable=False),
        sa.Column("mode", sa.String(length=10), nullable=False),
        sa.Column("variant_id", sa.String(length=100), nullable=True),
        sa.Column("card", sa.String(length=64), nullable=True),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(["card"], ["card.digest"], name=op.f("fk_proposal_card_card")),
        sa.ForeignKeyConstraint(
            ["screening_id"], ["screening.id"], name=op.f("fk_proposal_screening_id_screening"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("screening_id", name=op.f("pk_proposal")),
    )
    with op.batch_alter_table("proposal", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_proposal_card"), ["card"], unique=False)

    op.create_table(
        "retreat",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=True),
        sa.Column("began_at", server.core.tables.Moment(timezone=True), nullable=False),
        sa.Column("began_by", sa.String(length=200), nullable=False),
        sa.Column("lifted_at", server.core.tables.Moment(timezone=True), nullable=True),
        sa.Column("lifted_by", sa.String(length=200), nullable=False),
        sa.Column("bumped", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_retreat_campaign_id_campaign")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retreat")),
    )
    op.create_table(
        "screen_report",
        sa.Column("screen_id", sa.String(length=16), nullable=False),
        sa.Column("connected", sa.Boolean(), nullable=False),
        sa.Column("seen_at", server.core.tables.Moment(timezone=True), nullable=True),
        sa.Column("applied", sa.JSON(), nullable=False),
        sa.Column("spot", sa.String(length=60), nullable=False),
        sa.Column("since", server.core.tables.Moment(timezone=True), nullable=True),
        sa.Column("error", sa.String(length=300), nullable=False),
        sa.Column("browser", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["screen_id"], ["screen.id"], name=op.f("fk_screen_report_screen_id_screen"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("screen_id", name=op.f("pk_screen_report")),
    )
    op.create_table(
        "shown",
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("variant_id", sa.String(length=100), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_shown_campaign_id_campaign"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("campaign_id", "variant_id", name=op.f("pk_shown")),
    )
    with op.batch_alter_table("shown", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_shown_variant_id"), ["variant_id"], unique=False)

    op.create_table(
        "spot",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("headline", sa.String(length=120), nullable=False),
        sa.Column("words", sa.String(length=400), nullable=False),
        sa.Column("landscape", sa.String(length=64), nullable=True),
        sa.Column("portrait", sa.String(length=64), nullable=True),
        sa.Column("field", sa.String(length=7), nullable=False),
        sa.Column("variant_id", sa.String(length=100), nullable=True),
        sa.Column("seconds", sa.Integer(), nullable=True),
        sa.Column("card", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_spot_campaign_id_campaign"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["card"], ["card.digest"], name=op.f("fk_spot_card_card")),
        sa.ForeignKeyConstraint(["variant_id"], ["variant.id"], name=op.f("fk_spot_variant_id_variant")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_spot")),
    )
    with op.batch_alter_table("spot", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_spot_campaign_id"), ["campaign_id"], unique=False)

    op.create_table(
        "stock",
        sa.Column("variant_id", sa.String(length=100), nullable=False),
        sa.Column("store_id", sa.String(length=60), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=True),
        sa.Column("availability", sa.String(length=20), nullable=False),
        sa.Column("price", sa.BigInteger(), nullable=True),
        sa.Column("as_of", server.core.tables.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_stock_store_id_store")),
        sa.ForeignKeyConstraint(["variant_id"], ["variant.id"], name=op.f("fk_stock_variant_id_variant")),
        sa.PrimaryKeyConstraint("variant_id", "store_id", name=op.f("pk_stock")),
    )
    with op.batch_alter_table("stock", schema=None) as batch_op:
        batch_op.create_index("ix_stock_store", ["store_id"], unique=False)

    op.create_table(
        "trend_card",
        sa.Column("trend_id", sa.Integer(), nullable=False),
        sa.Column("card", sa.String(length=64), nullable=False),
        sa.Column("composed_at", server.core.tables.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["card"], ["card.digest"], name=op.f("fk_trend_card_card_card")),
        sa.ForeignKeyConstraint(
            ["trend_id"], ["trend.id"], name=op.f("fk_trend_card_trend_id_trend"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("trend_id", name=op.f("pk_trend_card")),
    )
    op.create_table(
        "withdrawal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("at", server.core.tables.Moment(timezone=True), nullable=False),
        sa.Column("bumped", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_withdrawal_campaign_id_campaign")),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_withdrawal_post_id_post"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_withdrawal")),
    )
    with op.batch_alter_table("withdrawal", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_withdrawal_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_withdrawal_post_id"), ["post_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("withdrawal", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_withdrawal_post_id"))
        batch_op.drop_index(batch_op.f("ix_withdrawal_at"))

    op.drop_table("withdrawal")
    op.drop_table("trend_card")
    with op.batch_alter_table("stock", schema=None) as batch_op:
        batch_op.drop_index("ix_stock_store")

    op.drop_table("stock")
    with op.batch_alter_table("spot", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_spot_campaign_id"))

    op.drop_table("spot")
    with op.batch_alter_table("shown", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_shown_variant_id"))

    op.drop_table("shown")
    op.drop_table("screen_report")
    op.drop_table("retreat")
    with op.batch_alter_table("proposal", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_proposal_card"))

    op.drop_table("proposal")
    with op.batch_alter_table("play", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_play_started_at"))
        batch_op.drop_index("ix_play_screen")
        batch_op.drop_index(batch_op.f("ix_play_campaign_id"))

    op.drop_table("play")
    with op.batch_alter_table("moderation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_moderation_screening_id"))
        batch_op.drop_index(batch_op.f("ix_moderation_post_id"))
        batch_op.drop_index("ix_moderation_on_air")
        batch_op.drop_index(batch_op.f("ix_moderation_card"))

    op.drop_table("moderation")
    with op.batch_alter_table("match", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_match_variant_id"))

    op.drop_table("match")
    with op.batch_alter_table("variant", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_variant_withdrawn_at"))
        batch_op.drop_index(batch_op.f("ix_variant_product_id"))
        batch_op.drop_index(batch_op.f("ix_variant_image_id"))
        batch_op.drop_index(batch_op.f("ix_variant_gtin"))

    op.drop_table("variant")
    op.drop_table("trend")
    with op.batch_alter_table("staff_session", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_staff_session_staff_id"))

    op.drop_table("staff_session")
    op.drop_table("sign_in_link")
    with op.batch_alter_table("screening", schema=None) as batch_op:
        batch_op.drop_index("ix_screening_queue")
        batch_op.drop_index(batch_op.f("ix_screening_post_id"))

    op.drop_table("screening")
    with op.batch_alter_table("screen", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_screen_loop_key"))

    op.drop_table("screen")
    op.drop_table("post_revision")
    op.drop_table("pairing")
    op.drop_table("feed_terms")
    with op.batch_alter_table("feed_call", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_feed_call_feed_id"))

    op.drop_table("feed_call")
    with op.batch_alter_table("consent", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_consent_post_id"))

    op.drop_table("consent")
    op.drop_table("campaign")
    op.drop_table("call_card")
    op.drop_table("topic")
    op.drop_table("store")
    op.drop_table("staff")
    op.drop_table("source_state")
    with op.batch_alter_table("scan", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_scan_screen_id"))
        batch_op.drop_index(batch_op.f("ix_scan_scanned_at"))

    op.drop_table("scan")
    op.drop_table("read_meter")
    with op.batch_alter_table("product", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_product_product_type"))
        batch_op.drop_index(batch_op.f("ix_product_brand"))

    op.drop_table("product")
    op.drop_table("post_picture")
    with op.batch_alter_table("post", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_post_received_at"))
        batch_op.drop_index(batch_op.f("ix_post_current_network_id"))
        batch_op.drop_index(batch_op.f("ix_post_author_id"))

    op.drop_table("post")
    op.drop_table("media")
    op.drop_table("loop_group")
    op.drop_table("lease")
    op.drop_table("import")
    with op.batch_alter_table("image", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_image_try_at"))
        batch_op.drop_index(batch_op.f("ix_image_state"))

    op.drop_table("image")
    with op.batch_alter_table("feed_address", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_feed_address_next_at"))

    op.drop_table("feed_address")
    op.drop_table("feed")
    op.drop_table("epoch")
    op.drop_table("device")
    op.drop_table("card")
    op.drop_table("brand_kit")
    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_audit_entry_what"))
        batch_op.drop_index(batch_op.f("ix_audit_entry_at"))

    op.drop_table("audit_entry")
    with op.batch_alter_table("arrival", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_arrival_ready_at"))

    op.drop_table("arrival")
