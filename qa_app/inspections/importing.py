"""Past scorings from spreadsheets become inspections: one row a scoring, sent again as often as one likes.

A row names the conversation, the inspector and when it was scored; each further column is headed by a criterion (its
code or its title in either language) and holds the answer; "<criterion> evidence" holds the words or the number of the
message, "<criterion> reason" a reason. A row that fits an open assignment of that inspector is submitted there and
counts as drawn. Any other row is history: it counts in estimates only where the column "sampling" says "random".
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from qa_app import audit
from qa_app.clock import travel
from qa_app.conversations.turns import marks_from, read_said
from qa_app.inspections.answers import check_answer, to_scoring
from qa_app.inspections.closing import fix_figures, score_of, submit_inspection
from qa_app.inspections.content import Content, make_content, pack_content, read_content
from qa_app.inspections.drafts import AnswerChange, EvidenceChange, Save, open_inspection, save_answers
from qa_app.inspections.evidence import Place, make_evidence
from qa_app.inspections.facts import facts_of
from qa_app.inspections.import_answers import RowRefused, read_answer
from qa_app.inspections.refusals import Refusal
from qa_app.models import (
    Answer,
    Assignment,
    AssignmentState,
    Conversation,
    Inspection,
    InspectionState,
    Rubric,
    RubricVersion,
    Sample,
    User,
    VersionState,
)
from qa_app.rubrics.queries import load_definition, published_version_for
from scoring.errors import ScoringError
from scoring.rubric.definition import Criterion, Kind

__all__ = ["InspectionReport", "InspectionRow", "import_inspections"]

RANDOM_WORDS = {"random", "drawn", "随机", "抽样"}


@dataclass(frozen=True, slots=True)
class InspectionRow:
    """One row as text: our own fields by name, and the columns of criteria by their heading."""

    line: int
    conversation: str
    inspector: str
    scored_at: datetime
    answers: Mapping[str, str]
    source: str = ""
    rubric: str = ""
    sampling: str = ""
    remark: str = ""
    minutes: float = 0.0


@dataclass(slots=True)
class InspectionReport:
    """What became of the rows: counts of created, unchanged and rejected, and every refusal with its line."""

    counts: Counter[str] = field(default_factory=Counter)
    refused: list[tuple[int, RowRefused]] = field(default_factory=list)


def import_inspections(session: Session, actor: User | None, rows: Iterable[InspectionRow]) -> InspectionReport:
    """Bring in every row that can be understood; each stands in its own savepoint, so half a row never stays."""
    report = InspectionReport()
    for row in rows:
        try:
            with session.begin_nested():
                deed = _bring_in(session, row)
            report.counts[deed] += 1
        except RowRefused as refused:
            report.refused.append((row.line, refused))
            report.counts["rejected"] += 1
    audit.record(session, actor, action="inspections.import", thing="inspections", counts=dict(report.counts))
    return report


def _bring_in(session: Session, row: InspectionRow) -> str:
    conversation = _find_conversation(session, row)
    inspector = _find_inspector(session, row)
    assignment = session.scalar(
        select(Assignment)
        .join(Sample)
        .where(Sample.conversation_id == conversation.id, Assignment.inspector_id == inspector.id)
        .where(Assignment.state != AssignmentState.withdrawn)
        .order_by(Assignment.state.desc(), Assignment.id)
        .limit(1)
    )
    version = assignment.sample.rubric_version if assignment else _find_version(session, row, conversation)
    answers = _read_answers(row, version)
    known = session.scalar(
        select(Inspection).where(
            Inspection.conversation_id == conversation.id,
            Inspection.inspector_id == inspector.id,
            Inspection.rubric_version_id == version.id,
            Inspection.state != InspectionState.draft,
        )
    )
    if known is not None:
        return _compare(known, answers)
    if assignment is not None and assignment.state == AssignmentState.open:
        _submit_assignment(session, inspector, assignment, row, answers)
    else:
        _keep_history(session, inspector, conversation, version, row, answers)
    return "created"


def _find_conversation(session: Session, row: InspectionRow) -> Conversation:
    query = select(Conversation).where(Conversation.external_id == row.conversation)
    if row.source:
        query = query.where(Conversation.source == row.source)
    found = session.scalars(query.limit(2)).all()
    if not found:
        raise RowRefused("conversation", row.conversation, "unknown_conversation")
    if len(found) > 1:
        raise RowRefused("conversation", row.conversation, "ambiguous_conversation")
    return found[0]


def _find_inspector(session: Session, row: InspectionRow) -> User:
    named = or_(func.lower(User.email) == row.inspector.lower(), User.name == row.inspector)
    found = session.scalars(select(User).where(named).limit(2)).all()
    if len(found) != 1:
        raise RowRefused("inspector", row.inspector, "unknown_inspector")
    return found[0]


def _find_version(session: Session, row: InspectionRow, conversation: Conversation) -> RubricVersion:
    if not row.rubric:
        version = published_version_for(session, conversation.channel)
        if version is None:
            raise RowRefused("rubric", row.rubric, "no_rubric")
        return version
    named = or_(Rubric.name == row.rubric, Rubric.name_zh == row.rubric)
    found = session.scalar(
        select(RubricVersion)
        .join(Rubric)
        .where(named, RubricVersion.state != VersionState.draft)
        .order_by(RubricVersion.number.desc())
        .limit(1)
    )
    if found is None:
        raise RowRefused("rubric", row.rubric, "unknown_rubric")
    return found


@dataclass(frozen=True, slots=True)
class _Answered:
    """One answer as the page would send it, and what goes with it."""

    criterion: Criterion
    value: dict[str, Any]
    reason: str
    evidence: str


def _read_answers(row: InspectionRow, version: RubricVersion) -> list[_Answered]:
    by_name = {name.strip().lower(): text.strip() for name, text in row.answers.items()}
    answered = []
    for criterion in load_definition(version).criteria():
        if criterion.kind is Kind.measured:
            continue
        names = [criterion.code, criterion.title.en, criterion.title.zh]
        heading = next((name.lower() for name in names if name and by_name.get(name.lower())), None)
        if heading is None:
            continue
        evidence, reason = (by_name.get(f"{heading} {part}", "") for part in ("evidence", "reason"))
        answered.append(_Answered(criterion, read_answer(criterion, by_name[heading]), reason, evidence))
    if not answered:
        raise RowRefused("answers", "", "no_answers")
    return answered


def _compare(known: Inspection, answers: list[_Answered]) -> str:
    """Tell an inspection that is here already: the same answers change nothing, others are refused."""
    stored = {answer.criterion: answer.value for answer in known.answers}
    for answer in answers:
        given = to_scoring(answer.criterion, check_answer(answer.criterion, answer.value))
        if to_scoring(answer.criterion, stored.get(answer.criterion.code) or {}) != given:
            raise RowRefused(answer.criterion.code, str(answer.value), "already_inspected")
    return "unchanged"


def _submit_assignment(
    session: Session, inspector: User, assignment: Assignment, row: InspectionRow, answers: list[_Answered]
) -> None:
    with travel(row.scored_at):
        inspection = open_inspection(session, inspector, assignment)
        content = read_content(inspection)
        save = Save(
            token=f"import-{row.line}",
            revision=inspection.revision,
            seconds=round(row.minutes * 60),
            answers=[AnswerChange(one.criterion.code, one.value, one.reason) for one in answers],
            added=[_evidence_change(one, content) for one in answers if one.evidence],
            remark=row.remark or None,
        )
        try:
            save_answers(session, inspector, inspection, save)
            submit_inspection(session, inspector, inspection, revision=inspection.revision, confirmed_critical=True)
        except (Refusal, ScoringError) as error:
            raise RowRefused(getattr(error, "criterion", "answers"), "", "incomplete") from error
        inspection.source = "import"


def _evidence_change(answered: _Answered, content: Content) -> EvidenceChange:
    return EvidenceChange(
        f"import-{answered.criterion.code}", answered.criterion.code, False, _find_place(answered, content)
    )


def _find_place(answered: _Answered, content: Content) -> Place:
    """Find the message by its number, or by words that stand in it."""
    wanted = answered.evidence
    if wanted.isdigit() and content.masked_turn(int(wanted)) is not None:
        return Place("message", turn=int(wanted))
    for said, masked in zip(content.said, content.masked, strict=True):
        start = masked.text.find(wanted)
        if start >= 0:
            return Place("span", turn=said.sequence, start=start, end=start + len(wanted))
    raise RowRefused(f"{answered.criterion.code} evidence", wanted, "evidence_not_found")


def _keep_history(
    session: Session,
    inspector: User,
    conversation: Conversation,
    version: RubricVersion,
    row: InspectionRow,
    answers: list[_Answered],
) -> None:
    """Store a scoring that no assignment asked for; evidence is not demanded of the past.

    It waits for no month: one of long ago may never be published, and its window has passed.
    """
    with travel(row.scored_at):
        said, marks = read_said(session, conversation.id), marks_from(conversation.personal)
        packed, digest = pack_content(make_content(said, marks))
        inspection = Inspection(
            conversation_id=conversation.id, agent_id=conversation.agent_id, inspector_id=inspector.id,
            rubric_version_id=version.id, rubric_version=version, state=InspectionState.submitted,
            is_random=row.sampling.lower() in RANDOM_WORDS, content=packed, content_digest=digest,
            facts=facts_of(conversation), started_at=row.scored_at, submitted_at=row.scored_at,
            seconds_spent=round(row.minutes * 60), remark=row.remark, source="import",
        )  # fmt: skip
        inspection.answers = [
            Answer(
                criterion=one.criterion.code,
                value=check_answer(one.criterion, one.value),
                reason=one.reason,
                answered_at=row.scored_at,
            )
            for one in answers
        ]
        content = read_content(inspection)
        for one in answers:
            if one.evidence:
                place = _find_place(one, content)
                inspection.evidence.append(
                    make_evidence(inspection, content, criterion=one.criterion.code, praise=False, place=place)
                )
        session.add(inspection)
        try:
            score = score_of(inspection)
        except ScoringError as error:
            raise RowRefused(getattr(error, "criterion", None) or "answers", "", "incomplete") from error
        if score.missing or not score.is_scoreable:
            raise RowRefused(", ".join(score.missing) or "answers", "", "incomplete")
        fix_figures(inspection, score)
        session.flush()
