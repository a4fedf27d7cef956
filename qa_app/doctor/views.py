"""The page that runs the checks, for the administrator."""

from __future__ import annotations

from flask import Blueprint, render_template

from qa_app.access import Permission, gate
from qa_app.doctor.checks import check_installation

bp = Blueprint("doctor", __name__, template_folder="templates", url_prefix="/doctor")
gate(bp, Permission.manage_settings)


@bp.get("")
def show() -> str:
    """Run every check and show what it saw."""
    return render_template("doctor/show.html", findings=check_installation())
