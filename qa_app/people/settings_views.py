"""The organisation's settings: names, logo, zone, language, calendar; for the administrator."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, abort, flash, redirect, render_template, send_from_directory, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from qa_app.access import Permission, acting_user, gate, public
from qa_app.db import db
from qa_app.home_folder import home_folder
from qa_app.models import Organisation
from qa_app.people import organisation as organisations
from qa_app.people import queries
from qa_app.people.appeal_rules import appeal_rules, change_appeal_rules
from qa_app.people.forms import AppealRulesForm, CalendarDayForm, OrganisationForm
from qa_app.web.forms import ConfirmForm

bp = Blueprint("settings", __name__, template_folder="templates", url_prefix="/settings")
gate(bp, Permission.manage_settings)


@bp.route("", methods=["GET", "POST"])
def show() -> str | Response:
    """Show and change the organisation."""
    session, actor = db.session(), acting_user()
    organisation = organisations.organisation_of(session) or abort(404)
    form = OrganisationForm(obj=organisation)
    if not form.is_submitted():
        form.show_hours(organisations.opening_hours(organisation))
    if form.validate_on_submit():
        organisations.change_organisation(session, actor, organisation, form.facts)
        if _keep_logo(form, organisation):
            flash(_("Saved. Months that are computed stay as they were cut."))
            return redirect(url_for("settings.show"), 303)
    return _page(form, AppealRulesForm(formdata=None, obj=appeal_rules(session)))


def _page(form: OrganisationForm, appeals_form: AppealRulesForm) -> str:
    return render_template(
        "settings/show.html",
        form=form,
        appeals_form=appeals_form,
        day_form=CalendarDayForm(formdata=None),
        days=queries.calendar_days(db.session()),
        confirm=ConfirmForm(),
    )


@bp.post("/appeals")
def appeals() -> str | Response:
    """Change how many working days appeals and their decisions have."""
    session, actor = db.session(), acting_user()
    organisation = organisations.organisation_of(session) or abort(404)
    rules = AppealRulesForm()
    if rules.validate_on_submit():
        change_appeal_rules(session, actor, organisation, rules.rules)
        flash(_("Saved. Windows that are open end by the new days; days that were set for decisions stay."))
        return redirect(url_for("settings.show", _anchor="appeals"), 303)
    form = OrganisationForm(formdata=None, obj=organisation)
    form.show_hours(organisations.opening_hours(organisation))
    return _page(form, rules)


def _keep_logo(form: OrganisationForm, organisation: Organisation) -> bool:
    """Keep the logo if one was sent; tell whether all is well."""
    if not form.logo.data:
        return True
    try:
        organisations.keep_logo(db.session(), acting_user(), organisation, form.logo.data.read())
    except organisations.LogoUnreadable:
        form.logo.errors = [_("This is no PNG, JPEG or WebP picture.")]
        return False
    return True


@bp.get("/logo")
@public
def logo() -> Response:
    """Give the organisation's logo; the sign-in page shows it too."""
    organisation = organisations.organisation_of(db.session())
    if organisation is None or not organisation.logo:
        abort(404)
    return send_from_directory(home_folder().folder("files"), organisation.logo, max_age=3600)


@bp.post("/calendar")
def add_day() -> Response:
    """Note a day that differs from the public calendar."""
    form = CalendarDayForm()
    if form.validate_on_submit():
        organisations.note_calendar_day(
            db.session(),
            acting_user(),
            on=form.on.data,
            is_working=form.is_working.data == "1",
            name=form.title.data or "",
        )
    else:
        flash(_("Write the day like 2026-05-01."), "error")
    return redirect(url_for("settings.show", _anchor="calendar"), 303)


@bp.post("/calendar/<string:day>/remove")
def remove_day(day: str) -> Response:
    """Let the public calendar speak for the day again."""
    try:
        on = date.fromisoformat(day)
    except ValueError:
        abort(404)
    organisations.forget_calendar_day(db.session(), acting_user(), on)
    return redirect(url_for("settings.show", _anchor="calendar"), 303)
