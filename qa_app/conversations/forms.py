"""What may be typed into the filter bars of this room; both are sent as the address of the page."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _l
from wtforms import DateField, SelectField, SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length, Optional, Regexp
from wtforms.widgets import CheckboxInput, ListWidget

from qa_app.clock import now
from qa_app.conversations.filters import SORTS, ConversationFilter
from qa_app.conversations.metrics import Grouping, MonthOf
from qa_app.conversations.queries import Choices
from qa_app.lists.forms import FilterForm, NumberChoice, choices_of
from qa_app.models import Channel
from qa_app.web.forms import MONTH, AddressForm
from qa_app.web.i18n import named

__all__ = ["CHANNEL_TITLES", "ConversationFilterForm", "MetricsForm", "channel_title"]

CHANNEL_TITLES = {
    Channel.phone: _l("Phone"),
    Channel.chat: _l("Chat"),
    Channel.email: _l("E-mails"),
    Channel.social: _l("Social media"),
    Channel.other: _l("Other"),
}
GROUPING_TITLES = {
    Grouping.agent: _l("Agent"),
    Grouping.team: _l("Team"),
    Grouping.channel: _l("Channel"),
    Grouping.topic: _l("Topic"),
    Grouping.day: _l("Day"),
    Grouping.hour: _l("Hour"),
}
OUTCOMES = {
    "": _l("Any"),
    "resolved": _l("Resolved"),
    "unresolved": _l("Not resolved"),
    "answered": _l("Answered"),
    "handled": _l("Answered, handle time known"),
    "abandoned": _l("Abandoned"),
    "undated": _l("Without a known time"),
}
RATINGS = {"": _l("Any"), "any": _l("Rated"), "high": _l("4 to 5"), "low": _l("Below 3"), "none": _l("No answer")}
RESPONSES = {
    "": _l("Any"),
    "in_time": _l("In time"),
    "late": _l("Late"),
    "judged": _l("In time or late"),
}
NO_RESPONSES = {"": _l("Any; of one agent also in time or late")}
INSPECTED = {"": _l("Any"), "yes": _l("Inspected"), "no": _l("Not inspected")}


def channel_title(channel: str) -> str:
    """The channel's name in the reader's language."""
    return str(CHANNEL_TITLES.get(Channel(channel), channel)) if channel in set(Channel) else channel


class ConversationFilterForm(FilterForm):
    """The filter bar of the conversation list."""

    words = "q"

    q = StringField(_l("Words"), [Length(max=200)])
    channel = SelectMultipleField(
        _l("Channel"),
        choices=[SelectChoice(channel.value, title) for channel, title in CHANNEL_TITLES.items()],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    team = NumberChoice(_l("Team"))
    agent = NumberChoice(_l("Agent"))
    topic = SelectField(_l("Topic"), validators=[Optional()])
    opened_from = DateField(_l("Opened from"), [Optional()])
    opened_to = DateField(_l("Opened to"), [Optional()])
    outcome = SelectField(_l("Result"), choices=choices_of(OUTCOMES), default="")
    response = SelectField(_l("First response"), default="")
    resolved_from = DateField(_l("Resolved from"), [Optional()])
    resolved_to = DateField(_l("Resolved to"), [Optional()])
    rating = SelectField(_l("Customer rating"), choices=choices_of(RATINGS), default="")
    inspected = SelectField(_l("Inspection"), choices=choices_of(INSPECTED), default="")

    def __init__(self, *args: Any, choices: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.team.offer((row.id, named(row.name, row.name_zh)) for row in choices.teams)
        self.agent.offer((row.id, f"{row.name} ({row.employee_number})") for row in choices.agents)
        # Whether a target was met is worked out case by case: of one agent's, not of everybody's.
        self.response.choices = choices_of(RESPONSES if self.agent.data else NO_RESPONSES)
        # A topic of long ago is not among the usual ones and can still be asked for.
        asked = self.topic.raw_data or []
        topics = dict.fromkeys([*choices.topics, *(topic for topic in asked if topic)])
        self.topic.choices = [SelectChoice("", _l("All")), *(SelectChoice(topic, topic) for topic in topics)]

    def to_filter(self, *, zone: ZoneInfo, sort: str, order: str) -> ConversationFilter:
        """What was asked for; a field with a value nobody offered asks for nothing."""
        given = {name: None if field.errors else field.data for name, field in self._fields.items()}
        return ConversationFilter(
            words=given["q"] or "",
            channels=tuple(given["channel"] or ()),
            team_id=given["team"] or None,
            agent_id=given["agent"] or None,
            topic=given["topic"] or "",
            opened_from=given["opened_from"],
            opened_to=given["opened_to"],
            resolved_from=given["resolved_from"],
            resolved_to=given["resolved_to"],
            outcome=given["outcome"] or "",
            rating=given["rating"] or "",
            inspected=given["inspected"] or "",
            sort=sort if sort in SORTS else "opened",
            order="asc" if order == "asc" else "desc",
            zone=zone,
        )


class MetricsForm(AddressForm):
    """The bar above a table of metrics."""

    month = StringField(_l("Calendar month"), [Regexp(MONTH, message=_l("Expected a month like 2026-10."))])
    by = SelectField(
        _l("Lines"), choices=[SelectChoice(one.value, title) for one, title in GROUPING_TITLES.items()], default="agent"
    )
    month_of = SelectField(
        _l("Belongs to its month by"),
        choices=[SelectChoice("opened", _l("opening")), SelectChoice("resolved", _l("resolution"))],
        default="opened",
    )

    def asked(self, zone: ZoneInfo) -> tuple[str, Grouping, MonthOf]:
        """Month, grouping and kind of month; what is missing or wrong takes its default, the month that runs."""
        if not self.month.data:
            self.month.data = f"{now().astimezone(zone):%Y-%m}"
        self.validate()
        month = f"{now().astimezone(zone):%Y-%m}" if self.month.errors else self.month.data
        by = Grouping.agent if self.by.errors else Grouping(self.by.data)
        month_of = MonthOf.opened if self.month_of.errors else MonthOf(self.month_of.data)
        return month, by, month_of
