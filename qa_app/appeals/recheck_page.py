"""The lines of the list of siblings: which inspection, why, and what its score would become."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from qa_app.appeals.rechecks import answer_key, upheld_answers
from qa_app.appeals.who import scorers_of
from qa_app.appeals.wording import cause_title
from qa_app.clock import now
from qa_app.inspections.answers import AnswerRefused
from qa_app.inspections.revising import score_with
from qa_app.inspections.wording import answer_words, language, sample_title
from qa_app.models import AppealRecheck, RecheckState, User
from qa_app.rubrics.queries import load_definition
from qa_app.web.filters import format_score

__all__ = ["RecheckLine", "recheck_lines"]


@dataclass(frozen=True, slots=True)
class RecheckLine:
    """One sibling."""

    id: int
    appeal_id: int
    inspection_id: int
    title: str
    agent_name: str
    inspector_name: str
    criterion: str
    given: str
    wanted: str
    cause: str
    due_at: datetime
    is_overdue: bool
    score: str
    would_be: str
    may_settle: bool
    state: str
    note: str


def recheck_lines(session: Session, actor: User, rechecks: Sequence[AppealRecheck]) -> list[RecheckLine]:
    """Put siblings into words."""
    scorers = scorers_of(session, [recheck.inspection_id for recheck in rechecks])
    return [_line(actor, recheck, scorers.get(recheck.inspection_id, set())) for recheck in rechecks]


def _line(actor: User, recheck: AppealRecheck, scorers: set[int]) -> RecheckLine:
    inspection = recheck.inspection
    criterion = load_definition(inspection.rubric_version).criterion(recheck.criterion)
    point = next((one for one in upheld_answers(recheck.appeal) if one.criterion == recheck.criterion), None)
    stands = next((row.value for row in inspection.answers if row.criterion == recheck.criterion), {})
    is_same = point is not None and answer_key(stands) == answer_key(point.given)
    would_be = ""
    if is_same and point is not None and point.decided is not None and recheck.state == RecheckState.open:
        try:
            would_be = format_score(score_with(inspection, {recheck.criterion: point.decided}).score)
        except AnswerRefused:
            would_be = ""
    return RecheckLine(
        id=recheck.id,
        appeal_id=recheck.appeal_id,
        inspection_id=inspection.id,
        title=sample_title(inspection.conversation.channel, inspection.conversation.external_id),
        agent_name=inspection.agent.name if inspection.agent else "–",
        inspector_name=inspection.inspector.display_name,
        criterion=criterion.title.in_language(language()) if criterion else recheck.criterion,
        given=answer_words(criterion, stands) if criterion else "–",
        wanted=answer_words(criterion, point.decided) if criterion and point else "–",
        cause=cause_title(recheck.cause),
        due_at=recheck.due_at,
        is_overdue=recheck.state == RecheckState.open and recheck.due_at <= now(),
        score=format_score(inspection.score),
        would_be=would_be,
        may_settle=actor.id not in scorers and actor.agent_id != inspection.agent_id,
        state=recheck.state,
        note=recheck.note or "",
    )
