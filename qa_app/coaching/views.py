"""Pages of coaching: the list, one action, opening it, and its steps."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from qa_app.access import Permission, acting_user, gate, get_action, get_inspection, requires
from qa_app.coaching import jobs, materials, queries, service
from qa_app.coaching.beside import lines_beside
from qa_app.coaching.errors import ActionRefused
from qa_app.coaching.forms import AgreementForm, MaterialForm, NewActionForm, ReasonForm, ReplyForm, ResultForm
from qa_app.coaching.listing import ACTIONS, select_asked
from qa_app.coaching.many import CLOSE, HAND_OVER, POSTPONE
from qa_app.coaching.occasion import Occasion, find_agent, find_occasion
from qa_app.coaching.page import list_verdict, make_action_page
from qa_app.coaching.tables import ACTION_HEADINGS, action_cells
from qa_app.coaching.words import SOURCES, STATE_LOOKS, STATES, action_refusal
from qa_app.conversations.service import note_export
from qa_app.db import db
from qa_app.keys import read_key
from qa_app.lists.asked import read_asked
from qa_app.lists.bar import make_bar
from qa_app.lists.many import asked_for_file, chosen_only, do_to_many
from qa_app.models import ActionState, CoachingAction, User
from qa_app.web.downloads import FileForm, table_response
from qa_app.web.i18n import html_language
from qa_app.web.navigation import count_for
from qa_app.web.pagination import paginate_rows

__all__ = ["bp", "jobs"]

bp = Blueprint("coaching", __name__, template_folder="templates", url_prefix="/coaching")
gate(bp, Permission.view_coaching)

MOST_EXPORTED = 100_000


@bp.app_template_global("coaching_state")
def coaching_state(state: str) -> tuple[str, str, str]:
    """Word, colour and icon of a state."""
    return (str(STATES[ActionState(state)]), *STATE_LOOKS[ActionState(state)])


@count_for("coaching.index")
def count_waiting(user: User) -> int:
    """Count what waits for the person."""
    return queries.count_waiting(db.session(), user)


@bp.get("")
def index() -> str:
    """List the actions one may see."""
    session, actor = db.session(), acting_user()
    asked = read_asked(ACTIONS, request.args)
    page = paginate_rows(session, select_asked(session, actor, asked))
    return render_template(
        "coaching/index.html",
        page=page,
        bar=make_bar(session, actor, asked, page),
        verdict_of=list_verdict,
        today=queries.today(session),
    )


@bp.route("/export.<any(csv, xlsx):form>", methods=["GET", "POST"])
def export(form: FileForm) -> Response:
    """Give the list, filtered as on the page, or its ticked rows, as a table."""
    session, actor = db.session(), acting_user()
    asked = asked_for_file(ACTIONS)
    query = chosen_only(select_asked(session, actor, asked), CoachingAction.id)
    rows = session.execute(query.limit(MOST_EXPORTED)).all()
    note_export(session, actor, what="coaching", form=form, rows=len(rows), asked=asked.query)
    is_chinese = html_language() == "zh-CN"
    cells = [action_cells(row, is_chinese=is_chinese) for row in rows]
    return table_response("assay-coaching", [str(title) for title in ACTION_HEADINGS], cells, form)


@bp.post("/close")
@requires(Permission.coach)
def close_many() -> str | AnyResponse:
    """Close the ticked actions as done."""
    return do_to_many(CLOSE)


@bp.post("/hand-over")
@requires(Permission.coach)
def hand_over_many() -> str | AnyResponse:
    """Hand the ticked actions over."""
    return do_to_many(HAND_OVER)


@bp.post("/postpone")
@requires(Permission.coach)
def postpone_many() -> str | AnyResponse:
    """Give the ticked actions a later day."""
    return do_to_many(POSTPONE)


@bp.route("/new", methods=["GET", "POST"])
@requires(Permission.coach)
def new() -> str | AnyResponse:
    """Choose the agent, then agree; what can be proposed stands there already."""
    session, actor = db.session(), acting_user()
    agent_id = request.args.get("agent", type=read_key)
    if agent_id is None:
        return render_template("coaching/choose.html", agents=queries.list_coached_agents(session, actor))
    agent = find_agent(session, actor, agent_id)
    occasion = find_occasion(session, actor, agent, request.args.to_dict())
    coaches, language = queries.find_coaches(session, agent), html_language()
    proposal = {
        "owner": actor.id,
        "due_on": service.proposed_due_day(session),
        "practice": occasion.practice.in_language(language),
        "sentence": occasion.sentence.in_language(language),
        "evidence": [row.id for row in occasion.quotes if not row.is_praise][:3],
    }
    form = NewActionForm(coaches=coaches, quotes=occasion.quotes, data=proposal)
    if form.validate_on_submit():
        action = _open(occasion, form)
        if action is not None:
            flash(_("The action is open. What to expect without it is fixed on its page."), "success")
            return redirect(url_for("coaching.show", action_id=action.id), 303)
    known = queries.actions_about(session, actor, agent.id).get(occasion.criterion)
    return render_template(
        "coaching/new.html", form=form, occasion=occasion, lang=language, sources=SOURCES, known=known
    )


@bp.get("/<int:action_id>")
def show(action_id: int) -> str:
    """Show one action: what was agreed, the conversations, the reply, and whether it helped."""
    return _show(_action(action_id))


@bp.route("/<int:action_id>/edit", methods=["GET", "POST"])
@requires(Permission.coach)
def edit(action_id: int) -> str | AnyResponse:
    """Agree on something else."""
    session, action = db.session(), _action(action_id)
    now_agreed = {
        "owner": action.owner_id, "due_on": action.due_on, "practice": action.practice, "sentence": action.sentence,
    }  # fmt: skip
    form = AgreementForm(coaches=queries.find_coaches(session, action.agent), data=now_agreed)
    if form.validate_on_submit() and _attempt(
        lambda: service.change_action(session, acting_user(), action, _agreement(form))
    ):
        flash(_("Saved."), "success")
        return _back(action)
    return render_template("coaching/edit.html", form=form, action=action)


@bp.post("/<int:action_id>/reply")
@requires(Permission.own_scorecard)
def reply(action_id: int) -> str | AnyResponse:
    """Take the agent's own words."""
    action, form = _action(action_id), ReplyForm()
    if not form.validate():
        return _show(action, reply_form=form)
    text = form.reply.data or ""
    if _attempt(lambda: service.reply_to_action(db.session(), acting_user(), action, text=text)):
        flash(_("Your reply is kept with the action."), "success")
    return _back(action)


@bp.post("/<int:action_id>/done")
@requires(Permission.coach)
def done(action_id: int) -> AnyResponse:
    """Close it as done."""
    action, form = _action(action_id), ResultForm()
    form.validate()
    result = form.result.data or ""
    if _attempt(lambda: service.finish_action(db.session(), acting_user(), action, result=result)):
        flash(_("Done. Conversations from now on will show whether it helped."), "success")
    return _back(action)


@bp.post("/<int:action_id>/drop")
@requires(Permission.coach)
def drop(action_id: int) -> str | AnyResponse:
    """Let it be, with a reason."""
    action, form = _action(action_id), ReasonForm()
    if not form.validate():
        return _show(action, reason_form=form)
    reason = form.reason.data or ""
    if _attempt(lambda: service.drop_action(db.session(), acting_user(), action, reason=reason)):
        flash(_("The action is dropped."), "success")
    return _back(action)


@bp.post("/<int:action_id>/measure")
@requires(Permission.coach)
def measure(action_id: int) -> AnyResponse:
    """Measure the effect if there is enough."""
    action = _action(action_id)
    _attempt(lambda: service.measure_action(db.session(), acting_user(), action))
    return _back(action)


@bp.post("/<int:action_id>/material")
@requires(Permission.coach)
def add_material(action_id: int) -> str | AnyResponse:
    """Add a link, words, or a file."""
    action, form = _action(action_id), MaterialForm()
    if not form.validate():
        return _show(action, material_form=form)
    if _attempt(lambda: _add_material(action, form)):
        flash(_("Added."), "success")
    return _back(action)


@bp.post("/<int:action_id>/material/<int:material_id>/remove")
@requires(Permission.coach)
def remove_material(action_id: int, material_id: int) -> AnyResponse:
    """Take material away."""
    action = _action(action_id)
    found = next((one for one in action.materials if one.id == material_id), None) or abort(404)
    materials.remove_material(db.session(), acting_user(), action, found)
    return _back(action)


@bp.get("/<int:action_id>/material/<int:material_id>")
def material(action_id: int, material_id: int) -> AnyResponse:
    """Give a file of the action, always as a download: it is not ours."""
    found = next((one for one in _action(action_id).materials if one.id == material_id), None) or abort(404)
    path = materials.path_of(found) or abort(404)
    return send_file(path, as_attachment=True, download_name=found.title, mimetype="application/octet-stream")


@bp.get("/beside/<int:inspection_id>")
@requires(Permission.view_coaching, Permission.propose_cases)
def beside(inspection_id: int) -> str:
    """Say beside an inspection which of its lost points are coached, and offer it for the others: a part of a page."""
    session, actor = db.session(), acting_user()
    inspection = get_inspection(session, actor, inspection_id)
    lines = lines_beside(session, actor, inspection, html_language())
    return render_template("coaching/_beside.html", lines=lines, inspection=inspection)


def _action(action_id: int) -> CoachingAction:
    return get_action(db.session(), acting_user(), action_id)


def _show(
    action: CoachingAction,
    *,
    reply_form: ReplyForm | None = None,
    reason_form: ReasonForm | None = None,
    material_form: MaterialForm | None = None,
) -> str:
    session, actor = db.session(), acting_user()
    return render_template(
        "coaching/show.html",
        action=action,
        page=make_action_page(session, action, is_chinese=html_language() == "zh-CN"),
        sources=SOURCES,
        is_own=actor.agent_id is not None and actor.agent_id == action.agent_id,
        today=queries.today(session),
        reply_form=reply_form or ReplyForm(formdata=None, reply=action.reply),
        result_form=ResultForm(formdata=None),
        reason_form=reason_form or ReasonForm(formdata=None),
        material_form=material_form or MaterialForm(formdata=None),
    )


def _agreement(form: AgreementForm) -> service.Agreement:
    owner = db.session().get_one(User, form.owner.data)
    return service.Agreement(owner, form.due_on.data, form.practice.data or "", form.sentence.data or "")


def _open(occasion: Occasion, form: NewActionForm) -> CoachingAction | None:
    session, actor = db.session(), acting_user()
    opened: list[CoachingAction] = []

    def step() -> None:
        asked = service.NewAction(
            agent=occasion.agent,
            source=occasion.source,
            title=occasion.title.en or occasion.title.zh,
            title_zh=occasion.title.zh,
            agreement=_agreement(form),
            criterion=occasion.criterion,
            sheet_id=occasion.sheet_id,
            inspection_id=occasion.inspection_id,
            evidence_ids=tuple(form.evidence.data or ()),
        )
        action = service.open_action(session, actor, asked)
        if form.link.data:
            materials.add_link(session, actor, action, title="", url=form.link.data)
        if form.script.data:
            materials.add_script(session, actor, action, words=form.script.data)
        opened.append(action)

    return opened[0] if _attempt(step) else None


def _add_material(action: CoachingAction, form: MaterialForm) -> None:
    session, actor = db.session(), acting_user()
    if form.link.data:
        materials.add_link(session, actor, action, title=form.title.data or "", url=form.link.data)
    if form.script.data:
        materials.add_script(session, actor, action, words=form.script.data)
    if form.file.data:
        name, content = form.file.data.filename or "", form.file.data.read()
        materials.add_file(session, actor, action, name=name, content=content)


def _attempt(step: Callable[[], object]) -> bool:
    """Take a step; a refusal becomes a notice on the page."""
    try:
        with db.session.begin_nested():
            step()
    except ActionRefused as refusal:
        flash(action_refusal(refusal), "error")
        return False
    return True


def _back(action: CoachingAction) -> AnyResponse:
    return redirect(url_for("coaching.show", action_id=action.id), 303)
