"""What rules proposed for an inspection: made when it is opened, shown when the plan allows, settled at the end.

Used by this room's drafts, closing and presenter. Hidden is the rule: then a proposal leaves the server only after the
person has answered that criterion, and what was answered first is kept apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy.orm import Session

from qa_app.clock import now
from qa_app.inspections.content import Content
from qa_app.models import Conversation, Inspection, InspectionState, RubricVersion, RuleProposal, Sample, SamplePurpose
from qa_app.rubrics.queries import load_definition
from qa_app.screening.proposals import SHOWN_BEFORE
from qa_app.screening.rule_proposals import propose_answers
from qa_app.screening.rule_records import answer_code

__all__ = ["answer_code", "attach_proposals", "is_visible", "note_answers", "settle_proposals", "unsettle_proposals"]


def attach_proposals(
    session: Session, inspection: Inspection, sample: Sample, conversation: Conversation, content: Content
) -> None:
    """Ask the rules about the copy that the inspection keeps; nothing is filled in.

    In calibration people are compared with people: there no rule speaks.
    """
    if sample.purpose == SamplePurpose.calibration:
        return
    version = session.get_one(RubricVersion, sample.rubric_version_id)
    inspection.proposals = propose_answers(
        session,
        load_definition(version),
        conversation,
        content.said,
        content.masked,
        shown_before=_plan_shows_them(sample),
    )


def is_visible(inspection: Inspection, proposal: RuleProposal, value: Mapping[str, Any] | None) -> bool:
    """Whether a proposal may leave the server for this inspection's page now.

    In a hidden plan what agrees with the answer stays unsaid: only a difference is worth a second look.
    """
    if inspection.state != InspectionState.draft:
        return True
    if proposal.is_shown_before:
        return True
    return proposal.seen_at is not None and answer_code(value) != proposal.proposed


def note_answers(inspection: Inspection, codes: Iterable[str]) -> None:
    """Keep the first answer to each criterion with a hidden proposal; from now on the difference may be seen."""
    changed = set(codes)
    answers = {row.criterion: row.value for row in inspection.answers} if changed else {}
    for proposal in inspection.proposals if changed else ():
        code = answer_code(answers.get(proposal.criterion))
        if proposal.criterion in changed and proposal.seen_at is None and code is not None:
            proposal.first_answer, proposal.seen_at = code, now()


def settle_proposals(inspection: Inspection) -> None:
    """Write down what was decided beside what was proposed; a criterion that was switched off decided nothing."""
    answers = {row.criterion: row for row in inspection.answers}
    for proposal in inspection.proposals:
        row = answers.get(proposal.criterion)
        proposal.decided = answer_code(row.value) if row is not None and _counted(row.points, row.value) else None
        proposal.decided_at = now() if proposal.decided is not None else None


def unsettle_proposals(inspection: Inspection) -> None:
    """Forget the decision of a submission that was taken back; the first answer stays what it was."""
    for proposal in inspection.proposals:
        proposal.decided = proposal.decided_at = None


def _counted(points: float | None, value: Mapping[str, Any]) -> bool:
    return points is not None or bool(value.get("na"))


def _plan_shows_them(sample: Sample) -> bool:
    return sample.draw is not None and bool(sample.draw.plan.design.get(SHOWN_BEFORE, False))
