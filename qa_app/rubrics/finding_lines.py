"""What the lint says, as sentences in the reader's language: what is wrong, and how to mend it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flask_babel import LazyString, gettext
from flask_babel import lazy_gettext as _l

from qa_app.rubrics.words import CHANNELS, FIELDS, in_my_language, shown, title_of
from scoring.rubric import Finding, Place, Rubric

__all__ = ["FindingLine", "finding_lines"]


@dataclass(frozen=True, slots=True)
class FindingLine:
    """One finding as it is shown: where, what is wrong, how to mend it."""

    code: str
    is_error: bool
    place: Place
    where: str
    what: str
    mend: str


# code → what is wrong, how to mend it
_FINDINGS: dict[str, tuple[LazyString, LazyString]] = {
    "no_criteria": (_l("There is no criterion."), _l("Add one.")),
    "weights_sum": (
        _l("The weights sum to %(total)s instead of 100."),
        _l("Spread the difference of %(missing)s over the criteria."),
    ),
    "unknown_channel": (_l("“%(channel)s” is not a channel."), _l("Choose among the channels offered.")),
    "code_twice": (_l("The code “%(code)s” is used %(times)s times."), _l("Remove or rename all but one.")),
    "section_empty": (_l("The section has no criteria."), _l("Add a criterion, or remove the section.")),
    "no_title": (_l("The name is missing."), _l("Write it in both languages.")),
    "missing_language": (_l("The text in %(language_name)s is missing."), _l("Write it, or copy the other one.")),
    "level_unnamed": (_l("A level has no name."), _l("Say in both languages what it means.")),
    "item_unnamed": (_l("A line of the checklist is empty."), _l("Write it in both languages, or remove it.")),
    "informational_counts": (
        _l("A criterion for information has a weight or a critical class."),
        _l("Set both to none, or choose another kind."),
    ),
    "weighs_nothing": (
        _l("The weight is 0 and the criterion is not critical: it changes nothing."),
        _l("Give it a weight, or make it “for information”."),
    ),
    "critical_without_evidence": (
        _l("A critical error can be given without evidence."),
        _l("Require evidence: it makes a whole conversation score 0."),
    ),
    "guidance_one_language": (
        _l("The guidance is written in one language only."),
        _l("Write the other one, so that all inspectors read the same."),
    ),
    "no_guidance": (
        _l("There is no guidance: inspectors will read this differently."),
        _l("Say what to look at, with a good and a bad example."),
    ),
    "part_unused": (
        _l("It has parts that its kind does not use."),
        _l("Save it once in the editor, which removes them, or choose another kind."),
    ),
    "yes_no_levels": (_l("A yes/no criterion must have the answers yes (1) and no (0)."), _l("Choose “scale”.")),
    "too_few_levels": (_l("A scale needs at least two levels; it has %(count)s."), _l("Add levels.")),
    "top_level_below_full": (
        _l("The best level is worth %(value)s: nobody can reach full points."),
        _l("Set the best level to 1."),
    ),
    "levels_same_value": (_l("%(times)s levels are worth the same (%(value)s)."), _l("Join them, or tell them apart.")),
    "check_without_levels": (
        _l("An automatic check proposes levels, and this kind has none."),
        _l("Remove the check, or choose yes/no or a scale."),
    ),
    "check_proposes_nothing": (
        _l("The automatic check proposes no answer."),
        _l("Choose an answer for “satisfied”, for “not satisfied”, or for both."),
    ),
    "check_level_unknown": (
        _l("The automatic check proposes “%(level)s”, which is no answer of this criterion."),
        _l("Choose the answer again."),
    ),
    "no_items": (_l("The checklist is empty."), _l("Add at least one line.")),
    "fatal_without_class": (
        _l("A level is fatal, but the criterion has no critical class."),
        _l("Choose customer, business or compliance."),
    ),
    "critical_cannot_fail": (
        _l("No answer makes it critical."),
        _l("Mark a level as fatal, or give one the value 0."),
    ),
    "no_measure": (_l("It does not say what is measured."), _l("Choose a metric, a target and a limit.")),
    "unknown_metric": (_l("“%(metric)s” is not measured."), _l("Choose among the metrics offered.")),
    "unknown_choice": (_l("“%(choice)s” is neither a channel nor a priority."), _l("Choose among those offered.")),
    "target_incomplete": (_l("Target or limit is missing."), _l("Give both, or a table of steps.")),
    "target_is_limit": (_l("Target and limit are both %(target)s."), _l("Move one: points run from one to the other.")),
    "target_never_used": (
        _l("Target %(number)s is never used: an earlier one takes all its conversations."),
        _l("Put it before that one, or remove it."),
    ),
    "channel_without_target": (
        _l("%(channel_name)s has no target: there the criterion does not count."),
        _l("Add a target for it, or for every channel."),
    ),
    "steps_unsorted": (_l("The steps do not rise."), _l("Put the smallest bound first, “rest” last.")),
    "steps_end": (_l("Figures above %(last)s have no step: there it does not count."), _l("End with “rest”.")),
    "condition_empty": (_l("A condition asks nothing."), _l("Complete or remove it.")),
    "condition_not_earlier": (
        _l("The condition asks “%(asked)s”, which does not come before it."),
        _l("Move that criterion up, or ask another one."),
    ),
    "condition_no_levels": (
        _l("The condition asks “%(asked)s”, which has no answers to choose from."),
        _l("Ask a yes/no criterion or a scale."),
    ),
    "condition_unknown_answer": (
        _l("The condition waits for “%(value)s”, which “%(asked)s” does not offer."),
        _l("Choose one of its answers."),
    ),
    "condition_unknown_field": (_l("A conversation has no field “%(field)s”."), _l("Choose among the fields offered.")),
    "condition_unknown_value": (
        _l("“%(value)s” is not a value of %(field_name)s."),
        _l("Choose among its values; numbers are written in digits."),
    ),
    "condition_comparison": (
        _l("%(field_name)s cannot be compared that way."),
        _l("Use “is one of”, or give one number."),
    ),
    "condition_never": (
        _l("The condition can never be met: the criterion is never asked."),
        _l("Correct the condition, or remove the criterion."),
    ),
    "condition_always": (_l("The condition is always met."), _l("Remove it.")),
    "double_jeopardy": (
        _l("It seems to punish the same thing as “%(other_title)s”."),
        _l("Join the two, or let conditions keep them apart."),
    ),
    "all_na_possible": (
        _l("A conversation is possible in which nothing counts."),
        _l("Let at least one criterion with weight always apply."),
    ),
    "never_failed": (
        _l("It never cost a point in %(n)s inspections."),
        _l("Ask whether it still tells anything, or raise what it asks."),
    ),
}
_LANGUAGES = {"en": _l("English"), "zh": _l("Chinese")}


def finding_lines(findings: Iterable[Finding], rubric: Rubric) -> list[FindingLine]:
    """Return each finding with its place in words."""
    return [_finding_line(finding, rubric) for finding in findings]


def _finding_line(finding: Finding, rubric: Rubric) -> FindingLine:
    what, mend = _FINDINGS[finding.code]
    data = {name: shown(value) for name, value in finding.data.items()} | _names(finding, rubric)
    return FindingLine(
        code=finding.code,
        is_error=finding.is_error,
        place=finding.place,
        where=_where(finding.place, rubric),
        what=str(what) % data,
        mend=str(mend) % data,
    )


def _names(finding: Finding, rubric: Rubric) -> dict[str, str]:
    """The codes among the data as names."""
    data = finding.data
    return {
        "language_name": str(_LANGUAGES.get(str(data.get("language")), "")),
        "channel_name": str(CHANNELS.get(str(data.get("channel")), data.get("channel", ""))),
        "field_name": str(FIELDS.get(str(data.get("field")), data.get("field", ""))),
        "other_title": title_of(rubric, str(data.get("other", ""))),
        "asked": title_of(rubric, str(data.get("asked", ""))),
    }


def _where(place: Place, rubric: Rubric) -> str:
    number = rubric.numbers().get(place.criterion or "")
    if place.criterion is not None:
        return f"{number} {title_of(rubric, place.criterion)}"
    section = next((section for section in rubric.sections if section.code == place.section), None)
    return gettext("Whole rubric") if section is None else in_my_language(section.title) or section.code
