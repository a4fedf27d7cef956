"""A list that somebody sends to be checked and brought in: uploaded as a file, or pasted from a sheet."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import TextAreaField
from wtforms.validators import Length, ValidationError

from qa_app.web.forms import BaseForm

__all__ = ["ListForm", "open_sent"]


class ListForm(BaseForm):
    """A file, or rows pasted from a sheet."""

    file = FileField(_l("File"))
    pasted = TextAreaField(_l("Or paste rows, headings first"), validators=[Length(max=1_000_000)])

    def validate_pasted(self, field: Any) -> None:
        """Ask for one of the two."""
        if not self.file.data and not (field.data or "").strip():
            raise ValidationError(_("Choose a file or paste some rows."))


@contextmanager
def open_sent(form: ListForm) -> Iterator[tuple[Path, str]]:
    """Give what was sent as a file for as long as it is read, and what to call it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "list"
        if form.file.data:
            form.file.data.save(path)
            yield path, PurePosixPath(form.file.data.filename.replace("\\", "/")).name
        else:
            path.write_text(form.pasted.data, encoding="utf-8")
            yield path, _("Pasted rows")
