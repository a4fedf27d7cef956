"""The base form of every page: CSRF on, texts trimmed, nothing taken that no database holds."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import DateTimeField, IntegerField

from qa_app.keys import read_key

__all__ = ["MONTH", "AddressForm", "BaseForm", "ConfirmForm", "KeyField", "trimmed", "without_nul"]

YEARS = range(1900, 2200)
"""A day beyond them is a slip of the keyboard, and at the ends of the calendar no day follows or goes before."""
MONTH = r"^(19|20|21)\d{2}-(0[1-9]|1[0-2])$"
"""A month of these years."""
_NUL = "\0"
"""The one character that PostgreSQL holds in no text."""


def without_nul(text: str) -> str:
    """Return the text as a database can hold it."""
    return text.replace(_NUL, "")


def trimmed(value: Any) -> Any:
    """Strip blanks around what was typed; a WTForms filter."""
    return without_nul(value).strip() if isinstance(value, str) else value


def near(day: Any) -> Any:
    """Let a day, or a moment, of our centuries through; a WTForms filter.

    Raises
    ------
    ValueError
        With a sentence for the field, if it is another.
    """
    if isinstance(day, date) and day.year not in YEARS:
        raise ValueError(_l("Choose a day of the years %(first)s to %(last)s.", first=YEARS[0], last=YEARS[-1]))
    return day


class BaseForm(FlaskForm):
    """All forms derive from it. A form gets what it needs to validate through its constructor."""

    class Meta(FlaskForm.Meta):
        """Trim every text field that names no filters of its own, and bound every day."""

        def bind_field(self, form: Any, unbound_field: Any, options: dict[str, Any]) -> Any:
            """Add the filter that the kind of field asks for."""
            filters = unbound_field.kwargs.get("filters", [])
            if unbound_field.field_class.__name__ in {"StringField", "TextAreaField", "EmailField"}:
                filters = [trimmed, *filters]
            elif issubclass(unbound_field.field_class, DateTimeField):
                filters = [near, *filters]
            return unbound_field.bind(form=form, filters=filters, **options)

        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """Drop the characters that no database holds from what was sent, whatever field it is for."""
            sent = super().wrap_formdata(form, formdata)
            if sent is None or not any(_has_nul(value) for _, value in sent.items(multi=True)):
                return sent
            return MultiDict(
                (name, without_nul(value) if _has_nul(value) else value) for name, value in sent.items(multi=True)
            )


def _has_nul(value: Any) -> bool:
    return isinstance(value, str) and _NUL in value


class KeyField(IntegerField):
    """The key of a thing that a form names; a number beyond all keys names nothing."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read what was sent."""
        if not valuelist:
            return
        self.data = None
        self.data = read_key(valuelist[0])


class AddressForm(BaseForm):
    """A form whose fields are the address of the page: nothing changes, so it needs no token."""

    class Meta(BaseForm.Meta):
        """No token in an address that is meant to be passed on."""

        csrf = False


class ConfirmForm(BaseForm):
    """A button that changes something and needs no more than the token."""
