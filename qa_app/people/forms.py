"""What may be typed about people, teams, one's own account, the organisation and its calendar."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import time
from typing import Any
from zoneinfo import available_timezones

import holidays
from flask_babel import get_locale
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileSize
from wtforms import (
    BooleanField,
    DateField,
    EmailField,
    IntegerField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TimeField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import (
    DataRequired,
    Email,
    EqualTo,
    InputRequired,
    Length,
    NumberRange,
    Optional,
    ValidationError,
)
from wtforms.widgets import CheckboxInput, ListWidget

from qa_app.models import Agent, RoleName, Team
from qa_app.people.appeal_rules import AppealRules
from qa_app.people.organisation import OpeningHours, OrganisationFacts
from qa_app.people.service import SHORTEST_PASSWORD, AgentFacts
from qa_app.web.forms import BaseForm
from qa_app.web.i18n import LANGUAGES, named
from qa_app.web.navigation import ROLE_TITLES

__all__ = [
    "AgentForm",
    "AppealRulesForm",
    "CalendarDayForm",
    "NewUserForm",
    "OrganisationForm",
    "PreferencesForm",
    "SetupForm",
    "TeamForm",
    "UserForm",
]

LOGO_BYTES = 2_000_000
MOST_DAYS = 60
_DAYS_WORDS = _l("Write a number of working days from 1 to 60.")
WEEKDAY_NAMES = (
    _l("Monday"),
    _l("Tuesday"),
    _l("Wednesday"),
    _l("Thursday"),
    _l("Friday"),
    _l("Saturday"),
    _l("Sunday"),
)
THEMES = (
    SelectChoice("auto", _l("As the device")),
    SelectChoice("light", _l("Light")),
    SelectChoice("dark", _l("Dark")),
)


class CheckboxesField(SelectMultipleField):
    """Several of a few, each with its own box."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class UserForm(BaseForm):
    """A user's name, roles, teams and agent. Needs the teams and the agents to choose from."""

    name = StringField(_l("Name"), [DataRequired(), Length(max=200)])
    roles = CheckboxesField(_l("Roles"), [DataRequired(_l("Choose at least one role."))], coerce=RoleName)
    supervised_teams = CheckboxesField(_l("Supervises the teams"), coerce=int)
    employee_number = StringField(_l("Employee number"), [Length(max=100)])

    def __init__(self, *args: Any, teams: list[Team], agents: dict[str, Agent], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.roles.choices = _choices(ROLE_TITLES.items())
        self.supervised_teams.choices = _choices((team.id, named(team.name, team.name_zh)) for team in teams)
        self._teams, self._agents = teams, agents

    def validate_employee_number(self, field: StringField) -> None:
        """Only an agent who is known, and an agent role without one sees nothing."""
        if field.data and field.data not in self._agents:
            raise ValidationError(_l("No agent has this employee number. Add the agent first."))
        if not field.data and RoleName.agent in (self.roles.data or []):
            raise ValidationError(_l("An agent sees their own figures: name the employee number."))

    @property
    def chosen_teams(self) -> list[Team]:
        """The teams ticked."""
        return [team for team in self._teams if team.id in (self.supervised_teams.data or [])]

    @property
    def chosen_agent(self) -> Agent | None:
        """The agent named, if any."""
        return self._agents.get(self.employee_number.data or "")


class NewUserForm(UserForm):
    """Somebody who is let in."""

    email = EmailField(_l("E-mail"), [DataRequired(), Email(_l("Write it like name@example.com.")), Length(max=255)])


class AgentForm(BaseForm):
    """What is known of an agent. Needs the teams to choose from."""

    employee_number = StringField(_l("Employee number"), [DataRequired(), Length(max=100)])
    name = StringField(_l("Name"), [DataRequired(), Length(max=200)])
    team = SelectField(_l("Team"), coerce=int)
    hired_on = DateField(_l("Hired on"), [Optional()])
    active_from = DateField(_l("Active from"), [Optional()])
    active_to = DateField(_l("Active to"), [Optional()])
    skills = StringField(_l("Skills, parted by commas"), [Length(max=500)])

    def __init__(self, *args: Any, teams: list[Team], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.team.choices = _choices((team.id, named(team.name, team.name_zh)) for team in teams)
        self._teams = {team.id: team for team in teams}

    def validate_active_to(self, field: DateField) -> None:
        """Nobody leaves before they came."""
        if field.data and self.active_from.data and field.data < self.active_from.data:
            raise ValidationError(_l("The last day lies before the first."))

    @property
    def facts(self) -> AgentFacts:
        """What was typed, for the service."""
        return AgentFacts(
            employee_number=self.employee_number.data or "",
            name=self.name.data or "",
            team=self._teams[self.team.data],
            hired_on=self.hired_on.data,
            active_from=self.active_from.data,
            active_to=self.active_to.data,
            skills=[skill.strip() for skill in (self.skills.data or "").split(",") if skill.strip()],
        )


class TeamForm(BaseForm):
    """A team's names."""

    name = StringField(_l("Name"), [DataRequired(), Length(max=100)])
    name_zh = StringField(_l("Chinese name"), [Length(max=100)])


class PreferencesForm(BaseForm):
    """How a person likes the pages."""

    language = SelectField(_l("Language"))
    theme = RadioField(_l("Appearance"), choices=THEMES)
    keys_enabled = BooleanField(_l("Single-letter keys"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.language.choices = _choices([("", _l("As the organisation and the browser")), *LANGUAGES.items()])


class OrganisationForm(BaseForm):
    """The organisation: names, logo, zone, language and calendar."""

    name = StringField(_l("Name of the organisation"), [DataRequired(), Length(max=200)])
    name_zh = StringField(_l("Chinese name"), [Length(max=200)])
    logo = FileField(
        _l("Logo"),
        [FileSize(LOGO_BYTES, message=_l("The picture is larger than 2 MB."))],
        render_kw={"accept": "image/*"},
    )
    time_zone = SelectField(_l("Time zone"))
    language = SelectField(_l("Language"), choices=[SelectChoice(code, name) for code, name in LANGUAGES.items()])
    calendar_country = SelectField(_l("Public holidays of"))
    weekdays = CheckboxesField(_l("Working days"), [DataRequired(_l("Choose at least one day."))], coerce=int)
    opens_at = TimeField(_l("Opens at"), [DataRequired()])
    closes_at = TimeField(_l("Closes at"), [DataRequired()])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.time_zone.choices = _choices(
            (zone, zone) for zone in sorted(available_timezones()) if "/" in zone or zone == "UTC"
        )
        self.calendar_country.choices = _choices([("", _l("None")), *_countries()])
        self.weekdays.choices = _choices(enumerate(WEEKDAY_NAMES))

    def validate_closes_at(self, field: TimeField) -> None:
        """Hours lie within one day."""
        if field.data and self.opens_at.data and field.data <= self.opens_at.data:
            raise ValidationError(_l("It closes before it opens."))

    @property
    def facts(self) -> OrganisationFacts:
        """What was typed, for the service."""
        return OrganisationFacts(
            name=self.name.data or "",
            name_zh=self.name_zh.data or "",
            time_zone=self.time_zone.data,
            language=self.language.data,
            calendar_country=self.calendar_country.data,
            hours=OpeningHours(
                tuple(self.weekdays.data), _minute_of(self.opens_at.data), _minute_of(self.closes_at.data)
            ),
        )

    def show_hours(self, hours: OpeningHours) -> None:
        """Fill in the hours in force."""
        self.weekdays.data = list(hours.weekdays)
        self.opens_at.data, self.closes_at.data = _time_of(hours.opens_minute), _time_of(hours.closes_minute)


class SetupForm(OrganisationForm):
    """The first-run page: the organisation and its administrator."""

    admin_name = StringField(_l("Your name"), [DataRequired(), Length(max=200)])
    email = EmailField(_l("E-mail"), [DataRequired(), Email(_l("Write it like name@example.com.")), Length(max=255)])
    password = PasswordField(
        _l("Password"),
        [DataRequired(), Length(min=SHORTEST_PASSWORD, message=_l("Use 10 characters or more."))],
        render_kw={"autocomplete": "new-password"},
    )
    password_again = PasswordField(
        _l("Password again"),
        [EqualTo("password", message=_l("The two passwords differ."))],
        render_kw={"autocomplete": "new-password"},
    )


class AppealRulesForm(BaseForm):
    """When an agent reads an inspection, how many working days an appeal has, and its decision."""

    window_days = IntegerField(
        _l("Working days in which an agent can appeal"), [InputRequired(), NumberRange(1, MOST_DAYS, _DAYS_WORDS)]
    )
    decision_days = IntegerField(
        _l("Working days in which an appeal is decided"), [InputRequired(), NumberRange(1, MOST_DAYS, _DAYS_WORDS)]
    )

    is_shown_with_month = BooleanField(_l("Agents read an inspection only once its month is published"))

    @property
    def rules(self) -> AppealRules:
        """What was typed, for the service."""
        return AppealRules(self.window_days.data, self.decision_days.data, self.is_shown_with_month.data)


class CalendarDayForm(BaseForm):
    """One day that differs from the public calendar."""

    on = DateField(_l("Day"), [DataRequired()])
    is_working = RadioField(
        _l("It is"), choices=[SelectChoice("0", _l("a day off")), SelectChoice("1", _l("a working day"))], default="0"
    )
    title = StringField(_l("Why"), [Length(max=200)])


def _choices(titles: Iterable[tuple[Any, Any]]) -> list[SelectChoice]:
    return [SelectChoice(value, title) for value, title in titles]


def _countries() -> list[tuple[str, str]]:
    names = get_locale().territories
    codes = holidays.list_supported_countries(include_aliases=False)
    return sorted(((code, names.get(code, code)) for code in codes), key=lambda pair: pair[1])


def _minute_of(moment: time) -> int:
    return moment.hour * 60 + moment.minute


def _time_of(minute: int) -> time:
    return time(*divmod(minute, 60))
