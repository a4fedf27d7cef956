"""saved filters of lists, and what was done with many things at once.

Revision: c95f3a10e7d2, after b7d04e62f8a1; made 2026-11-22 07:25:00.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "c95f3a10e7d2"
down_revision = "b7d04e62f8a1"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
MOMENT = sa.DateTime(timezone=True)


def _user_key(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk__{table}__user_id__users")
    return sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=name, ondelete="CASCADE")


def upgrade() -> None:
    op.create_table(
        "saved_filters",
        sa.Column("id", KEY, nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("page", sa.String(), nullable=False, comment="endpoint of the list"),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("query", sa.String(), nullable=False, comment="what stands behind the question mark of the address"),
        sa.Column("saved_at", MOMENT, nullable=False),
        _user_key("saved_filters"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk__saved_filters")),
        sa.UniqueConstraint("user_id", "page", "name", name=op.f("uq__saved_filters__user_id_page_name")),
    )
    op.create_table(
        "bulk_deeds",
        sa.Column("id", KEY, nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("deed", sa.String(), nullable=False, comment="code of the deed, as rooms announce it"),
        sa.Column("given", JSON, nullable=False, comment="what was chosen beside the things: names to say again"),
        sa.Column(
            "done", JSON, nullable=False, comment="[name, what taking it back needs] of each thing that was done"
        ),
        sa.Column("refused", JSON, nullable=False, comment="[name, code of the reason] of each that was not"),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("undone_at", MOMENT, nullable=True),
        sa.Column("kept", JSON, nullable=True, comment="[name, code of the reason] of each not taken back"),
        _user_key("bulk_deeds"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk__bulk_deeds")),
    )
    op.create_index(op.f("ix__bulk_deeds_user_id"), "bulk_deeds", ["user_id"])


def downgrade() -> None:
    op.drop_table("bulk_deeds")
    op.drop_table("saved_filters")
