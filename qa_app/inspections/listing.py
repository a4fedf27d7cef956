"""The lists of this room as they are asked for: what was scored, one's own, and the samples in inspectors' hands."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, cast
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _l
from sqlalchemy import Select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from wtforms import SelectField, StringField
from wtforms.validators import Length

from qa_app.access import acting_user
from qa_app.clock import now
from qa_app.conversations.metrics import month_bounds
from qa_app.db import db
from qa_app.inspections import lead_queries, queries
from qa_app.inspections.lead_queries import WorkFilter
from qa_app.inspections.queries import InspectionFilter
from qa_app.lists.asked import Asked
from qa_app.lists.forms import FilterForm, MonthField, NumberChoice, choices_of
from qa_app.lists.pages import ListPage, Order, announce_list
from qa_app.models import Assignment, Inspection, InspectionState, User
from qa_app.permissions import Permission
from qa_app.web.i18n import current_time_zone

__all__ = ["INSPECTIONS", "MINE", "WORK", "select_asked", "select_mine", "select_work"]

STATES = {
    "": _l("All"),
    InspectionState.submitted.value: _l("Submitted"),
    InspectionState.appealed.value: _l("Appealed"),
    InspectionState.decided.value: _l("Decided"),
    InspectionState.final.value: _l("Final"),
}
ONLY = {"": _l("All"), "critical": _l("Critical only"), "chosen": _l("Not random only")}
DUE = {
    "": _l("Any"),
    "overdue": _l("Overdue"),
    "today": _l("Today"),
    "later": _l("Later"),
    "none": _l("Without a due date"),
}
BEGUN = {"": _l("Any"), "not_begun": _l("Not begun"), "begun": _l("Begun"), "lead": _l("Waits for you")}


class MineForm(FilterForm):
    """Over one's own past inspections."""

    words = "q"

    q = StringField(_l("Words"), [Length(max=200)])
    month = MonthField(_l("Submitted in"))
    state = SelectField(_l("State"), choices=choices_of(STATES), default="")
    only = SelectField(_l("Show"), choices=choices_of(ONLY), default="")


class InspectionsForm(MineForm):
    """Over all that was scored."""

    inspector = NumberChoice(_l("Inspector"))
    agent = NumberChoice(_l("Agent"))

    def __init__(self, *args: Any, inspectors: Sequence[Any], agents: Sequence[Any], **given: Any) -> None:
        super().__init__(*args, **given)
        self.inspector.offer((one.id, one.name) for one in inspectors)
        self.agent.offer((one.id, f"{one.name} ({one.employee_number})") for one in agents)


class WorkForm(FilterForm):
    """Over the samples in inspectors' hands."""

    words = "q"

    q = StringField(_l("Words"), [Length(max=200)])
    inspector = NumberChoice(_l("Inspector"))
    due = SelectField(_l("Due"), choices=choices_of(DUE), default="")
    begun = SelectField(_l("State"), choices=choices_of(BEGUN), default="")

    def __init__(self, *args: Any, inspectors: Sequence[Any], **given: Any) -> None:
        super().__init__(*args, **given)
        self.inspector.offer((one.id, one.name) for one in inspectors)


ORDERS = {
    "submitted": Order(_l("Submitted"), _l("earliest first"), _l("latest first")),
    "score": Order(_l("Score"), _l("lowest first"), _l("highest first"), "asc"),
    "spent": Order(_l("Time spent"), _l("shortest first"), _l("longest first")),
}
WORK_ORDERS = {
    "due": Order(_l("Due"), _l("earliest first"), _l("latest first"), "asc"),
    "assigned": Order(_l("Handed out"), _l("earliest first"), _l("latest first"), "asc"),
}


def _make_inspections(args: MultiDict[str, str]) -> InspectionsForm:
    session, actor = db.session(), acting_user()
    inspectors, agents = queries.inspectors_of(session, actor), queries.agents_of(session, actor)
    return InspectionsForm(args, inspectors=inspectors, agents=agents)


def _make_work(args: MultiDict[str, str]) -> WorkForm:
    return WorkForm(args, inspectors=lead_queries.holders(db.session()))


def _inspection_ids(_session: Session, actor: User, asked: Asked) -> Select[int]:
    return select_asked(actor, asked).with_only_columns(Inspection.id)


def _work_ids(_session: Session, _actor: User, asked: Asked) -> Select[int]:
    return select_work(asked).with_only_columns(Assignment.id)


INSPECTIONS = announce_list(
    ListPage(
        "inspections.index",
        _l("Inspections"),
        (Permission.manage_inspections,),
        _make_inspections,
        ORDERS,
        _inspection_ids,
    )
)
WORK = announce_list(
    ListPage(
        "inspections.work", _l("Work in hand"), (Permission.manage_inspections,), _make_work, WORK_ORDERS, _work_ids
    )
)
MINE = announce_list(ListPage("inspections.mine", _l("My inspections"), (Permission.inspect,), MineForm, ORDERS))


def select_asked(actor: User, asked: Asked) -> Select[*tuple[Any, ...]]:
    """The query of the list of inspections."""
    form = cast("InspectionsForm", asked.form)
    return _select(actor, asked, form, inspector_id=form.inspector.data, agent_id=form.agent.data)


def select_mine(actor: User, asked: Asked) -> Select[*tuple[Any, ...]]:
    """The query of one's own inspections."""
    return _select(actor, asked, cast("MineForm", asked.form), inspector_id=actor.id)


def _select(actor: User, asked: Asked, form: MineForm, **people: int | None) -> Select[*tuple[Any, ...]]:
    wanted = InspectionFilter(
        month=form.month.data or "",
        state=form.state.data or "",
        only=form.only.data or "",
        words=form.q.data or "",
        sort=asked.sort,
        order=asked.order,
        **people,
    )
    return queries.select_inspections(actor, wanted, *_bounds(wanted.month))


def _bounds(month: str) -> tuple[datetime | None, datetime | None]:
    return month_bounds(month, ZoneInfo(current_time_zone())) if month else (None, None)


def select_work(asked: Asked) -> Select[*tuple[Any, ...]]:
    """The query of the samples in inspectors' hands."""
    form = cast("WorkForm", asked.form)
    today = now().astimezone(ZoneInfo(current_time_zone())).replace(hour=0, minute=0, second=0, microsecond=0)
    return lead_queries.select_open_assignments(
        WorkFilter(
            words=form.q.data or "",
            inspector_id=form.inspector.data,
            due=form.due.data or "",
            begun=form.begun.data or "",
            tomorrow=today + timedelta(days=1),
            sort=asked.sort,
            order=asked.order,
        )
    )
