"""chances of samples: how likely each was drawn, and what it weighs in estimates.

Samples that are here already came from equal-probability draws and weigh 1; their chance is n of N, which the draw
itself holds. Targeted ones weigh nothing.

Revision: c1d2a7f04e39, after 8c4e2d71b90a; made 2026-11-22 01:15:00.
"""

import sqlalchemy as sa
from alembic import op

revision = "c1d2a7f04e39"
down_revision = "8c4e2d71b90a"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "samples",
        sa.Column(
            "inclusion_probability",
            sa.Double(),
            nullable=True,
            comment="chance to be drawn from the frozen list, 0-1; none: targeted, or drawn before it was kept (n of N)",
        ),
    )
    op.add_column(
        "samples",
        sa.Column(
            "weight",
            sa.Double(),
            server_default="1",
            nullable=False,
            comment="in estimates: n/N of the stratum over that chance; 1 in an equal-probability draw, 0 if targeted",
        ),
    )
    op.execute("UPDATE samples SET weight = 0 WHERE draw_id IS NULL")


def downgrade() -> None:
    op.drop_column("samples", "weight")
    op.drop_column("samples", "inclusion_probability")
