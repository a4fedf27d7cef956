"""One's own account: language, appearance, keys, mail; the way to password and second factor."""

from __future__ import annotations

from flask import Blueprint, flash, jsonify, redirect, render_template, session, url_for
from flask_babel import gettext as _
from flask_security import current_user, logout_user
from flask_wtf.csrf import generate_csrf
from werkzeug.wrappers import Response

from qa_app.access import Permission, acting_user, gate, public
from qa_app.db import db
from qa_app.notices.choices import choices_of, save_choices
from qa_app.people import notice_mail  # noqa: F401 - duties announce themselves
from qa_app.people.device_sessions import DEVICE, follow_devices
from qa_app.people.devices import list_devices, sign_out_everywhere
from qa_app.people.first_sign_in import ask_for_own_passwords
from qa_app.people.forms import PreferencesForm
from qa_app.people.notice_form import NoticesForm
from qa_app.people.service import save_preferences

bp = Blueprint("account", __name__, template_folder="templates", url_prefix="/account")
gate(bp, Permission.signed_in)
ask_for_own_passwords(bp)
follow_devices(bp)


@bp.route("", methods=["GET", "POST"])
def show() -> str | Response:
    """Show and keep how the person at the screen likes the pages."""
    actor = acting_user()
    form = PreferencesForm(obj=actor)
    if form.validate_on_submit():
        save_preferences(
            db.session(),
            actor,
            language=form.language.data or None,
            theme=form.theme.data,
            keys_enabled=form.keys_enabled.data,
        )
        # The browser's own choice would otherwise outlive the person's.
        session.pop("language", None)
        flash(_("Saved."))
        return redirect(url_for("account.show"), 303)
    return _show(form, NoticesForm.for_user(actor, choices_of(db.session(), actor)))


@bp.post("/notices")
def notices() -> str | Response:
    """Keep how the person at the screen wants to hear of what by mail."""
    actor = acting_user()
    form = NoticesForm.for_user(actor, choices_of(db.session(), actor))
    if not form.validate_on_submit():
        return _show(PreferencesForm(formdata=None, obj=actor), form)
    save_choices(db.session(), actor, form.choices, digest_hour=form.digest_hour.data)
    flash(_("Saved."))
    return redirect(url_for("account.show", _anchor="notices"), 303)


def _show(form: PreferencesForm, notices_form: NoticesForm) -> str:
    devices = list_devices(db.session(), acting_user())
    return render_template(
        "account/show.html", form=form, notices_form=notices_form, devices=devices, here=session.get(DEVICE)
    )


@bp.post("/sign-out-everywhere")
def end_all() -> Response:
    """End every session of the person at the screen, this one too."""
    sign_out_everywhere(db.session(), acting_user(), acting_user())
    logout_user()
    flash(_("You are signed out on every device."))
    return redirect(url_for("security.login"), 303)


@bp.get("/session")
@public
def session_state() -> Response:
    """Tell a page that is open whether its person is still signed in, and the token that holds now."""
    is_signed_in = bool(current_user.is_authenticated)
    # A visitor needs no token, and asking must not begin a session.
    return jsonify(signed_in=is_signed_in, token=generate_csrf() if is_signed_in else "")


@bp.get("/signed-in")
def signed_in_again() -> str:
    """Send whoever signed in in a window of its own back to the page that waits."""
    return render_template("account/signed_in.html")
