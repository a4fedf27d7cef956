"""What changed between two versions, as sentences in the reader's language: “7 Progress: weight 8 → 10.”."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import cast

from flask_babel import LazyString, gettext
from flask_babel import lazy_gettext as _l

from qa_app.rubrics.words import CHANNELS, CRITICALITIES, KINDS, condition_words, measure_words, shown, title_of
from scoring.rubric import Change, Check, Condition, Criterion, Criticality, Item, Kind, Level, Measure, Place, Rubric

__all__ = ["ChangeLine", "change_lines"]


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """One difference as a sentence, with the place it speaks of."""

    code: str
    place: Place
    sentence: str


def change_lines(changes: Iterable[Change], old: Rubric, new: Rubric) -> list[ChangeLine]:
    """Return each difference as a sentence: “7 Progress: weight 8 → 10.”."""
    return [ChangeLine(change.code, change.place, _change_sentence(change, old, new)) for change in changes]


def _change_sentence(change: Change, old: Rubric, new: Rubric) -> str:
    said = _describe_change(change, old, new)
    if change.place.criterion is None:
        return said
    rubric = old if change.code == "criterion_removed" else new
    title = title_of(rubric, change.place.criterion)
    return str(gettext("%(number)s %(title)s: %(said)s", number=change.number, title=title, said=said))


def _describe_change(change: Change, old: Rubric, new: Rubric) -> str:
    before, after = _value_words(change, change.before, old), _value_words(change, change.after, new)
    return str(_CHANGES[change.code]) % {"before": before, "after": after}


def _value_words(change: Change, value: object, rubric: Rubric) -> str:
    """One side of a change in words; what is None there is "always" for a condition and "nothing" for a measure."""
    match value:
        case Criterion():
            return shown(value.weight)
        case Level() | Item():
            return shown(value.text)
        case Measure():
            return "; ".join(measure_words(value))
        case Check():
            return value.rule
        case None if change.code == "applies_if_changed":
            return str(gettext("always"))
        case _ if change.code == "applies_if_changed":
            return condition_words(cast(Condition, value), rubric)
        case tuple() if change.code == "channels_changed":
            return ", ".join(str(CHANNELS.get(code, code)) for code in value) or gettext("every channel")
    return str({**KINDS, **CRITICALITIES}.get(value, "")) if isinstance(value, Kind | Criticality) else shown(value)


_CHANGES: dict[str, LazyString] = {
    "title_reworded": _l("name %(before)s → %(after)s."),
    "description_reworded": _l("The description was reworded."),
    "channels_changed": _l("Channels: %(before)s → %(after)s."),
    "section_added": _l("Section %(after)s added."),
    "section_removed": _l("Section %(before)s removed."),
    "section_moved": _l("Section %(after)s moved."),
    "criterion_added": _l("added, weight %(after)s."),
    "criterion_removed": _l("removed, weight was %(before)s."),
    "criterion_moved": _l("moved from place %(before)s to %(after)s."),
    "criterion_rehomed": _l("moved from section %(before)s to %(after)s."),
    "kind_changed": _l("kind %(before)s → %(after)s."),
    "weight_changed": _l("weight %(before)s → %(after)s."),
    "criticality_changed": _l("class %(before)s → %(after)s."),
    "na_allowed_changed": _l("not applicable allowed: %(before)s → %(after)s."),
    "evidence_required_changed": _l("evidence required: %(before)s → %(after)s."),
    "measure_changed": _l("measure %(before)s → %(after)s."),
    "applies_if_changed": _l("applies if: %(before)s → %(after)s."),
    "guidance_reworded": _l("guidance reworded."),
    "check_changed": _l("automatic check %(before)s → %(after)s."),
    "script_changed": _l("script %(before)s → %(after)s."),
    "level_added": _l("level %(after)s added."),
    "level_removed": _l("level %(before)s removed."),
    "level_reworded": _l("level %(before)s is now called %(after)s."),
    "level_value_changed": _l("value of a level %(before)s → %(after)s."),
    "level_fatal_changed": _l("a level is fatal: %(before)s → %(after)s."),
    "levels_reordered": _l("levels reordered."),
    "item_added": _l("line %(after)s added."),
    "item_removed": _l("line %(before)s removed."),
    "item_reworded": _l("line %(before)s is now %(after)s."),
    "item_na_changed": _l("a line may be not applicable: %(before)s → %(after)s."),
    "items_reordered": _l("lines reordered."),
}
