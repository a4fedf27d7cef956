"""Trainings, results of tests and the case library as they are asked for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from sqlalchemy import Select
from werkzeug.datastructures import MultiDict
from wtforms import SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length

from qa_app.access import acting_user
from qa_app.coaching import library, queries, results, trainings
from qa_app.coaching.results_words import KIND_TITLES as TESTS
from qa_app.coaching.words import CASES, TRAININGS
from qa_app.conversations.forms import CHANNEL_TITLES
from qa_app.db import db
from qa_app.lists.asked import Asked
from qa_app.lists.forms import FilterForm, NumberChoice
from qa_app.lists.pages import ListPage, announce_list
from qa_app.models import User
from qa_app.permissions import Permission
from qa_app.web.i18n import named

__all__ = ["CASE_LIST", "RESULTS", "TRAINING_LIST", "select_cases", "select_results", "select_trainings"]

_LONGEST = Length(max=200)


def _all_and(titles: Mapping[Any, LazyString]) -> list[SelectChoice]:
    return [SelectChoice("", _l("All")), *(SelectChoice(code.value, title) for code, title in titles.items())]


def _all_and_texts(values: Iterable[str]) -> list[SelectChoice]:
    return [SelectChoice("", _l("All")), *(SelectChoice(value, value) for value in values)]


class TrainingsForm(FilterForm):
    """Over the trainings."""

    words = "q"

    q = StringField(_l("Words"), [_LONGEST])
    kind = SelectField(_l("Kind"), choices=_all_and(TRAININGS), default="")


class ResultsFilterForm(FilterForm):
    """Over the results one may see; whoever sees one team's only is not asked which."""

    words = "q"

    q = StringField(_l("Words"), [_LONGEST])
    quarter = SelectField(_l("Quarter"), default="")
    kind = SelectField(_l("Kind"), choices=_all_and(TESTS), default="")
    team = NumberChoice(_l("Team"))

    def __init__(self, *args: Any, quarters: Sequence[str], teams: Sequence[Any], **given: Any) -> None:
        super().__init__(*args, **given)
        self.quarter.choices = _all_and_texts(quarters)
        self.team.offer((one.id, named(one.name, one.name_zh)) for one in teams)


class CasesForm(FilterForm):
    """Over the case library."""

    words = "q"

    q = StringField(_l("Words"), [_LONGEST])
    kind = SelectField(_l("What it shows"), choices=_all_and(CASES), default="")
    channel = SelectField(_l("Channel"), choices=_all_and(CHANNEL_TITLES), default="")
    tag = SelectField(_l("Tag"), default="")

    def __init__(self, *args: Any, tags: Sequence[str], **given: Any) -> None:
        super().__init__(*args, **given)
        self.tag.choices = _all_and_texts(tags)


def _make_results_form(args: MultiDict[str, str]) -> ResultsFilterForm:
    session, actor = db.session(), acting_user()
    teams = queries.list_teams(session, actor)
    form = ResultsFilterForm(args, quarters=results.list_quarters(session, actor), teams=teams)
    if len(teams) < 2:
        del form.team
    return form


def _make_cases_form(args: MultiDict[str, str]) -> CasesForm:
    return CasesForm(args, tags=library.list_tags(db.session(), acting_user()))


TRAINING_LIST = announce_list(ListPage("trainings.index", _l("Trainings"), (Permission.view_coaching,), TrainingsForm))
RESULTS = announce_list(
    ListPage("results.index", _l("Tests and ratings"), (Permission.view_coaching,), _make_results_form)
)
CASE_LIST = announce_list(ListPage("library.index", _l("Case library"), (Permission.view_library,), _make_cases_form))


def select_trainings(actor: User, asked: Asked) -> Select[Any]:
    """The query of the trainings."""
    form = cast("TrainingsForm", asked.form)
    return trainings.trainings_query(actor, trainings.TrainingFilter(form.kind.data or "", form.q.data or ""))


def select_results(actor: User, asked: Asked) -> Select[Any]:
    """The query of the results of tests."""
    form = cast("ResultsFilterForm", asked.form)
    wanted = results.ResultsFilter(
        quarter=form.quarter.data or "",
        team_id=form.team.data if form.team else None,
        kind=form.kind.data or "",
        text=form.q.data or "",
    )
    return results.results_query(actor, wanted)


def select_cases(actor: User, asked: Asked) -> Select[Any]:
    """The query of the cases."""
    form = cast("CasesForm", asked.form)
    wanted = library.CaseFilter(
        text=form.q.data or "", kind=form.kind.data or "", tag=form.tag.data or "", channel=form.channel.data or ""
    )
    return library.cases_query(actor, wanted)
