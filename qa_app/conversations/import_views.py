"""The import wizard: file, columns, check, import, report."""

from __future__ import annotations

import io
from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, send_file, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response as AnyResponse

from qa_app.access import Permission, acting_user, gate, get_import
from qa_app.conversations import import_wizard as wizard
from qa_app.conversations.import_forms import COLUMN, ReadingForm, UploadForm, field_choices
from qa_app.conversations.import_pages import (
    OBSTACLES,
    TEMPLATES,
    column_rows,
    import_state,
    preview_rows,
    report_of,
    steps_of,
)
from qa_app.conversations.import_texts import describe_file_error
from qa_app.conversations.importers.problems import ImportFileError
from qa_app.db import db
from qa_app.jobs.views import state_of
from qa_app.models import ImportRun, JobRun
from qa_app.web.downloads import table_response
from qa_app.web.forms import ConfirmForm
from qa_app.web.pagination import paginate_rows

bp = Blueprint("imports", __name__, template_folder="templates", url_prefix="/imports")
gate(bp, Permission.import_data)
bp.app_template_global("import_state")(import_state)


@bp.get("")
def index() -> str:
    """List the imports, the newest first."""
    page = paginate_rows(db.session(), select(ImportRun).order_by(ImportRun.id.desc()))
    return render_template("conversations/import_index.html", page=page)


@bp.route("/new", methods=["GET", "POST"])
def new() -> str | AnyResponse:
    """Take the file: uploaded, or pasted from a sheet."""
    form = UploadForm()
    if form.validate_on_submit():
        try:
            run = wizard.keep_upload(db.session(), acting_user(), *_sent_file(form))
        except ImportFileError as error:
            form.file.errors = [describe_file_error(error)]
            return render_template("conversations/import_new.html", form=form, steps=steps_of(1)), 422  # type: ignore[return-value]
        return redirect(url_for("imports.columns", import_id=run.id), 303)
    return render_template("conversations/import_new.html", form=form, steps=steps_of(1))


@bp.route("/<int:import_id>/columns", methods=["GET", "POST"])
def columns(import_id: int) -> str | AnyResponse:
    """Match the columns, with a preview of the first ten records."""
    session, actor = db.session(), acting_user()
    run = _open_run(import_id)
    view = wizard.view_file(session, run)
    form = ReadingForm(data=_first_choice(view) if request.method == "GET" else None)
    sent = {name: value for name, value in request.form.items() if name.startswith(COLUMN)}
    if request.method == "GET":
        sent = {f"{COLUMN}{place}": guess.field or "" for place, guess in enumerate(view.guesses) if guess.is_certain}
    chosen = form.chosen(view, sent)
    problem, records = "", []
    try:
        records = preview_rows(wizard.preview(session, run, chosen))
        if form.validate_on_submit() and request.form.get("step") == "check":
            wizard.choose_reading(session, run, chosen, view.headings)
            wizard.start_check(session, actor, run, str(get_locale()))
            return redirect(url_for("imports.show", import_id=run.id), 303)
    except ImportFileError as error:
        problem = describe_file_error(error)
    return render_template(
        "conversations/import_columns.html", run=run, view=view, form=form, columns=column_rows(view, sent),
        fields=field_choices(), problem=problem, records=records, steps=steps_of(2),
    )  # fmt: skip


@bp.get("/<int:import_id>")
def show(import_id: int) -> str:
    """Show the check, the progress, or the report."""
    session = db.session()
    run = get_import(session, acting_user(), import_id)
    job = session.get(JobRun, run.job_id) if run.job_id is not None else None
    obstacle = wizard.undo_obstacle(session, run)
    return render_template(
        "conversations/import_show.html", run=run, job=job, state=state_of(job) if job is not None else None,
        report=report_of(session, run), steps=steps_of(3 if run.is_dry_run or run.state == "checked" else 4),
        has_errors=run.stored_path is not None and wizard.errors_path(run).exists(),
        obstacle=OBSTACLES[obstacle] if obstacle is not None else "", confirm=ConfirmForm(),
    )  # fmt: skip


@bp.post("/<int:import_id>/start")
def start(import_id: int) -> AnyResponse:
    """Start the import: the good records, or none unless all are good."""
    run = _open_run(import_id)
    all_or_nothing = request.form.get("mode") == "all"
    wizard.start_import(db.session(), acting_user(), run, all_or_nothing=all_or_nothing, locale=str(get_locale()))
    return redirect(url_for("imports.show", import_id=run.id), 303)


@bp.get("/<int:import_id>/errors")
def errors(import_id: int) -> AnyResponse:
    """Give the refused records with their reasons, in the format of the file."""
    run = get_import(db.session(), acting_user(), import_id)
    path = wizard.errors_path(run) if run.stored_path is not None else None
    if path is None or not path.exists():
        abort(404)
    return send_file(path, as_attachment=True, download_name=path.name)


@bp.post("/<int:import_id>/undo")
def undo(import_id: int) -> AnyResponse:
    """Take the import back, while nothing was built on it."""
    run = get_import(db.session(), acting_user(), import_id)
    try:
        removed = wizard.undo_import(db.session(), acting_user(), run)
    except wizard.NotUndoable as refused:
        flash(str(OBSTACLES[refused.obstacle]), "error")
    else:
        flash(_("Taken back: %(count)s conversations were removed.", count=removed))
    return redirect(url_for("imports.show", import_id=run.id), 303)


@bp.get("/templates/<language>.csv")
def template(language: str) -> Response:
    """Give an empty registration table with headings in one language."""
    headings = TEMPLATES.get(language) or abort(404)
    return table_response(f"assay-{language}", headings, [], "csv")


def _sent_file(form: UploadForm) -> tuple[str, Any]:
    if form.file.data:
        return form.file.data.filename, form.file.data.stream
    return "pasted.csv", io.BytesIO(form.pasted.data.encode())


def _open_run(import_id: int) -> ImportRun:
    """Return a run whose file may still be worked on: not one that is running or has been written."""
    run = get_import(db.session(), acting_user(), import_id)
    if run.stored_path is None or run.state not in {"new", "mapped", "checked"}:
        abort(404)
    return run


def _first_choice(view: wizard.FileView) -> dict[str, str]:
    return {"source": view.source, "preset": "vcon" if view.format == "vcon" else "", "channel": "other"}
