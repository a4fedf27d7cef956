"""Scenes, states and differences of scripts in the reader's language."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher

from flask_babel import LazyString, get_locale, gettext
from flask_babel import lazy_gettext as _l

from scoring.language.definition import Scene, Script
from scoring.rubric.definition import Text

__all__ = ["PARTS", "SCENES", "STATES", "PartChange", "changes_between", "in_my_language"]

SCENES: dict[str, LazyString] = {
    Scene.greeting: _l("Greeting"),
    Scene.need: _l("Need"),
    Scene.soothing: _l("Soothing"),
    Scene.progress: _l("Progress told"),
    Scene.closing: _l("Closing"),
    Scene.polite: _l("Polite forms"),
    Scene.sensitive: _l("Sensitive words"),
    Scene.forbidden: _l("Forbidden words"),
}
STATES: dict[str, LazyString] = {
    "draft": _l("Draft"),
    "published": _l("In force"),
    "retired": _l("Retired"),
}
PARTS: dict[str, LazyString] = {
    "scene": _l("Scene"),
    "title": _l("Name"),
    "purpose": _l("What for"),
    "sentences": _l("Sentences"),
    "cues": _l("Cues"),
}
_LANGUAGES: dict[str, LazyString] = {"en": _l("English"), "zh": _l("Chinese")}


@dataclass(frozen=True, slots=True)
class PartChange:
    """What changed in one part: lines that went, lines that came."""

    title: str
    removed: tuple[str, ...]
    added: tuple[str, ...]


def in_my_language(text: Text) -> str:
    """Return a text in the reader's language, or in the other one where it is missing."""
    locale = get_locale()
    return text.in_language(locale.language if locale is not None else "en")


def changes_between(old: Script, new: Script) -> list[PartChange]:
    """Return what changed, part by part and language by language; the order of lines counts."""
    found: list[PartChange] = []
    if old.scene != new.scene:
        found.append(PartChange(str(PARTS["scene"]), (str(SCENES[old.scene]),), (str(SCENES[new.scene]),)))
    for part in ("title", "purpose", "sentences", "cues"):
        for language, named in _LANGUAGES.items():
            before, after = (_lines(getattr(one, part), language) for one in (old, new))
            if before == after:
                continue
            title = gettext("%(part)s, %(language)s", part=PARTS[part], language=named)
            found.append(PartChange(str(title), *_difference(before, after)))
    return found


def _lines(value: object, language: str) -> tuple[str, ...]:
    said = getattr(value, language)
    if isinstance(said, tuple):
        return said
    return (said,) if said else ()


def _difference(before: tuple[str, ...], after: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    removed: list[str] = []
    added: list[str] = []
    for tag, a, b, c, d in SequenceMatcher(a=before, b=after, autojunk=False).get_opcodes():
        if tag != "equal":
            removed += before[a:b]
            added += after[c:d]
    return tuple(removed), tuple(added)
