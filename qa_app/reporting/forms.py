"""Forms of the exports."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import SelectField
from wtforms.fields.choices import SelectChoice

from qa_app.web.forms import BaseForm
from qa_app.web.i18n import LANGUAGES

__all__ = ["ExportForm"]


class ExportForm(BaseForm):
    """In which language the documents are written; who they are about is ticked in the table."""

    language = SelectField(
        _l("Language of the documents"), choices=[SelectChoice(value, label) for value, label in LANGUAGES.items()]
    )
