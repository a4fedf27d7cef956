"""What the page of one appeal is told: finished values, one frozen class for each thing the templates draw."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.access import has_permission, visible_inspections
from qa_app.appeals import queries
from qa_app.appeals.deciding import Preview, may_decide, refuse_decider
from qa_app.appeals.errors import AppealRefused, NobodyElse
from qa_app.appeals.rechecks import find_siblings, month_of
from qa_app.appeals.who import can_go_up
from qa_app.appeals.wording import decision_title, refusal_words, state_title
from qa_app.clock import now
from qa_app.conversations.listening import Call, find_call
from qa_app.conversations.turns import Rhythm, Turn, make_rhythm, make_turns
from qa_app.inspections.content import Content, read_content
from qa_app.inspections.page import Choice, EvidenceLine, Row, SampleFacts
from qa_app.inspections.presenter import Presenter
from qa_app.inspections.revising import as_it_stood
from qa_app.inspections.scoring_page import rubric_title, sample_facts
from qa_app.inspections.service import list_revisions, score_of
from qa_app.inspections.wording import answer_words, format_points, language
from qa_app.models import (
    Appeal,
    AppealAnswer,
    AppealKind,
    AppealState,
    Evidence,
    Inspection,
    PeriodState,
    RoleName,
    User,
)
from qa_app.permissions import Permission
from qa_app.rubrics.queries import load_definition
from qa_app.web.filters import format_month, format_score

__all__ = ["AppealPage", "Event", "Point", "PreviewBox", "make_page", "make_preview"]


@dataclass(frozen=True, slots=True)
class Point:
    """One disputed answer, side by side: as inspected, and what the agent says; then what was decided."""

    row: Row
    choices: tuple[Choice, ...]
    given: str
    proposed: str
    reason: str
    evidence: tuple[EvidenceLine, ...]
    decision: str
    decision_words: str
    decided: str
    decision_reason: str

    @property
    def has_other(self) -> bool:
        """Whether the answer could become something else than what is proposed."""
        return bool(self.row.kind == "checklist" or self.choices)


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the appeal's history."""

    at: datetime
    who: str
    what: str
    why: str


@dataclass(frozen=True, slots=True)
class AppealPage:
    """The whole page."""

    appeal: Appeal
    facts: SampleFacts
    rubric_title: str
    inspector_name: str
    is_overdue: bool
    is_wrong_agent: bool
    points: tuple[Point, ...]
    score_before: str
    score_after: str
    can_decide: bool
    why_not: str
    can_withdraw: bool
    can_escalate: bool
    view_url: str
    old_url: str
    month: str
    month_note: str
    history: tuple[Event, ...]
    siblings: int
    siblings_of_inspector: int
    turns: list[Turn]
    rhythm: Rhythm | None
    call: Call | None


@dataclass(frozen=True, slots=True)
class PreviewBox:
    """What the score becomes; `also` are the criteria that would apply with the decision and have no answer."""

    before: str
    after: str
    change: str
    is_critical_before: bool
    is_critical_after: bool
    also: tuple[Row, ...]
    refusal: str = ""


def make_page(session: Session, actor: User, appeal: Appeal, typed: Mapping[str, str] | None = None) -> AppealPage:
    """Compose the page for who reads it: the agent, the team's supervisor, a decider, an inspector afterwards."""
    inspection = appeal.inspection
    sees_it = _sees(session, actor, inspection)
    content = read_content(inspection) if sees_it else Content((), ())
    presenter = _presenter(session, appeal, content)
    decides = may_decide(session, actor, appeal)
    leads = has_permission(actor, Permission.manage_appeals)
    siblings = find_siblings(session, appeal) if leads and appeal.state in _UPHELD else []
    month = month_of(session, inspection.conversation)
    revision = appeal.revision_number
    return AppealPage(
        appeal=appeal,
        facts=sample_facts(inspection),
        rubric_title=rubric_title(inspection),
        inspector_name=inspection.inspector.display_name if leads else "",
        is_overdue=appeal.is_open and appeal.due_at <= now(),
        is_wrong_agent=appeal.kind == AppealKind.wrong_agent,
        points=tuple(_point(presenter, answer, typed or {}) for answer in appeal.answers),
        score_before=format_score(appeal.score_before),
        score_after=format_score(appeal.score_after) if appeal.score_after is not None else "",
        can_decide=decides,
        why_not=_why_not(session, actor, appeal) if has_permission(actor, Permission.decide_appeals) else "",
        can_withdraw=appeal.is_open and appeal.filed_by_id == actor.id,
        can_escalate=leads and appeal.state == AppealState.open and can_go_up(session, appeal, actor),
        view_url=url_for("inspections.view", inspection_id=inspection.id) if sees_it else "",
        old_url=(
            url_for("inspections.view", inspection_id=inspection.id, revision=revision - 1)
            if sees_it and revision
            else ""
        ),
        month=month,
        month_note=_month_note(session, actor, appeal, month),
        history=tuple(_history(appeal)),
        siblings=len(siblings),
        siblings_of_inspector=sum(one.cause != "same_rubric" for one in siblings),
        turns=make_turns(content.said, content.masked),
        rhythm=make_rhythm(content.said),
        call=find_call(session, inspection.conversation_id) if sees_it else None,
    )


_UPHELD = (AppealState.accepted, AppealState.partly)


def _sees(session: Session, actor: User, inspection: Inspection) -> bool:
    """Whether the reader may open the inspection itself: HR reads the quoted evidence only."""
    found = select(Inspection.id).where(Inspection.id == inspection.id, visible_inspections(actor))
    return session.scalar(found) is not None


def _presenter(session: Session, appeal: Appeal, content: Content) -> Presenter:
    """The inspection as it stood when the appeal was filed."""
    inspection = appeal.inspection
    if appeal.revision_number:
        revisions = {kept.number: kept for kept in list_revisions(session, inspection)}
        inspection = as_it_stood(inspection, revisions[appeal.revision_number - 1])
    return Presenter(inspection, score_of(inspection), content)


def _point(presenter: Presenter, answer: AppealAnswer, typed: Mapping[str, str]) -> Point:
    criterion = presenter.rubric.criterion(answer.criterion)
    assert criterion is not None
    row = presenter.row(criterion)
    return Point(
        row=row,
        choices=_other_choices(row, answer, typed.get(f"answer-{answer.criterion}", "")),
        given=answer_words(criterion, answer.given),
        proposed=answer_words(criterion, answer.proposed),
        reason=answer.reason,
        evidence=tuple(_lines(presenter, answer)),
        decision=answer.decision or "",
        decision_words=decision_title(answer.decision),
        decided=answer_words(criterion, answer.decided) if answer.decided else "",
        decision_reason=answer.decision_reason or "",
    )


def _other_choices(row: Row, answer: AppealAnswer, chosen: str) -> tuple[Choice, ...]:
    """What the answer could become otherwise: neither what stands nor what the agent proposes."""
    proposed = answer.proposed.get("level") or ("na" if answer.proposed.get("na") else "")
    others = [one for one in row.choices if not one.chosen and one.value != proposed]
    chosen = others[0].value if len(others) == 1 and not row.items else chosen
    return tuple(replace(one, chosen=one.value == chosen) for one in others)


def _lines(presenter: Presenter, answer: AppealAnswer) -> list[EvidenceLine]:
    lines = []
    for row in answer.evidence:
        place = Evidence(
            kind=row.kind, criterion=answer.criterion, is_praise=False, message_sequence=row.message_sequence,
            start_offset=row.start_offset, end_offset=row.end_offset, start_seconds=row.start_seconds,
            end_seconds=row.end_seconds, quote=row.quote,
        )  # fmt: skip
        lines.append(replace(presenter.evidence_line(place, "kept"), token=f"appeal-{row.id}"))
    return lines


def _why_not(session: Session, actor: User, appeal: Appeal) -> str:
    if not appeal.is_open:
        return ""
    try:
        refuse_decider(session, actor, appeal)
    except AppealRefused as refusal:
        words = refusal_words(refusal)
        if appeal.state == AppealState.open and not can_go_up(session, appeal, actor):
            words = f"{words} {refusal_words(NobodyElse())}"
        return words
    return ""


def _month_note(session: Session, actor: User, appeal: Appeal, month: str) -> str:
    """What the decision means for the month, for those who work on months."""
    changed = appeal.state in _UPHELD and appeal.revision_number is not None
    if not (changed and month and appeal.decided_at and actor.role_names & {RoleName.qa_lead, RoleName.hr}):
        return ""
    state = queries.month_since(session, month, appeal.decided_at)
    if state is None:
        return ""
    if state in (PeriodState.published, PeriodState.locked):
        return str(
            _(
                "%(month)s is published. Its sheets change with a new revision that HR makes, naming this appeal.",
                month=format_month(month),
            )
        )
    return str(
        _("%(month)s was computed before. It is out of date until it is computed again.", month=format_month(month))
    )


def _history(appeal: Appeal) -> list[Event]:
    events = [Event(appeal.filed_at, appeal.agent.name, _("filed the appeal"), appeal.text)]
    if appeal.escalated_at:
        events.append(_escalation(appeal, appeal.escalated_at))
    if appeal.withdrawn_at:
        events.append(Event(appeal.withdrawn_at, appeal.agent.name, _("withdrew it"), ""))
    if appeal.decided_at and appeal.decided_by:
        what = _("decided: %(state)s", state=state_title(appeal.state))
        events.append(Event(appeal.decided_at, appeal.decided_by.display_name, what, appeal.decision_reason or ""))
    return events


def _escalation(appeal: Appeal, at: datetime) -> Event:
    """By whom it was handed up; by nobody where at filing nobody but HR may decide it."""
    if appeal.escalated_by is None:
        why = _("Nobody else may decide it: every QA lead scored this sample or is its agent.")
        return Event(at, _("The system"), _("passed it on to HR"), why)
    return Event(at, appeal.escalated_by.display_name, _("escalated it"), appeal.escalation_reason or "")


def make_preview(appeal: Appeal, preview: Preview, also: Mapping[str, Mapping[str, Any]]) -> PreviewBox:
    """Put a preview into words; `also` are the answers given so far to criteria that apply only with the decision."""
    presenter = Presenter(appeal.inspection, preview.after, Content((), ()))
    rubric = load_definition(appeal.inspection.rubric_version)
    before, after = preview.before.score, preview.after.score
    change = "" if before is None or after is None else _signed(after - before)
    asked = {*preview.also, *also}
    rows = [presenter.row(criterion) for criterion in rubric.criteria() if criterion.code in asked]
    return PreviewBox(
        before=format_score(before),
        after=format_score(after),
        change=change,
        is_critical_before=preview.before.is_critical,
        is_critical_after=preview.after.is_critical,
        also=tuple(replace(row, choices=_chosen(row, also.get(row.code, {}))) for row in rows),
    )


def _chosen(row: Row, value: Mapping[str, Any]) -> tuple[Choice, ...]:
    chosen = value.get("level") or ("na" if value.get("na") else "")
    return tuple(replace(one, chosen=one.value == chosen) for one in row.choices)


def _signed(points: float) -> str:
    if abs(points) < 0.05:
        return "±0"
    return ("+" if points > 0 else "−") + format_points(abs(points))


def criterion_name(appeal: Appeal, code: str) -> str:
    """Name a criterion of the appealed inspection, empty for the whole of it."""
    criterion = load_definition(appeal.inspection.rubric_version).criterion(code) if code else None
    return criterion.title.in_language(language()) if criterion else ""
