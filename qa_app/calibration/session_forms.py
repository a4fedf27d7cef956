"""What may be typed about a calibration session."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import DateField, HiddenField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, ValidationError

from qa_app.calibration.service import LONGEST_TEXT
from qa_app.models import User
from qa_app.web.forms import BaseForm, KeyField

__all__ = ["CancelForm", "MemberForm", "NewSessionForm", "NoteForm", "ProlongForm", "RevealForm", "RulingForm"]


class NewSessionForm(BaseForm):
    """A session: its name, who scores, until when; what is scored is ticked beside it or named by number."""

    name = StringField(_l("Name"), validators=[InputRequired(), Length(max=120)])
    due_on = DateField(_l("Score until"), validators=[InputRequired()])
    inspectors = SelectMultipleField(_l("Inspectors"), coerce=int)
    numbers = StringField(_l("More, by number"), validators=[Length(max=500)])

    def __init__(self, inspectors: list[User], today: date, **given: Any) -> None:
        super().__init__(**given)
        self.today = today
        self.inspectors.choices = [SelectChoice(user.id, user.display_name) for user in inspectors]

    def validate_due_on(self, field: DateField) -> None:
        """Nobody can score until yesterday."""
        if field.data is not None and field.data < self.today:
            raise ValidationError(_l("This day has passed. Choose today or a later day."))

    def validate_inspectors(self, field: SelectMultipleField) -> None:
        """One alone has nobody to agree with."""
        if len(field.data or ()) < 2:
            raise ValidationError(_l("Choose at least two inspectors."))


class RevealForm(BaseForm):
    """Why the answers are revealed though somebody is missing."""

    reason = StringField(_l("Reason"), validators=[Length(max=500)])


class CancelForm(BaseForm):
    """Why a session is cancelled."""

    reason = StringField(_l("Reason, told to its inspectors"), validators=[InputRequired(), Length(max=500)])


class ProlongForm(BaseForm):
    """Until when a session may be scored instead."""

    due_on = DateField(_l("Score until"), validators=[InputRequired()])


class MemberForm(BaseForm):
    """One inspector, to be added or taken out."""

    inspector = SelectField(_l("Inspector"), coerce=int, validators=[InputRequired()])

    def __init__(self, inspectors: Sequence[User], **given: Any) -> None:
        super().__init__(**given)
        self.inspector.choices = [SelectChoice(user.id, user.display_name) for user in inspectors]


class NoteForm(BaseForm):
    """What somebody says about a criterion."""

    sample = KeyField(validators=[InputRequired()])
    criterion = HiddenField(validators=[InputRequired()])
    text = TextAreaField(_l("Note"), validators=[InputRequired(), Length(max=LONGEST_TEXT)])


class RulingForm(BaseForm):
    """The reference answer, and what the guidance is to say in either language or both."""

    sample = KeyField(validators=[InputRequired()])
    criterion = HiddenField(validators=[InputRequired()])
    reference = SelectField(_l("Reference answer"), validate_choice=False, validators=[InputRequired()])
    text = TextAreaField(_l("Ruling, English"), validators=[Length(max=LONGEST_TEXT)])
    text_zh = TextAreaField(_l("Ruling, Chinese"), validators=[Length(max=LONGEST_TEXT)])
