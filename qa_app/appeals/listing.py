"""The list of appeals as it is asked for."""

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
from qa_app.appeals import queries
from qa_app.appeals.queries import AppealFilter
from qa_app.appeals.wording import criterion_title, kind_title, state_title
from qa_app.conversations.metrics import month_bounds
from qa_app.db import db
from qa_app.inspections.queries import inspectors_of
from qa_app.lists.asked import Asked
from qa_app.lists.forms import FilterForm, MonthField, NumberChoice, choices_of
from qa_app.lists.pages import ListPage, Order, announce_list
from qa_app.models import Appeal, AppealKind, AppealState, User
from qa_app.people.organisation import working_calendar
from qa_app.permissions import Permission, has_permission
from qa_app.web.i18n import html_language

__all__ = ["APPEALS", "select_asked"]

ALL = _l("All")


class AppealsForm(FilterForm):
    """Over all appeals one may see; inspectors are named to the QA lead only."""

    words = "q"

    q = StringField(_l("Words"), [Length(max=200)])
    month = MonthField(_l("Conversations of"))
    state = SelectField(_l("State"), default="")
    kind = SelectField(_l("Why"), default="")
    criterion = SelectField(_l("Criterion"), default="")
    team = NumberChoice(_l("Team"))
    inspector = NumberChoice(_l("Inspector"))
    only = SelectField(_l("Show"), choices=choices_of({"": ALL, "overdue": _l("Overdue only")}), default="")

    def __init__(
        self,
        *args: Any,
        criteria: Sequence[tuple[str, str]],
        teams: Sequence[Any],
        inspectors: Sequence[Any] | None,
        **given: Any,
    ) -> None:
        super().__init__(*args, **given)
        chinese = html_language() == "zh-CN"
        every = SelectChoice("", ALL)
        states = [SelectChoice(state.value, state_title(state)) for state in AppealState]
        self.state.choices = [every, SelectChoice("waiting", _l("Waiting")), *states]
        self.kind.choices = [every, *(SelectChoice(kind.value, kind_title(kind)) for kind in AppealKind)]
        # The figures lead here from criteria that nobody has disputed yet, too.
        titles = {**{code: code for code in self.criterion.raw_data or () if code}, **dict(criteria)}
        self.criterion.choices = [every, *(SelectChoice(code, title) for code, title in titles.items())]
        self.team.offer((one.id, (chinese and one.name_zh) or one.name) for one in teams)
        if inspectors is None:
            del self.inspector
        else:
            self.inspector.offer((one.id, one.name) for one in inspectors)


def _make_form(args: MultiDict[str, str]) -> AppealsForm:
    session, actor = db.session(), acting_user()
    disputed = queries.disputed_criteria(session, actor)
    leads = has_permission(actor, Permission.manage_appeals)
    return AppealsForm(
        args,
        criteria=[(code, criterion_title(version, code)) for code, version in disputed],
        teams=queries.teams_of_appeals(session, actor),
        inspectors=inspectors_of(session, actor) if leads else None,
    )


def _find_ids(session: Session, actor: User, asked: Asked) -> Select[int]:
    return select_asked(session, actor, asked).with_only_columns(Appeal.id)


APPEALS = announce_list(
    ListPage(
        "appeals.index",
        _l("Appeals"),
        (Permission.view_appeals,),
        _make_form,
        {
            "due": Order(_l("Decide by"), _l("what waits first"), _l("what waits last"), "asc"),
            "filed": Order(_l("Filed"), _l("earliest first"), _l("latest first")),
            "score": Order(_l("Score"), _l("lowest first"), _l("highest first"), "asc"),
        },
        _find_ids,
    )
)


def select_asked(session: Session, actor: User, asked: Asked) -> Select[*tuple[Any, ...]]:
    """The query of the list."""
    form = cast("AppealsForm", asked.form)
    month = form.month.data or ""
    bounds = month_bounds(month, working_calendar(session).zone) if month else (None, None)
    wanted = AppealFilter(
        state=form.state.data or "",
        kind=form.kind.data or "",
        team_id=form.team.data,
        inspector_id=form.inspector.data if "inspector" in form else None,
        criterion=form.criterion.data or "",
        only=form.only.data or "",
        words=form.q.data or "",
        sort=asked.sort,
        order=asked.order,
    )
    return queries.select_appeals(actor, wanted, *bounds)
