"""Rules in the reader's language: what a rule asks, what is wrong with it, what it said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from flask_babel import LazyString, gettext, ngettext
from flask_babel import lazy_gettext as _l

from qa_app.screening.rule_records import Standing
from qa_app.web.filters import format_number, format_percent
from scoring.language.definition import AllOf, AnyOf, Comparison, Condition, Measure, Measured, Not, Said, Speaker

__all__ = [
    "COMPARISONS",
    "MEASURES",
    "OUTCOMES",
    "RULE_STATES",
    "SPEAKERS",
    "STANDINGS",
    "Names",
    "condition_words",
    "figure_words",
    "is_share",
]

SPEAKERS: dict[str, LazyString] = {
    Speaker.agent: _l("the agent"),
    Speaker.customer: _l("the customer"),
    Speaker.bot: _l("the robot or an automatic message"),
    Speaker.anyone: _l("anybody"),
}
MEASURES: dict[str, LazyString] = {
    Measure.first_response_seconds: _l("First response time, seconds"),
    Measure.response_gap_seconds: _l("Longest wait for a reply, seconds"),
    Measure.silence_seconds: _l("Longest silence, seconds"),
    Measure.silence_share: _l("Silence, percent of the call"),
    Measure.overlap_seconds: _l("Both speaking at once, seconds"),
    Measure.overlap_share: _l("Both speaking at once, percent of the call"),
    Measure.agent_talk_share: _l("Agent’s part of the speech, percent"),
    Measure.agent_loudness_lufs: _l("Agent’s loudness, LUFS"),
    Measure.agent_clarity_db: _l("Agent’s clarity above the noise, dB"),
    Measure.clipping_share: _l("Clipped sound, percent"),
}
COMPARISONS: dict[str, LazyString] = {
    Comparison.above: _l("is above"),
    Comparison.at_least: _l("is at least"),
    Comparison.below: _l("is below"),
    Comparison.at_most: _l("is at most"),
}
OUTCOMES: dict[str, LazyString] = {
    "satisfied": _l("satisfied"),
    "not_satisfied": _l("not satisfied"),
    "cannot_tell": _l("cannot tell"),
}
STANDINGS: dict[str, LazyString] = {
    Standing.confirmed: _l("hits confirmed"),
    Standing.false_hit: _l("false hits"),
    Standing.miss: _l("misses"),
    Standing.right_without: _l("rightly no hit"),
}
RULE_STATES: dict[str, LazyString] = {"draft": _l("Draft"), "on": _l("Switched on"), "off": _l("Switched off")}
_MOST_PHRASES = 6


@dataclass(frozen=True, slots=True)
class Names:
    """What scripts and rules are called, by code."""

    scripts: Mapping[str, str] = field(default_factory=dict)
    rules: Mapping[str, str] = field(default_factory=dict)


def is_share(measure: Measure) -> bool:
    """Whether a measure is a share, which people write in percent."""
    return measure.value.endswith("_share")


def figure_words(condition: Measured) -> str:
    """Return the limit of a measure as people read it."""
    if is_share(condition.measure):
        return str(format_percent(condition.figure))
    return format_number(condition.figure, 0 if float(condition.figure).is_integer() else 1)


def condition_words(condition: Condition, names: Names) -> str:
    """Return a condition as a clause: “the agent says ‘hello’ in the first message, and …”."""
    match condition:
        case AllOf() | AnyOf():
            parts = [_bracketed(part, condition_words(part, names)) for part in condition.of]
            return str((gettext(", and ") if isinstance(condition, AllOf) else gettext(", or ")).join(parts))
        case Not():
            return str(gettext("not (%(condition)s)", condition=condition_words(condition.of, names)))
        case Measured():
            return str(
                gettext(
                    "%(measure)s %(comparison)s %(figure)s",
                    measure=MEASURES[condition.measure],
                    comparison=COMPARISONS[condition.comparison],
                    figure=figure_words(condition),
                )
            )
    return _said_words(condition, names)


def _said_words(condition: Said, names: Names) -> str:
    words = _how_often(condition, str(SPEAKERS[condition.speaker]), _what(condition, names))
    return " ".join([words, *_where(condition, names)])


def _what(condition: Said, names: Names) -> str:
    parts = [gettext("“%(text)s”", text=phrase) for phrase in condition.phrases[:_MOST_PHRASES]]
    if len(condition.phrases) > _MOST_PHRASES:
        parts.append("…")
    if condition.script:
        title = names.scripts.get(condition.script, condition.script)
        parts.append(
            gettext("a cue of the script %(script)s, version %(version)s", script=title, version=condition.version)
        )
    return str(gettext(" or ").join(parts) or gettext("nothing yet"))


def _how_often(condition: Said, who: str, what: str) -> str:
    least, most = condition.at_least, condition.at_most
    if most is None:
        if least <= 1:
            return str(gettext("%(who)s says %(what)s", who=who, what=what))
        return str(gettext("%(who)s says %(what)s at least %(n)s times", who=who, what=what, n=least))
    if most == 0:
        return str(gettext("%(who)s never says %(what)s", who=who, what=what))
    if least == 0:
        return str(gettext("%(who)s says %(what)s at most %(n)s times", who=who, what=what, n=most))
    return str(gettext("%(who)s says %(what)s %(least)s to %(most)s times", who=who, what=what, least=least, most=most))


def _where(condition: Said, names: Names) -> list[str]:
    parts = []
    if condition.first:
        parts.append(ngettext("in the first message", "within the first %(num)s messages", condition.first))
    if condition.last:
        last = ngettext("in the last message", "within the last %(num)s messages", condition.last)
        parts.append(gettext("or %(place)s", place=last) if condition.first else last)
    if condition.within_seconds is not None:
        parts.append(gettext("within %(seconds)s s of the opening", seconds=format_number(condition.within_seconds)))
    if condition.after:
        parts.append(gettext("after “%(rule)s”", rule=names.rules.get(condition.after, condition.after)))
    if condition.before:
        parts.append(gettext("before “%(rule)s”", rule=names.rules.get(condition.before, condition.before)))
    return [str(part) for part in parts]


def _bracketed(part: Condition, words: str) -> str:
    return f"({words})" if isinstance(part, AllOf | AnyOf) else words
