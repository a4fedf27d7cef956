"""Words for codes: measured figures, channels, classes of errors, states and reasons."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import get_locale, gettext

from qa_app.models import Channel, InspectionState, Sample
from qa_app.rubrics.words import CRITICALITIES, condition_words
from qa_app.web.filters import format_duration, format_number
from scoring.rubric import Condition, Criterion, Kind, Rubric


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
    if metric.endswith("_share"):
        return f"{format_number(datum * 100, 1)}%"
    if metric.endswith("_lufs"):
        return f"{format_number(datum, 1)} LUFS"
    if metric.endswith("_db"):
        return f"{format_number(datum, 0)} dB"
    return format_number(datum)


def sample_title(channel: str, number: str) -> str:
    """Name a single conversation by its channel and number: Chat 20418."""
    if channel == Channel.phone:
        return str(gettext("Call %(number)s", number=number))
    if channel == Channel.chat:
        return str(gettext("Chat %(number)s", number=number))
    if channel == Channel.email:
        return str(gettext("E-mail %(number)s", number=number))
    return str(gettext("Conversation %(number)s", number=number))


def applies_words(condition: Condition, rubric: Rubric) -> str:
    """Say when a criterion applies, for the folded line of one that does not."""
    return str(gettext("Applies only if: %(condition)s", condition=condition_words(condition, rubric)))


def criticality_title(kind: str) -> str:
    """Name a class of critical errors."""
    return str(CRITICALITIES[kind])


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


def answer_words(criterion: Criterion, value: Mapping[str, Any] | None) -> str:
    """Write an answer as people read it."""
    if not value:
        return "–"
    if criterion.measure is not None:
        if value.get("na") or value.get("ruling") == "set_aside":
            return str(gettext("set aside: it does not count"))
        return measured_words(criterion.measure.metric, value.get("measured"))
    if value.get("unscoreable"):
        return str(gettext("Not scoreable as written"))
    if value.get("na"):
        return str(gettext("N/A"))
    if criterion.kind is Kind.checklist:
        return _items_words(criterion, value)
    level = criterion.level(str(value.get("level", "")))
    return level.text.in_language(language()) if level else "–"


def _items_words(criterion: Criterion, value: Mapping[str, Any]) -> str:
    joint = "、" if language() == "zh" else ", "
    done = [item.text.in_language(language()) for item in criterion.items if item.code in value.get("items", ())]
    if not done:
        return str(gettext("none of the items"))
    return str(gettext("done: %(items)s", items=joint.join(done)))


def replaced_text(sample: Sample) -> str:
    """Say what took the place of a sample that was just replaced."""
    if sample.replaced_by_id is not None:
        return str(gettext("Replaced by the next in the drawn order."))
    if sample.draw_id is None:
        return str(gettext("Taken out. It was a targeted check, so nothing takes its place."))
    return str(gettext("The reserve of this group is used up; nothing took its place."))
