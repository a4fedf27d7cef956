"""Words of this room: kinds, states, decisions, answers, and what a refusal means for who meets it."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext as _

from qa_app.appeals import errors
from qa_app.inspections.wording import language
from qa_app.models import AppealKind, AppealState, PointDecision, RubricVersion
from qa_app.rubrics.queries import load_definition

__all__ = [
    "STATE_CHIPS",
    "cause_title",
    "criterion_title",
    "decision_title",
    "kind_title",
    "refusal_words",
    "state_title",
]

STATE_CHIPS: Mapping[str, tuple[str, str]] = {
    AppealState.open: ("watch", "hourglass"),
    AppealState.escalated: ("act", "arrow-up"),
    AppealState.accepted: ("good", "check"),
    AppealState.partly: ("good", "percentage"),
    AppealState.rejected: ("mute", "minus"),
    AppealState.withdrawn: ("line", "arrow-back-up"),
}
"""Kind and icon of the chip of each state: never colour alone."""


def state_title(state: str) -> str:
    """Name the state of an appeal."""
    titles = {
        AppealState.open: _("Open"),
        AppealState.escalated: _("Escalated"),
        AppealState.accepted: _("Accepted"),
        AppealState.partly: _("Partly accepted"),
        AppealState.rejected: _("Not upheld"),
        AppealState.withdrawn: _("Withdrawn"),
    }
    return str(titles[AppealState(state)])


def kind_title(kind: str) -> str:
    """Say why somebody appeals."""
    titles = {
        AppealKind.disagree: _("I see it differently"),
        AppealKind.context_missing: _("Something is missing that matters"),
        AppealKind.technical: _("A technical fault"),
        AppealKind.wrong_agent: _("It was not me"),
    }
    return str(titles[AppealKind(kind)])


def decision_title(decision: str | None) -> str:
    """Say what was decided about one answer; empty while nothing is."""
    titles = {
        PointDecision.accepted: _("Accepted as proposed"),
        PointDecision.partly: _("Changed, but otherwise"),
        PointDecision.rejected: _("The answer stands"),
    }
    return str(titles[PointDecision(decision)]) if decision else ""


def cause_title(cause: str) -> str:
    """Say why an inspection is a sibling."""
    titles = {
        "same_conversation": _("the other scoring of the same conversation"),
        "same_inspector": _("same answer by the same inspector"),
        "same_rubric": _("same answer with the same rubric"),
    }
    return str(titles[cause])


def criterion_title(version: RubricVersion, code: str) -> str:
    """Name a criterion of a rubric version."""
    criterion = load_definition(version).criterion(code)
    return criterion.title.in_language(language()) if criterion else code


def refusal_words(refusal: errors.AppealRefused, title: str = "") -> str:
    """Say what was refused and what to do; `title` names the criterion where there is one."""
    match refusal:
        case errors.WindowClosed():
            return str(_("This inspection can no longer be appealed: its window has ended, or it is appealed already."))
        case errors.NothingDisputed():
            return str(_("Tick at least one answer that you dispute."))
        case errors.SameAnswer():
            return str(_("“%(criterion)s”: this answer stands already. Choose another one.", criterion=title))
        case errors.AnswerNotOffered() if title:
            return str(_("“%(criterion)s”: choose the answer that would be right.", criterion=title))
        case errors.AnswerNotOffered():
            return str(_("With these answers nothing with weight would be left to score. Choose others."))
        case errors.ReasonMissing() if title:
            return str(_("“%(criterion)s”: say why in a sentence or two.", criterion=title))
        case errors.ReasonMissing():
            return str(_("Say why in a sentence or two."))
        case errors.AlsoAnswer():
            return str(_("With this decision “%(criterion)s” applies too: answer it below.", criterion=title))
    return _who_words(refusal)


def _who_words(refusal: errors.AppealRefused) -> str:
    """Say the same of who decides, and of what is settled."""
    match refusal:
        case errors.OwnWork():
            return str(_("Whoever scored this sample, or was scored, does not decide about it."))
        case errors.NotYours():
            return str(_("Somebody else decides this appeal."))
        case errors.NobodyElse():
            return str(
                _(
                    "Nobody else could decide this appeal. Ask the administrator for another QA lead or somebody of "
                    "HR, then escalate it."
                )
            )
        case errors.AlreadySettled():
            return str(_("This was settled in the meantime. The page shows how."))
    return str(_("This cannot be done."))
