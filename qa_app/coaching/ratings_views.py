"""Ratings: the forms one is asked to fill, the rounds and how far they are."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms import DateField, IntegerField, RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Regexp

from qa_app.access import Permission, acting_user, allow, gate, requires
from qa_app.coaching import ratings_queries as queries
from qa_app.coaching.ratings import (
    QUESTIONS,
    AnswersMissing,
    NewRound,
    RoundClosed,
    RoundDates,
    is_open,
    open_round,
    send_rating,
    today,
)
from qa_app.db import db
from qa_app.models import RatingKind
from qa_app.web.forms import MONTH, BaseForm
from scoring.assessment.rating_scale import FEWEST_PEERS

bp = Blueprint("ratings", __name__, template_folder="templates", url_prefix="/tests/ratings")
gate(bp, Permission.view_coaching)

QUESTION_TITLES = {
    "helps": _l("Helps colleagues when they need it"),
    "shares": _l("Passes on what others need to know"),
    "keeps_agreements": _l("Keeps to what was agreed"),
}
OWN_TITLES = {
    "helps": _l("I help colleagues when they need it"),
    "shares": _l("I pass on what others need to know"),
    "keeps_agreements": _l("I keep to what was agreed"),
}
KIND_TITLES = {
    RatingKind.own: _l("yourself"),
    RatingKind.peer: _l("a colleague"),
    RatingKind.supervisor: _l("your team"),
}
ANSWERS = (("1", _l("never")), ("2", _l("seldom")), ("3", _l("sometimes")), ("4", _l("mostly")), ("5", _l("always")))


class RatingForm(BaseForm):
    """Three questions and a word."""

    helps = RadioField(choices=ANSWERS, validators=[InputRequired(_l("Choose an answer."))])
    shares = RadioField(choices=ANSWERS, validators=[InputRequired(_l("Choose an answer."))])
    keeps_agreements = RadioField(choices=ANSWERS, validators=[InputRequired(_l("Choose an answer."))])
    comment = TextAreaField(_l("A word, if you like"), [Length(max=1000)])


class RoundForm(BaseForm):
    """A round to open."""

    name = StringField(_l("Name of the round"), [InputRequired(_l("Give it a name.")), Length(max=100)])
    first_month = StringField(_l("Counts from month"), [Regexp(MONTH, message=_l("Write it like 2026-10."))])
    last_month = StringField(_l("Counts to month"), [Regexp(MONTH, message=_l("Write it like 2026-10."))])
    opens_on = DateField(_l("Opens on"), [InputRequired(_l("Choose a day."))])
    closes_on = DateField(_l("Closes on"), [InputRequired(_l("Choose a day."))])
    peers_each = IntegerField(_l("Colleagues asked about each agent"), [InputRequired(), NumberRange(FEWEST_PEERS, 10)])


@bp.get("")
def index() -> str:
    """Show the forms that wait for one, and to HR the rounds."""
    session, actor = db.session(), acting_user()
    return render_template(
        "coaching/ratings.html",
        forms=queries.list_forms(session, actor),
        kinds=KIND_TITLES,
        rounds=queries.list_rounds(session) if allow(Permission.enter_results) else [],
        today=today(session),
    )


@bp.route("/<int:rating_id>", methods=["GET", "POST"])
def fill(rating_id: int) -> str | Response:
    """Fill in one form."""
    session, actor = db.session(), acting_user()
    rating = queries.get_own_rating(session, actor, rating_id)
    form = RatingForm(data={**{name: str(value) for name, value in rating.answers.items()}, "comment": rating.comment})
    if form.validate_on_submit():
        answers = {question: int(form[question].data) for question in QUESTIONS}
        try:
            send_rating(session, actor, rating, answers=answers, comment=form.comment.data or "")
        except RoundClosed:
            flash(_("The round is closed: the form was not sent."), "error")
        except AnswersMissing:
            flash(_("Every question needs an answer from 1 to 5."), "error")
        else:
            flash(_("Sent. Until the round closes you can change it."), "success")
            return redirect(url_for("ratings.index"), 303)
    titles = OWN_TITLES if rating.kind == RatingKind.own else QUESTION_TITLES
    return render_template(
        "coaching/rating.html", form=form, rating=rating, titles=titles, is_open=is_open(session, rating.round),
        fewest=FEWEST_PEERS,
    )  # fmt: skip


@bp.route("/rounds/new", methods=["GET", "POST"])
@requires(Permission.enter_results)
def new_round() -> str | Response:
    """Open a round."""
    session, actor = db.session(), acting_user()
    this_month = f"{today(session):%Y-%m}"
    proposal: dict[str, Any] = {
        "first_month": this_month, "last_month": this_month, "opens_on": today(session), "peers_each": 4,
    }  # fmt: skip
    form = RoundForm(data=proposal)
    if form.validate_on_submit():
        new = NewRound(
            form.name.data, form.first_month.data, form.last_month.data, form.opens_on.data, form.closes_on.data,
            form.peers_each.data,
        )  # fmt: skip
        try:
            found = open_round(session, actor, new)
        except RoundDates:
            form.closes_on.errors = [_("It closes before it opens, or counts for months in the wrong order.")]
        else:
            flash(_("The round is open: everybody finds their forms on their page."), "success")
            return redirect(url_for("ratings.show_round", round_id=found.id), 303)
    return render_template("coaching/round_new.html", form=form)


@bp.get("/rounds/<int:round_id>")
@requires(Permission.enter_results)
def show_round(round_id: int) -> str:
    """Show how far a round is: counts only, never a value and never by whom."""
    session = db.session()
    found = queries.get_round(session, round_id)
    return render_template(
        "coaching/round.html",
        round=found,
        rows=queries.round_progress(session, found.id),
        is_open=is_open(session, found),
        fewest=FEWEST_PEERS,
    )
