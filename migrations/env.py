"""Runs migrations on the application's database, online only: `flask db upgrade`.

Generated migrations are self-contained: `render_type` writes plain SQLAlchemy types for the ones of our own.
"""

from typing import Any, Literal

import sqlalchemy as sa
from alembic import context
from flask import current_app

import qa_app.models  # noqa: F401  (registers every table)
from qa_app.db import Base, UTCDateTime


def render_type(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Write a column type without naming the application's modules."""
    if kind != "type":
        return False
    if isinstance(item, UTCDateTime):
        return "sa.DateTime(timezone=True)"
    if isinstance(item, sa.JSON):
        return 'sa.JSON().with_variant(postgresql.JSONB(), "postgresql")'
    return False


def is_ours(name: str | None, kind: str, _parents: Any) -> bool:
    """Leave out what the full-text search keeps for itself (see `qa_app.models.search`)."""
    return not (kind in {"table", "index"} and (name or "").startswith("search_index"))


def run_migrations() -> None:
    """Upgrade or downgrade with the application's own connection."""
    engine = current_app.extensions["migrate"].db.engine
    with engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            compare_type=True,
            render_as_batch=True,
            render_item=render_type,
            include_name=is_ours,
        )
        with context.begin_transaction():
            context.run_migrations()


run_migrations()
