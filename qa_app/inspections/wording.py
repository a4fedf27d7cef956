"""Words for what the rubric says in codes: answers, measured figures, conditions, criticality, reasons."""

from __future__ import annotations

from flask_babel import get_locale, gettext

from qa_app.models import Channel, InspectionState
from qa_app.web.filters import format_duration, format_number
from scoring.rubric import AllOf, AnswerIs, AnyOf, Comparison, Condition, FieldIs, Not, Rubric


def language() -> str:
    """The reader's language as rubrics know it."""
    locale = get_locale()
    return "zh" if locale and locale.language == "zh" else "en"


def format_points(value: float | None) -> str:
    """Write points: whole where they are whole, else one decimal; none gives a dash."""
    if value is None:
        return "–"
    return format_number(value, 0 if abs(value - round(value)) < 0.05 else 1)


def measured_words(metric: str, datum: float | None) -> str:
    """Write a measured figure in its unit."""
    if datum is None:
        return str(gettext("no figure"))
    if metric.endswith("_seconds_max"):
        return str(gettext("longest %(duration)s", duration=format_duration(datum)))
    if metric.endswith("_seconds"):
        return format_duration(datum)
    if metric.endswith("_met") or metric == "resolved":
        return str(gettext("Yes") if datum else gettext("No"))
    return format_number(datum)


def channel_title(channel: str) -> str:
    """Name a single conversation by its channel."""
    titles = {
        Channel.phone: gettext("Call"),
        Channel.chat: gettext("Chat"),
        Channel.email: gettext("E-mail"),
        Channel.social: gettext("Social message"),
    }
    return str(titles.get(Channel(channel), gettext("Conversation")))


def field_title(name: str) -> str:
    """Name a field that a condition asks."""
    titles = {
        "channel": gettext("channel"),
        "priority": gettext("priority"),
        "need_type": gettext("need type"),
        "customer_type": gettext("customer type"),
        "topic": gettext("topic"),
        "first_response_seconds": gettext("first response"),
        "response_gap_seconds_max": gettext("longest wait for a reply"),
        "handle_seconds": gettext("handle time"),
        "talk_seconds": gettext("talk time"),
        "hold_seconds": gettext("hold time"),
        "wrap_up_seconds": gettext("wrap-up time"),
        "wait_seconds": gettext("waiting time"),
        "resolution_seconds": gettext("resolution time"),
        "resolved": gettext("resolved"),
        "answered": gettext("answered"),
        "reopen_count": gettext("times reopened"),
        "transfer_count": gettext("transfers"),
        "first_response_target_met": gettext("first response in time"),
        "resolution_target_met": gettext("resolved in time"),
    }
    return str(titles.get(name, name))


def condition_words(condition: Condition, rubric: Rubric) -> str:
    """Say when a criterion applies, for the folded line of one that does not."""
    return str(gettext("Applies only if: %(condition)s", condition=_say(condition, rubric)))


def _say(condition: Condition, rubric: Rubric) -> str:
    if isinstance(condition, AnswerIs):
        return _answer_is(condition, rubric)
    if isinstance(condition, FieldIs):
        return _field_is(condition)
    if isinstance(condition, Not):
        return str(gettext("not (%(condition)s)", condition=_say(condition.of, rubric)))
    joint = gettext(" and ") if isinstance(condition, AllOf) else gettext(" or ")
    assert isinstance(condition, AllOf | AnyOf)
    return str(joint.join(_say(part, rubric) for part in condition.of))


def _answer_is(condition: AnswerIs, rubric: Rubric) -> str:
    criterion = rubric.criterion(condition.criterion)
    number = rubric.numbers().get(condition.criterion, 0)
    words = []
    for value in condition.values:
        level = criterion.level(value) if criterion else None
        words.append(level.text.in_language(language()) if level else gettext("N/A") if value == "na" else value)
    return str(gettext("%(number)s is %(answers)s", number=number, answers=gettext(" or ").join(words)))


def _field_is(condition: FieldIs) -> str:
    signs = {
        Comparison.above: ">",
        Comparison.at_least: "≥",
        Comparison.below: "<",
        Comparison.at_most: "≤",
        Comparison.one_of: "=",
    }
    field = field_title(condition.field)
    if condition.comparison is Comparison.known:
        return str(gettext("%(field)s is known", field=field))
    values = gettext(" or ").join(str(value) for value in condition.values)
    return f"{field} {signs[condition.comparison]} {values}"


def criticality_title(kind: str) -> str:
    """Name a class of critical errors."""
    return str(
        {"customer": gettext("Customer"), "business": gettext("Business"), "compliance": gettext("Compliance")}.get(
            kind, ""
        )
    )


def state_title(state: str) -> str:
    """Name the state of an inspection."""
    titles = {
        InspectionState.draft: gettext("Draft"),
        InspectionState.submitted: gettext("Submitted"),
        InspectionState.appealed: gettext("Appealed"),
        InspectionState.decided: gettext("Decided"),
        InspectionState.final: gettext("Final"),
    }
    return str(titles[InspectionState(state)])


def unusable_title(code: str) -> str:
    """Name a reason of the closed list of replacements."""
    titles = {
        "empty": gettext("Empty: nothing was said"),
        "wrong_agent": gettext("Wrong agent: somebody else handled it"),
        "damaged": gettext("Damaged: it cannot be read or heard"),
        "test": gettext("Test: not a real customer"),
        "duplicate": gettext("Duplicate of another conversation"),
        "personal_data": gettext("Privacy hold: it must not be looked at"),
        "not_scoreable": gettext("Not scoreable: no criterion with weight applies"),
    }
    return str(titles.get(code, code))
