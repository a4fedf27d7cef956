"""Runs migrations on the application's database, online only: `flask db upgrade`."""

from alembic import context
from flask import current_app

import qa_app.models  # noqa: F401  (registers every table)
from qa_app.db import Base


def run_migrations() -> None:
    """Upgrade or downgrade with the application's own connection."""
    database = current_app.extensions["migrate"].db
    options = {
        key: value for key, value in current_app.extensions["migrate"].configure_args.items() if key != "compare_type"
    }
    with database.engine.connect() as connection:
        context.configure(connection=connection, target_metadata=Base.metadata, compare_type=True, **options)
        with context.begin_transaction():
            context.run_migrations()


run_migrations()
