"""submissions of an inspector by time: what is done today, what can still be taken back; disputed figures.

Revision: d1e8b7c4a260, after c95f3a10e7d2; made 2026-11-22 07:50:00.
"""

import sqlalchemy as sa
from alembic import op

revision = "d1e8b7c4a260"
down_revision = "c95f3a10e7d2"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix__inspections_submitted", "inspections", ["inspector_id", "submitted_at"])
    disputed = sa.text("disputed IS NOT NULL")
    op.create_index(
        "ix__answers_disputed", "answers", ["inspection_id"], sqlite_where=disputed, postgresql_where=disputed
    )


def downgrade() -> None:
    op.drop_index("ix__answers_disputed", "answers")
    op.drop_index("ix__inspections_submitted", "inspections")
