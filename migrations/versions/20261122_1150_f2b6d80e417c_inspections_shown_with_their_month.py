"""inspections that their agent reads once the month is published: whether one waits, and when it was shown.

Revision: f2b6d80e417c, after e7a4c19d52b8; made 2026-11-22 11:50:00.
"""

import sqlalchemy as sa
from alembic import op

revision = "f2b6d80e417c"
down_revision = "e7a4c19d52b8"
branch_labels = None
depends_on = None

WAITS = "its agent reads it once the month is published; until then no window runs"
SHOWN = "when its agent could first read it, where that was after the submission"


def upgrade() -> None:
    waits = sa.Column("waits_for_month", sa.Boolean(), nullable=False, server_default=sa.false(), comment=WAITS)
    op.add_column("inspections", waits)
    op.add_column("inspections", sa.Column("shown_at", sa.DateTime(timezone=True), nullable=True, comment=SHOWN))


def downgrade() -> None:
    op.drop_column("inspections", "shown_at")
    op.drop_column("inspections", "waits_for_month")
