"""The figures of a month as a page and as a file."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from flask import Blueprint, Response, render_template, request
from flask_babel import ngettext

from qa_app.access import Permission, acting_user, gate
from qa_app.conversations import queries, service
from qa_app.conversations.exports import metrics_rows
from qa_app.conversations.forms import MetricsForm
from qa_app.conversations.metrics import MetricsTable, metrics_table
from qa_app.conversations.metrics_page import present_metrics
from qa_app.db import db
from qa_app.web.downloads import FileForm, table_response
from qa_app.web.i18n import current_time_zone

bp = Blueprint("metrics", __name__, template_folder="templates", url_prefix="/metrics")
gate(bp, Permission.view_metrics)


def _asked_table(form: MetricsForm) -> MetricsTable:
    zone = ZoneInfo(current_time_zone())
    month, by, month_of = form.asked(zone)
    return metrics_table(db.session(), month, by, month_of, zone, visible=queries.visible_figures(acting_user()))


@bp.get("")
def index() -> str:
    """Show the figures of a month."""
    form = MetricsForm(request.args)
    table = _asked_table(form)
    undated = ngettext(
        "%(num)s conversation without a known time belongs to no month.",
        "%(num)s conversations without a known time belong to no month.",
        table.undated,
    )
    return render_template("conversations/metrics.html", form=form, table=present_metrics(table), undated=undated)


@bp.get("/export.<any(csv, xlsx):form>")
def export(form: FileForm) -> Response:
    """Give the table as a file, unrounded and with every figure."""
    table = _asked_table(MetricsForm(request.args))
    asked = request.query_string.decode(errors="replace")
    service.note_export(db.session(), acting_user(), what="metrics", form=form, rows=len(table.keys), asked=asked)
    return table_response(f"metrics-{table.month}-{table.month_of}-by-{table.by}", *metrics_rows(table), form)
