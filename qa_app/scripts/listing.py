"""The script library as it is asked for."""

from __future__ import annotations

from typing import cast

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session
from wtforms import SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length

from qa_app.lists.asked import Asked
from qa_app.lists.forms import FilterForm, choices_of
from qa_app.lists.pages import ListPage, announce_list
from qa_app.models import User
from qa_app.permissions import Permission
from qa_app.scripts import queries
from qa_app.scripts.words import SCENES
from qa_app.web.pagination import Page

__all__ = ["SCRIPTS", "page_of_library"]


class ScriptsForm(FilterForm):
    """Over the library."""

    words = "q"

    q = StringField(_l("Words"), [Length(max=200)])
    scene = SelectField(
        _l("Scene"),
        choices=[SelectChoice("", _l("All")), *(SelectChoice(str(code), title) for code, title in SCENES.items())],
        default="",
    )
    retired = SelectField(
        _l("Show"), choices=choices_of({"": _l("Without retired ones"), "1": _l("Retired ones too")}), default=""
    )


SCRIPTS = announce_list(ListPage("scripts.index", _l("Scripts"), (Permission.view_rubrics,), ScriptsForm))


def page_of_library(session: Session, actor: User, asked: Asked) -> Page[queries.LibraryLine]:
    """Everything asked for on one page: who looks for a sentence reads on until it comes."""
    form = cast("ScriptsForm", asked.form)
    lines = queries.list_library(
        session, actor, scene=form.scene.data or "", words=form.q.data or "", with_retired=form.retired.data == "1"
    )
    return Page(lines, 1, len(lines), max(1, len(lines)))
