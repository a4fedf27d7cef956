"""calibration sessions that were cancelled: when and why.

Revision: e7a4c19d52b8, after d1e8b7c4a260; made 2026-11-22 11:40:00.
"""

import sqlalchemy as sa
from alembic import op

revision = "e7a4c19d52b8"
down_revision = "d1e8b7c4a260"
branch_labels = None
depends_on = None

TABLE = "calibration_sessions"


def upgrade() -> None:
    # Columns are added and dropped in place: a table made anew would take the rows that hang on it away.
    op.add_column(TABLE, sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(TABLE, sa.Column("cancel_reason", sa.String(), nullable=True))


def downgrade() -> None:
    op.drop_column(TABLE, "cancel_reason")
    op.drop_column(TABLE, "cancelled_at")
