"""What the read-only page of an inspection is told: lost points first, praise beside, the customer's rating at last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.access import visible_appeals
from qa_app.clock import now
from qa_app.conversations.listening import Call, find_call
from qa_app.conversations.turns import Rhythm, Turn, make_rhythm, make_turns
from qa_app.inspections.content import read_content
from qa_app.inspections.page import Row, SampleFacts, Standing
from qa_app.inspections.revising import as_it_stood, list_revisions
from qa_app.inspections.scoring_page import rubric_title, sample_facts
from qa_app.inspections.service import window_ends_at
from qa_app.inspections.severity import CorrectedScore, corrected_inspection
from qa_app.inspections.state import standing_of
from qa_app.inspections.wording import language, measured_words
from qa_app.models import (
    Appeal,
    Inspection,
    InspectionRevision,
    InspectionState,
    RoleName,
    RubricVersion,
    SurveyResponse,
    User,
)
from qa_app.rubrics.queries import load_definition


@dataclass(frozen=True, slots=True)
class ReadingPage:
    """One inspection to be read."""

    inspection: Inspection
    facts: SampleFacts
    rubric_title: str
    turns: list[Turn]
    rhythm: Rhythm | None
    call: Call | None
    standing: Standing
    lost: tuple[Row, ...]
    praised: tuple[Row, ...]
    words_of_praise: tuple[str, ...]
    corrected: CorrectedScore | None
    ratings: list[SurveyResponse]
    is_draft: bool
    inspector_name: str
    note: str
    appeals: tuple[Any, ...]
    appeal_until: datetime | None
    revisions: Sequence[InspectionRevision]
    older: InspectionRevision | None


@dataclass(frozen=True, slots=True)
class DisputedLine:
    """A measured figure an inspector disputes: `row` says where, `title` and `figure` what."""

    row: Any
    title: str
    figure: str


def disputed_line(session: Session, row: Any) -> DisputedLine:
    """Put a disputed figure into words; a version is in the session from the first line on."""
    criterion = load_definition(session.get_one(RubricVersion, row.rubric_version_id)).criterion(row.criterion)
    if criterion is None or criterion.measure is None:
        return DisputedLine(row, row.criterion, "–")
    title = criterion.title.in_language(language())
    return DisputedLine(row, title, measured_words(criterion.measure.metric, row.value.get("measured")))


def reading_page(session: Session, actor: User, inspection: Inspection, *, revision: int | None = None) -> ReadingPage:
    """Compose the page. Agents and supervisors read what was said, not who said it: a score is the centre's.

    With the number of an earlier revision the inspection is shown as it stood then.
    """
    revisions = list_revisions(session, inspection)
    older = next((kept for kept in revisions if kept.number == revision), None)
    appeal_until = _appeal_until(session, actor, inspection) if older is None else None
    inspection = as_it_stood(inspection, older) if older is not None else inspection
    content = read_content(inspection)
    standing = standing_of(inspection, content)
    rows = [row for block in standing.blocks for row in block.rows]
    is_draft = inspection.state == InspectionState.draft
    insiders = {RoleName.qa_lead, RoleName.inspector}
    return ReadingPage(
        inspection=inspection,
        facts=sample_facts(inspection),
        rubric_title=rubric_title(inspection),
        turns=make_turns(content.said, content.masked),
        rhythm=make_rhythm(content.said),
        call=find_call(session, inspection.conversation_id),
        standing=standing,
        lost=tuple(sorted((row for row in rows if row.state in ("lost", "fatal")), key=_worst_first)),
        praised=tuple(row for row in rows if row.praised),
        words_of_praise=tuple(e.quote or e.note for e in inspection.evidence if e.is_praise and e.criterion is None),
        corrected=corrected_inspection(session, inspection) if older is None else None,
        ratings=[] if is_draft else [s for s in inspection.conversation.surveys if s.score is not None],
        is_draft=is_draft,
        inspector_name="" if actor.role_names.isdisjoint(insiders) else inspection.inspector.display_name,
        note=_ruling_note(inspection),
        appeals=tuple(_appeals_of(session, actor, inspection)),
        appeal_until=appeal_until,
        revisions=revisions,
        older=older,
    )


def _appeals_of(session: Session, actor: User, inspection: Inspection) -> Sequence[Any]:
    """The appeals against the inspection that the actor may see, the first one first."""
    return session.execute(
        select(Appeal.id, Appeal.state, Appeal.filed_at)
        .where(visible_appeals(actor), Appeal.inspection_id == inspection.id)
        .order_by(Appeal.id)
    ).all()


def _appeal_until(session: Session, actor: User, inspection: Inspection) -> datetime | None:
    """When the window of the agent who reads it ends; none for everybody else, and where nothing can be appealed."""
    is_own = actor.agent_id is not None and inspection.agent_id == actor.agent_id
    if not is_own or inspection.state != InspectionState.submitted or inspection.score is None:
        return None
    end = window_ends_at(session, inspection)
    return end if end is not None and now() < end else None


def _worst_first(row: Row) -> tuple[bool, int]:
    """Critical errors first, then in the order of the rubric."""
    return (row.state != "fatal", row.number)


def _ruling_note(inspection: Inspection) -> str:
    ruling = (inspection.sample.ruling or {}) if inspection.sample else {}
    if "is_critical" not in ruling:
        return ""
    if ruling["is_critical"]:
        return str(
            gettext(
                "Two inspectors disagreed; the QA lead decided: critical. %(reason)s", reason=ruling.get("reason", "")
            )
        )
    return str(
        gettext(
            "Two inspectors disagreed; the QA lead decided: not critical. %(reason)s", reason=ruling.get("reason", "")
        )
    )
