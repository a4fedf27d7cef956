"""What may be asked of the page of trends; the address is the filter."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional, Regexp

from qa_app.conversations.forms import CHANNEL_TITLES
from qa_app.keys import read_key
from qa_app.web.forms import BaseForm

__all__ = ["TrendsForm"]


def _number(value: Any) -> int | None:
    return read_key(str(value)) if str(value or "").isdecimal() else None


class TrendsForm(BaseForm):
    """Month, team and channel."""

    class Meta(BaseForm.Meta):
        """No token in an address that is meant to be passed on."""

        csrf = False

    month = StringField(
        _l("Calendar month"),
        [Optional(), Regexp(r"^[12]\d{3}-(0[1-9]|1[0-2])$", message=_l("Expected a month like 2026-10."))],
    )
    team = SelectField(_l("Team"), coerce=_number, validators=[Optional()])
    channel = SelectField(
        _l("Channel"),
        choices=[
            SelectChoice("", _l("All")),
            *(SelectChoice(channel.value, title) for channel, title in CHANNEL_TITLES.items()),
        ],
        validators=[Optional()],
    )

    def __init__(self, *args: Any, teams: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.team.choices = [SelectChoice("", _l("All")), *(SelectChoice(number, name) for number, name in teams)]

    def asked(self, newest: str) -> tuple[str, int | None, str]:
        """Month, team and channel; what is missing or wrong takes its default, the newest month with inspections."""
        self.validate()
        month = newest if self.month.errors or not self.month.data else self.month.data
        team = None if self.team.errors else self.team.data
        channel = "" if self.channel.errors else self.channel.data or ""
        if not self.month.data:
            self.month.data = month
        return month, team, channel
