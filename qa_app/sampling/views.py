"""The pages of sampling: plans for the lead; draws, their five stages and their verification for everyone."""

from __future__ import annotations

import io
from time import perf_counter

from flask import Blueprint, flash, g, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from qa_app.access import (
    Permission,
    acting_user,
    gate,
    get_conversation,
    get_draw,
    get_plan,
    get_sample,
    requires,
)
from qa_app.db import db
from qa_app.lists.many import do_to_many
from qa_app.models import Draw, User
from qa_app.sampling import handout, pages, plan_page, plans, queries, service, stages, verification
from qa_app.sampling.errors import SamplingError, TargetRefused
from qa_app.sampling.forms import PublicPartForm, ReplaceForm, TargetForm
from qa_app.sampling.many import SEND
from qa_app.sampling.stages import Stage, stage_of
from qa_app.sampling.words import CHECKS, REASONS, SAMPLE_STATES, SHORTFALLS, STAGES, TARGET_REFUSALS
from qa_app.web.forms import ConfirmForm

bp = Blueprint("sampling", __name__, template_folder="templates")
gate(bp, Permission.view_draws)


@bp.errorhandler(SamplingError)
def refuse(error: SamplingError) -> Response:
    """Keep nothing of a refused step, and say why on the page it was asked from."""
    g.keep_nothing = True
    flash(pages.explain_refusal(error), "error")
    draw_id = (request.view_args or {}).get("draw_id")
    return redirect(url_for("sampling.show_draw", draw_id=draw_id) if draw_id else url_for("sampling.draws"), 303)


@bp.get("/plans", endpoint="plans")
@requires(Permission.manage_sampling)
def list_plans() -> str:
    """List the plans."""
    return render_template("sampling/plans.html", lines=queries.list_plans(db.session()), stages=STAGES)


@bp.route("/plans/new", methods=["GET", "POST"])
@requires(Permission.manage_sampling)
def new_plan() -> str | Response:
    """Make a plan; every change shows what it would cost before anything is kept."""
    session, actor = db.session(), acting_user()
    form = plan_page.make_form(session)
    asks_for_preview = bool(request.headers.get("HX-Request")) or "preview" in request.form
    if request.method == "POST" and not asks_for_preview and form.validate():
        plan = plans.create_plan(session, actor, plan_page.read_plan(session, form))
        return redirect(url_for("sampling.show_draw", draw_id=plan.draws[0].id), 303)
    preview = plan_page.preview(session, form)
    if request.headers.get("HX-Request"):
        return render_template("sampling/_preview.html", preview=preview)
    return render_template("sampling/plan_form.html", form=form, preview=preview)


@bp.get("/plans/<int:plan_id>")
@requires(Permission.manage_sampling)
def show_plan(plan_id: int) -> str:
    """Show what a plan says, and what it would give now."""
    session = db.session()
    plan = get_plan(session, acting_user(), plan_id)
    return render_template(
        "sampling/plan.html",
        plan=plan,
        draw=plan.draws[0],
        rules=pages.describe_plan(session, plan),
        preview=plan_page.preview_kept(session, plan),
        form=ConfirmForm(),
    )


@bp.post("/plans/<int:plan_id>/archive")
@requires(Permission.manage_sampling)
def archive_plan(plan_id: int) -> Response:
    """Put away a plan that was never drawn."""
    session, actor = db.session(), acting_user()
    plans.archive_plan(session, actor, get_plan(session, actor, plan_id))
    flash(_("The plan was put away. Its commitment stays in the audit trail."), "success")
    return redirect(url_for("sampling.plans"), 303)


@bp.get("/draws")
def draws() -> str:
    """List the draws."""
    return render_template("sampling/draws.html", lines=queries.list_plans(db.session()), stages=STAGES)


@bp.get("/draws/<int:draw_id>")
def show_draw(draw_id: int) -> str:
    """Show the five stages of a draw."""
    session, actor = db.session(), acting_user()
    draw = get_draw(session, actor, draw_id)
    return render_template(
        "sampling/draw.html",
        draw=draw,
        plan=draw.plan,
        page=pages.describe_draw(session, draw),
        strata=queries.list_strata(session, actor, draw),
        shortfalls=plan_page.list_shortfalls(session, draw, SHORTFALLS),
        commitments=queries.count_commitments(session, draw.plan.month),
        by_risk=pages.is_by_risk(draw.plan),
        public_form=PublicPartForm(source=draw.plan.design.get("public_source", "")),
    )


@bp.post("/draws/<int:draw_id>/freeze")
@requires(Permission.manage_sampling)
def freeze(draw_id: int) -> Response:
    """Freeze the population."""
    session, actor, draw = _own(draw_id)
    stages.freeze_population(session, actor, draw)
    return _back(draw)


@bp.post("/draws/<int:draw_id>/public-part")
@requires(Permission.manage_sampling)
def public_part(draw_id: int) -> str | Response:
    """Note the public part."""
    session, actor, draw = _own(draw_id)
    form = PublicPartForm()
    if not form.validate():
        flash(" ".join(message for messages in form.errors.values() for message in messages), "error")
        return _back(draw)
    stages.note_public_part(session, actor, draw, text=form.text.data or "", source=form.source.data or "")
    return _back(draw)


@bp.post("/draws/<int:draw_id>/draw")
@requires(Permission.manage_sampling)
def execute(draw_id: int) -> Response:
    """Draw."""
    session, actor, draw = _own(draw_id)
    stages.execute_draw(session, actor, draw)
    return _back(draw)


@bp.post("/draws/<int:draw_id>/hand-out")
@requires(Permission.manage_sampling)
def hand_out(draw_id: int) -> Response:
    """Give the samples to inspectors."""
    session, actor, draw = _own(draw_id)
    given = handout.hand_out(session, actor, draw)
    flash(_("%(count)s scorings were handed out.", count=len(given)), "success")
    return _back(draw)


@bp.post("/draws/<int:draw_id>/reveal")
@requires(Permission.manage_sampling)
def reveal(draw_id: int) -> Response:
    """Reveal the seed."""
    session, actor, draw = _own(draw_id)
    stages.reveal_seed(session, actor, draw)
    return _back(draw)


@bp.get("/draws/<int:draw_id>/samples")
@requires(Permission.manage_sampling)
def samples(draw_id: int) -> str:
    """List the samples of a draw, who scores them, and how many were replaced by whom."""
    session, _actor, draw = _own(draw_id)
    return render_template(
        "sampling/samples.html",
        draw=draw,
        lines=queries.list_samples(session, draw),
        by_risk=pages.is_by_risk(draw.plan),
        shares=queries.list_replacement_shares(session, [draw]),
        reasons=REASONS,
        states=SAMPLE_STATES,
    )


@bp.route("/draws/<int:draw_id>/samples/<int:sample_id>/replace", methods=["GET", "POST"])
@requires(Permission.manage_sampling)
def replace_sample(draw_id: int, sample_id: int) -> str | Response:
    """Replace an unusable sample by the next in order."""
    session, actor, draw = _own(draw_id)
    sample, form = get_sample(session, actor, sample_id), ReplaceForm()
    if not form.validate_on_submit():
        return render_template("sampling/replace.html", draw=draw, sample=sample, form=form)
    came = service.replace_sample(session, actor, sample, reason=form.reason.data, note=form.note.data or "")
    told = _("The next in order took its place: %(name)s.", name=came.conversation.public_id) if came else None
    flash(told or _("The reserve of this group is used up; nothing took its place."), "success")
    return redirect(url_for("sampling.samples", draw_id=draw.id), 303)


@bp.get("/draws/<int:draw_id>/verify")
def verify(draw_id: int) -> str:
    """Recompute a revealed draw and show the five checks; check one conversation alone."""
    session = db.session()
    draw = get_draw(session, acting_user(), draw_id)
    is_open = stage_of(draw) is Stage.revealed
    started = perf_counter()
    result = verification.check_draw(session, draw) if is_open and "run" in request.args else None
    seconds = perf_counter() - started
    asked = request.args.get("conversation", "").strip()
    seed = verification.read_record(session, draw).seed if is_open else b""
    return render_template(
        "sampling/verify.html",
        draw=draw,
        is_open=is_open,
        result=result,
        seconds=seconds,
        checks=CHECKS,
        planned=sum(draw.sizes.values()),
        asked=asked,
        found=verification.find_in_draw(draw, asked) if is_open and asked else None,
        seed=seed.hex(),
        recipe=pages.write_recipe(draw, seed),
        by_risk=pages.is_by_risk(draw.plan),
    )


@bp.get("/draws/<int:draw_id>/frame.txt")
def frame(draw_id: int) -> Response:
    """Give the frozen list as it went into the digest."""
    draw = get_draw(db.session(), acting_user(), draw_id)
    return _download(verification.read_frame_text(draw), "frame.txt", "text/plain; charset=utf-8")


@bp.get("/draws/<int:draw_id>/export")
def export(draw_id: int) -> Response:
    """Give everything with which the draw can be checked elsewhere."""
    session = db.session()
    draw = get_draw(session, acting_user(), draw_id)
    return _download(verification.export_draw(session, draw), f"draw-{draw.public_id}.zip", "application/zip")


@bp.route("/conversations/<int:conversation_id>/target", methods=["GET", "POST"])
@requires(Permission.manage_sampling)
def target(conversation_id: int) -> str | Response:
    """Send one conversation to inspection by choice."""
    session, actor = db.session(), acting_user()
    conversation, form = get_conversation(session, actor, conversation_id), TargetForm()
    obstacle = service.find_target_obstacles(session, [conversation]).get(conversation.id, "")
    if not obstacle and form.validate_on_submit():
        try:
            service.add_targeted_sample(session, actor, conversation, form.reason.data or "")
        except TargetRefused as refusal:  # somebody else was faster
            obstacle = refusal.why
        else:
            flash(_("Sent to inspection. It is marked as chosen and counts in no estimate."), "success")
            return redirect(url_for("conversations.show", conversation_id=conversation.id), 303)
    why = TARGET_REFUSALS.get(obstacle, "")
    check = queries.find_waiting_check(session, conversation) if obstacle == "waiting" else None
    return render_template("sampling/target.html", form=form, conversation=conversation, why=why, check=check)


@bp.post("/conversations/target")
@requires(Permission.manage_sampling)
def target_many() -> str | Response:
    """Send the ticked conversations to inspection."""
    return do_to_many(SEND)


def _own(draw_id: int) -> tuple[Session, User, Draw]:
    session, actor = db.session(), acting_user()
    return session, actor, get_draw(session, actor, draw_id)


def _back(draw: Draw) -> Response:
    return redirect(url_for("sampling.show_draw", draw_id=draw.id), 303)


def _download(content: bytes, name: str, kind: str) -> Response:
    return send_file(io.BytesIO(content), mimetype=kind, as_attachment=True, download_name=name)
