"""A list of people in the browser: file, check, import, report. For the administrator."""

from __future__ import annotations

from flask import Blueprint, Response, abort, g, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response as AnyResponse

from qa_app.access import Permission, acting_user, gate, get_job
from qa_app.conversations.import_texts import describe_file_error, reason_of
from qa_app.conversations.importers.problems import ImportFileError
from qa_app.conversations.people_jobs import IMPORT, report_of, start_import
from qa_app.conversations.people_lists import (
    BrokenRow,
    NoPeopleColumn,
    PeopleList,
    forget_list,
    keep_list,
    open_list,
    read_people,
)
from qa_app.conversations.sent_lists import ListForm, open_sent
from qa_app.db import db
from qa_app.jobs.views import state_of
from qa_app.people import import_words as words
from qa_app.people.import_reading import HEADINGS
from qa_app.people.importing import preview_people
from qa_app.web.downloads import table_response

bp = Blueprint("people_import", __name__, template_folder="templates", url_prefix="/people/import")
gate(bp, Permission.manage_people)

MOST_ROWS = 2000
SHOWN_ROWS = 10
STEP_TITLES = (_l("List"), _l("Check"), _l("Import"))
# The first word of each field in its language; the password's column is left to those who know what they do.
TEMPLATES = {
    "en": [words_of[0] for name, words_of in HEADINGS.items() if name != "password"],
    "zh": [next(w for w in words_of if not w.isascii()) for name, words_of in HEADINGS.items() if name != "password"],
}
EXAMPLES = {
    "en": (
        "1001", "Wang Jing", "Hotline", "wang@example.com", "agent", "", "2025-03-01", "", "", "chat; mail", "zh",
        "helpdesk:17",
    ),
    "zh": (
        "1001", "王静", "热线", "wang@example.com", "客服", "", "2025-03-01", "", "", "在线；邮件", "中文",
        "helpdesk:17",
    ),
}  # fmt: skip


@bp.route("", methods=["GET", "POST"])
def new() -> str | AnyResponse:
    """Take the list: uploaded, or pasted from a sheet."""
    form = ListForm()
    if form.validate_on_submit():
        listed, problem = _read(form)
        if listed is not None:
            return redirect(url_for("people_import.check", token=keep_list(acting_user(), listed)), 303)
        form.file.errors = [problem]
    return render_template("conversations/people_new.html", form=form, steps=_steps(1))


@bp.get("/<token>")
def check(token: str) -> str:
    """Show what the list would do; nothing is kept of it."""
    session, actor = db.session(), acting_user()
    listed = open_list(actor, token) or abort(404)
    report = preview_people(session, actor, listed.rows)
    session.rollback()
    g.keep_nothing = True
    return render_template(
        "conversations/people_check.html", listed=listed, token=token, report=report, rows=listed.rows[:SHOWN_ROWS],
        fields=[field for _title, field in listed.columns if field], words=words, steps=_steps(2),
    )  # fmt: skip


@bp.post("/<token>/start")
def start(token: str) -> AnyResponse:
    """Import the rows that are good."""
    session, actor = db.session(), acting_user()
    if open_list(actor, token) is None:
        abort(404)
    run = start_import(session, actor, token)
    return redirect(url_for("people_import.report", job_id=run.id), 303)


@bp.post("/<token>/forget")
def forget(token: str) -> AnyResponse:
    """Throw the list away."""
    if open_list(acting_user(), token) is None:
        abort(404)
    forget_list(token)
    return redirect(url_for("people_import.new"), 303)


@bp.get("/report/<int:job_id>")
def report(job_id: int) -> str:
    """Show the progress, then what came in and who did not."""
    run = get_job(db.session(), acting_user(), job_id)
    if run.kind != IMPORT:
        abort(404)
    return render_template(
        "conversations/people_report.html", run=run, state=state_of(run), report=report_of(run), words=words,
        steps=_steps(3),
    )  # fmt: skip


@bp.get("/list-<language>.csv")
def template(language: str) -> Response:
    """Give a list with headings in one language and one row to overwrite."""
    headings = TEMPLATES.get(language) or abort(404)
    return table_response(f"assay-people-{language}", headings, [EXAMPLES[language]], "csv")


def _read(form: ListForm) -> tuple[PeopleList | None, str]:
    """Return the list, or what is wrong with it."""
    with open_sent(form) as (path, name):
        try:
            listed = read_people(path, name)
        except ImportFileError as error:
            return None, describe_file_error(error)
        except NoPeopleColumn:
            return None, _("No column names people: one must be headed “employee number” (工号) or “email” (邮箱).")
        except BrokenRow as broken:
            reason = reason_of(broken.error.code, broken.error.value, broken.error.expected)
            return None, _("Line %(line)s: %(reason)s", line=broken.line, reason=reason)
    if not listed.rows:
        return None, _("There is no row below the headings.")
    if len(listed.rows) > MOST_ROWS:
        return None, _("More than %(most)s rows: use ./run flask import people.", most=MOST_ROWS)
    return listed, ""


def _steps(at: int) -> list[tuple[str, str, str]]:
    return [
        (str(title), "", "done" if place < at else "now" if place == at else "later")
        for place, title in enumerate(STEP_TITLES, start=1)
    ]
