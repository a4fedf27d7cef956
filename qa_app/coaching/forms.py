"""What may be typed about an action."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import DateField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from qa_app.coaching.materials import is_address
from qa_app.web.forms import BaseForm

__all__ = ["AgreementForm", "MaterialForm", "NewActionForm", "ReasonForm", "ReplyForm", "ResultForm"]

_LONGEST = 2000
_LINE = 300


class AgreementForm(BaseForm):
    """What is agreed; it can be changed while the action is open."""

    owner = SelectField(_l("Who sees to it"), coerce=int)
    due_on = DateField(_l("Due on"), [InputRequired(_l("Choose a day."))])
    practice = TextAreaField(_l("What to practise"), [Length(max=_LONGEST)])
    sentence = TextAreaField(_l("Next sentence to try"), [Length(max=_LONGEST)])

    def __init__(self, *args: Any, coaches: Sequence[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.owner.choices = [(user.id, user.display_name) for user in coaches]

    def validate_sentence(self, _field: Any) -> None:
        """Ask for one of the two: an action that asks for nothing is none."""
        if not (self.practice.data or "").strip() and not (self.sentence.data or "").strip():
            raise ValidationError(_("Say what to practise, or write a sentence to try."))


class NewActionForm(AgreementForm):
    """Open an action, with words of conversations and a first piece of material."""

    evidence = SelectMultipleField(
        _l("Words from conversations"), coerce=int, widget=ListWidget(prefix_label=False), option_widget=CheckboxInput()
    )
    script = TextAreaField(_l("Words of a script"), [Length(max=_LONGEST)])
    link = StringField(_l("Link to material"), [Length(max=_LONGEST)])

    def __init__(self, *args: Any, quotes: Sequence[Any] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.evidence.choices = [(row.id, row.quote) for row in quotes]

    def validate_link(self, field: Any) -> None:
        """Take addresses that a browser can follow."""
        _check_address(field)


class MaterialForm(BaseForm):
    """Add material: a link, words, or a file."""

    title = StringField(_l("What it is called"), [Length(max=_LINE)])
    link = StringField(_l("Link to material"), [Length(max=_LONGEST)])
    script = TextAreaField(_l("Words of a script"), [Length(max=_LONGEST)])
    file = FileField(_l("File"))

    def validate_link(self, field: Any) -> None:
        """Take addresses that a browser can follow, and ask for one of the three."""
        if not (field.data or self.script.data or self.file.data):
            raise ValidationError(_("Give a link, words, or a file."))
        _check_address(field)


class ReplyForm(BaseForm):
    """The agent's own words."""

    reply = TextAreaField(_l("Your reply"), [InputRequired(_l("Write a sentence.")), Length(max=_LONGEST)])


class ResultForm(BaseForm):
    """Close an action as done."""

    result = TextAreaField(_l("How it went"), [Optional(), Length(max=_LONGEST)])


class ReasonForm(BaseForm):
    """Drop an action."""

    reason = StringField(_l("Why it is dropped"), [InputRequired(_l("Write the reason.")), Length(max=_LINE)])


def _check_address(field: Any) -> None:
    if field.data and not is_address(field.data):
        raise ValidationError(_("This is no link: it begins with https:// and names a place."))
