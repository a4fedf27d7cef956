"""notices: what people are told, in the page and by e-mail, and how each wants to hear of it.

Revision: b7d04e62f8a1, after 9f4c2a7be610; made 2026-11-22 07:20:00.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "b7d04e62f8a1"
down_revision = "9f4c2a7be610"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
MOMENT = sa.DateTime(timezone=True)
WAITING = sa.text("mailed_at IS NULL AND read_at IS NULL AND delivery <> 'none'")
UNREAD = sa.text("read_at IS NULL")
READ = sa.text("read_at IS NOT NULL")


def upgrade() -> None:
    # A plain column: rebuilding this table on SQLite would take everything that hangs on it along.
    op.add_column(
        "users",
        sa.Column(
            "digest_hour",
            sa.Integer(),
            server_default="8",
            nullable=False,
            comment="the organisation's hour at which the daily mail of notices comes",
        ),
    )
    op.create_table(
        "notices",
        sa.Column("id", KEY, nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column(
            "thing",
            sa.String(),
            nullable=False,
            comment="what it is about, as appeal:17; with kind and stage told only once",
        ),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("params", JSON, nullable=False, comment="what its sentence and its page need"),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("read_at", MOMENT, nullable=True),
        sa.Column(
            "over_because",
            sa.String(),
            server_default="",
            nullable=False,
            comment="why nobody needs to read it any more, as done or withdrawn; empty: read",
        ),
        sa.Column("delivery", sa.String(), nullable=False, comment="at_once, digest or none, as the person had chosen"),
        sa.Column(
            "mail_after",
            MOMENT,
            nullable=False,
            comment="no mail before: a sender holds it until then, or waits for the next attempt",
        ),
        sa.Column("mailed_at", MOMENT, nullable=True),
        sa.Column("mail_attempts", sa.Integer(), nullable=False),
        sa.Column("mail_error", sa.String(), nullable=False, comment="why the last attempt failed"),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk__notices__user_id__users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk__notices")),
        sa.UniqueConstraint("user_id", "kind", "thing", "stage", name=op.f("uq__notices__user_id_kind_thing_stage")),
    )
    op.create_index("ix__notices_page", "notices", ["user_id", "created_at"])
    op.create_index("ix__notices_unread", "notices", ["user_id", "read_at"])
    op.create_index(
        "ix__notices_waiting",
        "notices",
        ["mail_after"],
        sqlite_where=WAITING,
        postgresql_where=WAITING,
    )
    op.create_index("ix__notices_read", "notices", ["read_at"], sqlite_where=READ, postgresql_where=READ)
    op.create_index("ix__notices_thing", "notices", ["thing"], sqlite_where=UNREAD, postgresql_where=UNREAD)
    op.create_table(
        "notice_choices",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("kinds", sa.String(), nullable=False, comment="a NoticeGroup"),
        sa.Column("delivery", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk__notice_choices__user_id__users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", "kinds", name=op.f("pk__notice_choices")),
    )


def downgrade() -> None:
    op.drop_table("notice_choices")
    op.drop_table("notices")
    op.drop_column("users", "digest_hour")
