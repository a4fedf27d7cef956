"""Migrations: head equals the models, and every step goes both ways on a database with rows in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import flask_migrate
import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask

from config import load_settings
from qa_app import audit
from qa_app.clock import now
from qa_app.db import Base, db
from qa_app.factory import create_app
from qa_app.models import CallFeatures, Conversation, Message, MutedRange, RoleName
from tests.conftest import make_database
from tests.factories.people import create_agent, create_organisation, create_user
from tests.migrations.filling_appeals import fill_appeal
from tests.migrations.filling_calibration import fill_calibration
from tests.migrations.filling_coaching import fill_coaching
from tests.migrations.filling_draws import fill_draws
from tests.migrations.filling_lists import fill_lists
from tests.migrations.filling_notices import fill_notices
from tests.migrations.filling_personal_data import fill_personal_data
from tests.migrations.filling_rules import fill_rules

ROOT = Path(__file__).parents[2]


@pytest.fixture
def empty(database_kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Flask]:
    """An application on a database without any table."""
    address, drop = "", lambda: None
    if database_kind == "postgresql":
        address, drop = make_database(request.getfixturevalue("postgres_server"))
    app = create_app(
        load_settings(assay_mode="test", assay_home=tmp_path, database_url=address, redis_url="", _env_file=None)
    )
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()
    drop()


def fill() -> None:
    """Write a few rows that hang together."""
    session = db.session()
    create_organisation(session)
    user = create_user(session, RoleName.agent, name="骉䶮")
    user.agent = create_agent(session)
    conversation = Conversation(
        source="test",
        external_id="1",
        channel="chat",
        agent=user.agent,
        opened_at=now(),
        created_at=now(),
        updated_at=now(),
    )
    conversation.messages = [Message(sequence=1, speaker="agent", text="您好")]
    conversation.sound = CallFeatures(method=1, measured_at=now(), silence_share=0.25, silences=[[1.0, 4.5]])
    session.add(conversation)
    session.flush()
    session.add(MutedRange(conversation_id=conversation.id, start_seconds=1.0, end_seconds=2.0, kind="card"))
    fill_appeal(session, user, conversation)
    fill_coaching(session, user)
    fill_personal_data(session, user, conversation)
    fill_rules(session, conversation)
    fill_draws(session, conversation)
    fill_calibration(session, user, conversation)
    fill_notices(session, user)
    fill_lists(session, user)
    audit.record(session, user, action="test.fill", thing=conversation)
    session.commit()
    db.session.remove()


def count_messages() -> int:
    """Count without the models, which know the head alone."""
    with db.engine.connect() as connection:
        return connection.scalar(sa.text("SELECT count(*) FROM messages"))


def is_ours(name: str | None, kind: str, _parents: object) -> bool:
    """Leave out what the full-text search keeps for itself (see `qa_app.models.search`)."""
    return not (kind in {"table", "index"} and (name or "").startswith("search_index"))


@pytest.mark.both_databases
def test_the_head_is_what_the_models_say(empty: Flask) -> None:
    flask_migrate.upgrade()

    with db.engine.connect() as connection:
        opts = {"compare_type": True, "include_name": is_ours}
        context = MigrationContext.configure(connection, opts=opts)
        differences = compare_metadata(context, Base.metadata)

    assert differences == []


@pytest.mark.both_databases
def test_every_step_goes_down_and_up_with_rows_in_the_tables(empty: Flask) -> None:
    flask_migrate.upgrade()
    fill()
    revisions = len(list((ROOT / "migrations" / "versions").glob("*.py")))

    for below in reversed(range(revisions)):
        flask_migrate.downgrade()
        flask_migrate.upgrade(revision="+1")
        if below:  # the first schema takes its tables away
            assert count_messages() == 1
        flask_migrate.downgrade()

    assert set(sa.inspect(db.engine).get_table_names()) <= {"alembic_version"}
    flask_migrate.upgrade()
    fill()
    assert count_messages() == 1
