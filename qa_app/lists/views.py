"""Kept filters: saved, renamed, deleted; and taking back what was done to many."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from qa_app.access import Permission, acting_user, gate, get_saved_filter
from qa_app.db import db
from qa_app.lists import jobs, outcomes, queries, service  # noqa: F401 - the duty in jobs announces itself
from qa_app.lists.asked import OUTCOME, Asked, read_query
from qa_app.lists.deeds import deed_of, take_back
from qa_app.lists.forms import LONGEST_NAME, SaveFilterForm
from qa_app.lists.pages import find_list, titles_of_lists
from qa_app.models import SavedFilter

__all__ = ["bp"]

bp = Blueprint("lists", __name__, template_folder="templates")
gate(bp, Permission.signed_in)

_DELETED = "deleted_filter"
"""The filter just deleted, kept in the session until the page has offered it back."""


def _asked_of(page: str, query: str) -> Asked:
    return read_query(find_list(acting_user(), page), query)


@bp.get("/filters")
def index() -> str:
    """Show one's filters of all lists, to rename or delete them."""
    actor = acting_user()
    kept = queries.filters_of(db.session(), actor)
    groups = [
        (page, title, [one for one in kept if one.page == page]) for page, title in titles_of_lists(actor).items()
    ]
    return render_template(
        "lists/filters.html",
        groups=[group for group in groups if group[2]],
        deleted=session.pop(_DELETED, None),
        longest=LONGEST_NAME,
    )


@bp.route("/filters/new", methods=["GET", "POST"])
def save() -> str | Response:
    """Keep a filter under a name."""
    form = SaveFilterForm(request.form if request.method == "POST" else request.args)
    if not form.page.data:
        return redirect(url_for("lists.index"), 303)
    asked = _asked_of(form.page.data, form.query.data or "")
    is_taken = False
    if form.validate_on_submit():
        try:
            service.save_filter(db.session(), acting_user(), asked, form.name.data, replace=form.replace.data)
        except service.FilterRefused as refusal:
            is_taken = isinstance(refusal, service.NameTaken)
            form.name.errors = [_refusal_words(refusal)]
        else:
            flash(_("The filter “%(name)s” is kept.", name=form.name.data), "success")
            return redirect(asked.url, 303)
    return render_template("lists/save.html", form=form, asked=asked, is_taken=is_taken)


@bp.post("/filters/<int:filter_id>/rename")
def rename(filter_id: int) -> str | Response:
    """Give a filter another name."""
    actor = acting_user()
    saved, form = get_saved_filter(db.session(), actor, filter_id), SaveFilterForm()
    if not form.validate():
        flash(" ".join(str(error) for errors in form.errors.values() for error in errors), "error")
        return _back_to(saved)
    try:
        service.rename_filter(db.session(), actor, saved, form.name.data)
    except service.FilterRefused as refusal:
        flash(_refusal_words(refusal), "error")
    else:
        flash(_("The filter is called “%(name)s” now.", name=saved.name), "success")
    return _back_to(saved)


@bp.post("/filters/<int:filter_id>/delete")
def delete(filter_id: int) -> Response:
    """Forget a filter; the next page offers it back."""
    actor = acting_user()
    saved = get_saved_filter(db.session(), actor, filter_id)
    session[_DELETED] = {"name": saved.name, "page": saved.page, "query": saved.query}
    service.delete_filter(db.session(), actor, saved)
    return redirect(url_for("lists.index"), 303)


@bp.post("/filters/deeds/<int:record_id>/undo")
def undo(record_id: int) -> Response:
    """Take back what was done to many, and show how that went where it was done."""
    actor = acting_user()
    record = outcomes.get_deed(db.session(), actor, record_id)
    deed = deed_of(record.deed)
    can_take_back = deed is not None and outcomes.can_take_back(actor, record)
    if deed is None or not can_take_back or not take_back(db.session(), actor, record, deed):
        flash(_("This can no longer be taken back: an hour has passed, or it was taken back already."), "error")
    if deed is None:
        return redirect(url_for("lists.index"), 303)
    asked = _asked_of(deed.page, request.form.get("query", ""))
    joint = "&" if asked.query else "?"
    return redirect(f"{asked.url}{joint}{OUTCOME}={record.id}", 303)


def _back_to(saved: SavedFilter) -> Response:
    return redirect(url_for("lists.index", _anchor=f"filter-{saved.id}"), 303)


def _refusal_words(refusal: service.FilterRefused) -> str:
    match refusal:
        case service.NameTaken():
            return str(_("You have a filter of this name over this list already. Choose another name, or replace it."))
        case service.TooMany():
            return str(
                _(
                    "You keep %(count)s filters over this list, which is as many as fit. Delete one under “Manage”.",
                    count=service.MOST_FILTERS,
                )
            )
        case _:
            return str(_("Nothing is set in this filter. Narrow or order the list first, then keep it."))
