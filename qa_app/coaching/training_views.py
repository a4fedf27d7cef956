"""Pages of training sessions: the list, one with its attendance, planning."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy import select
from werkzeug.wrappers import Response as AnyResponse
from wtforms import DateTimeLocalField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, ValidationError

from qa_app import audit
from qa_app.access import Permission, acting_user, gate, requires, visible_agents
from qa_app.coaching import trainings
from qa_app.coaching.entered_lists import TRAINING_LIST, select_trainings
from qa_app.coaching.materials import is_address
from qa_app.coaching.queries import list_coached_agents
from qa_app.coaching.words import TRAININGS
from qa_app.db import db
from qa_app.keys import read_key
from qa_app.lists.asked import read_asked
from qa_app.lists.bar import make_bar
from qa_app.models import Agent, AttendanceState, TrainingKind, TrainingSession
from qa_app.web.downloads import table_response
from qa_app.web.forms import BaseForm
from qa_app.web.i18n import current_time_zone, named
from qa_app.web.pagination import paginate_rows

bp = Blueprint("trainings", __name__, template_folder="templates", url_prefix="/trainings")
gate(bp, Permission.view_coaching)

STATE_TITLES = {
    AttendanceState.invited: _l("invited"),
    AttendanceState.present: _l("present"),
    AttendanceState.excused: _l("excused"),
    AttendanceState.absent: _l("absent"),
}
bp.add_app_template_global(lambda kind: str(TRAININGS[TrainingKind(kind)]), "training_kind")
bp.add_app_template_global(lambda state: str(STATE_TITLES[AttendanceState(state)]), "attendance_state")
HEADINGS = (
    _l("Training"), _l("Kind"), _l("Held"), _l("Trainer"), _l("Agent"), _l("Employee number"), _l("Team"),
    _l("Attendance"),
)  # fmt: skip


class TrainingForm(BaseForm):
    """What a training is."""

    kind = SelectField(_l("Kind"), choices=[(kind.value, title) for kind, title in TRAININGS.items()])
    topic = StringField(_l("Topic"), [InputRequired(_l("Give it a topic.")), Length(max=200)])
    held_at = DateTimeLocalField(_l("When"), validators=[InputRequired(_l("Choose day and time."))])
    trainer = StringField(_l("Trainer"), [InputRequired(_l("Name who trains.")), Length(max=200)])
    place = StringField(_l("Where"), [Length(max=200)])
    material = StringField(_l("Link to material"), [Length(max=2000)])
    notes = TextAreaField(_l("Notes"), [Length(max=4000)])
    agents = SelectMultipleField(_l("Who is invited"), coerce=int)

    def __init__(self, *args: Any, agents: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.agents.choices = [(row.id, f"{row.name} · {row.employee_number}") for row in agents]

    def validate_material(self, field: Any) -> None:
        """Take addresses that a browser can follow."""
        if field.data and not is_address(field.data):
            raise ValidationError(_("This is no link: it begins with https:// and names a place."))


@bp.get("")
def index() -> str:
    """List trainings."""
    session, actor = db.session(), acting_user()
    asked = read_asked(TRAINING_LIST, request.args)
    page = paginate_rows(session, select_trainings(actor, asked))
    bar = make_bar(session, actor, asked, page)
    return render_template("coaching/trainings.html", page=page, bar=bar, kinds=TRAININGS)


@bp.get("/export.<any(csv, xlsx):form>")
def export(form: Any) -> Response:
    """Give all attendance one may see as a table."""
    session, actor = db.session(), acting_user()
    rows = session.execute(trainings.attendance_query(actor)).all()
    audit.record(session, actor, action="list.export", thing="training_sessions", rows=len(rows), form=form)
    cells = [
        [
            row.topic, str(TRAININGS[TrainingKind(row.kind)]), row.held_at, row.trainer, row.agent,
            row.employee_number, named(row.team, row.team_zh),
            str(STATE_TITLES[AttendanceState(row.state)]),
        ]
        for row in rows
    ]  # fmt: skip
    return table_response("assay-trainings", [str(title) for title in HEADINGS], cells, form)


@bp.get("/<int:training_id>")
def show(training_id: int) -> str:
    """Show one training and who was there."""
    session, actor = db.session(), acting_user()
    training = trainings.find_training(session, actor, training_id)
    rows = trainings.list_attendance(session, actor, training.id)
    return render_template("coaching/training.html", training=training, rows=rows, states=STATE_TITLES)


@bp.route("/new", methods=["GET", "POST"])
@requires(Permission.manage_trainings)
def new() -> str | AnyResponse:
    """Plan a training."""
    return _edit(None)


@bp.route("/<int:training_id>/edit", methods=["GET", "POST"])
@requires(Permission.manage_trainings)
def edit(training_id: int) -> str | AnyResponse:
    """Change a training, or invite more."""
    return _edit(trainings.find_training(db.session(), acting_user(), training_id))


@bp.post("/<int:training_id>/attendance")
@requires(Permission.manage_trainings)
def attendance(training_id: int) -> AnyResponse:
    """Note who came."""
    session, actor = db.session(), acting_user()
    training = trainings.find_training(session, actor, training_id)
    states = {
        read_key(name.removeprefix("agent-")): AttendanceState(value)
        for name, value in request.form.items()
        if name.removeprefix("agent-").isdecimal() and value in set(AttendanceState)
    }
    changed = trainings.note_attendance(session, actor, training, states)
    flash(ngettext("%(num)s entry changed.", "%(num)s entries changed.", changed), "success")
    return redirect(url_for("trainings.show", training_id=training.id), 303)


def _edit(found: TrainingSession | None) -> str | AnyResponse:
    session, actor, zone = db.session(), acting_user(), ZoneInfo(current_time_zone())
    data: dict[str, Any] = {"trainer": actor.display_name, "kind": TrainingKind.monthly.value}
    if found is not None:
        names = ("kind", "topic", "trainer", "place", "material", "notes")
        data = {name: getattr(found, name) for name in names}
        data |= {
            "held_at": found.held_at.astimezone(zone).replace(tzinfo=None),
            "agents": [one.agent_id for one in found.attendance],
        }
    form = TrainingForm(agents=list_coached_agents(session, actor), data=data)
    if not form.validate_on_submit():
        return render_template("coaching/training_edit.html", form=form, training=found)
    facts = trainings.TrainingFacts(
        TrainingKind(form.kind.data), form.topic.data, form.held_at.data.replace(tzinfo=zone), form.trainer.data,
        form.place.data or "", form.material.data or "", form.notes.data or "",
    )  # fmt: skip
    training = trainings.keep_training(session, actor, facts, found)
    chosen = select(Agent).where(Agent.id.in_(form.agents.data or []), visible_agents(actor)).order_by(Agent.id)
    trainings.invite_agents(session, actor, training, session.scalars(chosen).all())
    flash(_("Saved."), "success")
    return redirect(url_for("trainings.show", training_id=training.id), 303)
