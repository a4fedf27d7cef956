"""devices and temporary passwords: where a person is signed in, and whose password somebody else has chosen.

Passwords that are here already stay as they are: nobody knows any more who chose them.

Revision: 8c4e2d71b90a, after 5b1f0c9a7d24; made 2026-11-22 00:58:00.
"""

import sqlalchemy as sa
from alembic import op

revision = "8c4e2d71b90a"
down_revision = "5b1f0c9a7d24"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "users",
        sa.Column(
            "password_is_temporary",
            sa.Boolean(),
            server_default=sa.false(),
            nullable=False,
            comment="given by somebody else: to be changed at the first sign-in",
        ),
    )
    op.create_table(
        "user_devices",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column(
            "token", sa.String(), nullable=False, comment="also in the session's cookie; opens nothing by itself"
        ),
        sa.Column("program", sa.String(), nullable=False, comment="browser and system in words: Firefox, Windows"),
        sa.Column("address", sa.String(), nullable=False, comment="of the network, when last seen"),
        sa.Column("is_remembered", sa.Boolean(), nullable=False, comment="asked to be kept signed in"),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False, comment="to the minute or so"),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk__user_devices__user_id__users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk__user_devices")),
        sa.UniqueConstraint("token", name=op.f("uq__user_devices__token")),
    )
    op.create_index(op.f("ix__user_devices_user_id"), "user_devices", ["user_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix__user_devices_user_id"), table_name="user_devices")
    op.drop_table("user_devices")
    op.drop_column("users", "password_is_temporary")
