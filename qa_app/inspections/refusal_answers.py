"""What the page is told when something is refused: a code it acts on, and the sentence the person reads."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext

from qa_app.inspections.handover import AnswersExist
from qa_app.inspections.refusals import Changed, Closed, CriticalUnconfirmed, Incomplete, Refusal
from qa_app.inspections.service import score_of
from qa_app.inspections.state import answers_elsewhere
from qa_app.inspections.wording import criticality_title, language
from qa_app.models import Inspection
from qa_app.rubrics.queries import load_definition
from qa_app.web.filters import format_clock, format_score


def answer_refusal(refusal: Refusal, inspection: Inspection | None = None) -> dict[str, Any]:
    """Put a refusal into words; with the inspection, also what the page needs to go on."""
    if isinstance(refusal, Incomplete):
        return {"why": "missing", "code": refusal.criterion, "what": refusal.what}
    if isinstance(refusal, Closed):
        return {"why": refusal.why, "text": _closed_text(refusal.why)}
    if isinstance(refusal, AnswersExist):
        return {
            "why": "answered",
            "text": gettext("It has answers already: only an unread sample can be called unusable."),
        }
    if isinstance(refusal, CriticalUnconfirmed) and inspection is not None:
        return _critical(refusal, inspection)
    if isinstance(refusal, Changed) and inspection is not None:
        return _changed(inspection)
    return {"why": "refused", "text": gettext("This cannot be done.")}


def _closed_text(why: str) -> str:
    texts = {
        "submitted": gettext("This inspection was submitted elsewhere. It can only be read."),
        "handed_over": gettext(
            "The QA lead handed this sample to another inspector. Your answers are kept; they can only be read."
        ),
        "replaced": gettext(
            "This sample was replaced by the next in the drawn order. Your answers are kept; they can only be read."
        ),
        "with_lead": gettext("This sample lies with the QA lead, who replaces it or says how to score it."),
        "withdrawn": gettext("This sample is no longer yours to score."),
        "revealed": gettext(
            "This calibration session takes no more of your scores: it was revealed, cancelled, or goes on without you."
        ),
    }
    return str(texts[why])


def _critical(refusal: CriticalUnconfirmed, inspection: Inspection) -> dict[str, Any]:
    rubric, numbers = load_definition(inspection.rubric_version), load_definition(inspection.rubric_version).numbers()
    errors = []
    for code in refusal.criteria:
        criterion = rubric.criterion(code)
        assert criterion is not None
        quotes = [e.quote for e in inspection.evidence if e.criterion == code and not e.is_praise and e.quote]
        title = f"{numbers[code]} {criterion.title.in_language(language())}"
        errors.append({"title": title, "kind": criticality_title(criterion.criticality), "quotes": quotes})
    return {"why": "critical", "errors": errors, "quality": format_score(score_of(inspection).quality)}


def _changed(inspection: Inspection) -> dict[str, Any]:
    text = gettext(
        "Changed elsewhere at %(time)s by %(name)s, on another device or in another window.",
        time=format_clock(inspection.saved_at)[:5],
        name=inspection.inspector.display_name,
    )
    return {"why": "changed", "text": text, "revision": inspection.revision, "answers": answers_elsewhere(inspection)}
