"""learned scores frozen with a draw, a standard of quality for the evidence made with them, a risk given by the import.

Revision: 5c07e1b94d38, after b3c81f6e2d47; made 2026-11-22 04:09:00.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "5c07e1b94d38"
down_revision = "b3c81f6e2d47"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")
COLUMNS = (
    (
        "draws",
        "learned",
        JSON,
        "learned scores as they stood at the freeze: version, slope, per agent what a shift is made of",
    ),
    (
        "samples",
        "learned_shift",
        sa.Double(),
        "h: points the learned score takes off in the evidence below standard, fixed before the inspection",
    ),
    (
        "samples",
        "learned_room",
        sa.Double(),
        "how far above 1 a value could come by such shifts, over all conversations of the agent in the list",
    ),
    (
        "performance_standards",
        "quality_score",
        sa.Double(),
        "standard of conversations without critical error; none: the score as a whole, without learned scores",
    ),
    (
        "conversations",
        "risk",
        sa.Double(),
        "0-1, given with the import: chances of a draw by risk; never part of a score",
    ),
)


def upgrade() -> None:
    for table, name, kind, comment in COLUMNS:
        op.add_column(table, sa.Column(name, kind, nullable=True, comment=comment))


def downgrade() -> None:
    for table, name, *_ in reversed(COLUMNS):
        op.drop_column(table, name)
