"""Pages of the exports: make one, watch it, fetch its files; and any sheet as PDF."""

from __future__ import annotations

from io import BytesIO

from flask import Blueprint, abort, flash, redirect, render_template, request, send_file, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from qa_app.access import Permission, acting_user, gate, get_export, get_sheet, requires
from qa_app.db import db
from qa_app.jobs.views import state_of
from qa_app.keys import read_key
from qa_app.models import PeriodRevision
from qa_app.reporting import queries, service
from qa_app.reporting.errors import NothingToExport
from qa_app.reporting.forms import ExportForm
from qa_app.web.i18n import html_language
from qa_app.web.pagination import paginate_rows
from reports.errors import RendererMissing

bp = Blueprint("reporting", __name__, template_folder="templates")
gate(bp, Permission.export_sheets)


@bp.get("/exports")
def exports() -> str:
    """Show what can be exported, what is running, and the archive."""
    session = db.session()
    months = queries.list_months(session)
    chosen = request.args.get("month") or (months[0].month if months else "")
    revision = queries.find_revision(session, chosen)
    return render_template(
        "reporting/exports.html",
        months=months,
        revision=revision,
        people=queries.list_people(session, revision) if revision else [],
        form=ExportForm(language=str(get_locale())),
        jobs=[(run, state_of(run)) for run in queries.list_export_jobs(session)],
        files=paginate_rows(session, queries.list_exports_query()),
        line=queries.export_line,
        lang=html_language(),
    )


@bp.post("/exports/<month>")
def start(month: str) -> Response:
    """Start an export of the people ticked, or of all."""
    revision = _revision(month)
    form = ExportForm()
    try:
        service.start_export(
            db.session(),
            acting_user(),
            revision,
            language=form.language.data if form.validate() else str(get_locale()),
            sheet_ids=request.form.getlist("sheet", type=read_key),
        )
    except NothingToExport:
        flash(_("There is nothing to export: choose people of this month."), "error")
    return redirect(url_for("reporting.exports", month=month), 303)


@bp.get("/exports/<int:export_id>/file")
def download(export_id: int) -> Response:
    """Hand out a file of the archive; the fetch is noted."""
    session, actor = db.session(), acting_user()
    file = get_export(session, actor, export_id)
    path = service.fetch_export(session, actor, file)
    if not path.is_file():
        abort(404)
    return send_file(path, mimetype=file.media_type, as_attachment=True, download_name=file.name)


@bp.get("/sheets/<int:sheet_id>/pdf")
@requires(Permission.view_sheets, Permission.own_scorecard)
def sheet_pdf(sheet_id: int) -> Response:
    """Give one sheet as PDF in the language of the page."""
    session, actor = db.session(), acting_user()
    sheet = get_sheet(session, actor, sheet_id)
    try:
        name, pdf = service.print_sheet(session, actor, sheet, language=str(get_locale()))
    except RendererMissing as error:
        flash(_("PDF files cannot be made on this server: %(mend)s", mend=str(error)), "error")
        return redirect(request.referrer or url_for("home.index"), 303)
    return send_file(BytesIO(pdf), mimetype="application/pdf", as_attachment=True, download_name=name)


def _revision(month: str) -> PeriodRevision:
    revision = queries.find_revision(db.session(), month)
    if revision is None:
        abort(404)
    return revision
