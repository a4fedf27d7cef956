"""actions of coaching: what was agreed, what was predicted before it, what came of it.

Revision: 76e45b5964cf, after 3f7ac19e5d02; made 2026-11-22 03:58:55.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "76e45b5964cf"
down_revision = "3f7ac19e5d02"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "coaching_actions",
        sa.Column("id", KEY, nullable=False),
        sa.Column("agent_id", KEY, nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False, comment="who sees to it"),
        sa.Column("opened_by_id", sa.Integer(), nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("sheet_id", KEY, nullable=True),
        sa.Column("inspection_id", KEY, nullable=True),
        sa.Column("criterion", sa.String(), nullable=False, comment="rubric code, dot, criterion; empty: the QA score"),
        sa.Column("title", sa.String(), nullable=False, comment="what it is about, as it was called then"),
        sa.Column("title_zh", sa.String(), nullable=False),
        sa.Column("practice", sa.String(), nullable=False, comment="what to practise"),
        sa.Column("sentence", sa.String(), nullable=False, comment="the next sentence to try"),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reply", sa.String(), nullable=False, comment="the agent's own words"),
        sa.Column("replied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "done_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="conversations opened from then on measure the effect",
        ),
        sa.Column("done_by_id", sa.Integer(), nullable=True),
        sa.Column("result", sa.String(), nullable=False, comment="what the owner says of it"),
        sa.Column("measured_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dropped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("drop_reason", sa.String(), nullable=False),
        sa.Column(
            "prediction",
            sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
            nullable=True,
            comment="made at opening from all agents; none: too little to predict from",
        ),
        sa.Column(
            "effect",
            sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
            nullable=True,
            comment="later inspections against the prediction, measured once",
        ),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name=op.f("fk__coaching_actions__agent_id__agents")),
        sa.ForeignKeyConstraint(["done_by_id"], ["users.id"], name=op.f("fk__coaching_actions__done_by_id__users")),
        sa.ForeignKeyConstraint(
            ["inspection_id"],
            ["inspections.id"],
            name=op.f("fk__coaching_actions__inspection_id__inspections"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(["opened_by_id"], ["users.id"], name=op.f("fk__coaching_actions__opened_by_id__users")),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name=op.f("fk__coaching_actions__owner_id__users")),
        sa.ForeignKeyConstraint(
            ["sheet_id"], ["sheets.id"], name=op.f("fk__coaching_actions__sheet_id__sheets"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk__coaching_actions")),
    )
    op.create_index("ix__coaching_actions_agent", "coaching_actions", ["agent_id", "criterion"], unique=False)
    op.create_index("ix__coaching_actions_due", "coaching_actions", ["state", "due_on"], unique=False)
    op.create_index("ix__coaching_actions_owner", "coaching_actions", ["owner_id", "state"], unique=False)
    op.create_table(
        "coaching_excerpts",
        sa.Column("id", KEY, nullable=False),
        sa.Column("action_id", KEY, nullable=False),
        sa.Column("inspection_id", KEY, nullable=True),
        sa.Column("label", sa.String(), nullable=False, comment="which conversation, as its source calls it"),
        sa.Column("quote", sa.String(), nullable=False),
        sa.Column("is_praise", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["action_id"],
            ["coaching_actions.id"],
            name=op.f("fk__coaching_excerpts__action_id__coaching_actions"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["inspection_id"],
            ["inspections.id"],
            name=op.f("fk__coaching_excerpts__inspection_id__inspections"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk__coaching_excerpts")),
    )
    op.create_index(op.f("ix__coaching_excerpts_action_id"), "coaching_excerpts", ["action_id"], unique=False)
    op.create_table(
        "coaching_materials",
        sa.Column("id", KEY, nullable=False),
        sa.Column("action_id", KEY, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False, comment="what it is called; of a script its words"),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("stored", sa.String(), nullable=False, comment="name below ASSAY_HOME/coaching"),
        sa.Column("size_bytes", sa.Integer(), nullable=True),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["action_id"],
            ["coaching_actions.id"],
            name=op.f("fk__coaching_materials__action_id__coaching_actions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk__coaching_materials")),
    )
    op.create_index(op.f("ix__coaching_materials_action_id"), "coaching_materials", ["action_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix__coaching_materials_action_id"), table_name="coaching_materials")
    op.drop_table("coaching_materials")
    op.drop_index(op.f("ix__coaching_excerpts_action_id"), table_name="coaching_excerpts")
    op.drop_table("coaching_excerpts")
    op.drop_index("ix__coaching_actions_owner", table_name="coaching_actions")
    op.drop_index("ix__coaching_actions_due", table_name="coaching_actions")
    op.drop_index("ix__coaching_actions_agent", table_name="coaching_actions")
    op.drop_table("coaching_actions")
