"""Calibration sessions: made, revealed, discussed, ruled on, and written into the next rubric version.

Scoring itself is the daily one (`qa_app.inspections`): the conversations of a session are samples with a purpose of
their own, which every queue, figure and list leaves out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from qa_app import audit
from qa_app.calibration.errors import (
    AlreadyRevealed,
    NothingToWrite,
    NotMember,
    NotRevealed,
    SessionIncomplete,
    StillMissing,
)
from qa_app.calibration.notices import tell_made, tell_revealed
from qa_app.clock import now
from qa_app.inspections.answers import AnswerRefused
from qa_app.inspections.revising import check_change
from qa_app.models import (
    Assignment,
    AssignmentState,
    CalibrationConversation,
    CalibrationMember,
    CalibrationNote,
    CalibrationRuling,
    CalibrationSession,
    Conversation,
    Inspection,
    InspectionState,
    RoleName,
    RubricVersion,
    Sample,
    SamplePurpose,
    SampleState,
    User,
    VersionState,
)
from qa_app.rubrics.guiding import add_guidance
from qa_app.rubrics.queries import load_definition
from scoring.rubric import Criterion, Text

__all__ = [
    "NewSession",
    "Pick",
    "find_missing",
    "find_unwritten",
    "is_written",
    "make_session",
    "reveal_session",
    "rule_on",
    "write_into_guidance",
    "write_note",
]

LONGEST_TEXT = 2000
RUNNING = (CalibrationSession.revealed_at.is_(None), CalibrationSession.cancelled_at.is_(None))
"""A session that takes answers and may be changed."""


@dataclass(frozen=True, slots=True)
class Pick:
    """One conversation of a new session, and why it was picked."""

    conversation: Conversation
    why: str


@dataclass(frozen=True, slots=True)
class NewSession:
    """What a session is made of."""

    name: str
    version: RubricVersion
    inspectors: Sequence[User]
    picks: Sequence[Pick]
    due_at: datetime


def make_session(session: Session, actor: User | None, new: NewSession) -> CalibrationSession:
    """Make a session and give every conversation to every inspector of it, blind."""
    inspectors = {user.id: user for user in new.inspectors if RoleName.inspector in user.role_names}
    picks = list({pick.conversation.id: pick for pick in new.picks}.values())
    if len(inspectors) < 2 or not picks:
        raise SessionIncomplete
    made = CalibrationSession(
        name=new.name,
        rubric_version_id=new.version.id,
        due_at=new.due_at,
        created_at=now(),
        created_by_id=None if actor is None else actor.id,
        members=[CalibrationMember(user_id=user_id) for user_id in inspectors],
    )
    session.add(made)
    for position, pick in enumerate(picks, start=1):
        sample = _give_to_all(pick, new, sorted(inspectors))
        made.conversations.append(CalibrationConversation(sample=sample, position=position, why=pick.why))
    session.flush()
    audit.record(
        session,
        actor,
        action="calibration.create",
        thing=made,
        name=made.name,
        rubric=new.version.rubric.name,
        number=new.version.number,
        inspectors=sorted(inspectors),
        conversations=[pick.conversation.public_id for pick in picks],
    )
    tell_made(session, actor, made)
    return made


def _give_to_all(pick: Pick, new: NewSession, inspectors: Sequence[int]) -> Sample:
    """Make the sample of a conversation. It names no agent: nobody's work is judged here."""
    sample = Sample(
        conversation=pick.conversation,
        rubric_version_id=new.version.id,
        state=SampleState.assigned,
        weight=0.0,
        targeted_reason="calibration",
        purpose=SamplePurpose.calibration,
        created_at=now(),
    )
    sample.assignments = [
        Assignment(inspector_id=user_id, due_at=new.due_at, assigned_at=now()) for user_id in inspectors
    ]
    return sample


def reveal_session(session: Session, actor: User, calibration: CalibrationSession, *, reason: str = "") -> None:
    """Lay all answers open and take no more of them; while somebody is missing only with a reason."""
    missing = find_missing(session, calibration)
    if missing and not reason.strip():
        raise StillMissing(missing)
    _claim_reveal(session, actor, calibration, reason.strip() if missing else None)
    samples = [one.sample_id for one in calibration.conversations]
    # Final: neither taken back nor saved again. What was not submitted stays a draft and counts for nothing.
    for inspection in session.scalars(
        select(Inspection).where(Inspection.sample_id.in_(samples), Inspection.state == InspectionState.submitted)
    ):
        inspection.state, inspection.final_at = InspectionState.final, now()
    for assignment in session.scalars(
        select(Assignment).where(Assignment.sample_id.in_(samples), Assignment.state == AssignmentState.open)
    ):
        assignment.state = AssignmentState.withdrawn
    audit.record(
        session,
        actor,
        action="calibration.reveal",
        thing=calibration,
        name=calibration.name,
        missing=sorted(missing),
        reason=calibration.reveal_reason,
    )
    tell_revealed(session, actor, calibration)


def find_missing(session: Session, calibration: CalibrationSession) -> dict[int, str]:
    """Names of the inspectors who have not submitted everything, by id."""
    samples = [one.sample_id for one in calibration.conversations]
    open_ones = set(
        session.scalars(
            select(Assignment.inspector_id).where(
                Assignment.sample_id.in_(samples), Assignment.state == AssignmentState.open
            )
        )
    )
    return {member.user_id: member.user.display_name for member in calibration.members if member.user_id in open_ones}


def _claim_reveal(session: Session, actor: User, calibration: CalibrationSession, reason: str | None) -> None:
    """Reveal once: of two leads at the same moment the database lets one through."""
    claimed = session.execute(
        update(CalibrationSession)
        .where(CalibrationSession.id == calibration.id, *RUNNING)
        .values(revealed_at=now(), revealed_by_id=actor.id, reveal_reason=reason)
        .execution_options(synchronize_session=False)
    )
    if claimed.rowcount != 1:  # type: ignore[attr-defined]
        raise AlreadyRevealed
    session.refresh(calibration, ["revealed_at", "revealed_by_id", "reveal_reason"])


def write_note(
    session: Session, actor: User, calibration: CalibrationSession, *, sample_id: int, criterion: str, text: str
) -> CalibrationNote:
    """Say something about a criterion of a conversation; its inspectors and the lead may, once it is revealed."""
    _require_revealed(calibration)
    is_member = any(member.user_id == actor.id for member in calibration.members)
    if not is_member and RoleName.qa_lead not in actor.role_names:
        raise NotMember
    _criterion_of(calibration, sample_id, criterion)
    note = CalibrationNote(
        session_id=calibration.id,
        sample_id=sample_id,
        criterion=criterion,
        author_id=actor.id,
        text=text.strip()[:LONGEST_TEXT],
        written_at=now(),
    )
    calibration.notes.append(note)
    session.flush()
    audit.record(
        session,
        actor,
        action="calibration.note",
        thing=calibration,
        name=calibration.name,
        sample=sample_id,
        criterion=criterion,
        text=note.text,
    )
    return note


def rule_on(
    session: Session,
    actor: User,
    calibration: CalibrationSession,
    *,
    sample_id: int,
    criterion: str,
    reference: Mapping[str, Any],
    text: Text,
) -> CalibrationRuling:
    """Set the reference answer to a criterion of a conversation and what the guidance is to say; may be changed."""
    _require_revealed(calibration)
    asked = _criterion_of(calibration, sample_id, criterion)
    value = check_change(asked, reference)
    ruling = next(
        (one for one in calibration.rulings if (one.sample_id, one.criterion) == (sample_id, criterion)), None
    )
    before = None
    if ruling is None:
        ruling = CalibrationRuling(session_id=calibration.id, sample_id=sample_id, criterion=criterion)
        calibration.rulings.append(ruling)
    else:
        before = {"reference": ruling.reference, "text": ruling.text, "text_zh": ruling.text_zh}
        if (ruling.text, ruling.text_zh) != (text.en, text.zh):
            ruling.written_at = ruling.written_number = None
    ruling.reference, ruling.text, ruling.text_zh = value, text.en[:LONGEST_TEXT], text.zh[:LONGEST_TEXT]
    ruling.ruled_at, ruling.ruled_by_id = now(), actor.id
    session.flush()
    audit.record(
        session,
        actor,
        action="calibration.rule",
        thing=calibration,
        name=calibration.name,
        sample=sample_id,
        criterion=criterion,
        before=before,
        after={"reference": value, "text": ruling.text, "text_zh": ruling.text_zh},
    )
    return ruling


def write_into_guidance(session: Session, actor: User, calibration: CalibrationSession) -> RubricVersion:
    """Append every ruling with words that was not written yet to the guidance of the rubric's draft; return that."""
    _require_revealed(calibration)
    waiting = find_unwritten(calibration)
    if not waiting:
        raise NothingToWrite
    additions: dict[str, list[Text]] = {}
    for ruling in waiting:
        additions.setdefault(ruling.criterion, []).append(_worded(calibration, ruling))
    draft, unknown = add_guidance(session, actor, calibration.rubric_version, additions)
    written = [ruling for ruling in waiting if ruling.criterion not in unknown]
    for ruling in written:
        ruling.written_at, ruling.written_number = now(), draft.number
    audit.record(
        session,
        actor,
        action="calibration.write",
        thing=calibration,
        name=calibration.name,
        number=draft.number,
        criteria=sorted({ruling.criterion for ruling in written}),
        unknown=sorted(unknown),
    )
    return draft


def find_unwritten(calibration: CalibrationSession) -> list[CalibrationRuling]:
    """Rulings with words that stand in no version's guidance."""
    return [one for one in calibration.rulings if (one.text or one.text_zh) and not is_written(calibration, one)]


def is_written(calibration: CalibrationSession, ruling: CalibrationRuling) -> bool:
    """Whether a ruling stands in a version that still is there: a draft may have been discarded since."""
    versions = calibration.rubric_version.rubric.versions
    return any(
        version.number == ruling.written_number
        and (version.state != VersionState.draft or version.created_at <= (ruling.written_at or version.created_at))
        for version in versions
    )


def _worded(calibration: CalibrationSession, ruling: CalibrationRuling) -> Text:
    """The ruling with its day and session, in the languages it was given in."""
    day = ruling.ruled_at.date().isoformat()
    return Text(
        en=f"Ruling of {day}, {calibration.name}: {ruling.text}" if ruling.text else "",
        zh=f"{day}裁定（{calibration.name}）：{ruling.text_zh}" if ruling.text_zh else "",
    )


def _require_revealed(calibration: CalibrationSession) -> None:
    if not calibration.is_revealed:
        raise NotRevealed


def _criterion_of(calibration: CalibrationSession, sample_id: int, code: str) -> Criterion:
    criterion = load_definition(calibration.rubric_version).criterion(code)
    known = any(one.sample_id == sample_id for one in calibration.conversations)
    if criterion is None or criterion.measure is not None or not known:
        raise AnswerRefused(f"no criterion {code!r} of sample {sample_id} in this session")
    return criterion
