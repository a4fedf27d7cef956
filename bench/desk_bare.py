"""A bare Flask page with the product's queries and its commits; `bench/desk.py` runs it beside the product.

It asks the database what the desk asks, by the same statements (who asks, the organisation, the inspection with all
beside it, today's goal, what comes next), and commits the same rows, the audit trail among them. What it leaves out is
what the product is for: sign-in and tokens, rights, masking, proposals, scores, words in two languages, its page.
"""

from __future__ import annotations

import json
import os
import zlib
from datetime import timedelta
from typing import Any

from flask import Flask, jsonify, render_template, request
from sqlalchemy import func, select, update
from sqlalchemy.orm import joinedload

from qa_app import audit
from qa_app.clock import now
from qa_app.conversations.listening import find_call
from qa_app.conversations.turns import read_said
from qa_app.db import db
from qa_app.inspections import queries
from qa_app.inspections.drafts import DRAFT_PARTS
from qa_app.inspections.scoring_page import PAGE_PARTS
from qa_app.models import (
    Answer,
    Assignment,
    AssignmentState,
    Inspection,
    InspectionState,
    Organisation,
    SampleState,
    User,
)
from qa_app.sampling.notices import close_done

PAGE = """<!doctype html><title>{{ code }}</title><h1>{{ code }}</h1>
<p>{{ due }} · {{ goal.done }} of {{ goal.size }}</p>
{% for one in said %}
<p id="m{{ loop.index }}"><b>{{ one[0] }}</b> <time>{{ one[1] }}</time> {{ one[2] }}</p>{% endfor %}
<form>{% for section in rubric.sections %}<h2>{{ section.title.en }}</h2>
{% for criterion in section.criteria %}<fieldset><legend>{{ criterion.title.en }}</legend>
{% for level in criterion.levels or () %}<label><input type="radio" name="{{ criterion.code }}" value="{{ level.code }}"
{% if answers.get(criterion.code) == level.code %}checked{% endif %}>{{ level.text.en }}</label>{% endfor %}
</fieldset>{% endfor %}{% endfor %}</form>"""

app = Flask(__name__)
app.config["SQLALCHEMY_DATABASE_URI"] = f"sqlite:///{os.environ['DESK_DATABASE']}"
db.init_app(app)
TEMPLATE = app.jinja_env.from_string(PAGE)


def _asked_by(inspector: int) -> User:
    """What every page begins with: the organisation, and the person with the roles."""
    db.session.get_one(Organisation, 1)
    return db.session.scalars(select(User).where(User.id == inspector).options(joinedload(User.roles))).unique().one()


def _find(inspector: int, inspection: int, parts: Any) -> Inspection:
    mine = select(Inspection).where(Inspection.id == inspection, Inspection.inspector_id == inspector)
    return db.session.scalars(mine.options(*parts)).one()


@app.get("/<int:inspector>/<int:inspection>")
def page(inspector: int, inspection: int) -> str:
    """Show one sample with its answers so far."""
    session, actor = db.session(), _asked_by(inspector)
    this = _find(inspector, inspection, PAGE_PARTS)
    find_call(session, this.conversation_id)
    goal = queries.todays_goal(session, actor)
    queries.find_undoable(session, actor, now() - timedelta(minutes=10))
    return render_template(
        TEMPLATE,
        code=this.conversation.external_id,
        due=this.assignment.due_at if this.assignment else None,
        goal=goal,
        said=json.loads(zlib.decompress(this.content or b"")),
        rubric=this.rubric_version.definition,
        answers={answer.criterion: answer.value.get("level") for answer in this.answers},
    )


@app.post("/<int:inspector>/<int:inspection>/save")
def save(inspector: int, inspection: int) -> Any:
    """Keep the answers."""
    session, actor = db.session(), _asked_by(inspector)
    this = _find(inspector, inspection, DRAFT_PARTS)
    draft = (Inspection.id == inspection, Inspection.state == InspectionState.draft)
    session.execute(update(Inspection).where(*draft).values(revision=Inspection.revision + 1, saved_at=now()))
    this.seconds_spent += 60
    answers = request.get_json()
    for code, level in answers.items():
        this.answers.append(Answer(criterion=code, value={"level": level}, answered_at=now()))
    audit.record(session, actor, action="inspection.save", thing=this)
    session.commit()
    return jsonify({"saved": len(answers)})


@app.post("/<int:inspector>/<int:inspection>/submit")
def submit(inspector: int, inspection: int) -> Any:
    """Close this one, open the next."""
    session, actor = db.session(), _asked_by(inspector)
    this = _find(inspector, inspection, DRAFT_PARTS)
    draft = (Inspection.id == inspection, Inspection.revision == this.revision)
    session.execute(update(Inspection).where(*draft).values(state=InspectionState.submitted))
    this.submitted_at, this.score, this.quality = now(), 100, 100
    this.seconds_spent += 60
    for answer in this.answers:
        answer.points, answer.lost_points = 1, 0
    this.answers.append(Answer(criterion="measured", value={"measured": 1}, answered_at=now(), points=1))
    assert this.assignment is not None
    this.assignment.state = AssignmentState.done
    others = (Assignment.sample_id == this.sample_id, Assignment.id != this.assignment_id)
    if not session.scalar(select(func.count()).where(*others, Assignment.state == AssignmentState.open)):
        this.assignment.sample.state = SampleState.inspected
    audit.record(session, actor, action="inspection.submit", thing=this)
    close_done(session, {inspector}, because="done")
    following = _open_next(actor, this.assignment)
    session.commit()
    return jsonify({"url": f"/{inspector}/{following.id}"})


@app.post("/<int:inspector>/start")
def start(inspector: int) -> Any:
    """Open the first."""
    following = _open_next(_asked_by(inspector), None)
    db.session.commit()
    return jsonify({"url": f"/{inspector}/{following.id}"})


def _open_next(actor: User, after: Assignment | None) -> Inspection:
    session = db.session()
    following = queries.find_next(session, actor, after=after)
    assert following is not None, "nothing waits any more: more samples, or fewer cycles"
    known = session.scalar(select(Inspection).where(Inspection.assignment_id == following.id))
    if known is not None:
        return known
    sample = following.sample
    said = [[one.speaker, str(one.sent_at), one.text] for one in read_said(session, sample.conversation_id)]
    made = Inspection(
        assignment_id=following.id,
        sample_id=sample.id,
        conversation_id=sample.conversation_id,
        agent_id=sample.agent_id,
        inspector_id=actor.id,
        rubric_version_id=sample.rubric_version_id,
        is_random=True,
        content=zlib.compress(json.dumps(said).encode()),
        content_digest="",
        facts={},
        started_at=now(),
    )
    with session.begin_nested():
        session.add(made)
    audit.record(session, actor, action="inspection.prepare", thing=made)
    return made
