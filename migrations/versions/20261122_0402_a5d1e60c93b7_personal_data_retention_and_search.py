"""personal data: marks, retention, legal holds, files to remove; the full-text index over conversations.

Revision: a5d1e60c93b7, after 76e45b5964cf; made 2026-11-22 04:02:00.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "a5d1e60c93b7"
down_revision = "76e45b5964cf"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")
WORDS = sa.Text().with_variant(postgresql.TSVECTOR(), "postgresql")

SEARCH_INDEX = (
    "CREATE VIRTUAL TABLE search_index USING fts5(words, content='search_entries', content_rowid='conversation_id',"
    " tokenize='unicode61', detail=none)",
    "CREATE TRIGGER search_entries_in AFTER INSERT ON search_entries BEGIN"
    " INSERT INTO search_index(rowid, words) VALUES (new.conversation_id, new.words); END",
    "CREATE TRIGGER search_entries_out AFTER DELETE ON search_entries BEGIN"
    " INSERT INTO search_index(search_index, rowid, words) VALUES ('delete', old.conversation_id, old.words); END",
    "CREATE TRIGGER search_entries_on AFTER UPDATE OF words ON search_entries BEGIN"
    " INSERT INTO search_index(search_index, rowid, words) VALUES ('delete', old.conversation_id, old.words);"
    " INSERT INTO search_index(rowid, words) VALUES (new.conversation_id, new.words); END",
)


def upgrade() -> None:
    op.add_column(
        "conversations",
        sa.Column(
            "personal", JSON, nullable=True, comment="[kind, text] that the source marks; masked where it is said"
        ),
    )
    op.add_column(
        "conversations",
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True, comment="when retention took its content"),
    )
    op.add_column(
        "conversations",
        sa.Column(
            "repeats_earlier",
            sa.Boolean(),
            nullable=True,
            comment="kept when a customer reference went: whether it repeats a contact; none: worked out from them",
        ),
    )
    op.create_table(
        "retention_rules",
        sa.Column("id", KEY, nullable=False),
        sa.Column("source", sa.String(), nullable=False, comment="empty: every source that has no rule of its own"),
        sa.Column(
            "keep_days",
            sa.Integer(),
            nullable=False,
            comment="after the day of opening; undated ones after the day of import",
        ),
        sa.Column(
            "starts_on",
            sa.Date(),
            nullable=False,
            comment="nothing goes by this rule before that day: time to take it back",
        ),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["changed_by_id"], ["users.id"], name=op.f("fk__retention_rules__changed_by_id__users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk__retention_rules")),
        sa.UniqueConstraint("source", name=op.f("uq__retention_rules__source")),
    )
    op.create_table(
        "legal_holds",
        sa.Column("id", KEY, nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("conversation_id", KEY, nullable=True, comment="none: see filters"),
        sa.Column(
            "filters",
            JSON,
            nullable=False,
            comment="source, agent_id, customer_id, opened_from, opened_to; all of them together",
        ),
        sa.Column("until", sa.Date(), nullable=True, comment="last day of the hold; none: until somebody lifts it"),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("placed_by_id", sa.Integer(), nullable=True),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lifted_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk__legal_holds__conversation_id__conversations"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["placed_by_id"], ["users.id"], name=op.f("fk__legal_holds__placed_by_id__users")),
        sa.ForeignKeyConstraint(["lifted_by_id"], ["users.id"], name=op.f("fk__legal_holds__lifted_by_id__users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk__legal_holds")),
    )
    op.create_index(op.f("ix__legal_holds_conversation_id"), "legal_holds", ["conversation_id"])
    op.create_table(
        "file_removals",
        sa.Column("path", sa.String(), nullable=False, comment="below ASSAY_HOME"),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("path", name=op.f("pk__file_removals")),
    )
    op.create_table(
        "search_entries",
        sa.Column("conversation_id", KEY, nullable=False),
        sa.Column(
            "read_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="updated_at of the conversation as it was read",
        ),
        sa.Column("words", WORDS, nullable=False, comment="masked; words and pairs of Chinese characters"),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk__search_entries__conversation_id__conversations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("conversation_id", name=op.f("pk__search_entries")),
    )
    if op.get_bind().dialect.name == "sqlite":
        for statement in SEARCH_INDEX:
            op.execute(statement)
    else:
        op.create_index("search_index_words", "search_entries", ["words"], postgresql_using="gin")


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE search_index")
    op.drop_table("search_entries")
    op.drop_table("file_removals")
    op.drop_table("legal_holds")
    op.drop_table("retention_rules")
    for column in ("repeats_earlier", "erased_at", "personal"):
        op.drop_column("conversations", column)
