"""The list of actions as it is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from flask_babel import lazy_gettext as _l
from sqlalchemy import Select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from wtforms import SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length

from qa_app.access import acting_user
from qa_app.coaching import queries
from qa_app.coaching.queries import ActionFilter
from qa_app.coaching.words import STATES
from qa_app.db import db
from qa_app.lists.asked import Asked
from qa_app.lists.forms import FilterForm, NumberChoice, choices_of
from qa_app.lists.pages import ListPage, Order, announce_list
from qa_app.models import CoachingAction, User
from qa_app.permissions import Permission
from qa_app.web.i18n import named

__all__ = ["ACTIONS", "select_asked"]


class ActionsForm(FilterForm):
    """Over the actions one may see."""

    words = "q"

    q = StringField(_l("Words"), [Length(max=200)])
    state = SelectField(
        _l("State"),
        choices=[SelectChoice("", _l("All")), *(SelectChoice(state.value, title) for state, title in STATES.items())],
        default="",
    )
    team = NumberChoice(_l("Team"))
    agent = NumberChoice(_l("Agent"))
    owner = NumberChoice(_l("Who sees to it"))
    overdue = SelectField(_l("Show"), choices=choices_of({"": _l("All"), "1": _l("Overdue only")}), default="")

    def __init__(
        self, *args: Any, teams: Sequence[Any], agents: Sequence[Any], owners: Sequence[Any], **given: Any
    ) -> None:
        super().__init__(*args, **given)
        self.team.offer((one.id, named(one.name, one.name_zh)) for one in teams)
        self.agent.offer((one.id, f"{one.name} ({one.employee_number})") for one in agents)
        self.owner.offer((one.id, one.name) for one in owners)


def _make_form(args: MultiDict[str, str]) -> ActionsForm:
    session, actor = db.session(), acting_user()
    return ActionsForm(
        args,
        teams=queries.list_teams(session, actor),
        agents=queries.list_coached_agents(session, actor),
        owners=queries.list_owners(session, actor),
    )


def _find_ids(session: Session, actor: User, asked: Asked) -> Select[int]:
    return select_asked(session, actor, asked).with_only_columns(CoachingAction.id)


ACTIONS = announce_list(
    ListPage(
        "coaching.index",
        _l("Coaching"),
        (Permission.view_coaching,),
        _make_form,
        {
            "due": Order(_l("Due on"), _l("what is to do first"), _l("latest first"), "asc"),
            "opened": Order(_l("Opened"), _l("earliest first"), _l("latest first")),
        },
        _find_ids,
    )
)


def select_asked(session: Session, actor: User, asked: Asked) -> Select[Any]:
    """The query of the list."""
    form = cast("ActionsForm", asked.form)
    wanted = ActionFilter(
        state=form.state.data or "",
        team_id=form.team.data,
        owner_id=form.owner.data,
        agent_id=form.agent.data,
        overdue=form.overdue.data == "1",
        text=form.q.data or "",
        sort=asked.sort,
        order=asked.order,
    )
    return queries.actions_query(session, actor, wanted)
