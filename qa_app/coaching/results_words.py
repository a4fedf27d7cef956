"""Why rows of a list of results stay out, in words, and what to do about it."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from qa_app.coaching.results_reading import ResultProblem, ResultRefusal
from qa_app.models import TestKind

__all__ = ["FIELD_TITLES", "KIND_TITLES", "OUTCOME_TITLES", "reason_of"]

KIND_TITLES = {TestKind.written: _l("written"), TestKind.practical: _l("practical")}
FIELD_TITLES = {
    "employee_number": _l("employee number"),
    "quarter": _l("quarter"),
    "kind": _l("kind"),
    "points": _l("points reached"),
    "points_max": _l("out of"),
    "written": _l("written"),
    "practical": _l("practical"),
    "title": _l("test"),
    "taken_on": _l("taken on"),
}
OUTCOME_TITLES = {"created": _l("new"), "changed": _l("changed"), "unchanged": _l("unchanged")}


def reason_of(refusal: ResultRefusal) -> str:
    """Say what is wrong with a row and what would be right."""
    value = refusal.value
    match refusal.problem:
        case ResultProblem.nobody_named:
            return str(_("The row names nobody. Give the employee number."))
        case ResultProblem.no_such_agent:
            return str(_("There is no agent “%(value)s”. Add the agent, or correct the number.", value=value))
        case ResultProblem.not_a_quarter:
            return str(_("“%(value)s” is no quarter. Write it like 2026-Q3.", value=value))
        case ResultProblem.no_such_kind:
            return str(_("“%(value)s” is no kind of test. Write “written” or “practical”.", value=value))
        case ResultProblem.no_points:
            return str(_("There are no points. Fill in the result, or leave the row out."))
        case ResultProblem.not_a_number:
            return str(_("“%(value)s” is no number. Write 85, 85%% or 17/20.", value=value))
        case ResultProblem.out_of_range:
            return str(_("“%(value)s” lies outside of what the test allows: from 0 to its maximum.", value=value))
        case ResultProblem.not_a_date:
            return str(_("“%(value)s” is no date. Write it like 2026-09-24.", value=value))
        case ResultProblem.twice:
            return str(_("The same test of this agent stands in the list twice. Keep one of the rows."))
