"""standard and restarts: what agents are held to since when, and from when on evidence about one agent counts.

No standard is switched on here: somebody tries one on past months first.

Revision: d7b3e8125a60, after c1d2a7f04e39; made 2026-11-22 02:10:00.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "d7b3e8125a60"
down_revision = "c1d2a7f04e39"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "performance_standards",
        sa.Column("id", KEY, nullable=False),
        sa.Column("score", sa.Double(), nullable=False, comment="true mean of the score, above 0 and below 100"),
        sa.Column(
            "critical_rate",
            sa.Double(),
            nullable=True,
            comment="allowed share of critical errors; none: not judged",
        ),
        sa.Column(
            "months_running", sa.Integer(), nullable=False, comment="N of the customary rule that is shown beside it"
        ),
        sa.Column("who_decides", sa.String(), nullable=False, comment="people who decide about consequences, in words"),
        sa.Column(
            "trial",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
            comment="what the trial on past months showed before it was switched on",
        ),
        sa.Column("in_force", sa.Boolean(), nullable=True, comment="true for the one in force, none for all others"),
        sa.Column(
            "switched_on_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="inspections submitted from then on count",
        ),
        sa.Column("switched_on_by_id", sa.Integer(), nullable=True),
        sa.Column("switched_off_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("switched_off_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["switched_off_by_id"], ["users.id"], name=op.f("fk__performance_standards__switched_off_by_id__users")
        ),
        sa.ForeignKeyConstraint(
            ["switched_on_by_id"], ["users.id"], name=op.f("fk__performance_standards__switched_on_by_id__users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk__performance_standards")),
        sa.UniqueConstraint("in_force", name=op.f("uq__performance_standards__in_force")),
    )
    op.create_table(
        "evidence_restarts",
        sa.Column("id", KEY, nullable=False),
        sa.Column("agent_id", KEY, nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("restarted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("restarted_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name=op.f("fk__evidence_restarts__agent_id__agents")),
        sa.ForeignKeyConstraint(
            ["restarted_by_id"], ["users.id"], name=op.f("fk__evidence_restarts__restarted_by_id__users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk__evidence_restarts")),
    )
    op.create_index(op.f("ix__evidence_restarts_agent_id"), "evidence_restarts", ["agent_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix__evidence_restarts_agent_id"), table_name="evidence_restarts")
    op.drop_table("evidence_restarts")
    op.drop_table("performance_standards")
