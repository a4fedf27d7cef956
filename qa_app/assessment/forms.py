"""What may be typed in this room."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length, Optional, ValidationError
from wtforms.widgets import HiddenInput

from qa_app.web.forms import BaseForm
from scoring.assessment.policy import Policy, read_policy
from scoring.errors import AssessmentError

__all__ = [
    "ApproveForm",
    "CommentForm",
    "ComputeForm",
    "NoteForm",
    "NumbersForm",
    "PolicyForm",
    "TypedMonthForm",
    "with_numbers",
]

_LONGEST = 2000


class ComputeForm(BaseForm):
    """Compute; a month that was computed before asks why again."""

    reason = StringField(_l("Reason"), validators=[Length(max=_LONGEST)])

    def __init__(self, *args: Any, needs_reason: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if needs_reason:
            self.reason.validators = [DataRequired(_l("Say why the month is computed again.")), *self.reason.validators]


class ApproveForm(BaseForm):
    """Approve, with a reason while work is open."""

    reason = StringField(_l("Reason"), validators=[Length(max=_LONGEST)])


class TypedMonthForm(BaseForm):
    """A step that cannot be taken back: the month is typed in."""

    typed = StringField(_l("Type the month to confirm"), validators=[DataRequired()])

    def __init__(self, *args: Any, month: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._month = month

    def validate_typed(self, field: StringField) -> None:
        """What is typed must be the month."""
        if field.data != self._month:
            raise ValidationError(_l("This is not the month. Type it exactly as shown."))


class NoteForm(BaseForm):
    """A note of the review."""

    note = TextAreaField(_l("Note"), validators=[Optional(), Length(max=_LONGEST)])


class CommentForm(BaseForm):
    """A comment that is printed on the sheet."""

    text = TextAreaField(_l("Comment"), validators=[DataRequired(), Length(max=_LONGEST)])


class NumbersForm(BaseForm):
    """Weights, anchors and tier starts: one field per number, named by its place (`components.0.weight`)."""

    mode = SelectField(
        _l("Tiers and lists rest on"),
        choices=[
            SelectChoice("fair", _l("the standing over six months, inspectors’ severity taken out")),
            SelectChoice("direct", _l("the month alone, as it was scored")),
        ],
        default="fair",
    )
    learned_scores = BooleanField(
        _l("Let learned scores sharpen the estimates"),
        description=_l("Only while their conditions hold. They never replace an inspection."),
    )
    revision = IntegerField(widget=HiddenInput(), validators=[Optional()])


class PolicyForm(BaseForm):
    """The whole policy as JSON: what is written in a file can be pasted here, and the other way round."""

    definition = TextAreaField(
        _l("Policy (JSON)"),
        validators=[DataRequired(), Length(max=100_000)],
        render_kw={"rows": 24, "spellcheck": "false"},
    )
    revision = IntegerField(widget=HiddenInput(), validators=[Optional()])

    def validate_definition(self, field: TextAreaField) -> None:
        """It must be readable; what keeps it from being published is only said."""
        try:
            read_policy(field.data)
        except AssessmentError as error:
            raise ValidationError(str(error)) from error

    def policy(self) -> Policy:
        """The policy that was typed."""
        return read_policy(self.definition.data)


def with_numbers(definition: dict[str, Any], typed: Mapping[str, str]) -> tuple[Policy | None, list[str]]:
    """Put typed numbers into their places; returns the policy, or the places whose text is no number or no policy."""
    plain: dict[str, Any] = json.loads(json.dumps(definition))
    wrong = [place for place, text in typed.items() if "." in place and not _put(plain, place.split("."), text.strip())]
    if wrong:
        return None, wrong
    try:
        return read_policy(plain), []
    except AssessmentError as error:
        return None, [str(error)]


def _put(plain: Any, path: list[str], text: str) -> bool:
    """Put one number; an empty field takes the entry away. False where it is no number or there is no such place."""
    try:
        for step in path[:-1]:
            plain = plain[int(step) if step.isdecimal() else step]
        if not text:
            plain.pop(path[-1], None)
            return True
        number = float(text.replace("，", ".").replace(",", "."))
    except (KeyError, IndexError, ValueError, TypeError, AttributeError):
        return False
    plain[path[-1]] = int(number) if path[-1] == "minimum" else number
    return math.isfinite(number)
