"""Once an hour the worker does what is due: a published month is locked when the time to answer has ended."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from qa_app import audit
from qa_app.assessment import service, sheets
from qa_app.clock import travel
from qa_app.jobs import duties
from qa_app.jobs.queue import JobQueue, make_huey
from qa_app.models import AssessmentPeriod, AuditEvent, CalendarDay, PeriodState, RoleName, Sheet
from tests.factories.months import MONTH, create_month
from tests.factories.people import create_user

PUBLISHED_AT = datetime(2026, 11, 11, 9, 0, tzinfo=UTC)  # a Wednesday: the fifth working day is the next Wednesday
LAST_MOMENT = datetime(2026, 11, 18, 23, 59, tzinfo=UTC)


@pytest.fixture
def published(session):
    """October, published; and September, which is only approved."""
    create_month(session, agents=2)
    hr = create_user(session, RoleName.hr)
    with travel(PUBLISHED_AT):
        for month in ("2026-09", MONTH):
            revision = service.compute_month(session, hr, month)
            sheets.review_remaining(session, hr, revision)
            service.review_month(session, hr, revision.period)
            service.approve_month(session, hr, revision.period)
        service.publish_month(session, hr, revision.period)
    session.commit()
    return revision.period


@pytest.fixture
def worker(app, tmp_path) -> Iterator[JobQueue]:
    """A worker's queue in a file, whose clock we turn."""
    queue = JobQueue(app, make_huey(database_url="", redis_url="", home=tmp_path), worker_threads=1)
    queue.plan_duties()
    yield queue
    queue.store.storage.close()


def strike(worker: JobQueue, moment: datetime) -> int:
    """Do what the worker does at a minute; return how many duties came up."""
    with travel(moment):
        for task in worker.store.read_periodic(moment):
            worker.store.enqueue(task)
        count = worker.store.pending_count()
        while (task := worker.store.dequeue()) is not None:
            worker.store.execute(task)
    return count


def state_of(session, month: str) -> str:
    return session.scalar(select(AssessmentPeriod.state).where(AssessmentPeriod.month == month))


@pytest.mark.both_databases
def test_a_month_locks_by_itself_when_its_window_has_ended(session, published, worker) -> None:
    assert service.window_end(session, published) == LAST_MOMENT + timedelta(minutes=1)
    assert strike(worker, LAST_MOMENT.replace(minute=5)) >= 1
    assert state_of(session, MONTH) == PeriodState.published

    strike(worker, LAST_MOMENT + timedelta(minutes=6))

    assert state_of(session, MONTH) == PeriodState.locked
    assert set(session.scalars(select(Sheet.state).where(Sheet.revision_id == published.revision.id))) == {"lapsed"}
    assert state_of(session, "2026-09") == PeriodState.approved
    audit.seal_pending(session)
    event = session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc())).first()
    assert (event.action, event.actor_id, event.actor_name) == ("month.lock", None, "system")


def test_the_calendar_of_the_organisation_moves_the_day(session, published, worker) -> None:
    session.add(CalendarDay(on=datetime(2026, 11, 13, tzinfo=UTC).date(), is_working=False, name="stocktaking"))
    session.commit()

    strike(worker, LAST_MOMENT + timedelta(minutes=6))
    assert state_of(session, MONTH) == PeriodState.published

    strike(worker, LAST_MOMENT + timedelta(days=1, minutes=6))
    assert state_of(session, MONTH) == PeriodState.locked


def test_duties_come_up_once_an_hour_and_mail_every_minute(worker) -> None:
    hour = datetime(2026, 11, 18, 12, 0)  # noqa: DTZ001 (Huey's clock knows no zone)
    at = {minute: worker.store.read_periodic(hour + timedelta(minutes=minute)) for minute in range(60)}
    names = {minute: {task.name for task in tasks} for minute, tasks in at.items()}

    assert {minute for minute in at if "duty:assessment.lock" in names[minute]} == {5}
    assert all(names[minute] == {"duty:notices.mail"} for minute in at if minute != 5)


def test_a_duty_that_fails_takes_nothing_down(app, session, worker, monkeypatch) -> None:
    def fail(_session) -> None:
        raise RuntimeError("out of ink")

    monkeypatch.setitem(duties._DUTIES, "assessment.lock", fail)

    with capture_logs() as said:
        strike(worker, LAST_MOMENT.replace(minute=5))

    assert ("duty_failed", "assessment.lock") in {(line["event"], line.get("duty")) for line in said}
