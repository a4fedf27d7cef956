"""Fixtures of all tests: application, session on real databases, signed-in clients, the shared data, a browser.

A test marked `browser`, `postgres`, `redis` or `pdf` skips with the reason where the program is missing; under
`CI=true` nothing skips: what is missing fails, and the run ends by naming what was skipped.
"""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask, g, has_app_context
from flask.testing import FlaskClient
from flask_sqlalchemy.session import Session as FlaskSession
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from config import load_settings
from qa_app.db import Base, db
from qa_app.factory import create_app
from qa_app.models import RoleName, User
from tests.factories.people import create_organisation, create_user

UNDER_CI = os.environ.get("CI") == "true"
POSTGRES = os.environ.get("ASSAY_TEST_POSTGRES", "postgresql+psycopg://postgres@127.0.0.1:5432/postgres")
REDIS = os.environ.get("ASSAY_TEST_REDIS", "redis://127.0.0.1:6379/9")
CHROMIUM = os.environ.get("ASSAY_TEST_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")


def missing(reason: str) -> None:
    """Skip for a reason; under CI that reason is a failure."""
    if UNDER_CI:
        pytest.fail(f"under CI nothing may be missing: {reason}")
    pytest.skip(reason)


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """The folder of public data, from ASSAY_TEST_DATA (default: ../shared)."""
    root = Path(os.environ.get("ASSAY_TEST_DATA", Path(__file__).parents[2] / "shared"))
    if not (root / "data" / "README.md").exists():
        missing(f"public data not found in {root}: set ASSAY_TEST_DATA")
    return root / "data"


@pytest.fixture(scope="session")
def postgres_server() -> str:
    """The address of a PostgreSQL server on which databases may be made."""
    engine = sa.create_engine(POSTGRES, connect_args={"connect_timeout": 3})
    try:
        with engine.connect():
            pass
    except sa.exc.OperationalError as error:
        missing(f"no PostgreSQL at ASSAY_TEST_POSTGRES: {error.orig}")
    finally:
        engine.dispose()
    return POSTGRES


@pytest.fixture(scope="session")
def redis_address() -> str:
    """The address of a Redis server."""
    import redis

    try:
        redis.Redis.from_url(REDIS, socket_connect_timeout=2).ping()
    except redis.exceptions.RedisError as error:
        missing(f"no Redis at ASSAY_TEST_REDIS: {error}")
    return REDIS


def make_database(server: str) -> tuple[str, Callable[[], None]]:
    """Make an empty PostgreSQL database; return its address and what drops it."""
    name = f"assay_test_{uuid.uuid4().hex[:12]}"
    admin = sa.create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(sa.text(f'CREATE DATABASE "{name}"'))

    def drop() -> None:
        with admin.connect() as connection:
            connection.execute(sa.text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
        admin.dispose()

    return sa.make_url(server).set(database=name).render_as_string(hide_password=False), drop


class FreshClient(FlaskClient):
    """Starts each request with nothing kept: tests run inside one application context, whose `g` requests share."""

    def open(self, *args: object, **kwargs: object) -> TestResponse:
        """Forget what the request before kept, who was signed in above all."""
        for name in list(g) if has_app_context() else ():
            g.pop(name)
        return super().open(*args, **kwargs)


def make_app(home: Path, database_url: str = "") -> Flask:
    """Return an application in test mode with empty tables."""
    settings = load_settings(
        assay_mode="test",
        assay_home=home,
        database_url=database_url,
        redis_url="",
        mail_backend="locmem",
        _env_file=None,
    )
    home.mkdir(parents=True, exist_ok=True)
    app = create_app(settings)
    app.test_client_class = FreshClient
    app.config.update(WTF_CSRF_ENABLED=False, WTF_CSRF_CHECK_DEFAULT=False, SERVER_NAME=None)
    with app.app_context():
        Base.metadata.create_all(db.engine)
    return app


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """An application with the demo company until October 2026.

    Tests that use it stand in the group `demo`, to be given to one worker; pytest-xdist 3.8 does not see groups under
    pytest 9.2, so each worker still fills its own.
    """
    from qa_app.demo.service import fill

    app = make_app(tmp_path_factory.mktemp("demo"))
    with app.app_context():
        session = db.session()
        fill(session, seed=20, until="2026-10", checkpoint=session.commit, tell=lambda _what: None)
        db.session.remove()
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture(scope="session")
def _apps(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Flask]]:
    made: dict[str, Flask] = {}
    yield made
    for app in made.values():
        with app.app_context():
            db.engine.dispose()
        app.extensions["test_drop"]()


def _app_on(kind: str, made: dict[str, Flask], request: pytest.FixtureRequest) -> Flask:
    if kind not in made:
        home = request.getfixturevalue("tmp_path_factory").mktemp(kind)
        address, drop = "", lambda: None
        if kind == "postgresql":
            address, drop = make_database(request.getfixturevalue("postgres_server"))
        made[kind] = make_app(home, address)
        made[kind].extensions["test_drop"] = drop
    return made[kind]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run what is marked `both_databases` on SQLite and on PostgreSQL."""
    if "database_kind" in metafunc.fixturenames:
        both = metafunc.definition.get_closest_marker("both_databases")
        metafunc.parametrize("database_kind", ["sqlite", "postgresql"] if both else ["sqlite"], scope="session")


@pytest.fixture
def app(database_kind: str, _apps: dict[str, Flask], request: pytest.FixtureRequest) -> Flask:
    """The application on the database under test."""
    return _app_on(database_kind, _apps, request)


class SessionOnOneConnection(FlaskSession):
    """Stays on the connection it is bound to, so that its commits end with the test's transaction."""

    def get_bind(self, *args: object, **kwargs: object) -> sa.Connection:
        """Return that connection whatever is asked for."""
        return self.bind


@pytest.fixture
def session(app: Flask) -> Iterator[Session]:
    """A session inside one outer transaction that is rolled back; commits inside are savepoints."""
    with app.app_context():
        connection = db.engine.connect()
        transaction = connection.begin()
        if connection.dialect.name == "sqlite":
            # The driver begins by itself only before a change: a savepoint alone would commit when released.
            connection.exec_driver_sql("BEGIN")
        scoped = db.session
        options = {
            "class_": SessionOnOneConnection,
            "bind": connection,
            "join_transaction_mode": "create_savepoint",
            "expire_on_commit": False,
        }
        db.session = db._make_scoped_session({**options, "scopefunc": lambda: 0})
        session = db.session()
        create_organisation(session)
        yield session
        db.session.remove()
        db.session = scoped
        transaction.rollback()
        connection.close()


@pytest.fixture
def client(app: Flask, session: Session) -> FlaskClient:
    """A visitor who has not signed in; sees what `session` wrote."""
    session.commit()
    return app.test_client()


@pytest.fixture
def sign_in(app: Flask, session: Session) -> Callable[..., FlaskClient]:
    """Return a client signed in as a user, or as a new user with the roles given."""

    def enter(who: User | RoleName, *more: RoleName, **values: object) -> FlaskClient:
        user = who if isinstance(who, User) else create_user(session, who, *more, **values)
        session.commit()
        client = app.test_client()
        with client.session_transaction() as kept:
            kept["_user_id"] = user.fs_uniquifier
            kept["_fresh"] = True
            kept["fs_cc"] = "set"
            kept["fs_paa"] = 4102444800.0
            # Seen for all time: a test's requests are not followed as a device.
            kept["seen"] = 4102444800.0
            kept["identity.id"] = user.fs_uniquifier
            kept["identity.auth_type"] = None
        client.user = user  # type: ignore[attr-defined]
        return client

    return enter


SKIPPED: list[str] = []
TOLD_AGAIN: list[str] = []


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Under CI let a story in the browser be told once more before it fails (docs/decisions/0008)."""
    for item in items if UNDER_CI else []:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.flaky(reruns=1))


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Note every skip, and every story that had to be told again, for the closing lines."""
    if report.skipped and isinstance(report.longrepr, tuple):
        SKIPPED.append(f"{report.nodeid}: {report.longrepr[2]}")
    if report.outcome == "rerun":
        lines = report.longreprtext.strip().splitlines()
        place = next((line for line in lines if line.startswith("tests/")), "")
        said = next((line[1:].strip() for line in lines if line.startswith("E ")), lines[-1])
        TOLD_AGAIN.append(f"{report.nodeid}: {place} {said}")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name what was skipped, so that nobody takes a short run for a whole one, and what held only the second time."""
    for title, lines in (
        ("skipped: this run was not the whole suite", SKIPPED),
        ("told again: a race to be found", TOLD_AGAIN),
    ):
        if lines:
            terminalreporter.section(title)
            for line in sorted(set(lines)):
                terminalreporter.line(line)
