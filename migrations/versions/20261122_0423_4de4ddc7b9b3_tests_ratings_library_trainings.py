"""tests, ratings, library and trainings: what people enter, what is read, who was there.

Revision: 4de4ddc7b9b3, after 5c07e1b94d38; made 2026-11-22 04:23:25.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "4de4ddc7b9b3"
down_revision = "5c07e1b94d38"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "rating_rounds",
        sa.Column("id", KEY, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("first_month", sa.String(), nullable=False, comment="YYYY-MM"),
        sa.Column("last_month", sa.String(), nullable=False, comment="YYYY-MM"),
        sa.Column("opens_on", sa.Date(), nullable=False),
        sa.Column("closes_on", sa.Date(), nullable=False, comment="the last day on which a form can be sent"),
        sa.Column("peers_each", sa.Integer(), nullable=False, comment="colleagues asked about each agent"),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["opened_by_id"], ["users.id"], name=op.f("fk__rating_rounds__opened_by_id__users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk__rating_rounds")),
    )
    op.create_table(
        "test_results",
        sa.Column("id", KEY, nullable=False),
        sa.Column("agent_id", KEY, nullable=False),
        sa.Column("quarter", sa.String(), nullable=False, comment="YYYY-Qn"),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False, comment="which test, where a quarter has several of a kind"),
        sa.Column("points", sa.Double(), nullable=False),
        sa.Column("points_max", sa.Double(), nullable=False),
        sa.Column("taken_on", sa.Date(), nullable=True),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entered_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name=op.f("fk__test_results__agent_id__agents")),
        sa.ForeignKeyConstraint(["entered_by_id"], ["users.id"], name=op.f("fk__test_results__entered_by_id__users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk__test_results")),
        sa.UniqueConstraint(
            "agent_id", "quarter", "kind", "title", name=op.f("uq__test_results__agent_id_quarter_kind_title")
        ),
    )
    op.create_index("ix__test_results_quarter", "test_results", ["quarter", "agent_id"], unique=False)
    op.create_table(
        "training_sessions",
        sa.Column("id", KEY, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("trainer", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("material", sa.String(), nullable=False, comment="an address"),
        sa.Column("notes", sa.String(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["users.id"], name=op.f("fk__training_sessions__created_by_id__users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk__training_sessions")),
    )
    op.create_index("ix__training_sessions_held", "training_sessions", ["held_at"], unique=False)
    op.create_table(
        "ratings",
        sa.Column("id", KEY, nullable=False),
        sa.Column("round_id", KEY, nullable=False),
        sa.Column("rater_id", sa.Integer(), nullable=False, comment="never shown to the agent of a peer rating"),
        sa.Column("agent_id", KEY, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column(
            "answers", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False, comment="question: 1-5"
        ),
        sa.Column("value", sa.Double(), nullable=True, comment="mean of the answers"),
        sa.Column("comment", sa.String(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name=op.f("fk__ratings__agent_id__agents")),
        sa.ForeignKeyConstraint(["rater_id"], ["users.id"], name=op.f("fk__ratings__rater_id__users")),
        sa.ForeignKeyConstraint(
            ["round_id"], ["rating_rounds.id"], name=op.f("fk__ratings__round_id__rating_rounds"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk__ratings")),
        sa.UniqueConstraint("round_id", "rater_id", "agent_id", name=op.f("uq__ratings__round_id_rater_id_agent_id")),
    )
    op.create_index("ix__ratings_agent", "ratings", ["agent_id", "round_id"], unique=False)
    op.create_index("ix__ratings_rater", "ratings", ["rater_id", "submitted_at"], unique=False)
    op.create_table(
        "training_attendance",
        sa.Column("session_id", KEY, nullable=False),
        sa.Column("agent_id", KEY, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name=op.f("fk__training_attendance__agent_id__agents")),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["training_sessions.id"],
            name=op.f("fk__training_attendance__session_id__training_sessions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("session_id", "agent_id", name=op.f("pk__training_attendance")),
    )
    op.create_index("ix__training_attendance_agent", "training_attendance", ["agent_id"], unique=False)
    op.create_table(
        "library_cases",
        sa.Column("id", KEY, nullable=False),
        sa.Column("inspection_id", KEY, nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("lesson", sa.String(), nullable=False, comment="what to learn from it"),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("tags", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column(
            "lines",
            sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
            nullable=False,
            comment="speaker and masked text of each turn, as agreed to",
        ),
        sa.Column("searched", sa.String(), nullable=False, comment="all of it in small letters, for the search"),
        sa.Column("proposed_by_id", sa.Integer(), nullable=True),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision_reason", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["decided_by_id"], ["users.id"], name=op.f("fk__library_cases__decided_by_id__users")),
        sa.ForeignKeyConstraint(
            ["inspection_id"],
            ["inspections.id"],
            name=op.f("fk__library_cases__inspection_id__inspections"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by_id"], ["users.id"], name=op.f("fk__library_cases__proposed_by_id__users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk__library_cases")),
    )
    op.create_index("ix__library_cases_state", "library_cases", ["state", "kind"], unique=False)
    with op.batch_alter_table("coaching_materials") as batch:
        batch.add_column(sa.Column("case_id", KEY, nullable=True))
        batch.create_foreign_key(
            op.f("fk__coaching_materials__case_id__library_cases"),
            "library_cases",
            ["case_id"],
            ["id"],
            ondelete="SET NULL",
        )


def downgrade() -> None:
    with op.batch_alter_table("coaching_materials") as batch:
        batch.drop_constraint(op.f("fk__coaching_materials__case_id__library_cases"), type_="foreignkey")
        batch.drop_column("case_id")
    op.drop_index("ix__library_cases_state", table_name="library_cases")
    op.drop_table("library_cases")
    op.drop_index("ix__training_attendance_agent", table_name="training_attendance")
    op.drop_table("training_attendance")
    op.drop_index("ix__ratings_rater", table_name="ratings")
    op.drop_index("ix__ratings_agent", table_name="ratings")
    op.drop_table("ratings")
    op.drop_index("ix__training_sessions_held", table_name="training_sessions")
    op.drop_table("training_sessions")
    op.drop_index("ix__test_results_quarter", table_name="test_results")
    op.drop_table("test_results")
    op.drop_table("rating_rounds")
