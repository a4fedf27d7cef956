"""The demo company: loaded once, and what was planted in it is found again (docs/demo.md)."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import timedelta

import numpy as np
import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qa_app import audit
from qa_app.assessment.corrections import Corrections, corrections_since
from qa_app.assessment.service import verify_revision
from qa_app.db import db
from qa_app.demo.company import AGENTS, INSPECTORS
from qa_app.demo.conversations import invent_month
from qa_app.demo.service import NotEmpty, fill
from qa_app.models import (
    Agent,
    Answer,
    Appeal,
    AppealState,
    AssessmentPeriod,
    Assignment,
    CalibrationSession,
    Conversation,
    Delivery,
    Draw,
    Inspection,
    InspectionRevision,
    InspectionState,
    Notice,
    Recording,
    Sample,
    SamplingPlan,
    SurveyResponse,
    Team,
    User,
)

pytestmark = pytest.mark.xdist_group("demo")

MONTHS = ["2026-05", "2026-06", "2026-07", "2026-08", "2026-09", "2026-10"]


@pytest.fixture
def company(demo: Flask) -> Iterator[Session]:
    """A session on the demo company; tests only read."""
    with demo.app_context():
        session = db.session()
        yield session
        session.rollback()


@pytest.fixture
def scored(company: Session) -> list[tuple[str, str, str, float]]:
    """Quality of every submitted inspection with agent, month and inspector; critical ones left out."""
    rows = company.execute(
        select(Agent.employee_number, Conversation.opened_at, User.email, Inspection.quality)
        .join(Conversation, Inspection.conversation_id == Conversation.id)
        .join(Agent, Inspection.agent_id == Agent.id)
        .join(User, Inspection.inspector_id == User.id)
        .where(Inspection.state != InspectionState.draft, Inspection.is_critical.is_(False))
    ).all()
    return [(number, f"{opened:%Y-%m}", email, quality) for number, opened, email, quality in rows]


def test_it_has_the_promised_size(company: Session) -> None:
    conversations = company.scalar(select(func.count()).select_from(Conversation))
    answered = company.scalar(select(func.count()).select_from(SurveyResponse).where(SurveyResponse.score.is_not(None)))

    assert 13_000 <= conversations <= 17_000
    assert company.scalar(select(func.count()).select_from(Agent)) == len(AGENTS) == 40
    assert company.scalar(select(func.count()).select_from(Recording)) == 60
    assert 0.25 <= answered / conversations <= 0.33


def test_five_months_are_locked_and_the_last_full_one_is_approved(company: Session) -> None:
    states = dict(company.execute(select(AssessmentPeriod.month, AssessmentPeriod.state)).all())

    assert [states[month] for month in MONTHS] == ["locked"] * 5 + ["approved"]


def test_a_tenth_of_the_samples_is_scored_twice(company: Session) -> None:
    doubles, samples = company.execute(
        select(func.count().filter(Sample.is_double), func.count()).select_from(Sample)
    ).one()

    assert 0.08 <= doubles / samples <= 0.13


def test_the_planted_leniency_of_the_inspectors_is_found(scored: list[tuple[str, str, str, float]]) -> None:
    agents = sorted({row[:2] for row in scored})
    inspectors = [person.email for person in INSPECTORS]
    design = np.zeros((len(scored), len(agents) + len(inspectors) - 1))
    for line, (number, month, email, _) in enumerate(scored):
        design[line, agents.index((number, month))] = 1
        if email != inspectors[-1]:
            design[line, len(agents) + inspectors.index(email)] = 1

    effects = np.linalg.lstsq(design, np.array([row[3] for row in scored]), rcond=None)[0][len(agents) :]
    found = np.append(effects, 0.0) - np.append(effects, 0.0).mean()

    planted = np.array([person.leniency for person in INSPECTORS])
    assert np.corrcoef(found, planted)[0, 1] > 0.85
    assert found[0] > 1 > -1 > found[-1]


def test_the_month_corrects_the_planted_leniency(company: Session) -> None:
    period = company.scalars(select(AssessmentPeriod).where(AssessmentPeriod.month == MONTHS[-1])).one()
    emails = {str(row.id): row.email for row in company.execute(select(User.id, User.email))}
    assert period.revision is not None
    severity = period.revision.centre.severity
    found = {emails[inspector]: row for inspector, row in severity.inspectors.items()}

    assert severity.reason == ""
    mean = np.mean([person.leniency for person in INSPECTORS])
    errors = [found[person.email].value - (person.leniency - mean) for person in INSPECTORS]
    assert np.sqrt(np.mean(np.square(errors))) < 1.5
    assert all(abs(error) < 3 * found[person.email].se for person, error in zip(INSPECTORS, errors, strict=True))


def test_the_agent_below_the_standard_is_the_lowest(scored: list[tuple[str, str, str, float]]) -> None:
    by_agent = defaultdict(list)
    for number, _, _, quality in scored:
        by_agent[number].append(quality)
    means = {number: np.mean(values) for number, values in by_agent.items() if len(values) >= 20}

    assert min(means, key=means.__getitem__) == "0207"
    assert means["0207"] < 66


def test_the_agent_who_improves_does(scored: list[tuple[str, str, str, float]]) -> None:
    early = [quality for number, month, _, quality in scored if number == "0304" and month in MONTHS[:2]]
    late = [quality for number, month, _, quality in scored if number == "0304" and month in MONTHS[-2:]]

    assert np.mean(late) - np.mean(early) > 6


def test_critical_errors_are_rare(company: Session) -> None:
    critical, total = company.execute(
        select(func.count().filter(Inspection.is_critical), func.count()).where(
            Inspection.state != InspectionState.draft
        )
    ).one()

    assert 0.008 <= critical / total <= 0.04


def test_the_closing_phrase_fails_in_every_team(company: Session) -> None:
    rows = company.execute(
        select(Team.name, func.count().filter(Answer.lost_points > 0), func.count())
        .select_from(Answer)
        .join(Inspection)
        .join(Agent, Inspection.agent_id == Agent.id)
        .join(Team)
        .where(Answer.criterion == "closing", Inspection.state != InspectionState.draft)
        .group_by(Team.name)
    ).all()

    assert len(rows) == 3
    assert all(0.25 <= failed / total <= 0.48 for _, failed, total in rows)


def test_appeals_are_told_in_every_state_and_the_months_still_verify(company: Session) -> None:
    states = set(company.scalars(select(Appeal.state)))
    month = company.scalars(select(AssessmentPeriod).where(AssessmentPeriod.month == MONTHS[-1])).one()
    corrected = company.scalar(select(func.count()).select_from(InspectionRevision))

    assert states == set(AppealState)
    assert corrected >= 10
    assert month.revision is not None
    assert verify_revision(company, month.revision).is_exact
    assert corrections_since(company, month.revision, month.month) == Corrections(0, 0, ())


def test_calibration_sessions_have_names_for_both_languages(company: Session) -> None:
    names = company.scalars(select(CalibrationSession.name)).all()

    assert len(names) == 2
    assert [name for name in names if not (re.search("[a-z]", name) and re.search("[\u4e00-\u9fff]", name))] == []


def test_its_audit_chain_holds(company: Session) -> None:
    assert list(audit.verify_chain(company)) == []


def test_a_filled_database_is_refused(company: Session) -> None:
    with pytest.raises(NotEmpty):
        fill(company, seed=20, until=None, checkpoint=lambda: None, tell=lambda _what: None)


def test_the_same_seed_invents_the_same_conversations() -> None:
    first, again = (list(invent_month("2026-10", 20, age=5)) for _ in range(2))
    other = list(invent_month("2026-10", 21, age=5))

    assert [one.record for one in first] == [one.record for one in again]
    assert [one.record for one in first] != [one.record for one in other]


def test_notices_stand_as_on_an_ordinary_day_and_nobody_gets_mail_of_them(company):
    rows = company.execute(
        select(User.email, Notice.created_at, Notice.delivery, Notice.mailed_at, Notice.read_at).join(Notice.user)
    ).all()
    unread = [row for row in rows if row.read_at is None]
    counts = Counter(row.email for row in unread)

    assert {(row.delivery, row.mailed_at) for row in rows} == {(Delivery.none, None)}
    assert len(unread) < 0.3 * len(rows)
    assert max(row.created_at for row in rows) - min(row.created_at for row in unread) < timedelta(days=3)
    assert max(counts.values()) <= 6
    told = {"lead@example.com", "hr@example.com", "inspector1@example.com", "agent0201@example.com"}
    assert told <= counts.keys()


def test_the_running_month_is_inspected_day_by_day(company: Session) -> None:
    running = SamplingPlan.month == "2026-11"
    drawn_at = company.scalars(select(Draw.handed_out_at).join(Draw.plan).where(running)).first()
    rows = company.execute(
        select(Inspection.submitted_at, Conversation.opened_at)
        .join(Assignment, Inspection.assignment_id == Assignment.id)
        .join(Sample, Assignment.sample_id == Sample.id)
        .join(Draw, Sample.draw_id == Draw.id)
        .join(Draw.plan)
        .join(Conversation, Sample.conversation_id == Conversation.id)
        .where(running, Inspection.state != InspectionState.draft)
    ).all()
    days = Counter(row.submitted_at.date() for row in rows)

    assert drawn_at is not None
    assert len(days) >= 5
    assert min(days.values()) >= 5
    assert max(row.opened_at for row in rows) < drawn_at < min(row.submitted_at for row in rows)
