"""What an agent may say to a sheet."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import TextAreaField
from wtforms.validators import DataRequired, Length

from qa_app.web.forms import BaseForm

__all__ = ["CommentForm", "ObjectForm"]

_LONGEST = 2000


class ObjectForm(BaseForm):
    """Object: the reason is kept with the sheet and printed on it."""

    reason = TextAreaField(
        _l("What is not right, and why"),
        validators=[DataRequired(_l("Say what is not right.")), Length(max=_LONGEST)],
        render_kw={"rows": 4},
    )


class CommentForm(BaseForm):
    """A word of one's own beside the sheet, printed as self-rating."""

    text = TextAreaField(
        _l("Your own words to this month"),
        validators=[DataRequired(_l("Write something first.")), Length(max=_LONGEST)],
        render_kw={"rows": 3},
    )
