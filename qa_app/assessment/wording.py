"""Codes of this room in the reader's words: states, refusals, findings, audit lines, tiers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from qa_app.assessment.content import TierFacts, TierResult
from qa_app.assessment.errors import (
    AssessmentRefused,
    InputsChanged,
    MonthNotOver,
    NoSuchMonth,
    NotReviewed,
    PolicyUnsound,
    ReasonNeeded,
    StandardNotTried,
    WeightsIgnored,
    WrongState,
)
from qa_app.models import PeriodState, SheetState
from scoring.assessment.policy import PolicyFinding, Tier

__all__ = [
    "audit_line",
    "finding_sentence",
    "period_state",
    "proposal_title",
    "refusal_sentence",
    "sheet_state",
    "tier_name",
    "withheld_sentence",
]

_PERIOD_STATES = {
    PeriodState.open: _l("Under way"),
    PeriodState.computed: _l("Computed"),
    PeriodState.reviewed: _l("Reviewed"),
    PeriodState.approved: _l("Approved"),
    PeriodState.published: _l("Published to agents"),
    PeriodState.locked: _l("Locked"),
}
_SHEET_STATES = {
    SheetState.draft: _l("draft"),
    SheetState.published: _l("published"),
    SheetState.seen: _l("seen"),
    SheetState.acknowledged: _l("acknowledged"),
    SheetState.objected: _l("objected"),
    SheetState.lapsed: _l("lapsed"),
    SheetState.superseded: _l("superseded"),
}
_PROPOSALS = {"named_praise": _l("Named praise"), "coaching": _l("Coaching")}
_WITHHELD = {
    "few": _l("Too few inspections for a tier."),
    "not_comparable": _l("No inspector joins this agent to the others, so no tier compares them."),
    "observed_weight": _l("Too little was measured for an overall score."),
    "no_prior": _l("A part is missing, and fewer than eight agents have it: no overall score."),
}
_REASONS = {
    "revision": _l("Say why the month is computed again."),
    "hold_back": _l("Say why the sheet is held back."),
    "objection": _l("Say what you do not agree with."),
    "restart": _l("Say why the evidence begins anew."),
}
_FINDINGS = {
    "title": _l("The policy needs a title in both languages."),
    "component_weights": _l("The weights of the components sum to %(value)s, not to 100."),
    "part_weights": _l("The weights of the parts of “%(place)s” sum to %(value)s, not to 100."),
    "codes": _l("The code “%(place)s” stands twice."),
    "measure": _l("“%(place)s” does not say what it measures."),
    "anchors": _l("“%(place)s” needs a floor and a target that differ; it has %(value)s."),
    "reference": _l("“%(place)s” has a weight but no number per day."),
    "tiers": _l("At least two tiers are needed, each with its own code and starting score; found: %(value)s."),
    "lowest_tier": _l("The lowest tier “%(place)s” must start at 0; it starts at %(value)s."),
}
_AUDIT_LINES = {
    "month.compute": _l("computed %(sheets)s sheets, revision %(revision)s"),
    "month.review": _l("closed the review"),
    "month.approve": _l("approved the month"),
    "month.publish": _l("published %(sheets)s sheets"),
    "month.lock": _l("locked the month"),
    "sheet.review": _l("reviewed a sheet"),
    "sheet.review_remaining": _l("marked %(sheets)s sheets as reviewed"),
    "sheet.hold_back": _l("held a sheet back"),
    "sheet.note": _l("noted something on a sheet"),
    "sheet.see": _l("opened their sheet"),
    "sheet.acknowledge": _l("acknowledged their sheet"),
    "sheet.object": _l("objected to their sheet"),
    "sheet.comment": _l("commented on a sheet"),
}


def period_state(state: str) -> str:
    """Return the word for a month's state."""
    return str(_PERIOD_STATES[PeriodState(state)])


def sheet_state(state: str) -> str:
    """Return the word for a sheet's state."""
    return str(_SHEET_STATES[SheetState(state)])


def proposal_title(code: str) -> str:
    """Return what the rule proposes."""
    return str(_PROPOSALS[code])


def withheld_sentence(code: str) -> str:
    """Say why there is no tier; nothing where there is one."""
    return str(_WITHHELD[code]) if code else ""


def tier_name(tier: TierResult, tiers: Sequence[TierFacts | Tier], language: str) -> str:
    """Name the tier, or those it may be; empty where none is possible."""
    names = {facts.code: facts.title.in_language(language) for facts in tiers}
    if tier.given:
        return names[tier.given]
    # From the lower to the higher: "Good or Excellent".
    candidates = [names[code] for code in reversed(tier.candidates)]
    if not candidates:
        return ""
    if len(candidates) == 2:
        return str(_("%(lower)s or %(higher)s", lower=candidates[0], higher=candidates[1]))
    return str(_("%(lower)s to %(higher)s", lower=candidates[0], higher=candidates[-1]))


def refusal_sentence(refusal: AssessmentRefused) -> str:
    """Say why a step was refused and what is needed."""
    match refusal:
        case WrongState(state=state):
            return str(_("This is not possible now: it is %(state)s.", state=_any_state(state)))
        case MonthNotOver():
            return str(_("The month was not over when it was computed. Compute it again once it is, then approve it."))
        case ReasonNeeded(why="open_work", count=count):
            return str(
                ngettext(
                    "%(num)s sample or appeal is still open. Give a reason to approve all the same.",
                    "%(num)s samples or appeals are still open. Give a reason to approve all the same.",
                    count,
                )
            )
        case ReasonNeeded(why=why):
            return str(_REASONS[why])
        case NotReviewed():
            return str(
                _(
                    "Not reviewed: %(unreviewed)s. Held back: %(held_back)s. Undecided by the lead: %(undecided)s.",
                    unreviewed=refusal.unreviewed,
                    held_back=refusal.held_back,
                    undecided=refusal.undecided,
                )
            )
        case NoSuchMonth(month=month):
            return str(_("Nothing was computed for %(month)s.", month=month))
        case StandardNotTried():
            return str(_("There are no inspections of past months on which this standard could be tried."))
        case WeightsIgnored(samples=samples):
            return str(
                ngettext(
                    "%(num)s sample was drawn by risk: choose a policy that rests on the standing; it weighs it.",
                    "%(num)s samples were drawn by risk: choose a policy that rests on the standing; it weighs them.",
                    samples,
                )
            )
        case InputsChanged():
            return str(_("The frozen inputs were changed after they were stored."))
        case PolicyUnsound(findings=findings):
            sentences = " ".join(finding_sentence(finding) for finding in findings)
            return sentences or str(_("Somebody else saved this draft meanwhile. Load it again."))
    return str(refusal)


def finding_sentence(finding: PolicyFinding) -> str:
    """Say what must be mended in a policy."""
    return str(_FINDINGS[finding.code]) % {"place": finding.place, "value": finding.value}


def audit_line(action: str, data: dict[str, Any]) -> str:
    """Say what somebody did to the month or one of its sheets."""
    line = _AUDIT_LINES.get(action)
    return str(line) % {"sheets": data.get("sheets", 0), "revision": data.get("revision", 0)} if line else action


def _any_state(state: str) -> str:
    return period_state(state) if state in set(PeriodState) else sheet_state(state)
