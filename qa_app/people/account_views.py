"""One's own account: language, appearance, keys; the way to password and second factor."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, session, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from qa_app.access import Permission, acting_user, gate
from qa_app.db import db
from qa_app.people.forms import PreferencesForm
from qa_app.people.service import save_preferences

bp = Blueprint("account", __name__, template_folder="templates", url_prefix="/account")
gate(bp, Permission.signed_in)


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
    return render_template("account/show.html", form=form)
