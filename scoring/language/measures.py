"""The figures a rule may compare, each with the places that explain it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise

from scoring.language.conversation import ConversationFacts, Hit, Outcome, Stretch, Utterance, Verdict
from scoring.language.definition import Comparison, Measure, Measured, Speaker

__all__ = ["judge_measured"]

_COMPARE: dict[Comparison, Callable[[float, float], bool]] = {
    Comparison.above: lambda value, figure: value > figure,
    Comparison.at_least: lambda value, figure: value >= figure,
    Comparison.below: lambda value, figure: value < figure,
    Comparison.at_most: lambda value, figure: value <= figure,
}


def judge_measured(condition: Measured, facts: ConversationFacts) -> Verdict:
    """Compare a figure of a conversation; without that figure it cannot be told.

    The places given are those at or beyond the limit (replies that came after a longer gap, longer silences), whichever
    way is asked: they explain a "no" as well as a "yes".
    """
    value, hits = _FIGURES[condition.measure](condition, facts)
    if value is None:
        return Verdict(Outcome.cannot_tell)
    is_met = _COMPARE[condition.comparison](value, condition.figure)
    return Verdict(Outcome.satisfied if is_met else Outcome.not_satisfied, tuple(hits))


Figure = tuple[float | None, Sequence[Hit]]


def _is_beyond(condition: Measured, value: float) -> bool:
    if condition.comparison in (Comparison.above, Comparison.at_most):
        return value > condition.figure
    return value >= condition.figure


def _first_response(condition: Measured, facts: ConversationFacts) -> Figure:
    value = facts.first_response_seconds
    asked = False
    for one in facts.utterances:
        asked = asked or one.speaker == Speaker.customer
        if asked and one.speaker == Speaker.agent:
            return value, [_message_hit(one, condition.measure)]
    return value, []


def _response_gaps(condition: Measured, facts: ConversationFacts) -> Figure:
    gaps = list(_gaps(facts.utterances))
    longest = max((gap for gap, _ in gaps), default=None)
    return longest, [_message_hit(one, condition.measure) for gap, one in gaps if _is_beyond(condition, gap)]


def _gaps(utterances: Sequence[Utterance]) -> Iterator[tuple[float, Utterance]]:
    """At each reply of the agent that follows words of the customer: the time since the first of those words ended."""
    asked: float | None = None
    for one in utterances:
        if one.speaker == Speaker.customer and asked is None:
            asked = one.start_seconds
        elif one.speaker == Speaker.agent and asked is not None and one.start_seconds is not None:
            yield max(0.0, one.start_seconds - asked), one
            asked = None


def _silences(condition: Measured, facts: ConversationFacts) -> Figure:
    """The longest silence: of the sound where it was measured, else between one utterance and the next."""
    sound = facts.sound
    if sound is not None and sound.silence_seconds is not None:
        stretches = [one for one in sound.silences if _is_beyond(condition, one.end_seconds - one.start_seconds)]
        longest = max((one.end_seconds - one.start_seconds for one in sound.silences), default=sound.silence_seconds)
        return max(longest, sound.silence_seconds), [_stretch_hit(one, condition.measure) for one in stretches]
    longest_pause: float | None = None
    hits: list[Hit] = []
    for before, after in pairwise(facts.utterances):
        ended = before.start_seconds if before.end_seconds is None else before.end_seconds
        if ended is None or after.start_seconds is None:
            continue
        pause = max(0.0, after.start_seconds - ended)
        longest_pause = pause if longest_pause is None else max(longest_pause, pause)
        if _is_beyond(condition, pause):
            stretch = Stretch(ended, after.start_seconds)
            hits.append(
                _stretch_hit(stretch, condition.measure)
                if facts.is_recorded
                else _message_hit(after, condition.measure)
            )
    return longest_pause, hits


def _overlaps(condition: Measured, facts: ConversationFacts) -> Figure:
    value, _ = _sound(condition, facts)
    stretches = facts.sound.overlaps if facts.sound is not None else ()
    return value, [_stretch_hit(one, condition.measure) for one in stretches]


def _sound(condition: Measured, facts: ConversationFacts) -> Figure:
    value: float | None = getattr(facts.sound, condition.measure.value, None)
    return value, []


def _message_hit(one: Utterance, measure: Measure) -> Hit:
    return Hit(one.number, 0, len(one.text), measure.value, one.start_seconds, one.end_seconds)


def _stretch_hit(one: Stretch, measure: Measure) -> Hit:
    return Hit(what=measure.value, start_seconds=one.start_seconds, end_seconds=one.end_seconds)


_FIGURES: Mapping[Measure, Callable[[Measured, ConversationFacts], Figure]] = {
    **dict.fromkeys(Measure, _sound),
    Measure.first_response_seconds: _first_response,
    Measure.response_gap_seconds: _response_gaps,
    Measure.silence_seconds: _silences,
    Measure.overlap_seconds: _overlaps,
    Measure.overlap_share: _overlaps,
}
