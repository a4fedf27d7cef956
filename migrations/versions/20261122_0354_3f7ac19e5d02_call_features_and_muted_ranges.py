"""call features and muted ranges: what was measured of the sound of calls, and what is muted in it.

Revision: 3f7ac19e5d02, after 6d98a640b30b; made 2026-11-22 03:54:00.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "3f7ac19e5d02"
down_revision = "6d98a640b30b"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")


def upgrade() -> None:
    op.create_table(
        "call_features",
        sa.Column("conversation_id", KEY, nullable=False),
        sa.Column("method", sa.Integer(), nullable=False, comment="scoring.recording.METHOD it was measured by"),
        sa.Column("measured_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("problem", sa.String(), nullable=False, comment="empty: measured; else missing or unreadable"),
        sa.Column("detail", sa.String(), nullable=False, comment="of the problem: the file, and what the reader said"),
        sa.Column("duration_seconds", sa.Double(), nullable=True),
        sa.Column("silence_seconds", sa.Double(), nullable=True, comment="pauses of 2 s and more"),
        sa.Column("silence_share", sa.Double(), nullable=True),
        sa.Column("longest_silence_seconds", sa.Double(), nullable=True),
        sa.Column("overlap_seconds", sa.Double(), nullable=True, comment="both at once for 0.5 s and more"),
        sa.Column("overlap_share", sa.Double(), nullable=True),
        sa.Column("interruptions", sa.Integer(), nullable=True, comment="overlaps that the agent began"),
        sa.Column("agent_talk_share", sa.Double(), nullable=True, comment="agent / (agent + customer)"),
        sa.Column("loudness_lufs", sa.Double(), nullable=True, comment="ITU-R BS.1770, all channels together"),
        sa.Column("agent_loudness_lufs", sa.Double(), nullable=True),
        sa.Column("clarity_db", sa.Double(), nullable=True, comment="speech above noise, least clear channel; a proxy"),
        sa.Column("agent_clarity_db", sa.Double(), nullable=True),
        sa.Column("clipping_share", sa.Double(), nullable=True, comment="samples cut off, worst channel"),
        sa.Column("channels", JSON, nullable=True, comment="scoring.recording.ChannelFeatures, agent first"),
        sa.Column("silences", JSON, nullable=True, comment="[start, end] in seconds of the call"),
        sa.Column("overlaps", JSON, nullable=True, comment="[start, end] in seconds of the call"),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk__call_features__conversation_id__conversations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("conversation_id", name=op.f("pk__call_features")),
    )
    op.create_index("ix__call_features_problem", "call_features", ["problem"])
    op.create_table(
        "muted_ranges",
        sa.Column("id", KEY, nullable=False),
        sa.Column("conversation_id", KEY, nullable=False),
        sa.Column("start_seconds", sa.Double(), nullable=False),
        sa.Column("end_seconds", sa.Double(), nullable=False),
        sa.Column(
            "kind", sa.String(), nullable=False, comment="what is said there: phone, card, name …; empty: unnamed"
        ),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk__muted_ranges__conversation_id__conversations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk__muted_ranges")),
    )
    op.create_index(op.f("ix__muted_ranges_conversation_id"), "muted_ranges", ["conversation_id"])


def downgrade() -> None:
    op.drop_table("muted_ranges")
    op.drop_table("call_features")
