"""The audit trail as it is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _l
from sqlalchemy import Select
from werkzeug.datastructures import MultiDict
from wtforms import DateField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length, Optional

from qa_app.db import db
from qa_app.lists.asked import Asked
from qa_app.lists.forms import FilterForm
from qa_app.lists.pages import ListPage, announce_list
from qa_app.people import queries
from qa_app.people.deeds import deed_in_words
from qa_app.permissions import Permission
from qa_app.web.i18n import current_time_zone

__all__ = ["EVENTS", "select_events"]


class AuditForm(FilterForm):
    """Over all events."""

    actor = StringField(_l("Who"), [Length(max=200)])
    action = SelectField(_l("Did what"), default="")
    thing = StringField(_l("To which thing"), [Length(max=200)], render_kw={"placeholder": "User 12"})
    since = DateField(_l("From"), [Optional()])
    until = DateField(_l("To"), [Optional()])

    def __init__(self, *args: Any, actions: Sequence[str], **given: Any) -> None:
        super().__init__(*args, **given)
        self.action.choices = [
            SelectChoice("", _l("All")),
            *(SelectChoice(action, deed_in_words(action)) for action in actions),
        ]


def _make_form(args: MultiDict[str, str]) -> AuditForm:
    return AuditForm(args, actions=queries.audit_actions(db.session()))


EVENTS = announce_list(ListPage("audit.index", _l("Audit"), (Permission.view_audit,), _make_form))


def select_events(asked: Asked) -> Select[Any]:
    """The query of the list; days are those of the organisation's zone."""
    form = cast("AuditForm", asked.form)
    wanted = queries.AuditFilter(
        actor=form.actor.data or "",
        action=form.action.data or "",
        thing=form.thing.data or "",
        since=form.since.data,
        until=form.until.data,
    )
    return queries.audit_events(wanted, ZoneInfo(current_time_zone()))
