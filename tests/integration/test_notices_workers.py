"""Several workers at the same moment, each with its own connection: nobody is told twice, nobody gets a mail twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from flask import Flask
from flask_mailman import Mail
from sqlalchemy import func, select

from qa_app.db import db
from qa_app.models import Notice, NoticeKind, RoleName
from qa_app.notices.service import notify
from qa_app.people.notice_mail import send_mail
from tests.conftest import make_app, make_database
from tests.factories.people import create_organisation, create_user
from tests.smtp_server import SmtpServer, serve_smtp

WORKERS = 4

pytestmark = pytest.mark.both_databases


@pytest.fixture
def house(database_kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Flask]:
    """An installation with a database of its own, on which threads meet."""
    address, drop = "", lambda: None
    if database_kind == "postgresql":
        address, drop = make_database(request.getfixturevalue("postgres_server"))
    app = make_app(tmp_path / "home", address)
    with app.app_context():
        create_organisation(db.session())
        db.session.commit()
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    drop()


@pytest.fixture
def server(house: Flask) -> Iterator[SmtpServer]:
    """A mail server that takes its time, so that senders meet."""
    with serve_smtp() as smtp:
        smtp.slow_seconds = 0.02
        house.config.update(MAIL_BACKEND="qa_app.notices.smtp", MAIL_SERVER="127.0.0.1", MAIL_PORT=smtp.port)
        Mail(house)
        yield smtp


def at_once(house: Flask, work: Callable[[], int]) -> list[int]:
    """Let every worker do the same at the same moment; return what each did."""
    start = Barrier(WORKERS)

    def run(_number: int) -> int:
        with house.app_context():
            start.wait()
            done = work()
            db.session.commit()
            return done

    with ThreadPoolExecutor(WORKERS) as pool:
        return list(pool.map(run, range(WORKERS)))


def create_people(house: Flask, count: int) -> list[int]:
    with house.app_context():
        people = [create_user(db.session(), RoleName.qa_lead).id for _ in range(count)]
        db.session.commit()
        return people


def test_what_several_say_at_once_is_told_once(house: Flask) -> None:
    people = create_people(house, 30)

    def tell() -> int:
        return notify(db.session(), people, NoticeKind.appeal_opened, "appeal:7", appeal_id=7)

    told = at_once(house, tell)

    with house.app_context():
        assert db.session.scalar(select(func.count()).select_from(Notice)) == 30
    assert sum(told) == 30


def test_two_that_send_at_once_send_each_letter_once(house: Flask, server: SmtpServer) -> None:
    people = create_people(house, 12)
    with house.app_context():
        for number in (1, 2):
            notify(db.session(), people, NoticeKind.appeal_opened, f"appeal:{number}", appeal_id=number)
        db.session.commit()

    mails = at_once(house, lambda: send_mail(db.session()).mails)

    assert sum(mails) == 12
    assert set(Counter(to for to, _letter in server.letters).values()) == {1}
    assert len(server.letters) == 12
    with house.app_context():
        rows = db.session.execute(select(Notice.mailed_at, Notice.mail_attempts)).all()
        assert all(row.mailed_at is not None and row.mail_attempts == 1 for row in rows)
        assert len(rows) == 24
