"""appeals and revisions of inspections.

Revision: 6d98a640b30b, after e4a90c5d7b16; made 2026-11-22 03:51:00.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "6d98a640b30b"
down_revision = "e4a90c5d7b16"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")


def upgrade() -> None:
    op.create_table(
        "appeals",
        sa.Column("id", KEY, nullable=False),
        sa.Column("inspection_id", KEY, nullable=False),
        sa.Column("agent_id", KEY, nullable=False, comment="whose appeal it is, for good"),
        sa.Column("filed_by_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False, comment="what holds for all of it: who it was, what is missing"),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "due_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="when it is to be decided: end of a working day",
        ),
        sa.Column("decider_id", sa.Integer(), nullable=True, comment="who took it over; none: anyone"),
        sa.Column("escalated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("escalated_by_id", sa.Integer(), nullable=True),
        sa.Column("escalation_reason", sa.String(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decision_reason", sa.String(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "right_agent_id", KEY, nullable=True, comment="wrong agent accepted: whose conversation it was, where known"
        ),
        sa.Column("score_before", sa.Double(), nullable=True),
        sa.Column(
            "score_after", sa.Double(), nullable=True, comment="none: undecided, or it counts for nobody any more"
        ),
        sa.Column(
            "revision_number",
            sa.Integer(),
            nullable=True,
            comment="of the inspection, made by the decision; none: none",
        ),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True, comment="when the agent read the decision"),
        sa.Column("recheck_asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name=op.f("fk__appeals__agent_id__agents")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["users.id"], name=op.f("fk__appeals__decided_by_id__users")),
        sa.ForeignKeyConstraint(["decider_id"], ["users.id"], name=op.f("fk__appeals__decider_id__users")),
        sa.ForeignKeyConstraint(["escalated_by_id"], ["users.id"], name=op.f("fk__appeals__escalated_by_id__users")),
        sa.ForeignKeyConstraint(["filed_by_id"], ["users.id"], name=op.f("fk__appeals__filed_by_id__users")),
        sa.ForeignKeyConstraint(
            ["inspection_id"], ["inspections.id"], name=op.f("fk__appeals__inspection_id__inspections")
        ),
        sa.ForeignKeyConstraint(["right_agent_id"], ["agents.id"], name=op.f("fk__appeals__right_agent_id__agents")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk__appeals")),
    )
    op.create_index("ix__appeals_agent", "appeals", ["agent_id", "filed_at"], unique=False)
    op.create_index("ix__appeals_inspection", "appeals", ["inspection_id"], unique=False)
    op.create_index("ix__appeals_state", "appeals", ["state", "due_at"], unique=False)

    op.create_table(
        "inspection_revisions",
        sa.Column("id", KEY, nullable=False),
        sa.Column("inspection_id", KEY, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False, comment="0 is what was submitted"),
        sa.Column("agent_id", KEY, nullable=True),
        sa.Column("is_random", sa.Boolean(), nullable=False),
        sa.Column("quality", sa.Double(), nullable=True),
        sa.Column("score", sa.Double(), nullable=True),
        sa.Column("is_critical", sa.Boolean(), nullable=False),
        sa.Column("critical_classes", JSON, nullable=False),
        sa.Column("facts", JSON, nullable=False),
        sa.Column("answers", JSON, nullable=False, comment="rows of `answers` as they were"),
        sa.Column(
            "stood_until", sa.DateTime(timezone=True), nullable=False, comment="when the next revision took its place"
        ),
        sa.Column("ended_by_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False, comment="why the next one was made"),
        sa.Column("cause", sa.String(), nullable=False, comment="what made it: appeal or recheck, with its number"),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name=op.f("fk__inspection_revisions__agent_id__agents")),
        sa.ForeignKeyConstraint(
            ["ended_by_id"], ["users.id"], name=op.f("fk__inspection_revisions__ended_by_id__users")
        ),
        sa.ForeignKeyConstraint(
            ["inspection_id"],
            ["inspections.id"],
            name=op.f("fk__inspection_revisions__inspection_id__inspections"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk__inspection_revisions")),
        sa.UniqueConstraint("inspection_id", "number", name=op.f("uq__inspection_revisions__inspection_id_number")),
    )
    op.create_index("ix__inspection_revisions_stood_until", "inspection_revisions", ["stood_until"], unique=False)

    op.create_table(
        "appeal_answers",
        sa.Column("id", KEY, nullable=False),
        sa.Column("appeal_id", KEY, nullable=False),
        sa.Column(
            "criterion", sa.String(), nullable=False, comment="key of the criterion in the inspection's rubric version"
        ),
        sa.Column("given", JSON, nullable=False, comment="the answer as it was when the appeal was filed"),
        sa.Column("proposed", JSON, nullable=False, comment="the answer the agent thinks right; same form"),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("decision", sa.String(), nullable=True),
        sa.Column("decided", JSON, nullable=True, comment="the answer that now holds, if it changed"),
        sa.Column("decision_reason", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["appeal_id"], ["appeals.id"], name=op.f("fk__appeal_answers__appeal_id__appeals"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk__appeal_answers")),
        sa.UniqueConstraint("appeal_id", "criterion", name=op.f("uq__appeal_answers__appeal_id_criterion")),
    )
    op.create_index("ix__appeal_answers_criterion", "appeal_answers", ["criterion"], unique=False)

    op.create_table(
        "appeal_rechecks",
        sa.Column("id", KEY, nullable=False),
        sa.Column("appeal_id", KEY, nullable=False),
        sa.Column("inspection_id", KEY, nullable=False),
        sa.Column("criterion", sa.String(), nullable=False),
        sa.Column(
            "cause",
            sa.String(),
            nullable=False,
            comment="why it is a sibling: same_inspector, same_rubric or same_conversation",
        ),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["appeal_id"], ["appeals.id"], name=op.f("fk__appeal_rechecks__appeal_id__appeals"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["asked_by_id"], ["users.id"], name=op.f("fk__appeal_rechecks__asked_by_id__users")),
        sa.ForeignKeyConstraint(
            ["inspection_id"], ["inspections.id"], name=op.f("fk__appeal_rechecks__inspection_id__inspections")
        ),
        sa.ForeignKeyConstraint(
            ["settled_by_id"], ["users.id"], name=op.f("fk__appeal_rechecks__settled_by_id__users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk__appeal_rechecks")),
        sa.UniqueConstraint(
            "appeal_id",
            "inspection_id",
            "criterion",
            name=op.f("uq__appeal_rechecks__appeal_id_inspection_id_criterion"),
        ),
    )
    op.create_index("ix__appeal_rechecks_state", "appeal_rechecks", ["state", "due_at"], unique=False)

    op.create_table(
        "appeal_evidence",
        sa.Column("id", KEY, nullable=False),
        sa.Column("answer_id", KEY, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column(
            "message_sequence", sa.Integer(), nullable=True, comment="of the message, or of the transcript segment"
        ),
        sa.Column("start_offset", sa.Integer(), nullable=True, comment="characters into the masked text"),
        sa.Column("end_offset", sa.Integer(), nullable=True),
        sa.Column("start_seconds", sa.Double(), nullable=True),
        sa.Column("end_seconds", sa.Double(), nullable=True),
        sa.Column("quote", sa.String(), nullable=False, comment="masked words as said"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["answer_id"],
            ["appeal_answers.id"],
            name=op.f("fk__appeal_evidence__answer_id__appeal_answers"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk__appeal_evidence")),
    )
    op.create_index("ix__appeal_evidence_answer", "appeal_evidence", ["answer_id"], unique=False)


def downgrade() -> None:
    # Without appeals nobody could decide what was appealed.
    op.execute("UPDATE inspections SET state = 'submitted' WHERE state = 'appealed'")
    op.execute("UPDATE inspections SET state = 'final' WHERE state = 'decided'")
    op.drop_index("ix__appeal_evidence_answer", table_name="appeal_evidence")

    op.drop_table("appeal_evidence")
    op.drop_index("ix__appeal_rechecks_state", table_name="appeal_rechecks")

    op.drop_table("appeal_rechecks")
    op.drop_index("ix__appeal_answers_criterion", table_name="appeal_answers")

    op.drop_table("appeal_answers")
    op.drop_index("ix__inspection_revisions_stood_until", table_name="inspection_revisions")

    op.drop_table("inspection_revisions")
    op.drop_index("ix__appeals_state", table_name="appeals")
    op.drop_index("ix__appeals_inspection", table_name="appeals")
    op.drop_index("ix__appeals_agent", table_name="appeals")

    op.drop_table("appeals")
