"""What may be typed over a list, what a filter that is kept is called, and what deeds on many rows ask alike."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, ClassVar

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, DateField, Field, HiddenField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, Optional, Regexp, ValidationError

from qa_app.keys import read_key
from qa_app.web.filters import format_day, format_month
from qa_app.web.forms import MONTH, AddressForm, BaseForm

__all__ = [
    "LONGEST_NAME",
    "FilterForm",
    "LaterForm",
    "MonthField",
    "NumberChoice",
    "SaveFilterForm",
    "choices_of",
    "reason_field",
]

LONGEST_NAME = 80
LONGEST_QUERY = 2000
LONGEST_REASON = 500


class MonthField(StringField):
    """A month, YYYY-MM, chosen with the browser's own control."""

    def __init__(self, label: Any, **given: Any) -> None:
        shape = Regexp(MONTH, message=_l("Expected a month like 2026-10."))
        super().__init__(label, [Optional(), shape], render_kw={"type": "month"}, **given)


def _number(value: Any) -> int | None:
    return read_key(str(value)) if str(value or "").isdecimal() else None


class NumberChoice(SelectField):
    """A choice among rows, by their keys; nothing chosen is none."""

    def __init__(self, label: Any, **given: Any) -> None:
        super().__init__(label, coerce=_number, validators=[Optional()], **given)

    def offer(self, rows: Iterable[tuple[int, str]]) -> None:
        """Offer these rows, after "all of them"."""
        self.choices = [SelectChoice("", _l("All")), *(SelectChoice(key, title) for key, title in rows)]


def choices_of(titles: dict[str, LazyString]) -> list[SelectChoice]:
    """Codes with their titles as the choices of a field."""
    return [SelectChoice(value, title) for value, title in titles.items()]


class FilterForm(AddressForm):
    """The fields over a list. OR inside a field, AND between fields; an empty field asks for nothing."""

    words: ClassVar[str] = ""
    """The field for words, which stands first and large; none: all fields stand in one line."""

    def said(self, field: Field, value: str) -> str:
        """Say one value of a field in the reader's words, for its chip."""
        if isinstance(field, MonthField):
            return format_month(value)
        if isinstance(field, DateField):
            return format_day(field.data)
        titles = {str(one.value): str(one.label) for one in getattr(field, "choices", None) or ()}
        return titles.get(value, value)


class SaveFilterForm(BaseForm):
    """The name of a filter that is to be kept."""

    name = StringField(_l("Name"), [DataRequired(_l("Give the filter a name.")), Length(max=LONGEST_NAME)])
    page = HiddenField()
    query = HiddenField(validators=[Length(max=LONGEST_QUERY)])
    replace = BooleanField(_l("Replace the filter that has this name"))


def reason_field(label: LazyString | None = None) -> StringField:
    """Return the field in which a deed is told why."""
    wanted = [DataRequired(_l("Write the reason.")), Length(max=LONGEST_REASON)]
    return StringField(label or _l("Reason"), wanted)


class LaterForm(BaseForm):
    """Until when many things get more time, and why."""

    due_on = DateField(_l("New due date"), [InputRequired(_l("Choose a day."))])
    reason = reason_field()

    def __init__(self, formdata: MultiDict[str, str] | None, today: date) -> None:
        super().__init__(formdata)
        self._today = today

    def validate_due_on(self, field: DateField) -> None:
        """A day that is not over."""
        if field.data and field.data < self._today:
            raise ValidationError(_l("This day is over."))
