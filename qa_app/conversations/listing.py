"""The list of conversations as it is asked for: by its address, by a kept filter, or by all rows that match."""

from __future__ import annotations

from dataclasses import replace
from typing import cast
from zoneinfo import ZoneInfo

from flask import request
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from qa_app import access
from qa_app.access import acting_user
from qa_app.clock import now
from qa_app.conversations import queries
from qa_app.conversations.filters import ConversationFilter
from qa_app.conversations.forms import ConversationFilterForm
from qa_app.conversations.full_text import mentions
from qa_app.conversations.response_targets import find_judged
from qa_app.db import db
from qa_app.lists.asked import Asked, read_asked
from qa_app.lists.pages import ListPage, Order, announce_list
from qa_app.models import User
from qa_app.permissions import Permission
from qa_app.web.i18n import current_time_zone

__all__ = ["CONVERSATIONS", "ORDERS", "read_list", "wanted_of"]

ORDERS = {
    "opened": Order(_l("Opened at"), _l("earliest first"), _l("latest first")),
    "first_response": Order(_l("First response"), _l("fastest first"), _l("slowest first")),
    "handle": Order(_l("Handle time"), _l("shortest first"), _l("longest first")),
    "csat": Order(_l("Rating"), _l("lowest first"), _l("highest first")),
}


def _make_form(args: MultiDict[str, str]) -> ConversationFilterForm:
    return ConversationFilterForm(args, choices=queries.find_choices(db.session(), acting_user()))


def _find_ids(session: Session, actor: User, asked: Asked) -> Select[int]:
    return queries.select_keys(actor, wanted_of(session, actor, asked))


CONVERSATIONS = announce_list(
    ListPage(
        "conversations.index", _l("Conversations"), (Permission.view_conversations,), _make_form, ORDERS, _find_ids
    )
)


def read_list() -> tuple[Asked, ConversationFilter]:
    """Read the list this request asks for."""
    asked = read_asked(CONVERSATIONS, request.args)
    return asked, wanted_of(db.session(), acting_user(), asked)


def wanted_of(session: Session, actor: User, asked: Asked) -> ConversationFilter:
    """The conditions of what is asked; who may not see personal data looks for words where they are masked."""
    form = cast("ConversationFilterForm", asked.form)
    wanted = form.to_filter(zone=ZoneInfo(current_time_zone()), sort=asked.sort, order=asked.order)
    wanted = replace(wanted, seen=access.visible_inspections(actor))
    if wanted.words and not access.has_permission(actor, Permission.unmask):
        wanted = replace(wanted, said=mentions(session, wanted.words))
    response = form.response.data
    if response and not form.response.errors:
        narrowed = (access.visible_conversations(actor), *wanted.conditions())
        wanted = replace(wanted, judged=find_judged(session, narrowed, response, at=now()))
    return wanted
