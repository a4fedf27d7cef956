"""What may be typed about a script: its head, sentences and cues line by line, a file, a note."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import IntegerField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, ValidationError
from wtforms.widgets import HiddenInput

from qa_app.scripts.words import SCENES
from qa_app.web.forms import BaseForm
from scoring.language.definition import Scene, Script, Sentences
from scoring.rubric.definition import Text

__all__ = ["ImportForm", "PublishForm", "ScriptForm"]

MOST_LINES = 200
LONGEST_LINE = 300
_SHORT = [Length(max=200, message=_l("At most 200 characters."))]
_LONG = [Length(max=2000, message=_l("At most 2,000 characters."))]
_LINES = [Length(max=20_000, message=_l("At most 20,000 characters."))]


class ScriptForm(BaseForm):
    """A script; sentences and cues stand one on a line."""

    revision = IntegerField(widget=HiddenInput(), default=0)
    scene = SelectField(_l("Scene"), choices=[SelectChoice(str(code), title) for code, title in SCENES.items()])
    title_en = StringField(_l("Name in English"), _SHORT)
    title_zh = StringField(_l("Name in Chinese"), _SHORT)
    purpose_en = TextAreaField(_l("What it is for, English"), _LONG)
    purpose_zh = TextAreaField(_l("What it is for, Chinese"), _LONG)
    sentences_en = TextAreaField(_l("Sentences in English"), _LINES)
    sentences_zh = TextAreaField(_l("Sentences in Chinese"), _LINES)
    cues_en = TextAreaField(_l("Cues in English"), _LINES)
    cues_zh = TextAreaField(_l("Cues in Chinese"), _LINES)

    def validate_title_en(self, field: Any) -> None:
        """Ask for a name in one language at least."""
        if not field.data and not self.title_zh.data:
            raise ValidationError(_l("Give it a name in one of the languages."))

    def _validate_lines(self, field: Any) -> None:
        lines = read_lines(field.data)
        if len(lines) > MOST_LINES:
            raise ValidationError(_l("At most 200 lines."))
        for number, line in enumerate(lines, start=1):
            if len(line) > LONGEST_LINE:
                raise ValidationError(str(_l("Line %(number)s is longer than 300 characters.")) % {"number": number})

    validate_sentences_en = validate_sentences_zh = validate_cues_en = validate_cues_zh = _validate_lines

    def to_script(self, code: str) -> Script:
        """Turn what was typed into a script."""
        return Script(
            code=code,
            scene=Scene(self.scene.data),
            title=Text(en=self.title_en.data or "", zh=self.title_zh.data or ""),
            purpose=Text(en=self.purpose_en.data or "", zh=self.purpose_zh.data or ""),
            sentences=Sentences(en=read_lines(self.sentences_en.data), zh=read_lines(self.sentences_zh.data)),
            cues=Sentences(en=read_lines(self.cues_en.data), zh=read_lines(self.cues_zh.data)),
        )

    @staticmethod
    def values_of(script: Script) -> dict[str, Any]:
        """Return what the form of a script is filled with."""
        return {
            "scene": script.scene.value,
            "title_en": script.title.en,
            "title_zh": script.title.zh,
            "purpose_en": script.purpose.en,
            "purpose_zh": script.purpose.zh,
            **{
                f"{name}_{language}": "\n".join(getattr(script, name).in_language(language))
                for name in ("sentences", "cues")
                for language in ("en", "zh")
            },
        }


class ImportForm(BaseForm):
    """Scripts as a file."""

    file = FileField(_l("TOML or JSON file"), [FileRequired(_l("Choose a file."))])


class PublishForm(BaseForm):
    """What is said about a version."""

    note = StringField(_l("What changed, and why"), [Length(max=500), InputRequired(_l("Say in a word what changed."))])


def read_lines(text: str | None) -> tuple[str, ...]:
    """Read what was typed line by line, without blank lines and doubles."""
    return tuple(dict.fromkeys(line.strip() for line in (text or "").splitlines() if line.strip()))
