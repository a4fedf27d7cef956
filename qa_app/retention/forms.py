"""What may be typed on the page of retention."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import DateField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional, ValidationError

from qa_app.retention.due import ALL_OTHERS
from qa_app.retention.service import FEWEST_DAYS, HoldFilter
from qa_app.web.forms import BaseForm

__all__ = ["HoldForm", "KeepForm", "RuleForm", "RunForm"]

MOST_DAYS = 36_500


class RuleForm(BaseForm):
    """A source and its days."""

    source = SelectField(_l("Source"))
    keep_days = IntegerField(
        _l("Keep content for so many days"),
        [
            InputRequired(),
            NumberRange(
                FEWEST_DAYS,
                MOST_DAYS,
                _l("Between 45 and 36,500 days: a month has to be inspected and closed before its content goes."),
            ),
        ],
    )

    def __init__(self, *args: Any, sources: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.source.choices = [
            SelectChoice(ALL_OTHERS, _l("All sources without a rule of their own")),
            *(SelectChoice(source, source) for source in sources),
        ]


class KeepForm(BaseForm):
    """Why something is held, and until when."""

    reason = TextAreaField(_l("Reason"), [DataRequired(_l("Write the reason.")), Length(max=500)])
    until = DateField(_l("Until"), [Optional()])

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._today = today

    def validate_until(self, field: DateField) -> None:
        """A hold until a day that is over would protect nothing."""
        if field.data and field.data < self._today:
            raise ValidationError(_l("This day is over."))


class HoldForm(KeepForm):
    """A legal hold: one conversation, or a filter."""

    source = SelectField(_l("Source"))
    external_id = StringField(_l("Number of one conversation"), [Length(max=200)])
    agent = StringField(_l("Employee number of the agent"), [Length(max=200)])
    customer_id = StringField(_l("Customer number"), [Length(max=300)])
    opened_from = DateField(_l("Opened from"), [Optional()])
    opened_to = DateField(_l("Opened to"), [Optional()])

    def __init__(self, *args: Any, sources: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.source.choices = [
            SelectChoice("", _l("Every source")),
            *(SelectChoice(source, source) for source in sources),
        ]

    def validate_opened_to(self, field: DateField) -> None:
        """Days in their order."""
        if field.data and self.opened_from.data and field.data < self.opened_from.data:
            raise ValidationError(_l("This day lies before the first one."))

    def validate_external_id(self, field: StringField) -> None:
        """A number is one of a source."""
        if field.data and not self.source.data:
            raise ValidationError(_l("Choose the source: two sources may use the same number."))

    @property
    def is_everything(self) -> bool:
        """Whether nothing narrows it."""
        fields = (self.source, self.external_id, self.agent, self.customer_id, self.opened_from, self.opened_to)
        return not any(field.data for field in fields)

    def to_filter(self, agent_id: int | None) -> HoldFilter:
        """What was asked for."""
        return HoldFilter(
            source=self.source.data or "",
            agent_id=agent_id,
            customer_id=self.customer_id.data or "",
            opened_from=self.opened_from.data,
            opened_to=self.opened_to.data,
        )


class RunForm(BaseForm):
    """Deleting now asks for the number that the page shows: it cannot be taken back."""

    count = IntegerField(_l("How many conversations"), [InputRequired()])
