"""What the codes of a rubric are called on pages: kinds, classes, channels, fields, and conditions in words."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import LazyString, get_locale, gettext
from flask_babel import lazy_gettext as _l

from qa_app.models import Rubric as RubricRow
from qa_app.web.filters import format_duration, format_number
from scoring.rubric import (
    AllOf,
    AnswerIs,
    AnyOf,
    Comparison,
    Condition,
    Criterion,
    Criticality,
    FieldIs,
    Kind,
    Measure,
    Not,
    Rubric,
    Target,
    Text,
)

__all__ = [
    "CHANNELS",
    "COMPARISONS",
    "CRITICALITIES",
    "FIELDS",
    "KINDS",
    "PRIORITIES",
    "STATES",
    "condition_words",
    "figure_words",
    "in_my_language",
    "measure_words",
    "name_of",
    "shown",
    "title_of",
]

KINDS: dict[str, LazyString] = {
    Kind.yes_no: _l("Yes or no"),
    Kind.scale: _l("Scale with named levels"),
    Kind.checklist: _l("Checklist"),
    Kind.measured: _l("Measured"),
    Kind.informational: _l("For information"),
}
CRITICALITIES: dict[str, LazyString] = {
    Criticality.none: _l("Not critical"),
    Criticality.customer: _l("Customer-critical"),
    Criticality.business: _l("Business-critical"),
    Criticality.compliance: _l("Compliance-critical"),
}
CHANNELS: dict[str, LazyString] = {
    "phone": _l("Phone"),
    "chat": _l("Chat"),
    "email": _l("E-mail"),
    "social": _l("Social media"),
    "other": _l("Other channels"),
}
PRIORITIES: dict[str, LazyString] = {
    "urgent": _l("Urgent"),
    "high": _l("High"),
    "medium": _l("Medium"),
    "low": _l("Low"),
}
STATES: dict[str, LazyString] = {
    "draft": _l("Draft"),
    "published": _l("In force"),
    "retired": _l("Retired"),
}
FIELDS: dict[str, LazyString] = {
    "channel": _l("Channel"),
    "priority": _l("Priority"),
    "need_type": _l("Need type"),
    "customer_type": _l("Customer type"),
    "topic": _l("Topic"),
    "first_response_seconds": _l("First response time"),
    "response_gap_seconds_max": _l("Longest wait for a reply"),
    "handle_seconds": _l("Handle time"),
    "talk_seconds": _l("Talk time"),
    "hold_seconds": _l("Hold time"),
    "wrap_up_seconds": _l("Wrap-up time"),
    "wait_seconds": _l("Waiting time"),
    "resolution_seconds": _l("Time to resolution"),
    "resolved": _l("Resolved"),
    "answered": _l("Answered"),
    "first_response_target_met": _l("First response target met"),
    "resolution_target_met": _l("Resolution target met"),
    "reopen_count": _l("Times reopened"),
    "transfer_count": _l("Times transferred"),
    "silence_share": _l("Recording: silence, share of the call (0–1)"),
    "longest_silence_seconds": _l("Recording: longest silence"),
    "overlap_share": _l("Recording: both at once, share of the call (0–1)"),
    "interruptions": _l("Recording: times the agent broke in"),
    "agent_talk_share": _l("Recording: agent's share of the talking (0–1)"),
    "agent_loudness_lufs": _l("Recording: agent's loudness (LUFS)"),
    "agent_clarity_db": _l("Recording: agent's clarity, voice above noise (dB)"),
    "clipping_share": _l("Recording: share of the sound that is cut off (0–1)"),
}
COMPARISONS: dict[str, LazyString] = {
    Comparison.one_of: _l("is one of"),
    Comparison.above: _l("is above"),
    Comparison.at_least: _l("is at least"),
    Comparison.below: _l("is below"),
    Comparison.at_most: _l("is at most"),
    Comparison.known: _l("is known"),
}
_VALUES = {"na": _l("not applicable"), True: _l("yes"), False: _l("no")}


def in_my_language(text: Text) -> str:
    """Return a text in the reader's language, or in the other one where it is missing."""
    locale = get_locale()
    return text.in_language(locale.language if locale is not None else "en")


def name_of(rubric: RubricRow) -> str:
    """Return the name of a rubric in the reader's language."""
    return in_my_language(Text(en=rubric.name, zh=rubric.name_zh))


def title_of(rubric: Rubric, code: str) -> str:
    """Return the title of a criterion, or the code where the rubric has no such criterion."""
    criterion = rubric.criterion(code)
    return code if criterion is None else in_my_language(criterion.title) or str(gettext("Without a name"))


def shown(value: object) -> str:
    """Return a plain value as people write it: a number, yes or no, a quoted text, “nothing”."""
    if isinstance(value, bool):
        return str(_VALUES[value])
    if isinstance(value, int | float):
        return format_number(value, 0 if float(value).is_integer() else 2)
    if isinstance(value, Text):
        return str(gettext("“%(text)s”", text=in_my_language(value)) if value.en or value.zh else gettext("nothing"))
    return gettext("nothing") if value is None else str(value)


def condition_words(condition: Condition, rubric: Rubric) -> str:
    """Return a condition as a clause: “Hold time is above 0 s and ‘Greeting’ was answered with No”."""
    match condition:
        case AnswerIs():
            values = _alternatives(_level_name(rubric, condition.criterion, value) for value in condition.values)
            title = title_of(rubric, condition.criterion)
            return str(gettext("“%(criterion)s” was answered with %(values)s", criterion=title, values=values))
        case FieldIs():
            return _field_words(condition)
        case Not():
            return str(gettext("not (%(condition)s)", condition=condition_words(condition.of, rubric)))
        case AllOf() | AnyOf():
            parts = [_bracketed(part, condition_words(part, rubric)) for part in condition.of]
            return str((gettext(" and ") if isinstance(condition, AllOf) else gettext(" or ")).join(parts))


def measure_words(measure: Measure) -> list[str]:
    """Return one line per target: for whom, full points from where, none from where."""
    return [_target_words(measure.metric, target) for target in measure.targets]


def figure_words(metric: str, figure: float) -> str:
    """Return a figure of a metric with its unit."""
    if not metric.endswith(("_seconds", "_seconds_max")):
        return format_number(figure, 0 if float(figure).is_integer() else 2)
    if figure >= 3600 and figure % 3600 == 0:
        return str(gettext("%(hours)s h", hours=format_number(figure / 3600)))
    if figure >= 60 and figure % 60 == 0:
        return str(gettext("%(minutes)s min", minutes=format_number(figure / 60)))
    return format_duration(figure)


def _target_words(metric: str, target: Target) -> str:
    for_whom = ", ".join(
        [str(CHANNELS.get(code, code)) for code in target.channels]
        + [str(PRIORITIES.get(code, code)) for code in target.priorities]
    )
    said = _steps_words(metric, target) if target.steps else _line_words(metric, target)
    return gettext("%(whom)s: %(said)s", whom=for_whom, said=said) if for_whom else said


def _line_words(metric: str, target: Target) -> str:
    if target.target is None or target.limit is None:
        return str(gettext("target or limit is missing"))
    full, none = figure_words(metric, target.target), figure_words(metric, target.limit)
    if target.target < target.limit:
        return str(gettext("full points up to %(full)s, none from %(none)s", full=full, none=none))
    return str(gettext("full points from %(full)s, none up to %(none)s", full=full, none=none))


def _steps_words(metric: str, target: Target) -> str:
    parts = []
    for step in target.steps:
        share = f"{format_number(step.value * 100)}%"
        bound = gettext("above") if step.up_to is None else gettext("up to %(b)s", b=figure_words(metric, step.up_to))
        parts.append(gettext("%(bound)s: %(share)s", bound=bound, share=share))
    return "; ".join(parts)


def _field_words(condition: FieldIs) -> str:
    name, comparison = str(FIELDS.get(condition.field, condition.field)), str(COMPARISONS[condition.comparison])
    if condition.comparison is Comparison.known:
        return str(gettext("“%(field)s” %(comparison)s", field=name, comparison=comparison))
    values = _alternatives(_value_name(condition.field, value) for value in condition.values)
    if condition.comparison is Comparison.one_of:
        comparison = gettext("is")
    return str(gettext("“%(field)s” %(comparison)s %(values)s", field=name, comparison=comparison, values=values))


def _value_name(field: str, value: str | float | bool) -> str:
    if isinstance(value, str):
        return str({"channel": CHANNELS, "priority": PRIORITIES}.get(field, {}).get(value, value))
    return str(_VALUES[value]) if isinstance(value, bool) else figure_words(field, value)


def _level_name(rubric: Rubric, code: str, value: str) -> str:
    criterion: Criterion | None = rubric.criterion(code)
    level = None if criterion is None else criterion.level(value)
    return str(_VALUES.get(value, value)) if level is None else in_my_language(level.text) or value


def _alternatives(names: Iterable[str]) -> str:
    return str(gettext(" or ").join(names))


def _bracketed(part: Condition, words: str) -> str:
    return f"({words})" if isinstance(part, AllOf | AnyOf) else words
