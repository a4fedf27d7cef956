"""packed facts of conversations: a month is computed from one index.

Conversations that are here already are packed when a month is first computed from them: rewriting every row of a large
installation would keep it away from its people for minutes. Neither way rebuilds the table: on SQLite that would drop
it, and with it, by its foreign keys, every message.

Revision: 5b1f0c9a7d24, after 424d10b078b3; made 2026-11-22 00:52:30.
"""

import sqlalchemy as sa
from alembic import op

revision = "5b1f0c9a7d24"
down_revision = "424d10b078b3"
branch_labels = None
depends_on = None

INDEX = "ix__conversations_agent_opened"


def upgrade() -> None:
    op.add_column(
        "conversations",
        sa.Column(
            "packed_facts",
            sa.String(),
            nullable=True,
            comment="derived: what the month's pass reads, by scoring.timing.facts; none: packed when it is first needed",
        ),
    )
    op.drop_index(INDEX, "conversations")
    op.create_index(INDEX, "conversations", ["agent_id", "opened_at", "packed_facts"])


def downgrade() -> None:
    op.drop_index(INDEX, "conversations")
    op.create_index(INDEX, "conversations", ["agent_id", "opened_at"])
    op.drop_column("conversations", "packed_facts")
