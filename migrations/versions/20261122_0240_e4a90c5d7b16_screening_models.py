"""screening models: learned scores of conversations, the models they come from, their figures and files.

Revision: e4a90c5d7b16, after d7b3e8125a60; made 2026-11-22 02:40:00.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "e4a90c5d7b16"
down_revision = "d7b3e8125a60"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")


def upgrade() -> None:
    op.create_table(
        "screening_models",
        sa.Column("id", KEY, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=True, comment="true for the one in use, none for all others"),
        sa.Column("trained_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("trained_by_id", sa.Integer(), nullable=True),
        sa.Column(
            "learned_since",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="opening of the first conversation it learned from",
        ),
        sa.Column("learned_until", sa.DateTime(timezone=True), nullable=True, comment="opening of the last one"),
        sa.Column("training_size", sa.Integer(), nullable=False, comment="inspected conversations it learned from"),
        sa.Column("critical_count", sa.Integer(), nullable=False, comment="those of them with a critical error"),
        sa.Column("agent_count", sa.Integer(), nullable=False),
        sa.Column(
            "training_digest",
            sa.String(),
            nullable=False,
            comment="SHA-256 over ids and scores, scoring.screening.model",
        ),
        sa.Column("folds", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(), nullable=False, comment="languages of the training set: en, zh, or both"),
        sa.Column("figures", JSON, nullable=False, comment="out of sample: estimates with intervals"),
        sa.Column(
            "settings",
            JSON,
            nullable=False,
            comment="penalties chosen, size of the vocabulary, versions of the libraries",
        ),
        sa.Column("file", sa.String(), nullable=False, comment="path below ASSAY_HOME/screening"),
        sa.Column("file_digest", sa.String(), nullable=False, comment="SHA-256 of the file: another one is refused"),
        sa.Column("file_size", sa.Integer(), nullable=False),
        sa.Column("audit", JSON, nullable=True, comment="last audit: groups against all"),
        sa.Column("audited_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["trained_by_id"], ["users.id"], name=op.f("fk__screening_models__trained_by_id__users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk__screening_models")),
        sa.UniqueConstraint("is_active", name=op.f("uq__screening_models__is_active")),
        sa.UniqueConstraint("version", name=op.f("uq__screening_models__version")),
    )
    op.create_table(
        "machine_scores",
        sa.Column("conversation_id", KEY, nullable=False),
        sa.Column("model_id", KEY, nullable=False),
        sa.Column("score", sa.Double(), nullable=False, comment="0-100, of a conversation without critical error"),
        sa.Column("critical_probability", sa.Double(), nullable=False, comment="0-1"),
        sa.Column(
            "fold",
            sa.Integer(),
            nullable=True,
            comment="the tenth that was left out for it; none: nobody had scored it, all ten speak",
        ),
        sa.Column("language", sa.String(), nullable=False, comment="of what the agent said: en, zh, or empty"),
        sa.Column("scored_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk__machine_scores__conversation_id__conversations"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["model_id"],
            ["screening_models.id"],
            name=op.f("fk__machine_scores__model_id__screening_models"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("conversation_id", "model_id", name=op.f("pk__machine_scores")),
    )


def downgrade() -> None:
    op.drop_table("machine_scores")
    op.drop_table("screening_models")
