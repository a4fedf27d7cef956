"""Rubrics as everybody reads them: list, versions, comparison, files; and how a new one begins."""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from qa_app.access import NotFound, Permission, acting_user, gate, get_rubric, get_rubric_version, requires
from qa_app.db import db
from qa_app.keys import read_key
from qa_app.models import RubricVersion, VersionState
from qa_app.rubrics import queries, service
from qa_app.rubrics.change_lines import change_lines
from qa_app.rubrics.drafting import new_rubric, slug
from qa_app.rubrics.editor_views import editor
from qa_app.rubrics.forms import ImportForm, NewRubricForm
from qa_app.rubrics.pointers import load_pointers
from qa_app.rubrics.shipped import read_preset, read_presets
from qa_app.rubrics.words import (
    CHANNELS,
    CRITICALITIES,
    KINDS,
    STATES,
    condition_words,
    in_my_language,
    measure_words,
    name_of,
)
from qa_app.web.downloads import TextForm, text_response
from scoring.errors import RubricFileError
from scoring.rubric import Text, diff_rubrics, read_rubric, write_json, write_yaml

bp = Blueprint("rubrics", __name__, template_folder="templates", url_prefix="/rubrics")
gate(bp, Permission.view_rubrics)
bp.register_blueprint(editor)


@bp.context_processor
def give_words() -> dict[str, object]:
    """Give the room's templates the names of its codes."""
    return {
        "CHANNELS": CHANNELS,
        "CRITICALITIES": CRITICALITIES,
        "KINDS": KINDS,
        "STATES": STATES,
        "condition_words": condition_words,
        "measure_words": measure_words,
        "name_of": name_of,
        "text": in_my_language,
    }


@bp.get("")
def index() -> str:
    """List the rubrics, and the shipped ones to copy."""
    lines = queries.list_rubrics(db.session(), acting_user())
    return render_template("rubrics/index.html", lines=lines, presets=read_presets())


@bp.get("/new")
@requires(Permission.edit_rubrics)
def new() -> str:
    """Offer the three ways to begin: a shipped rubric, a file, nothing."""
    return _render_new(NewRubricForm(), ImportForm())


@bp.post("/new")
@requires(Permission.edit_rubrics)
def create() -> AnyResponse | str:
    """Begin a rubric from nothing."""
    form = NewRubricForm()
    if not form.validate():
        return _render_new(form, ImportForm())
    blank = new_rubric(slug(form.title_en.data) or "rubric", Text(en=form.title_en.data, zh=form.title_zh.data or ""))
    rubric = service.create_rubric(db.session(), acting_user(), blank, source="blank")
    return redirect(url_for("rubrics.editor.start", rubric_id=rubric.id), 303)


@bp.post("/presets/<name>")
@requires(Permission.edit_rubrics)
def copy_preset(name: str) -> AnyResponse:
    """Begin a rubric as a copy of a shipped one."""
    try:
        preset = read_preset(name)
    except KeyError as error:
        raise NotFound from error
    rubric = service.create_rubric(db.session(), acting_user(), preset, source=f"preset {name}")
    return redirect(url_for("rubrics.editor.start", rubric_id=rubric.id), 303)


@bp.post("/import")
@requires(Permission.edit_rubrics)
def import_file() -> AnyResponse | str:
    """Begin a rubric from a YAML or JSON file."""
    form = ImportForm()
    if not form.validate():
        return _render_new(NewRubricForm(), form)
    try:
        definition = read_rubric(form.file.data.read())
    except RubricFileError as error:
        form.file.errors = [str(error)]
        return _render_new(NewRubricForm(), form)
    rubric = service.create_rubric(db.session(), acting_user(), definition, source="file")
    return redirect(url_for("rubrics.editor.start", rubric_id=rubric.id), 303)


@bp.get("/<int:rubric_id>")
def open_rubric(rubric_id: int) -> AnyResponse:
    """Go to the version in force, to the draft where there is none, or to the last one there was."""
    rubric = get_rubric(db.session(), acting_user(), rubric_id)
    version = queries.latest_published(rubric)
    if version is None and queries.draft_of(rubric) is not None and len(rubric.versions) == 1:
        return redirect(url_for("rubrics.editor.start", rubric_id=rubric_id), 303)
    number = (version or [v for v in rubric.versions if v.state != VersionState.draft][-1]).number
    return redirect(url_for("rubrics.show", rubric_id=rubric_id, number=number), 303)


@bp.get("/<int:rubric_id>/versions")
def versions(rubric_id: int) -> str:
    """List the versions of a rubric."""
    actor = acting_user()
    rubric = get_rubric(db.session(), actor, rubric_id)
    shown = queries.list_versions(db.session(), actor, rubric)
    return render_template("rubrics/versions.html", rubric=rubric, rubric_name=name_of(rubric), lines=shown)


@bp.get("/<int:rubric_id>/versions/<int:number>")
def show(rubric_id: int, number: int) -> str:
    """Show what a version asks."""
    version = get_rubric_version(db.session(), acting_user(), rubric_id, number)
    return render_template(
        "rubrics/show.html",
        version=version,
        rubric=version.rubric,
        definition=queries.load_definition(version),
        draft=queries.draft_of(version.rubric),
        used=queries.count_inspections(db.session(), version),
        pointers=load_pointers(db.session()),
    )


@bp.get("/<int:rubric_id>/versions/<int:number>/file.<any(yaml, json):kind>")
def export(rubric_id: int, number: int, kind: TextForm) -> Response:
    """Hand out a version as a file."""
    version = get_rubric_version(db.session(), acting_user(), rubric_id, number)
    definition = queries.load_definition(version)
    text = write_yaml(definition) if kind == "yaml" else write_json(definition)
    return text_response(f"{definition.code}-v{number}", text, kind)


@bp.get("/<int:rubric_id>/compare")
def compare(rubric_id: int) -> str:
    """Say what changed between two versions."""
    actor = acting_user()
    rubric = get_rubric(db.session(), actor, rubric_id)
    shown = [line.version for line in queries.list_versions(db.session(), actor, rubric)]
    new_version = _chosen(shown, request.args.get("new", type=read_key), 0)
    old_version = _chosen(shown, request.args.get("old", type=read_key), 1)
    old, new = queries.load_definition(old_version), queries.load_definition(new_version)
    changes = change_lines(diff_rubrics(old, new), old, new)
    return render_template(
        "rubrics/compare.html",
        rubric=rubric,
        rubric_name=name_of(rubric),
        versions=shown,
        old=old_version,
        new=new_version,
        changes=changes,
    )


@bp.post("/<int:rubric_id>/versions/<int:number>/draft")
@requires(Permission.edit_rubrics)
def start_draft(rubric_id: int, number: int) -> AnyResponse:
    """Open a draft as a copy of a version; where there is one already, that one is opened."""
    actor = acting_user()
    origin = get_rubric_version(db.session(), actor, rubric_id, number)
    try:
        service.start_draft(db.session(), actor, origin)
    except service.DraftExists:
        flash(_("There is a draft already. Publish or discard it before you copy another version."), "error")
    return redirect(url_for("rubrics.editor.start", rubric_id=rubric_id), 303)


@bp.post("/<int:rubric_id>/versions/<int:number>/retire")
@requires(Permission.edit_rubrics)
def retire(rubric_id: int, number: int) -> AnyResponse:
    """Take the version in force out of use."""
    actor = acting_user()
    version = get_rubric_version(db.session(), actor, rubric_id, number)
    try:
        service.retire_version(db.session(), actor, version)
    except service.NotPublished:
        flash(_("Version %(number)s is not in force.", number=number), "error")
    else:
        flash(_("Version %(number)s is retired. What was scored with it stays as it is.", number=number), "success")
    return redirect(url_for("rubrics.versions", rubric_id=rubric_id), 303)


def _render_new(form: NewRubricForm, import_form: ImportForm) -> str:
    return render_template(
        "rubrics/new.html",
        form=form,
        import_form=import_form,
        presets=read_presets(),
    )


def _chosen(versions: list[RubricVersion], number: int | None, otherwise: int) -> RubricVersion:
    """The version of that number, or the one at a place of the list, newest first."""
    if number is None:
        return versions[min(otherwise, len(versions) - 1)]
    found = next((version for version in versions if version.number == number), None)
    if found is None:
        raise NotFound
    return found
