"""calibration sessions: what is scored blind by several, said about it, and ruled.

Revision: 9f4c2a7be610, after 4de4ddc7b9b3; made 2026-11-22 05:02:00.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "9f4c2a7be610"
down_revision = "4de4ddc7b9b3"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
MOMENT = sa.DateTime(timezone=True)


def _session_key(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk__{table}__session_id__calibration_sessions")
    return sa.ForeignKeyConstraint(["session_id"], ["calibration_sessions.id"], name=name, ondelete="CASCADE")


def _key_of(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk__{table}__{column}__{other}"))


def upgrade() -> None:
    # A plain column: rebuilding these tables on SQLite would take everything that hangs on them along.
    op.add_column(
        "samples",
        sa.Column(
            "purpose",
            sa.String(),
            server_default="work",
            nullable=False,
            comment="work, or calibration: inspectors compare themselves and nothing else follows",
        ),
    )
    op.add_column(
        "inspections",
        sa.Column(
            "purpose",
            sa.String(),
            server_default="work",
            nullable=False,
            comment="that of its sample; calibration enters no figure",
        ),
    )
    _create_sessions()
    _create_words()


def _create_sessions() -> None:
    op.create_table(
        "calibration_sessions",
        sa.Column("id", KEY, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("rubric_version_id", KEY, nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("revealed_at", MOMENT, nullable=True),
        sa.Column("revealed_by_id", sa.Integer(), nullable=True),
        sa.Column(
            "reveal_reason",
            sa.String(),
            nullable=True,
            comment="why it was revealed though somebody had not submitted",
        ),
        _key_of("calibration_sessions", "rubric_version_id", "rubric_versions"),
        _key_of("calibration_sessions", "created_by_id", "users"),
        _key_of("calibration_sessions", "revealed_by_id", "users"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk__calibration_sessions")),
    )
    op.create_table(
        "calibration_conversations",
        sa.Column("id", KEY, nullable=False),
        sa.Column("session_id", KEY, nullable=False),
        sa.Column("sample_id", KEY, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column(
            "why", sa.String(), nullable=False, comment="why it was picked: disagreed, appealed, random or chosen"
        ),
        _session_key("calibration_conversations"),
        _key_of("calibration_conversations", "sample_id", "samples"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk__calibration_conversations")),
        sa.UniqueConstraint("sample_id", name=op.f("uq__calibration_conversations__sample_id")),
    )
    op.create_index("ix__calibration_conversations", "calibration_conversations", ["session_id", "position"])
    op.create_table(
        "calibration_members",
        sa.Column("session_id", KEY, nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        _session_key("calibration_members"),
        _key_of("calibration_members", "user_id", "users"),
        sa.PrimaryKeyConstraint("session_id", "user_id", name=op.f("pk__calibration_members")),
    )


def _create_words() -> None:
    op.create_table(
        "calibration_notes",
        sa.Column("id", KEY, nullable=False),
        sa.Column("session_id", KEY, nullable=False),
        sa.Column("sample_id", KEY, nullable=False),
        sa.Column("criterion", sa.String(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("written_at", MOMENT, nullable=False),
        _session_key("calibration_notes"),
        _key_of("calibration_notes", "sample_id", "samples"),
        _key_of("calibration_notes", "author_id", "users"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk__calibration_notes")),
    )
    op.create_index("ix__calibration_notes_session", "calibration_notes", ["session_id"])
    op.create_table(
        "calibration_rulings",
        sa.Column("id", KEY, nullable=False),
        sa.Column("session_id", KEY, nullable=False),
        sa.Column("sample_id", KEY, nullable=False),
        sa.Column("criterion", sa.String(), nullable=False),
        sa.Column("reference", JSON, nullable=False, comment="an answer, in the form of `answers.value`"),
        sa.Column("text", sa.String(), nullable=False, comment="the ruling for the guidance, English; may be missing"),
        sa.Column("text_zh", sa.String(), nullable=False, comment="the same in Chinese; may be missing"),
        sa.Column("ruled_at", MOMENT, nullable=False),
        sa.Column("ruled_by_id", sa.Integer(), nullable=True),
        sa.Column("written_at", MOMENT, nullable=True, comment="when it went into the guidance of a draft"),
        sa.Column(
            "written_number", sa.Integer(), nullable=True, comment="number of the rubric version it was written into"
        ),
        _session_key("calibration_rulings"),
        _key_of("calibration_rulings", "sample_id", "samples"),
        _key_of("calibration_rulings", "ruled_by_id", "users"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk__calibration_rulings")),
        sa.UniqueConstraint("sample_id", "criterion", name=op.f("uq__calibration_rulings__sample_id_criterion")),
    )
    op.create_index("ix__calibration_rulings_session", "calibration_rulings", ["session_id"])


def downgrade() -> None:
    for table in ("rulings", "notes", "members", "conversations", "sessions"):
        op.drop_table(f"calibration_{table}")
    # Without the purpose nothing would keep these apart from daily work any more.
    inspections, samples = (
        sa.table(name, sa.column("id"), sa.column("purpose")) for name in ("inspections", "samples")
    )
    blind = sa.select(inspections.c.id).where(inspections.c.purpose == "calibration")
    for name in ("evidence", "answers", "inspection_revisions", "rule_proposals"):
        part = sa.table(name, sa.column("inspection_id"))
        op.execute(sa.delete(part).where(part.c.inspection_id.in_(blind)))
    op.execute(sa.delete(inspections).where(inspections.c.purpose == "calibration"))
    assignments = sa.table("assignments", sa.column("sample_id"))
    taken = sa.select(samples.c.id).where(samples.c.purpose == "calibration")
    op.execute(sa.delete(assignments).where(assignments.c.sample_id.in_(taken)))
    op.execute(sa.delete(samples).where(samples.c.purpose == "calibration"))
    op.drop_column("inspections", "purpose")
    op.drop_column("samples", "purpose")
