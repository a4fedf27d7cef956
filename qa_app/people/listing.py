"""The list of people as it is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select
from werkzeug.datastructures import MultiDict
from wtforms import SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length

from qa_app.db import db
from qa_app.lists.asked import Asked
from qa_app.lists.forms import FilterForm, NumberChoice
from qa_app.lists.pages import ListPage, announce_list
from qa_app.models import UNASSIGNED_TEAM, RoleName, Team
from qa_app.people import queries
from qa_app.people.queries import PeopleFilter, Standing
from qa_app.permissions import Permission
from qa_app.web.i18n import html_language
from qa_app.web.navigation import ROLE_TITLES

__all__ = ["PEOPLE", "STANDING_TITLES", "select_asked"]

STANDING_TITLES = {
    Standing.active: _l("active"),
    Standing.inactive: _l("inactive"),
    Standing.no_sign_in: _l("no sign-in"),
}


class PeopleForm(FilterForm):
    """Over all people."""

    words = "q"

    q = StringField(_l("Words"), [Length(max=200)])
    role = SelectField(
        _l("Role"),
        choices=[SelectChoice("", _l("All")), *(SelectChoice(role.value, ROLE_TITLES[role]) for role in RoleName)],
        default="",
    )
    team = NumberChoice(_l("Team"))
    standing = SelectField(
        _l("Sign-in"),
        choices=[
            SelectChoice("", _l("All")),
            *(SelectChoice(one.value, title) for one, title in STANDING_TITLES.items()),
        ],
        default="",
    )

    def __init__(self, *args: Any, teams: Sequence[Team], **given: Any) -> None:
        super().__init__(*args, **given)
        self.team.offer((team.id, _name(team)) for team in teams)


def _name(team: Team) -> str:
    if team.name == UNASSIGNED_TEAM:
        return str(_("Unassigned"))
    return (html_language() == "zh-CN" and team.name_zh) or team.name


def _make_form(args: MultiDict[str, str]) -> PeopleForm:
    return PeopleForm(args, teams=queries.teams(db.session()))


PEOPLE = announce_list(ListPage("people.index", _l("People"), (Permission.view_people,), _make_form))


def select_asked(asked: Asked) -> Select[*tuple[Any, ...]]:
    """The query of the list."""
    form = cast("PeopleForm", asked.form)
    return queries.people_rows(
        PeopleFilter(
            text=form.q.data or "",
            role=RoleName(form.role.data) if form.role.data else None,
            team_id=form.team.data,
            standing=Standing(form.standing.data) if form.standing.data else None,
        )
    )
