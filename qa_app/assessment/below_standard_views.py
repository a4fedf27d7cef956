"""Pages of the standard: what the evidence says of everyone and of one, a trial on past months, the switch."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response

from qa_app.access import Permission, acting_user, gate, requires, visible_agents
from qa_app.assessment import below_standard
from qa_app.assessment.attempts import attempt
from qa_app.assessment.below_standard_forms import PERCENT, RestartForm, StandardForm, SwitchOnForm
from qa_app.assessment.below_standard_page import (
    list_trial_rows,
    make_case_page,
    make_standard_page,
    say_trial_assisted,
)
from qa_app.assessment.below_standard_trial import PastTrial, try_on_past_months
from qa_app.assessment.policies import policy_of, version_in_force
from qa_app.db import db
from qa_app.models import Agent
from qa_app.web.forms import ConfirmForm
from qa_app.web.i18n import html_language
from scoring.assessment.months_rule import MONTHS_RUNNING
from scoring.assessment.policy import Standard

bp = Blueprint("standard", __name__, template_folder="templates", url_prefix="/standard")
gate(bp, Permission.view_sheets)

MONTHS_TRIED = 12


@bp.get("")
def index() -> str:
    """List what the evidence says of the agents one may see."""
    session, actor = db.session(), acting_user()
    standard = below_standard.standard_in_force(session)
    page = make_standard_page(session, actor, standard, html_language()) if standard else None
    return render_template("assessment/below_standard.html", standard=standard, page=page, form=ConfirmForm())


@bp.get("/agents/<int:agent_id>")
@requires(Permission.view_sheets, Permission.own_scorecard)
def show(agent_id: int) -> str:
    """Show the evidence about one agent: its path, every step, the customary rule beside it."""
    session = db.session()
    agent, standard = _agent(agent_id), below_standard.standard_in_force(session)
    if standard is None:
        abort(404)
    page = make_case_page(below_standard.case_of(session, standard, agent.id), standard)
    return render_template(
        "assessment/below_standard_agent.html", standard=standard, page=page, agent=agent, restart_form=RestartForm()
    )


@bp.get("/trial")
@requires(Permission.view_months)
def trial() -> str:
    """Try a standard on past months; nothing is changed by it."""
    form = StandardForm(request.args) if request.args else StandardForm(data=_proposal())
    is_asked = bool(request.args) and form.validate()
    tried = _try(form) if is_asked else None
    return _show_trial(form, tried, SwitchOnForm(formdata=None, data={**form.data, "who_decides": _who_decides()}))


@bp.post("/switch-on")
@requires(Permission.edit_policies)
def switch_on() -> str | Response:
    """Switch on the standard with the figures that were tried: it is tried once more, and the result is kept."""
    form = SwitchOnForm()
    if not form.validate():
        figures = StandardForm(formdata=None, data=form.data)
        return _show_trial(figures, None, form)
    tried, session = _try(form), db.session()
    if attempt(
        lambda: below_standard.switch_on_standard(
            session,
            acting_user(),
            tried,
            months_running=form.months_running.data,
            who_decides=form.who_decides.data or "",
        )
    ):
        flash(_("The standard is switched on. Inspections submitted from now on count."), "success")
    return redirect(url_for("standard.index"), 303)


@bp.post("/switch-off")
@requires(Permission.edit_policies)
def switch_off() -> Response:
    """Switch the standard off."""
    session = db.session()
    standard = below_standard.standard_in_force(session)
    if standard is not None and ConfirmForm().validate():
        below_standard.switch_off_standard(session, acting_user(), standard)
        flash(_("The standard is switched off."), "success")
    return redirect(url_for("standard.index"), 303)


@bp.post("/agents/<int:agent_id>/restart")
@requires(Permission.edit_policies)
def restart(agent_id: int) -> Response:
    """Begin anew for one agent."""
    agent, form = _agent(agent_id), RestartForm()
    form.validate()
    reason = form.reason.data or ""
    if attempt(lambda: below_standard.restart_evidence(db.session(), acting_user(), agent, reason=reason)):
        flash(_("The evidence about this agent begins anew."), "success")
    return redirect(url_for("standard.show", agent_id=agent.id), 303)


def _agent(agent_id: int) -> Agent:
    found = db.session().scalar(select(Agent).where(Agent.id == agent_id, visible_agents(acting_user())))
    if found is None:
        abort(404)
    return found


def _proposal() -> dict[str, Any]:
    """Figures to begin with: those in force, else the policy's, else the usual ones."""
    session = db.session()
    standard = below_standard.standard_in_force(session)
    if standard is not None:
        score, rate, running = standard.score, standard.critical_rate, standard.months_running
        quality = standard.quality_score
    else:
        version = version_in_force(session)
        usual = policy_of(version).standard if version else Standard()
        score, rate, running, quality = usual.qa_score, usual.critical_rate, MONTHS_RUNNING, None
    percent = rate * PERCENT if rate else None
    return {
        "score": score,
        "critical_percent": percent,
        "quality": quality,
        "months_running": running,
        "months": MONTHS_TRIED,
    }


def _who_decides() -> str:
    standard = below_standard.standard_in_force(db.session())
    return standard.who_decides if standard else _("HR with the supervisor, after hearing the agent")


def _try(form: StandardForm | SwitchOnForm) -> PastTrial:
    return try_on_past_months(
        db.session(), form.rule(), months_running=form.months_running.data, months=form.months.data
    )


def _show_trial(form: StandardForm, tried: PastTrial | None, switch_form: SwitchOnForm) -> str:
    session = db.session()
    return render_template(
        "assessment/below_standard_trial.html",
        form=form,
        tried=tried,
        rows=list_trial_rows(session, tried) if tried else [],
        summary=tried.summary() if tried else {},
        switch_form=switch_form,
        assisted=say_trial_assisted(tried) if tried and tried.rule.quality is not None else "",
        standard=below_standard.standard_in_force(session),
    )
