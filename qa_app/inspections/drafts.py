"""Drafts: opened with a copy of the text, saved answer by answer, each save on the revision it was made on.

Used by this room's `service`. A save is one conditional update of the inspection's revision: of two writers, on either
database, only one can win, and the other is told (`Changed`). A save that is sent again because its answer was lost
carries the token of the first and changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, joinedload, selectinload
from sqlalchemy.orm.attributes import set_committed_value

from qa_app import audit
from qa_app.clock import now
from qa_app.conversations.measuring import ensure_measured
from qa_app.conversations.turns import marks_from, read_said
from qa_app.inspections.answers import check_answer
from qa_app.inspections.content import make_content, pack_content, read_content
from qa_app.inspections.evidence import Place, detach_evidence, make_evidence
from qa_app.inspections.facts import facts_of
from qa_app.inspections.proposed import attach_proposals, note_answers
from qa_app.inspections.refusals import Changed, Closed, Why
from qa_app.keys import is_count
from qa_app.models import (
    Answer,
    Assignment,
    AssignmentState,
    Conversation,
    Evidence,
    Inspection,
    InspectionState,
    RubricVersion,
    RuleProposal,
    RuleVersion,
    SamplePurpose,
    SampleState,
    User,
)
from qa_app.rubrics.queries import load_definition

LONGEST_TEXT = 2000
LONGEST_SAVE_SECONDS = 3600


@dataclass(frozen=True, slots=True)
class AnswerChange:
    """The answer to one criterion as the page has it now; `disputed` is for measured criteria."""

    criterion: str
    value: Mapping[str, Any] | None
    reason: str = ""
    disputed: bool = False


@dataclass(frozen=True, slots=True)
class EvidenceChange:
    """A place added; `token` is how the page calls it until it knows its key."""

    token: str
    criterion: str
    praise: bool
    place: Place


@dataclass(frozen=True, slots=True)
class Save:
    """Everything one save carries."""

    token: str
    revision: int
    seconds: int = 0
    answers: Sequence[AnswerChange] = ()
    added: Sequence[EvidenceChange] = ()
    removed: Sequence[int] = ()
    remark: str | None = None


def open_inspection(session: Session, actor: User, assignment: Assignment) -> Inspection:
    """Give the assignment's inspection; the first time, make it with a copy of the text and the facts."""
    found = _find(session, assignment)
    if found is not None:
        return found
    require_takes_answers(assignment)
    inspection = _make(session, assignment)
    try:
        with session.begin_nested():
            session.add(inspection)
    except IntegrityError:
        # Two tabs opened the same sample at the same moment: the other one's copy is as good.
        existing = _find(session, assignment)
        if existing is None:
            raise
        return existing
    audit.record(session, actor, action="inspection.prepare", thing=inspection, digest=inspection.content_digest)
    return inspection


def _find(session: Session, assignment: Assignment) -> Inspection | None:
    return session.scalar(select(Inspection).where(Inspection.assignment_id == assignment.id))


def _make(session: Session, assignment: Assignment) -> Inspection:
    sample = assignment.sample
    conversation = session.get_one(Conversation, sample.conversation_id)
    ensure_measured(session, conversation)
    copied = make_content(read_said(session, conversation.id), marks_from(conversation.personal))
    content, digest = pack_content(copied)
    inspection = Inspection(
        assignment_id=assignment.id,
        sample_id=sample.id,
        conversation_id=conversation.id,
        agent_id=sample.agent_id,
        inspector_id=assignment.inspector_id,
        rubric_version_id=sample.rubric_version_id,
        is_random=not sample.is_targeted,
        purpose=sample.purpose,
        content=content,
        content_digest=digest,
        facts=facts_of(conversation),
        started_at=now(),
    )
    attach_proposals(session, inspection, sample, conversation, copied)
    return inspection


def note_opening(session: Session, actor: User, inspection: Inspection) -> None:
    """Note that the page was opened; a sample fetched ahead begins now."""
    if inspection.state == InspectionState.draft and inspection.revision == 0:
        inspection.started_at = now()
    audit.record(session, actor, action="inspection.open", thing=inspection)


# What a save or a submission needs, in a fixed number of queries. A published rubric is known to the process already.
DRAFT_PARTS = (
    selectinload(Inspection.answers),
    selectinload(Inspection.evidence),
    selectinload(Inspection.proposals).joinedload(RuleProposal.rule_version).joinedload(RuleVersion.rule),
    joinedload(Inspection.rubric_version).defer(RubricVersion.definition),
    joinedload(Inspection.assignment).joinedload(Assignment.sample),
)


def load_draft(session: Session, inspection_id: int) -> Inspection:
    """Load an inspection anew as the database has it, with what a save needs."""
    query = select(Inspection).where(Inspection.id == inspection_id).options(*DRAFT_PARTS)
    return session.scalars(query.execution_options(populate_existing=True)).one()


def save_answers(session: Session, actor: User, inspection: Inspection, save: Save) -> dict[str, int]:
    """Apply one save, whole or not at all; return the keys of the evidence it added, by the page's tokens."""
    require_open(inspection)
    if save.token == inspection.save_token:
        return {}
    values = _check_values(inspection, save.answers)
    places = _check_places(inspection, save.added)
    _advance(session, inspection, save)
    before, after = _apply_answers(inspection, save.answers, values)
    note_answers(inspection, before)
    for key in save.removed:
        detach_evidence(inspection, key)
    inspection.evidence.extend(places.values())
    if save.remark is not None:
        inspection.remark = save.remark[:LONGEST_TEXT]
    session.flush()
    tokens = {token: evidence.id for token, evidence in places.items()}
    audit.record(
        session,
        actor,
        action="inspection.save",
        thing=inspection,
        revision=inspection.revision,
        before=before,
        after=after,
        added=sorted(tokens.values()),
        removed=list(save.removed),
    )
    return tokens


def require_open(inspection: Inspection) -> None:
    """Refuse whatever would change an inspection that is no longer a draft in its inspector's hands."""
    if inspection.state != InspectionState.draft:
        raise Closed("submitted")
    if inspection.assignment is None:
        raise Closed("withdrawn")
    require_takes_answers(inspection.assignment)


def require_takes_answers(assignment: Assignment) -> None:
    """Refuse where the work was taken away, and say where it went."""
    why: Why | None = None
    if assignment.sample.state == SampleState.replaced:
        why = "replaced"
    elif assignment.state == AssignmentState.withdrawn:
        why = "revealed" if assignment.sample.purpose == SamplePurpose.calibration else "handed_over"
    elif assignment.needs_lead:
        why = "with_lead"
    if why:
        raise Closed(why)


def _advance(session: Session, inspection: Inspection, save: Save) -> None:
    """Take the next revision if nobody took it before; the condition is checked by the database."""
    if not is_count(save.revision):
        raise Changed
    moment = now()
    taken = session.execute(
        update(Inspection)
        .where(
            Inspection.id == inspection.id,
            Inspection.revision == save.revision,
            Inspection.state == InspectionState.draft,
        )
        .values(revision=Inspection.revision + 1, save_token=save.token, saved_at=moment)
        .execution_options(synchronize_session=False)
    )
    if taken.rowcount != 1:  # type: ignore[attr-defined]
        raise Changed
    for name, value in (("revision", save.revision + 1), ("save_token", save.token), ("saved_at", moment)):
        set_committed_value(inspection, name, value)
    inspection.seconds_spent += min(max(0, save.seconds), LONGEST_SAVE_SECONDS)


def _check_values(inspection: Inspection, changes: Sequence[AnswerChange]) -> dict[str, dict[str, Any]]:
    """Bring the answers into their stored form; a measured criterion has none of its own."""
    rubric = load_definition(inspection.rubric_version)
    criteria = {change.criterion: rubric.criterion(change.criterion) for change in changes}
    return {
        change.criterion: {} if criterion.measure is not None else check_answer(criterion, change.value)
        for change in changes
        if (criterion := criteria[change.criterion]) is not None
    }


def _check_places(inspection: Inspection, changes: Sequence[EvidenceChange]) -> dict[str, Evidence]:
    """Find every place in the copy the inspection was made on, which is unpacked only when there are some."""
    if not changes:
        return {}
    content = read_content(inspection)
    return {
        change.token: make_evidence(
            inspection, content, criterion=change.criterion, praise=change.praise, place=change.place
        )
        for change in changes
    }


def _apply_answers(
    inspection: Inspection, changes: Sequence[AnswerChange], values: Mapping[str, dict[str, Any]]
) -> tuple[dict[str, object], dict[str, object]]:
    rubric = load_definition(inspection.rubric_version)
    rows = {row.criterion: row for row in inspection.answers}
    before: dict[str, object] = {}
    for change in changes:
        criterion = rubric.criterion(change.criterion)
        if criterion is None:
            continue
        row = rows.get(change.criterion)
        before[change.criterion] = row.value if row else None
        if row is None:
            row = rows[change.criterion] = Answer(criterion=change.criterion)
            inspection.answers.append(row)
        row.value = values[change.criterion]
        row.reason = change.reason[:LONGEST_TEXT]
        row.disputed = row.reason if change.disputed and criterion.measure is not None else None
        row.answered_at = now()
    return before, {code: values[code] for code in before}
