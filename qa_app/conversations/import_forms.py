"""What may be typed in the import wizard, and where a transcript is added to a call."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import SelectField, StringField, TextAreaField, ValidationError
from wtforms.validators import Length, Optional

from qa_app.conversations.forms import channel_title
from qa_app.conversations.import_texts import field_name
from qa_app.conversations.import_wizard import ChosenReading, FileView
from qa_app.conversations.importers.headings import SYNONYMS
from qa_app.conversations.importers.presets import PRESETS
from qa_app.models import Channel
from qa_app.web.forms import BaseForm

__all__ = ["ReadingForm", "TranscriptForm", "UploadForm"]

COLUMN = "column-"
PRESET_TITLES = {
    "calls": _l("Table of calls"),
    "registration": _l("Registration and tracking table"),
    "vcon": _l("vCon"),
}


class UploadForm(BaseForm):
    """A file, or rows pasted from a sheet."""

    file = FileField(_l("File"))
    pasted = TextAreaField(_l("Or paste rows, headings first"), validators=[Length(max=5_000_000)])

    def validate_pasted(self, field: Any) -> None:
        """Ask for one of the two."""
        if not self.file.data and not (field.data or "").strip():
            raise ValidationError(_l("Choose a file or paste some rows."))


class ReadingForm(BaseForm):
    """How the file is to be read; the columns of a table come as `column-<place>`."""

    preset = SelectField(_l("Preset"))
    source = StringField(_l("Name of the source"), validators=[Length(max=100)])
    timezone = StringField(_l("Time zone of times without one"), validators=[Optional(), Length(max=60)])
    channel = SelectField(_l("Channel, where no column tells it"))
    mapping_text = TextAreaField(_l("Mapping (TOML)"), validators=[Length(max=100_000)])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.preset.choices = [("", _l("None: match the columns below"))] + [
            (name, PRESET_TITLES[name]) for name in PRESETS
        ]
        self.channel.choices = [(channel.value, channel_title(channel.value)) for channel in reversed(Channel)]

    def validate_timezone(self, field: Any) -> None:
        """Know the zone."""
        if field.data and field.data not in available_timezones():
            raise ValidationError(_l("This is not a time zone. Expected like Asia/Shanghai."))

    def chosen(self, view: FileView, sent: dict[str, str]) -> ChosenReading:
        """Return what was chosen; columns only where neither a preset nor a mapping stands before them."""
        columns = {
            field: heading
            for place, heading in enumerate(view.headings)
            if (field := sent.get(f"{COLUMN}{place}", "")) in SYNONYMS
        }
        is_plain = not self.preset.data and not (self.mapping_text.data or "").strip()
        return ChosenReading(
            preset=self.preset.data or "",
            mapping_text=(self.mapping_text.data or "").strip(),
            columns=columns or None if is_plain else None,
            channel=self.channel.data or "other",
            timezone=self.timezone.data or "",
            source=self.source.data or "",
        )


def field_choices() -> list[tuple[str, str]]:
    """List the fields a column may be, in the reader's words."""
    return sorted(((name, field_name(name)) for name in SYNONYMS), key=lambda choice: choice[1])


class TranscriptForm(BaseForm):
    """A transcript to be put beside a call."""

    file = FileField(_l("File of the transcript"), validators=[FileRequired(_l("Choose a file."))])
    agent = StringField(_l("What the file calls the agent"), validators=[Length(max=100)])
