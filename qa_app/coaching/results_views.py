"""Results of tests: the list, and bringing a list in: file, check, import."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response as AnyResponse

from qa_app import audit
from qa_app.access import Permission, acting_user, gate, requires
from qa_app.coaching import results
from qa_app.coaching.entered_lists import RESULTS, select_results
from qa_app.coaching.occasion import find_agent
from qa_app.coaching.queries import list_actions_of, today
from qa_app.coaching.ratings_queries import count_forms, ratings_of_agent
from qa_app.coaching.results_reading import HEADINGS, NoResultColumns, ResultRow, read_rows
from qa_app.coaching.results_words import FIELD_TITLES, KIND_TITLES, OUTCOME_TITLES, reason_of
from qa_app.coaching.trainings import trainings_of_agent
from qa_app.conversations.import_texts import describe_file_error
from qa_app.conversations.importers.problems import ImportFileError
from qa_app.conversations.people_lists import PeopleList, forget_list, keep_list, open_list
from qa_app.conversations.sent_lists import ListForm, open_sent
from qa_app.db import db
from qa_app.lists.asked import read_asked
from qa_app.lists.bar import make_bar
from qa_app.lists.many import asked_for_file
from qa_app.models import TestKind, User
from qa_app.people.import_reading import PersonRow
from qa_app.web.downloads import Cell, table_response
from qa_app.web.i18n import named
from qa_app.web.navigation import count_for
from qa_app.web.pagination import paginate_rows

bp = Blueprint("results", __name__, template_folder="templates", url_prefix="/tests")
gate(bp, Permission.view_coaching)

MOST_ROWS = 5000
SHOWN = 12
TABLE_HEADINGS = (
    _l("Agent"), _l("Employee number"), _l("Team"), _l("Quarter"), _l("Kind"), _l("Test"), _l("Points reached"),
    _l("Out of"), _l("Taken on"),
)  # fmt: skip
_FIELDS = ("employee_number", "quarter", "kind", "points", "points_max", "title", "taken_on")
TEMPLATES = {
    "en": [HEADINGS[name][0] for name in _FIELDS],
    "zh": [next(word for word in HEADINGS[name] if not word.isascii()) for name in _FIELDS],
}
EXAMPLES = {
    "en": ("1001", "2026-Q3", "written", "86", "100", "Refund rules", "2026-09-24"),
    "zh": ("1001", "2026-Q3", "笔试", "86", "100", "退款规则", "2026-09-24"),
}


@count_for("results.index")
def count_waiting(user: User) -> int:
    """Count the forms of ratings that wait for the person."""
    return count_forms(db.session(), user)


@bp.get("")
def index() -> str:
    """List results of the agents one may see; an agent's own with what closed rounds of ratings say."""
    session, actor = db.session(), acting_user()
    asked = read_asked(RESULTS, request.args)
    page = paginate_rows(session, select_results(actor, asked))
    return render_template(
        "coaching/results.html",
        page=page,
        bar=make_bar(session, actor, asked, page),
        kinds=KIND_TITLES,
        own=ratings_of_agent(session, actor.agent_id) if actor.agent_id is not None else [],
        waiting=count_forms(session, actor),
    )


@bp.get("/export.<any(csv, xlsx):form>")
def export(form: Any) -> Response:
    """Give the list, filtered as on the page, as a table."""
    session, actor = db.session(), acting_user()
    rows = session.execute(select_results(actor, asked_for_file(RESULTS))).all()
    audit.record(session, actor, action="list.export", thing="test_results", rows=len(rows), form=form)
    cells = [
        [
            row.agent, row.employee_number, named(row.team, row.team_zh), row.quarter,
            str(KIND_TITLES[TestKind(row.kind)]), row.title, row.points, row.points_max,
            row.taken_on.isoformat() if row.taken_on else None,
        ]
        for row in rows
    ]  # fmt: skip
    return table_response("assay-tests", [str(title) for title in TABLE_HEADINGS], cells, form)


@bp.route("/import", methods=["GET", "POST"])
@requires(Permission.enter_results)
def new() -> str | AnyResponse:
    """Take the list: uploaded, or pasted from a sheet."""
    form = ListForm()
    if form.validate_on_submit():
        listed, problem = _read(form)
        if listed is not None:
            return redirect(url_for("results.check", token=keep_list(acting_user(), listed)), 303)
        form.file.errors = [problem]
    return render_template("coaching/results_new.html", form=form)


@bp.get("/import/<token>")
@requires(Permission.enter_results)
def check(token: str) -> str:
    """Show what the list would do; nothing is kept of it."""
    session, actor = db.session(), acting_user()
    listed = open_list(actor, token) or abort(404)
    report = results.import_results(session, actor, _rows(listed))
    session.rollback()
    g.keep_nothing = True
    return render_template(
        "coaching/results_check.html", listed=listed, token=token, report=report, rows=listed.rows[:SHOWN],
        fields=FIELD_TITLES, outcomes=OUTCOME_TITLES, reason_of=reason_of, shown=SHOWN,
    )  # fmt: skip


@bp.post("/import/<token>")
@requires(Permission.enter_results)
def start(token: str) -> AnyResponse:
    """Bring the good rows in."""
    session, actor = db.session(), acting_user()
    listed = open_list(actor, token) or abort(404)
    report = results.import_results(session, actor, _rows(listed), file=listed.name)
    forget_list(token)
    changed = report.counts["created"] + report.counts["changed"]
    if changed:
        left_out = len(report.refused)
        flash(
            _("%(changed)s results are in, %(refused)s rows stayed out.", changed=changed, refused=left_out), "success"
        )
    else:
        flash(_("Nothing changed: every row was here already, or stayed out."))
    return redirect(url_for("results.index"), 303)


@bp.get("/import/<token>/errors.csv")
@requires(Permission.enter_results)
def errors(token: str) -> Response:
    """Give the rows that would stay out with their reasons, to be mended and sent again."""
    session, actor = db.session(), acting_user()
    listed = open_list(actor, token) or abort(404)
    report = results.import_results(session, actor, _rows(listed))
    session.rollback()
    g.keep_nothing = True
    by_line = {row.line: row for row in listed.rows}
    fields = [field for _title, field in listed.columns if field]
    cells: list[list[Cell]] = [
        [refusal.line, *(by_line[refusal.line].values.get(field, "") for field in fields), reason_of(refusal)]
        for refusal in report.refused
    ]
    headings = [_("Line"), *(str(FIELD_TITLES[field]) for field in fields), _("Why it stays out")]
    return table_response("assay-tests-left-out", headings, cells, "csv")


@bp.get("/list-<language>.csv")
@requires(Permission.enter_results)
def template(language: str) -> Response:
    """Give a list with headings in one language and one row to overwrite."""
    headings = TEMPLATES.get(language) or abort(404)
    return table_response(f"assay-tests-{language}", headings, [EXAMPLES[language]], "csv")


@bp.get("/agents/<int:agent_id>")
def of_agent(agent_id: int) -> str:
    """Show what was entered about one agent: tests, ratings, trainings, open coaching; a part of a page, or a page."""
    session, actor = db.session(), acting_user()
    agent = find_agent(session, actor, agent_id)
    template = "coaching/_agent.html" if request.headers.get("HX-Request") else "coaching/agent.html"
    return render_template(
        template,
        agent=agent,
        results=results.results_of_agent(session, agent.id),
        ratings=ratings_of_agent(session, agent.id),
        trainings=trainings_of_agent(session, agent.id),
        actions=list_actions_of(session, actor, agent.id),
        kinds=KIND_TITLES,
        today=today(session),
    )


def _rows(listed: PeopleList) -> list[ResultRow]:
    return [ResultRow(row.line, row.values) for row in listed.rows]


def _read(form: ListForm) -> tuple[PeopleList | None, str]:
    """Return the list, or what is wrong with it."""
    with open_sent(form) as (path, name):
        try:
            rows = read_rows(path)
        except ImportFileError as error:
            return None, describe_file_error(error)
        except NoResultColumns:
            return None, _(
                "The headings must name “employee number” (工号), “quarter” (季度), and “points” (得分) with “kind” "
                "(类型), or “written” (笔试) and “practical” (实操)."
            )
    if not rows:
        return None, _("There is no row below the headings.")
    if len(rows) > MOST_ROWS:
        return None, _("More than %(most)s rows: use ./run flask import test-results.", most=MOST_ROWS)
    fields = list(dict.fromkeys(field for row in rows for field in row.values))
    columns: list[tuple[str, str | None]] = [(field, field) for field in fields]
    return PeopleList(name, columns, [PersonRow(row.line, row.values) for row in rows]), ""
