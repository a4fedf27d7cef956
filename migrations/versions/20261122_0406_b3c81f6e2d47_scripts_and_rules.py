"""scripts and rules: their versions, what rules say of conversations, proposals and decisions.

Revision: b3c81f6e2d47, after a5d1e60c93b7; made 2026-11-22 04:06:00.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "b3c81f6e2d47"
down_revision = "a5d1e60c93b7"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")


def upgrade() -> None:
    op.create_table(
        "scripts",
        sa.Column("id", KEY, nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("scene", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_zh", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk__scripts")),
        sa.UniqueConstraint("code", name=op.f("uq__scripts__code")),
    )
    op.create_index(op.f("ix__scripts_scene"), "scripts", ["scene"], unique=False)
    op.create_table(
        "script_versions",
        sa.Column("id", KEY, nullable=False),
        sa.Column("script_id", KEY, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("definition", JSON, nullable=False),
        sa.Column(
            "revision", sa.Integer(), nullable=False, comment="of the draft: two editors cannot overwrite each other"
        ),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_by_id", sa.Integer(), nullable=True),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["published_by_id"], ["users.id"], name=op.f("fk__script_versions__published_by_id__users")
        ),
        sa.ForeignKeyConstraint(
            ["script_id"], ["scripts.id"], name=op.f("fk__script_versions__script_id__scripts"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk__script_versions")),
        sa.UniqueConstraint("script_id", "number", name=op.f("uq__script_versions__script_id_number")),
    )
    op.create_table(
        "check_rules",
        sa.Column("id", KEY, nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_zh", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk__check_rules")),
        sa.UniqueConstraint("code", name=op.f("uq__check_rules__code")),
    )
    op.create_table(
        "rule_versions",
        sa.Column("id", KEY, nullable=False),
        sa.Column("rule_id", KEY, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("definition", JSON, nullable=False),
        sa.Column(
            "digest", sa.String(), nullable=False, comment="SHA-256 of what it asks, words of its scripts included"
        ),
        sa.Column(
            "revision", sa.Integer(), nullable=False, comment="of the draft: two editors cannot overwrite each other"
        ),
        sa.Column(
            "test",
            JSON,
            nullable=True,
            comment="last test on real conversations: digest it was made of, counts, ids of hits and misses; never words",
        ),
        sa.Column("tested_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("switched_on_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("switched_on_by_id", sa.Integer(), nullable=True),
        sa.Column("switched_off_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["rule_id"], ["check_rules.id"], name=op.f("fk__rule_versions__rule_id__check_rules"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["switched_on_by_id"], ["users.id"], name=op.f("fk__rule_versions__switched_on_by_id__users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk__rule_versions")),
        sa.UniqueConstraint("rule_id", "number", name=op.f("uq__rule_versions__rule_id_number")),
    )
    op.create_index("ix__rule_versions_state", "rule_versions", ["state"], unique=False)
    op.create_table(
        "rule_results",
        sa.Column("conversation_id", KEY, nullable=False),
        sa.Column("rule_version_id", KEY, nullable=False),
        sa.Column("outcome", sa.String(), nullable=False, comment="satisfied, not_satisfied or cannot_tell"),
        sa.Column("hit_count", sa.Integer(), nullable=False),
        sa.Column(
            "hits",
            JSON,
            nullable=True,
            comment="places: [message or -1, start, end, from second, to second]; never words",
        ),
        sa.Column("screened_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk__rule_results__conversation_id__conversations"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["rule_version_id"],
            ["rule_versions.id"],
            name=op.f("fk__rule_results__rule_version_id__rule_versions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("conversation_id", "rule_version_id", name=op.f("pk__rule_results")),
    )
    op.create_index("ix__rule_results_version", "rule_results", ["rule_version_id", "outcome"], unique=False)
    op.create_table(
        "rule_proposals",
        sa.Column("inspection_id", KEY, nullable=False),
        sa.Column("criterion", sa.String(), nullable=False, comment="key of the criterion in the rubric version"),
        sa.Column("rule_version_id", KEY, nullable=False),
        sa.Column("outcome", sa.String(), nullable=False, comment="what the rule said: satisfied or not_satisfied"),
        sa.Column("proposed", sa.String(), nullable=False, comment="level proposed"),
        sa.Column("hits", JSON, nullable=False, comment="places in the inspection's copy, counted in its masked text"),
        sa.Column(
            "is_shown_before",
            sa.Boolean(),
            nullable=False,
            comment="the plan shows proposals before a person has answered",
        ),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "first_answer",
            sa.String(),
            nullable=True,
            comment="of the person, before the proposal was shown in a hidden plan: level, or na",
        ),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True, comment="when the person could first see it"),
        sa.Column("decided", sa.String(), nullable=True, comment="answer submitted: level, or na"),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["inspection_id"],
            ["inspections.id"],
            name=op.f("fk__rule_proposals__inspection_id__inspections"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["rule_version_id"], ["rule_versions.id"], name=op.f("fk__rule_proposals__rule_version_id__rule_versions")
        ),
        sa.PrimaryKeyConstraint("inspection_id", "criterion", name=op.f("pk__rule_proposals")),
    )
    op.create_index("ix__rule_proposals_rule", "rule_proposals", ["rule_version_id"], unique=False)


def downgrade() -> None:
    op.drop_table("rule_proposals")
    op.drop_table("rule_results")
    op.drop_table("rule_versions")
    op.drop_table("check_rules")
    op.drop_table("script_versions")
    op.drop_table("scripts")
