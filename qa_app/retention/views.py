"""The pages of retention: rules with their preview, deleting now, legal holds."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response

from qa_app import access
from qa_app.access import Permission, acting_user, gate, requires
from qa_app.db import db
from qa_app.keys import read_key
from qa_app.lists.many import do_to_many
from qa_app.models import Agent, AuditEvent, Conversation, LegalHold, RetentionRule
from qa_app.retention import service
from qa_app.retention.due import clock_of
from qa_app.retention.forms import HoldForm, RuleForm, RunForm
from qa_app.retention.jobs import start_run
from qa_app.retention.many import HOLD
from qa_app.retention.preview import AHEAD_DAYS, make_preview
from qa_app.web.filters import format_day
from qa_app.web.forms import ConfirmForm

bp = Blueprint("retention", __name__, template_folder="templates", url_prefix="/retention")
gate(bp, Permission.manage_retention)

RECENT_RUNS = 10


def _sources() -> list[str]:
    used = set(db.session().scalars(select(Conversation.source).group_by(Conversation.source)))
    return sorted(used | set(db.session().scalars(select(RetentionRule.source).where(RetentionRule.source != ""))))


@bp.get("")
def index() -> str:
    """Show the rules, what they will delete when, the holds, and the last runs."""
    return _page(RuleForm(formdata=None, sources=_sources()), RunForm(formdata=None))


def _page(form: RuleForm, run_form: RunForm) -> str:
    session = db.session()
    preview = make_preview(session)
    runs = select(AuditEvent).where(AuditEvent.action == "retention.erase").order_by(AuditEvent.id.desc())
    rules = session.scalars(select(RetentionRule).order_by(RetentionRule.source)).all()
    holds = service.find_holds(session)
    agents = [hold.filters["agent_id"] for hold in holds if hold.filters.get("agent_id")]
    held = [hold.conversation_id for hold in holds if hold.conversation_id is not None]
    return render_template(
        "retention/index.html",
        form=form,
        run_form=run_form,
        preview=preview,
        ahead=AHEAD_DAYS,
        rules=rules,
        holds=holds,
        today=clock_of(session).today,
        held=service.count_held(session),
        agents={row.id: row.name for row in session.execute(select(Agent.id, Agent.name).where(Agent.id.in_(agents)))},
        names={one.id: one.public_id for one in session.scalars(select(Conversation).where(Conversation.id.in_(held)))},
        days={hold.id: tuple(_day(hold, name) for name in ("opened_from", "opened_to")) for hold in holds},
        runs=session.scalars(runs.limit(RECENT_RUNS)).all(),
        confirm=ConfirmForm(),
    )


def _day(hold: LegalHold, name: str) -> date | None:
    kept = hold.filters.get(name)
    return date.fromisoformat(kept) if kept else None


@bp.post("/rules")
def save_rule() -> str | Response:
    """Set the days of a source."""
    form = RuleForm(sources=_sources())
    if not form.validate_on_submit():
        return _page(form, RunForm(formdata=None))
    rule = service.set_rule(db.session(), acting_user(), source=form.source.data, keep_days=form.keep_days.data)
    begins = format_day(rule.starts_on)
    flash(_("Saved. Nothing goes by this rule before %(day)s; until then it can be taken back.", day=begins))
    return redirect(url_for("retention.index"), 303)


@bp.post("/rules/<int:rule_id>/remove")
def remove_rule(rule_id: int) -> Response:
    """Take a rule back."""
    rule = db.session().get(RetentionRule, rule_id) or abort(404)
    if ConfirmForm().validate_on_submit():
        service.remove_rule(db.session(), acting_user(), rule)
        flash(_("The rule is taken back. What it has deleted does not return."))
    return redirect(url_for("retention.index"), 303)


@bp.post("/run")
def run() -> str | Response:
    """Delete what is due, if the number that was typed is the one that is due."""
    form = RunForm()
    due = make_preview(db.session()).due
    if not form.validate_on_submit() or form.count.data != due or not due:
        form.count.errors = [_("Type the number of conversations that are due: %(count)s.", count=due)]
        return _page(RuleForm(formdata=None, sources=_sources()), form)
    job = start_run(db.session(), acting_user(), locale=str(get_locale()))
    return redirect(url_for("jobs.show", job_id=job.id), 303)


@bp.route("/holds/new", methods=["GET", "POST"])
@requires(Permission.place_holds)
def new_hold() -> str | Response:
    """Place a legal hold; `?conversation=` names the one it is about."""
    session, actor = db.session(), acting_user()
    about = request.args.get("conversation", type=read_key)
    chosen = access.get_conversation(session, actor, about) if about is not None else None
    given = {"source": chosen.source, "external_id": chosen.external_id} if chosen is not None else {}
    form = HoldForm(sources=_sources(), today=clock_of(session).today, data=given if not request.form else None)
    if form.validate_on_submit() and (hold := _place(form)):
        held = service.count_held(session)
        flash(
            ngettext(
                "The hold is in force: %(num)s conversation with content is held.",
                "The hold is in force: %(num)s conversations with content are held.",
                held,
            )
        )
        if access.has_permission(actor, Permission.manage_retention):
            return redirect(url_for("retention.index", _anchor=f"hold-{hold.id}"), 303)
        return redirect(url_for("conversations.show", conversation_id=chosen.id) if chosen is not None else "/", 303)
    return render_template("retention/hold.html", form=form, chosen=chosen)


def _place(form: HoldForm) -> LegalHold | None:
    """Find what the form names and hold it; messages stand beside the fields."""
    session, actor = db.session(), acting_user()
    if form.is_everything and not access.has_permission(actor, Permission.manage_retention):
        form.external_id.errors = [_("Say which conversations are meant.")]
        return None
    agent_id = None
    if form.agent.data:
        agent_id = session.scalar(select(Agent.id).where(Agent.employee_number == form.agent.data))
        if agent_id is None:
            form.agent.errors = [_("There is no agent with the number “%(number)s”.", number=form.agent.data)]
            return None
    conversation = None
    if form.external_id.data:
        named = (Conversation.source == form.source.data) & (Conversation.external_id == form.external_id.data)
        conversation = session.scalar(select(Conversation).where(named))
        if conversation is None:
            form.external_id.errors = [_("This source has no conversation “%(number)s”.", number=form.external_id.data)]
            return None
    filters = None if conversation is not None else form.to_filter(agent_id)
    reason, until = form.reason.data, form.until.data
    return service.place_hold(session, actor, reason=reason, conversation=conversation, filters=filters, until=until)


@bp.post("/holds/many")
@requires(Permission.place_holds)
def hold_many() -> str | Response:
    """Hold the ticked conversations."""
    return do_to_many(HOLD)


@bp.post("/holds/<int:hold_id>/lift")
def lift_hold(hold_id: int) -> Response:
    """End a hold."""
    hold = db.session().get(LegalHold, hold_id) or abort(404)
    if ConfirmForm().validate_on_submit() and hold.lifted_at is None:
        service.lift_hold(db.session(), acting_user(), hold)
        flash(_("The hold is lifted. What is due goes with the next run."))
    return redirect(url_for("retention.index"), 303)
