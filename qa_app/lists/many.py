"""The two steps of a deed on many things: what will happen to how many, then doing it. Rooms' routes hand over here."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import flash, redirect, render_template, request
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import Select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from qa_app.access import acting_user
from qa_app.db import db
from qa_app.keys import NO_KEY, read_key
from qa_app.lists.asked import OUTCOME, Asked, read_asked, read_query
from qa_app.lists.deeds import MOST_AT_ONCE, Deed, carry_out, one_at_a_time, plan_deed
from qa_app.lists.pages import ListPage, find_list
from qa_app.models import User

__all__ = ["asked_for_file", "chosen_only", "do_to_many"]

TICK, EVERYTHING, CHOSEN = "tick", "everything", "chosen"
"""Fields: one ticked row; all rows that match; the rows of the second step."""


def do_to_many(deed: Deed[Any]) -> str | Response:
    """Say what will happen to the ticked rows; sent again from there, do it and go back to the list."""
    session, actor = db.session(), acting_user()
    page = find_list(actor, deed.page)
    asked = read_query(page, request.form.get("query", ""))
    ids = _read_ids(session, actor, page, asked)
    if not ids or len(ids) > MOST_AT_ONCE:
        flash(_too_few_or_many(len(ids)), "error")
        return redirect(asked.url, 303)
    is_sent = CHOSEN in request.form
    if is_sent:
        one_at_a_time(session, actor)
    plan = plan_deed(session, actor, deed, ids)
    form = deed.make_form(session, actor, plan.ready, request.form if is_sent else None)
    if is_sent and plan.ready and form.validate():
        record = carry_out(session, actor, deed, plan, form)
        joint = "&" if asked.query else "?"
        return redirect(f"{asked.url}{joint}{OUTCOME}={record.id}", 303)
    refused = [(name, deed.reason(code)) for name, code in plan.refused]
    fields = [field for field in form if field.type not in ("CSRFTokenField", "HiddenField")]
    if fields:
        first = next((field for field in fields if field.errors), fields[0])
        first.render_kw = {**(first.render_kw or {}), "autofocus": True}
    return render_template(
        "lists/many.html", deed=deed, plan=plan, refused=refused, form=form, fields=fields, asked=asked, ids=ids
    )


def _read_ids(session: Session, actor: User, page: ListPage, asked: Asked) -> list[int]:
    """The keys that are meant, each once; one more than fit where there are too many."""
    if CHOSEN in request.form:
        given = _keys(request.form[CHOSEN].split(","))
    elif request.form.get(EVERYTHING) and page.find_ids is not None:
        given = list(session.scalars(page.find_ids(session, actor, asked).limit(MOST_AT_ONCE + 1)))
    else:
        given = _keys(request.form.getlist(TICK))
    return list(dict.fromkeys(given))


def _keys(given: Iterable[str]) -> list[int]:
    """Read keys of rows; what can be none, as a number too large for a database, is dropped."""
    return [key for text in given if text.isdecimal() and (key := read_key(text)) != NO_KEY]


def _too_few_or_many(count: int) -> str:
    if not count:
        return str(_("Tick at least one row first."))
    return str(
        ngettext(
            "These are more than %(num)s: that is as many as go at once. Narrow the filter.",
            "These are more than %(num)s: that is as many as go at once. Narrow the filter.",
            MOST_AT_ONCE,
        )
    )


def asked_for_file(page: ListPage) -> Asked:
    """Read what an export is of: the address of the list, or the list the ticks were sent from."""
    return (
        read_query(page, request.form.get("query", "")) if request.method == "POST" else read_asked(page, request.args)
    )


def chosen_only(query: Select[Any], column: Any) -> Select[Any]:
    """Narrow the query of an export to the ticked rows, where rows are ticked and not all are meant."""
    ticked = _keys(request.form.getlist(TICK))
    return query.where(column.in_(ticked)) if ticked and not request.form.get(EVERYTHING) else query
