"""The first-run page: makes the organisation and its administrator, then shows where to begin."""

from __future__ import annotations

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_security import login_user
from werkzeug.wrappers import Response

from qa_app.access import Permission, gate, public, requires
from qa_app.db import db
from qa_app.models import Organisation, RoleName, User
from qa_app.people import organisation as organisations
from qa_app.people.forms import SetupForm
from qa_app.people.service import EmailTaken, NewUser
from qa_app.web.i18n import current_organisation

bp = Blueprint("setup", __name__, template_folder="templates", url_prefix="/setup")
gate(bp, Permission.manage_settings)

OPEN_BEFORE_SETUP = {"setup.show", "home.choose_language", "static"}


@bp.before_app_request
def lead_to_setup() -> Response | None:
    """Lead every page here for as long as there is no organisation."""
    if request.endpoint in OPEN_BEFORE_SETUP or current_organisation() is not None:
        return None
    return redirect(url_for("setup.show"))


@bp.route("", methods=["GET", "POST"])
@public
def show() -> str | Response:
    """Ask for the organisation and its administrator; afterwards there is nothing here."""
    if current_organisation() is not None:
        abort(404)
    form = SetupForm(data={"language": str(get_locale()), "time_zone": "UTC"})
    if not form.is_submitted():
        form.show_hours(organisations.OpeningHours())
    if form.validate_on_submit():
        user = _set_up(form)
        if user is not None and _keep_logo(form, user):
            login_user(user)
            return redirect(url_for("setup.begin"), 303)
        db.session.rollback()
    return render_template("setup/show.html", form=form)


def _set_up(form: SetupForm) -> User | None:
    administrator = NewUser(
        email=form.email.data,
        name=form.admin_name.data,
        roles=[RoleName.administrator],
        password=form.password.data,
    )
    try:
        return organisations.set_up(db.session(), form.facts, administrator)
    except EmailTaken:
        form.email.errors = [_("Somebody already signs in with this address.")]
        return None


def _keep_logo(form: SetupForm, user: User) -> bool:
    if not form.logo.data:
        return True
    organisation = db.session.get_one(Organisation, 1)
    try:
        organisations.keep_logo(db.session(), user, organisation, form.logo.data.read())
    except organisations.LogoUnreadable:
        form.logo.errors = [_("This is no PNG, JPEG or WebP picture.")]
        return False
    return True


@bp.get("/begin")
@requires(Permission.manage_settings)
def begin() -> str:
    """Show the first steps after the organisation exists."""
    return render_template("setup/begin.html")
