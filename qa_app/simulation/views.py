"""The page "What are our numbers worth?"."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from qa_app.access import Permission, acting_user, gate
from qa_app.db import db
from qa_app.jobs.views import state_of
from qa_app.simulation import service
from qa_app.simulation.forms import SimulationForm
from qa_app.simulation.jobs import start_simulation
from qa_app.simulation.page import make_plan_lines, make_worth_page, needed_for_reliability
from qa_app.simulation.queries import OwnCentre, read_own_centre, read_standard

bp = Blueprint("simulation", __name__, template_folder="templates", url_prefix="/simulate")
gate(bp, Permission.manage_sampling)


@bp.get("")
def index() -> str:
    """Show what the newest simulation found, and the centre it would start from."""
    own = read_own_centre(db.session())
    values = {**own.numbers, "double_percent": round(100 * own.numbers["double_share"], 1)}
    rounded = {name: round(value, 2) if isinstance(value, float) else value for name, value in values.items()}
    return _show(own, SimulationForm(formdata=None, data=rounded))


@bp.post("")
def start() -> str | Response | tuple[str, int]:
    """Start a simulation of the centre as typed."""
    session, form = db.session(), SimulationForm()
    own = read_own_centre(session)
    if not form.validate():
        return _show(own, form), 422
    start_simulation(session, acting_user(), form.numbers(own.numbers), standard=read_standard(session))
    return redirect(url_for("simulation.index"), 303)


def _show(own: OwnCentre, form: SimulationForm) -> str:
    session = db.session()
    done, running = service.latest_simulation(session), service.running_simulation(session)
    return render_template(
        "simulation/index.html",
        own=own,
        form=form,
        plan=make_plan_lines(own, own.numbers),
        needed=needed_for_reliability(own.numbers),
        done=done,
        page=make_worth_page(done.result, own.planning.minutes) if done else None,
        running=running,
        state=state_of(running) if running else None,
    )
