"""Tells two calibration sessions of Lantern Home: one revealed and ruled on, one that still waits for some."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from qa_app.calibration.service import (
    NewSession,
    Pick,
    make_session,
    reveal_session,
    rule_on,
    write_note,
)
from qa_app.calibration.session_queries import list_scored
from qa_app.clock import now, travel
from qa_app.demo.conversations import Invented
from qa_app.demo.inspecting import inspect_one
from qa_app.models import Assignment, CalibrationSession, Conversation, Sample, User
from qa_app.rubrics.queries import published_version_for
from scoring.rubric import Text

__all__ = ["tell_calibration"]

PICKED = 4
NAMES = ("Hotline, empathy 热线：同理心", "Chat, new colleagues 在线：新同事")
"""A session has one name; inspectors of both languages read it."""
NOTES = (
    ("inspector1@example.com", "I took the apology at the end as enough."),
    ("inspector6@example.com", "道歉说得太晚，客户已经问了两遍。"),
)
RULING = Text(
    en="It counts only where it is said before the customer asks a second time.",
    zh="客户第二次追问之前说出才算做到。",
)


def tell_calibration(
    session: Session, people: Mapping[str, User], invented: Mapping[str, Invented], *, latest: datetime
) -> None:
    """Tell both sessions; the ruling of the first one waits to be written into the next version."""
    lead = people["lead@example.com"]
    first = [people[f"inspector{number}@example.com"] for number in (1, 3, 6)]
    everybody = [people[f"inspector{number}@example.com"] for number in range(1, 7)]
    begins = latest - timedelta(days=12)
    with travel(begins):
        revealed = _start(session, lead, NAMES[0], "phone", first, invented)
    if revealed is None:
        return
    with travel(begins + timedelta(days=2)):
        _score(session, revealed, first, invented)
    with travel(begins + timedelta(days=3)):
        reveal_session(session, lead, revealed)
        _discuss(session, lead, revealed, people)
    with travel(latest - timedelta(hours=3)):
        running = _start(session, lead, NAMES[1], "chat", everybody, invented)
    if running is not None:
        with travel(latest - timedelta(hours=1)):
            _score(session, running, everybody[:2], invented)


def _start(
    session: Session, lead: User, name: str, channel: str, who: Sequence[User], invented: Mapping[str, Invented]
) -> CalibrationSession | None:
    """Pick four faulty conversations of a channel, so that there is something to talk about."""
    version = published_version_for(session, channel)
    faulty = [
        (one.record.opened_at, one.record.external_id)
        for one in invented.values()
        if one.faults and one.record.channel == channel and one.record.opened_at and one.record.opened_at < now()
    ]
    found = session.scalars(
        select(Conversation)
        .where(Conversation.external_id.in_([code for _opened_at, code in sorted(faulty)[-40:]]))
        .order_by(Conversation.opened_at.desc(), Conversation.id)
        .limit(PICKED)
    ).all()
    if version is None or not found:
        return None
    picks = [Pick(one, "disagreed" if place == 0 else "random") for place, one in enumerate(found)]
    made = make_session(session, lead, NewSession(name, version, who, picks, now() + timedelta(days=5)))
    session.flush()
    return made


def _score(session: Session, made: CalibrationSession, who: Sequence[User], invented: Mapping[str, Invented]) -> None:
    names = {user.id: user for user in who}
    samples = [one.sample_id for one in made.conversations]
    waiting = session.scalars(
        select(Assignment)
        .where(Assignment.sample_id.in_(samples), Assignment.inspector_id.in_(names))
        .order_by(Assignment.id)
        .options(selectinload(Assignment.sample).selectinload(Sample.conversation))
    )
    for assignment in waiting.all():
        inspect_one(session, names[assignment.inspector_id], assignment, invented)
    session.flush()


def _discuss(session: Session, lead: User, made: CalibrationSession, people: Mapping[str, User]) -> None:
    """Say something about the first difference and rule on it."""
    for sample_id, code, reference in _differences(session, made)[:2]:
        for email, text in NOTES:
            write_note(session, people[email], made, sample_id=sample_id, criterion=code, text=text)
        rule_on(session, lead, made, sample_id=sample_id, criterion=code, reference=reference, text=RULING)


def _differences(session: Session, made: CalibrationSession) -> list[tuple[int, str, dict[str, str]]]:
    """Where inspectors differ, with the strictest answer given as the reference."""
    answers: dict[tuple[int, str], dict[str, float]] = {}
    for inspection in list_scored(session, [one.sample_id for one in made.conversations]):
        for row in inspection.answers:
            if row.points is not None and "level" in row.value:
                place = (inspection.sample_id or 0, row.criterion)
                answers.setdefault(place, {})[str(row.value["level"])] = row.points
    return [
        (sample_id, code, {"level": min(given, key=lambda level: given[level])})
        for (sample_id, code), given in answers.items()
        if len(given) > 1
    ]
