"""Computing a month: freeze what is there, compute every sheet, keep both; all in one transaction, or nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from zoneinfo import ZoneInfo

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from qa_app import audit
from qa_app.assessment.calculate import Outcome, SheetResult, calculate_month
from qa_app.assessment.content import verification_code
from qa_app.assessment.errors import InputsChanged, ReasonNeeded, WeightsIgnored
from qa_app.assessment.gather import Occasion, gather_inputs
from qa_app.assessment.inputs import MonthInputs, freeze, inputs_digest, part_digest, thaw
from qa_app.assessment.notices import tell_step
from qa_app.assessment.opening import open_period
from qa_app.assessment.policies import ensure_policy, policy_of
from qa_app.assessment.same import Comparison, compare_sheets
from qa_app.clock import now
from qa_app.conversations.metrics import month_bounds
from qa_app.inspections.service import close_windows
from qa_app.models import (
    Agent,
    AssessmentPeriod,
    PeriodRevision,
    PeriodState,
    PolicyVersion,
    RevisionInput,
    Sheet,
    SheetState,
    User,
)

__all__ = ["Step", "compute_month", "frozen_inputs", "verify_revision"]

Step = Callable[[int, int], None]


def compute_month(
    session: Session, actor: User | None, month: str, *, reason: str = "", step: Step | None = None
) -> PeriodRevision:
    """Freeze the inputs as they are and compute every sheet; all of it lands in the transaction of the caller.

    A month that was computed before gets its next revision, which needs a reason.
    """
    period = open_period(session, month)
    number = len(period.revisions)
    if number and not reason.strip():
        raise ReasonNeeded("revision")
    close_windows(session, actor)
    version = _policy_version(session, actor, period)
    occasion = Occasion(number, reason.strip(), version.number, now())
    inputs = gather_inputs(session, month, policy_of(version), occasion)
    _refuse_ignored_weights(inputs)
    parts = freeze(inputs)
    digest = inputs_digest(parts)
    outcome = calculate_month(inputs, digest, progress=step)
    revision = _store_revision(session, actor, period, inputs, outcome, policy_version_id=version.id, digest=digest)
    _store_inputs(session, revision, parts)
    _store_sheets(session, revision, outcome.sheets)
    _supersede_drafts(session, period, revision)
    before = period.state
    period.state = PeriodState.computed
    period.reviewed_at = period.approved_at = period.approval_reason = None
    period.published_at = period.locked_at = None
    session.flush()
    audit.record(
        session,
        actor,
        action="month.compute",
        thing=period,
        name=month,
        before=before,
        after=period.state,
        revision=number,
        reason=occasion.reason,
        sheets=len(outcome.sheets),
        inputs_digest=digest,
    )
    tell_step(session, actor, period, revision)
    return revision


def _refuse_ignored_weights(inputs: MonthInputs) -> None:
    weighed = sum(1 for inspection in inputs.inspections if inspection.weight != 1)
    if weighed and inputs.policy.mode == "direct":
        raise WeightsIgnored(weighed)


def frozen_inputs(session: Session, revision: PeriodRevision) -> MonthInputs:
    """Read what a revision was computed from.

    Raises
    ------
    InputsChanged
        If a part or the whole does not have the digest it was stored with.
    """
    rows = session.scalars(select(RevisionInput).where(RevisionInput.revision_id == revision.id)).all()
    parts = {row.part: row.payload for row in rows}
    if inputs_digest(parts) != revision.inputs_digest:
        raise InputsChanged(f"the frozen inputs of revision {revision.number} do not have their digest")
    return thaw(parts)


def verify_revision(session: Session, revision: PeriodRevision) -> Comparison:
    """Compute a revision again from its frozen inputs and compare every sheet with the one that is kept.

    Raises
    ------
    InputsChanged
        If the inputs, or sheets that say the same, do not have the digest they were stored with.
    """
    outcome = calculate_month(frozen_inputs(session, revision), revision.inputs_digest)
    stored = dict(
        session.execute(
            select(Agent.employee_number, Sheet.content)
            .join(Sheet, Sheet.agent_id == Agent.id)
            .where(Sheet.revision_id == revision.id)
        ).all()
    )
    compared = compare_sheets({sheet.agent: sheet.data for sheet in outcome.sheets}, stored)
    kept = [replace(sheet, data=stored[sheet.agent]) for sheet in outcome.sheets if sheet.agent in stored]
    if not compared.differing and _outputs_digest(kept) != revision.outputs_digest:
        raise InputsChanged(f"the sheets of revision {revision.number} do not have their digest")
    return compared


def _policy_version(session: Session, actor: User | None, period: AssessmentPeriod) -> PolicyVersion:
    """The version chosen for the month, else the one in force."""
    chosen = session.get(PolicyVersion, period.policy_version_id) if period.policy_version_id else None
    return chosen or ensure_policy(session, actor)


def _store_revision(
    session: Session,
    actor: User | None,
    period: AssessmentPeriod,
    inputs: MonthInputs,
    outcome: Outcome,
    *,
    policy_version_id: int,
    digest: str,
) -> PeriodRevision:
    starts_at, ends_at = month_bounds(period.month, ZoneInfo(inputs.period.timezone))
    revision = PeriodRevision(
        period=period,
        number=inputs.period.revision,
        reason=inputs.period.reason,
        policy_version_id=policy_version_id,
        time_zone=inputs.period.timezone,
        starts_at=starts_at,
        ends_at=ends_at,
        is_over=inputs.period.is_over,
        computed_at=inputs.period.frozen_at,
        computed_by_id=actor.id if actor else None,
        inputs_digest=digest,
        outputs_digest=_outputs_digest(outcome.sheets),
        centre=outcome.centre,
    )
    session.add(revision)
    session.flush()
    return revision


def _outputs_digest(sheets: Iterable[SheetResult]) -> str:
    digest = hashlib.sha256()
    for sheet in sheets:
        digest.update(sheet.data)
    return digest.hexdigest()


def _store_inputs(session: Session, revision: PeriodRevision, parts: Mapping[str, bytes]) -> None:
    rows = [
        {"revision_id": revision.id, "part": name, "payload": payload, "digest": part_digest(payload)}
        for name, payload in sorted(parts.items())
    ]
    session.execute(insert(RevisionInput), rows)


def _store_sheets(session: Session, revision: PeriodRevision, sheets: Iterable[SheetResult]) -> None:
    ids = dict(session.execute(select(Agent.employee_number, Agent.id)).all())
    rows = [_sheet_row(revision, sheet, ids[sheet.agent]) for sheet in sheets]
    if rows:
        session.execute(insert(Sheet), rows)


def _sheet_row(revision: PeriodRevision, sheet: SheetResult, agent_id: int) -> dict[str, object]:
    content = sheet.content
    return {
        "revision_id": revision.id,
        "agent_id": agent_id,
        "state": SheetState.draft,
        "content": sheet.data,
        "verification_code": verification_code(sheet.data),
        "composite": content.composite.value,
        "composite_lower": content.composite.lower,
        "composite_upper": content.composite.upper,
        "label": content.composite.label.value,
        "tier": content.tier.given,
        "tier_probabilities": content.tier.probabilities,
        "expected_rank": sheet.rank.mean if sheet.rank else None,
        "inspection_count": content.counts.inspected,
        "is_held_back": False,
        "review_note": "",
    }


def _supersede_drafts(session: Session, period: AssessmentPeriod, revision: PeriodRevision) -> None:
    """Drafts of older revisions that nobody was shown give way at once; published ones when this one is published."""
    older = select(PeriodRevision.id).where(
        PeriodRevision.period_id == period.id, PeriodRevision.number < revision.number
    )
    session.execute(
        update(Sheet)
        .where(Sheet.revision_id.in_(older), Sheet.state == SheetState.draft)
        .values(state=SheetState.superseded)
    )
