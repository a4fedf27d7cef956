"""Inspectors are told of samples in their hands: once a draw, once a working day of what is late, and only while."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from qa_app.appeals.service import decide_wrong_agent
from qa_app.clock import travel
from qa_app.inspections import service as inspections
from qa_app.inspections.handover import mark_unusable, reassign, refer_to_lead
from qa_app.inspections.reminders import remind_inspectors
from qa_app.inspections.rulings import instruct
from qa_app.models import (
    AppealKind,
    Assignment,
    AssignmentState,
    CalendarDay,
    Conversation,
    NoticeKind,
    RoleName,
    Sample,
    User,
)
from qa_app.sampling import handout, stages
from qa_app.sampling.service import add_targeted_sample, replace_sample
from tests.factories.appeals import create_appeal, create_scored
from tests.factories.inspections import answer, create_open_inspection
from tests.factories.notices import all_told, told, unread
from tests.factories.people import create_user
from tests.factories.sampling import create_draw, create_month, create_plan, find_lead

pytestmark = pytest.mark.both_databases
FRIDAY = datetime(2026, 11, 20, 10, 30, tzinfo=UTC)
K = NoticeKind


def held(session: Session) -> Counter[int]:
    """Open assignments by inspector."""
    rows = select(Assignment.inspector_id, func.count()).group_by(Assignment.inspector_id)
    return Counter(dict(session.execute(rows).all()))


def test_each_inspector_hears_once_of_a_draw_with_the_number(session: Session) -> None:
    create_month(session)

    draw = create_draw(session)

    assert told(session, K.sample_assigned, "count") == {(one, number) for one, number in held(session).items()}
    assert {row.thing for row in all_told(session)} == {f"draw:{draw.id}"}


def test_who_hands_out_to_themselves_is_not_told(session: Session) -> None:
    create_month(session, inspectors=2)
    actor = create_user(session, RoleName.qa_lead, RoleName.inspector, name="Both")
    (draw,) = create_plan(session).draws
    stages.freeze_population(session, actor, draw)
    stages.execute_draw(session, actor, draw)

    handout.hand_out(session, actor, draw)

    assert held(session)[actor.id]
    assert {row.user_id for row in all_told(session)} == held(session).keys() - {actor.id}


def test_a_sample_handed_over_is_told_to_who_gets_it(session: Session) -> None:
    inspector, inspection = create_open_inspection(session)
    lead, other = create_user(session, RoleName.qa_lead), create_user(session, RoleName.inspector)

    taken = reassign(session, lead, inspection.assignment, other, reason="ill")
    assert told(session, K.sample_assigned, "count") == {(other.id, 1)}

    with travel(datetime.now(UTC) + timedelta(hours=1)):
        reassign(session, lead, taken, inspector, reason="well again")
    assert {row.user_id for row in unread(session)} == {inspector.id}, "the other has nothing to do any more"


def test_a_chosen_sample_and_one_in_place_of_another_are_told(session: Session) -> None:
    create_month(session)
    draw, lead = create_draw(session), find_lead(session)
    sample = session.scalars(select(Sample).where(Sample.draw_id == draw.id)).first()
    before = {row.id for row in all_told(session)}

    free = select(Conversation).where(Conversation.id.not_in(select(Sample.conversation_id)))
    chosen = add_targeted_sample(session, lead, session.scalars(free).first(), "complaint")
    following = replace_sample(session, lead, sample, reason="not_scoreable")

    new = {(row.user_id, row.thing) for row in all_told(session) if row.id not in before}
    given = [*chosen.assignments, *following.assignments]
    assert {row.params["count"] for row in all_told(session) if row.id not in before} <= {1, 2}
    assert sum(row.params["count"] for row in all_told(session) if row.id not in before) == len(given)
    assert {user for user, _ in new} == {one.inspector_id for one in given}


def test_many_handed_over_in_one_deed_are_one_notice(session: Session) -> None:
    create_month(session, inspectors=3)
    create_draw(session)
    lead, taker = find_lead(session), create_user(session, RoleName.inspector, name="Has room")
    chosen = session.scalars(select(Assignment).order_by(Assignment.id)).all()[:6]
    session.commit()

    for assignment in chosen[:5]:
        with session.begin_nested():
            reassign(session, lead, assignment, taker, reason="ill")
    session.commit()
    reassign(session, lead, chosen[5], taker, reason="ill")

    mine = [row for row in all_told(session) if row.user_id == taker.id]
    assert [row.params["count"] for row in mine] == [5, 1]


def test_who_calls_a_sample_unusable_knows_what_comes_instead(session: Session) -> None:
    create_month(session)
    draw = create_draw(session)
    assignment = session.scalars(
        select(Assignment).join(Sample).where(Sample.draw_id == draw.id, Sample.is_double.is_(False))
    ).first()
    inspector = session.get_one(User, assignment.inspector_id)
    inspection = inspections.open_inspection(session, inspector, assignment)
    before = len(all_told(session))

    mark_unusable(session, inspector, inspections.load_draft(session, inspection.id), reason="empty")

    assert len(all_told(session)) == before


def test_the_word_of_the_lead_is_told_to_the_inspector(session: Session) -> None:
    inspector, inspection = create_open_inspection(session)
    lead = create_user(session, RoleName.qa_lead)
    nothing = [
        answer("greeting", na=True, reason="x"),
        answer("facts", na=True, reason="x"),
        answer("privacy", na=True, reason="x"),
    ]
    inspections.save_answers(session, inspector, inspection, inspections.Save("t", 0, answers=nothing))
    inspection.facts = {**inspection.facts, "first_response_seconds": None}
    refer_to_lead(session, inspector, inspection, why="nothing applies")

    instruct(session, lead, inspection.assignment, instruction="Score the closing.")

    assert told(session, K.sample_assigned, "given_back") == {(inspector.id, 1)}


def due(session: Session, when: datetime, *, count: int | None = None) -> Counter[int]:
    """Let some (or all) assignments fall due then; returns how many each inspector has."""
    ids = session.scalars(select(Assignment.id).order_by(Assignment.id)).all()[:count]
    session.execute(update(Assignment).where(Assignment.id.in_(ids)).values(due_at=when))
    session.expire_all()
    rows = select(Assignment.inspector_id, func.count()).where(Assignment.id.in_(ids)).group_by(Assignment.inspector_id)
    return Counter(dict(session.execute(rows).all()))


def test_what_is_due_by_the_next_working_day_is_told_once_a_day_it_falls_on(session: Session) -> None:
    create_month(session)
    create_draw(session)
    end_of_monday = datetime(2026, 11, 23, 23, 59, 59, tzinfo=UTC)
    counts = due(session, end_of_monday)

    with travel(FRIDAY - timedelta(days=1)):
        assert remind_inspectors(session) == 0, "on Thursday Monday is two working days away"
    with travel(FRIDAY):
        assert remind_inspectors(session) == len(counts)
        assert remind_inspectors(session) == 0
    with travel(FRIDAY + timedelta(days=2)):
        assert remind_inspectors(session) == 0

    assert told(session, K.sample_due, "count", "due_on") == {(one, n, "2026-11-23") for one, n in counts.items()}


def test_overdue_samples_are_told_once_a_working_day_with_their_number(session: Session) -> None:
    create_month(session)
    create_draw(session)
    counts = due(session, FRIDAY - timedelta(days=3))
    session.add(CalendarDay(on=datetime(2026, 11, 23, tzinfo=UTC).date(), is_working=False, name="Stocktaking"))
    session.flush()

    with travel(FRIDAY.replace(hour=3)):
        assert remind_inspectors(session) == 0, "nobody is woken"
    with travel(FRIDAY):
        assert remind_inspectors(session) == len(counts)
        assert remind_inspectors(session) == 0
    for days in (1, 2, 3):
        with travel(FRIDAY + timedelta(days=days)):
            assert remind_inspectors(session) == 0, "Saturday, Sunday, and the day off"
    with travel(FRIDAY + timedelta(days=4)):
        assert remind_inspectors(session) == len(counts)

    late = [row for row in unread(session) if row.kind == K.sample_overdue]
    assert {(row.user_id, row.stage) for row in late} == {(one, "2026-11-24") for one in counts}
    assert told(session, K.sample_overdue, "count") == set(counts.items())


def test_nobody_is_reminded_of_what_waits_for_the_lead(session: Session) -> None:
    _inspector, inspection = create_open_inspection(session)
    inspection.assignment.due_at, inspection.assignment.needs_lead = FRIDAY - timedelta(days=3), "nothing applies"
    session.flush()

    with travel(FRIDAY):
        assert remind_inspectors(session) == 0


def test_the_last_submission_closes_what_told_of_the_samples(session: Session) -> None:
    create_month(session, agents=1)
    draw = create_draw(session)
    with travel(FRIDAY):
        counts = due(session, FRIDAY - timedelta(days=1))
        remind_inspectors(session)
        one = min(counts)
        own = session.scalars(select(Assignment).where(Assignment.inspector_id == one)).all()
        for place, assignment in enumerate(own):
            left = [row for row in unread(session) if row.user_id == one]
            assert len(left) == 2, f"{place} of {len(own)} are done"
            inspector = session.get_one(User, one)
            inspection = inspections.load_draft(session, inspections.open_inspection(session, inspector, assignment).id)
            answers = [answer("greeting", "yes"), answer("answer", "yes")]
            inspections.save_answers(session, inspector, inspection, inspections.Save("t", 0, answers=answers))
            inspections.submit_inspection(session, inspector, inspection, revision=1)
    closed = [row for row in all_told(session) if row.user_id == one]
    assert {(row.kind, row.over_because) for row in closed} == {(K.sample_assigned, "done"), (K.sample_overdue, "done")}
    assert {row.user_id for row in unread(session)} == counts.keys() - {one}
    assert f"draw:{draw.id}" in {row.thing for row in unread(session)}


def test_the_duty_closes_what_left_the_list_in_any_other_way(session: Session) -> None:
    create_month(session)
    create_draw(session)
    due(session, FRIDAY - timedelta(days=1))
    with travel(FRIDAY):
        remind_inspectors(session)
        session.execute(update(Assignment).values(state=AssignmentState.withdrawn))
        remind_inspectors(session)

    assert [row for row in unread(session) if row.kind == K.sample_overdue] == []


def test_an_upheld_wrong_agent_gives_the_inspector_the_next_sample(session: Session) -> None:
    scored = create_scored(session)
    appeal = create_appeal(session, scored, kind=AppealKind.wrong_agent, text="That was not me.")

    decide_wrong_agent(session, scored.lead, appeal, is_upheld=True, reason="Heard.")

    assert told(session, K.sample_assigned) == set(), "a chosen sample has no next one"
