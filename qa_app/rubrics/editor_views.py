"""The editor of a draft: the open part saves itself, the list is put in order, the version is published."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from qa_app.access import NotFound, Permission, acting_user, gate, get_rubric
from qa_app.clock import now
from qa_app.db import db
from qa_app.keys import read_key
from qa_app.models import RubricVersion
from qa_app.rubrics import service
from qa_app.rubrics.arranging import arrange_draft
from qa_app.rubrics.drafting import NoSuchPart
from qa_app.rubrics.editor_page import EditorPage, Open, Tab, build_page
from qa_app.rubrics.editor_parts import Part, criterion_part, head_part, reshape, section_part, with_blank_rows
from qa_app.rubrics.forms import CriterionForm, PublishForm
from qa_app.rubrics.pointers import offer_pointers
from qa_app.rubrics.queries import draft_of, load_definition
from qa_app.web.forms import ConfirmForm
from scoring.errors import RubricFileError
from scoring.rubric import FIELDS, FieldKind, Rubric

editor = Blueprint("editor", __name__, url_prefix="/<int:rubric_id>/edit")
gate(editor, Permission.edit_rubrics)


@editor.get("")
def start(rubric_id: int) -> Response:
    """Open the first criterion, or the head of a rubric that has none."""
    first = next(load_definition(_draft(rubric_id)).criteria(), None)
    return redirect(_address(rubric_id, Open(criterion=first.code if first else None)), 303)


@editor.route("/head", methods=["GET", "POST"])
def head(rubric_id: int) -> Response | str:
    """Edit name, description and channels."""
    draft = _draft(rubric_id)
    return _edit(draft, head_part(load_definition(draft)))


@editor.route("/sections/<code>", methods=["GET", "POST"])
def section(rubric_id: int, code: str) -> Response | str:
    """Edit the heading of a section."""
    draft = _draft(rubric_id)
    return _edit(draft, _found(lambda: section_part(load_definition(draft), code)))


@editor.route("/criteria/<code>", methods=["GET", "POST"])
def criterion(rubric_id: int, code: str) -> Response | str:
    """Edit a criterion."""
    draft = _draft(rubric_id)
    deed = request.form.get("do", "")
    return _edit(draft, _found(lambda: criterion_part(load_definition(draft), code, deed=deed)), deed=deed)


@editor.post("/arrange")
def arrange(rubric_id: int) -> Response | str:
    """Move, add, duplicate or remove a section or criterion."""
    draft, form = _draft(rubric_id), request.form
    opened = Open(section=form.get("open_section") or None, criterion=form.get("open_criterion") or None)
    try:
        changed, target = arrange_draft(load_definition(draft), form.get("do", ""), form.get("order", ""))
        said = _save(db.session(), draft, changed, form.get("revision", -1, type=read_key))
    except NoSuchPart:
        target, said = None, {"problem": _("That part is no longer there. Reload the page.")}
    if request.headers.get("HX-Request") and target is None:
        return _answer(draft, opened, said)
    if request.headers.get("HX-Request"):
        return Response(headers={"HX-Redirect": _address(rubric_id, target or opened)})
    if "problem" in said:
        flash(said["problem"], "error")
    return redirect(_address(rubric_id, target or opened), 303)


@editor.post("/publish")
def publish(rubric_id: int) -> Response:
    """Freeze the draft as the version in force."""
    draft, form = _draft(rubric_id), PublishForm()
    if not form.validate():
        flash(" ".join(form.note.errors), "error")
        return redirect(_address(rubric_id, Open()), 303)
    try:
        service.publish_draft(db.session(), acting_user(), draft, note=form.note.data or "")
    except service.NotReady as refusal:
        flash(_("Nothing was published: the lint found errors (%(count)s).", count=len(refusal.findings)), "error")
        return redirect(_address(rubric_id, Open()), 303)
    flash(_("Version %(number)s is in force from the next draw on.", number=draft.number), "success")
    return redirect(url_for("rubrics.show", rubric_id=rubric_id, number=draft.number), 303)


@editor.post("/discard")
def discard(rubric_id: int) -> Response:
    """Throw the draft away."""
    is_gone = service.discard_draft(db.session(), acting_user(), _draft(rubric_id))
    flash(_("The draft was discarded."), "success")
    return redirect(url_for("rubrics.index") if is_gone else url_for("rubrics.versions", rubric_id=rubric_id), 303)


def _draft(rubric_id: int) -> RubricVersion:
    found = draft_of(get_rubric(db.session(), acting_user(), rubric_id))
    if found is None:
        raise NotFound
    return found


def _found(make: Any) -> Part:
    try:
        part: Part = make()
    except NoSuchPart as error:
        raise NotFound from error
    return part


def _address(rubric_id: int, opened: Open) -> str:
    tab = request.args.get("tab")
    if opened.criterion is not None:
        return url_for("rubrics.editor.criterion", rubric_id=rubric_id, code=opened.criterion, tab=tab)
    if opened.section is not None:
        return url_for("rubrics.editor.section", rubric_id=rubric_id, code=opened.section, tab=tab)
    return url_for("rubrics.editor.head", rubric_id=rubric_id, tab=tab)


def _tab() -> Tab:
    return Tab(request.args["tab"]) if request.args.get("tab") in list(Tab) else Tab.lint


def _edit(draft: RubricVersion, part: Part, *, deed: str = "") -> Response | str:
    """Show the part, or take what was typed: by script in the background, otherwise as any form."""
    if request.method == "GET":
        part.form.revision.data = draft.revision
        if isinstance(part.form, CriterionForm):
            with_blank_rows(part.form)
        return _render(draft, part)
    said = _take(draft, part)
    if part.is_reshaped and "problem" not in said:
        part = reshape(part, load_definition(draft), deed)
        part.form.revision.data = draft.revision
    if request.headers.get("HX-Request"):
        return _answer(draft, part.open, said, part=part if part.is_reshaped else None)
    if "problem" in said or deed.startswith("add"):
        return _render(draft, part, said)
    return redirect(_address(draft.rubric_id, part.open), 303)


def _take(draft: RubricVersion, part: Part) -> dict[str, str]:
    if not part.form.validate():
        return {"problem": " ".join(_messages(part.form.errors))}
    try:
        changed = part.apply(load_definition(draft))
    except RubricFileError as error:
        return {"problem": str(error)}
    return _save(db.session(), draft, changed, part.form.revision.data)


def _save(session: Session, draft: RubricVersion, changed: Rubric, revision: int) -> dict[str, str]:
    try:
        service.save_draft(session, acting_user(), draft, changed, revision=revision)
    except service.DraftMoved:
        return {"problem": _("The draft was changed elsewhere. Reload the page to see the newer state.")}
    return {"saved": "yes"}


def _messages(errors: Any) -> list[str]:
    """Every message of a form, of its rows too, once each."""
    if isinstance(errors, dict):
        found = [message for inner in errors.values() for message in _messages(inner)]
    elif isinstance(errors, list | tuple):
        found = [message for inner in errors for message in _messages(inner)]
    else:
        found = [str(errors)]
    return list(dict.fromkeys(found))


def _render(draft: RubricVersion, part: Part, said: dict[str, str] | None = None) -> str:
    page = build_page(db.session(), draft, part.open, _tab())
    _offer(page, part)
    return render_template(
        "rubrics/edit.html",
        page=page,
        part=part,
        said=said or {},
        publish_form=PublishForm(),
        confirm_form=ConfirmForm(),
        value_hints=_value_hints(page.definition),
        address=request.full_path.rstrip("?"),
        now=now(),
    )


def _answer(draft: RubricVersion, opened: Open, said: dict[str, str], *, part: Part | None = None) -> Response:
    """Answer a background save: the status, list and pane anew, the form too where its shape changed."""
    page = build_page(db.session(), draft, opened, _tab())
    _offer(page, part)
    body = render_template(
        "rubrics/_saved.html",
        page=page,
        part=part,
        said=said,
        value_hints=_value_hints(page.definition) if part is not None else {},
        address=_address(draft.rubric_id, opened),
        now=now(),
    )
    answer = make_response(body)
    answer.headers["X-Revision"] = str(draft.revision)
    return answer


def _offer(page: EditorPage, part: Part | None) -> None:
    """Put what a criterion may point at into its form."""
    if part is not None and isinstance(part.form, CriterionForm):
        offer_pointers(db.session(), part.form, page.definition.criterion(part.open.criterion or ""))


def _value_hints(definition: Rubric) -> dict[str, list[str]]:
    """What can be typed beside each subject of a condition, for the browser's own suggestions."""
    hints = {
        f"answer:{criterion.code}": [level.code for level in criterion.answer_levels]
        + (["na"] if criterion.na_allowed else [])
        for criterion in definition.criteria()
    }
    fields = {f"field:{name}": list(field.choices) for name, field in FIELDS.items() if field.choices}
    truths = {f"field:{name}": ["yes", "no"] for name, field in FIELDS.items() if field.kind is FieldKind.yes_no}
    return hints | fields | truths
