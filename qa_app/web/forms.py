"""The base form of every page: CSRF on, texts trimmed."""

from __future__ import annotations

from typing import Any

from flask_wtf import FlaskForm
from wtforms import IntegerField

from qa_app.keys import read_key

__all__ = ["AddressForm", "BaseForm", "ConfirmForm", "KeyField", "trimmed"]


def trimmed(value: Any) -> Any:
    """Strip blanks around what was typed; a WTForms filter."""
    return value.strip() if isinstance(value, str) else value


class BaseForm(FlaskForm):
    """All forms derive from it. A form gets what it needs to validate through its constructor."""

    class Meta(FlaskForm.Meta):
        """Trim every text field that names no filters of its own."""

        def bind_field(self, form: Any, unbound_field: Any, options: dict[str, Any]) -> Any:
            """Add the trimming filter."""
            filters = unbound_field.kwargs.get("filters", [])
            if unbound_field.field_class.__name__ in {"StringField", "TextAreaField", "EmailField"}:
                filters = [trimmed, *filters]
            return unbound_field.bind(form=form, filters=filters, **options)


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
