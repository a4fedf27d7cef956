"""The pages of the script library: read it, write it, compare versions, exchange it as a file."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as AnyResponse

from qa_app.access import Permission, acting_user, gate, get_script, get_script_version, requires
from qa_app.db import db
from qa_app.drafts import code_from
from qa_app.keys import read_key
from qa_app.lists.asked import read_asked
from qa_app.lists.bar import make_bar
from qa_app.models import Script as ScriptRow
from qa_app.models import ScriptVersion
from qa_app.scripts import queries, service
from qa_app.scripts.forms import ImportForm, PublishForm, ScriptForm
from qa_app.scripts.listing import SCRIPTS, page_of_library
from qa_app.scripts.words import PARTS, SCENES, STATES, changes_between, in_my_language
from qa_app.web.downloads import TextForm, text_response
from scoring.errors import LanguageFileError
from scoring.language.files import read_scripts, write_scripts_json, write_scripts_toml

bp = Blueprint("scripts", __name__, template_folder="templates", url_prefix="/scripts")
gate(bp, Permission.view_rubrics)

_WRITERS: dict[str, Callable[..., str]] = {"toml": write_scripts_toml, "json": write_scripts_json}


@bp.context_processor
def words() -> dict[str, object]:
    """Let the templates of this room call things by their names."""
    return {"SCENES": SCENES, "SCRIPT_STATES": STATES, "PARTS": PARTS, "said": in_my_language}


@bp.get("")
def index() -> str:
    """Show the library, scene by scene."""
    return _index(ImportForm())


def _index(form: ImportForm) -> str:
    session, actor = db.session(), acting_user()
    asked = read_asked(SCRIPTS, request.args)
    page = page_of_library(session, actor, asked)
    return render_template(
        "scripts/index.html", lines=page.rows, bar=make_bar(session, actor, asked, page), import_form=form
    )


@bp.get("/file.<any(toml, json):kind>")
def export_all(kind: TextForm) -> Response:
    """Hand out every script in force as one file."""
    scripts = [script for _code, _number, script in queries.published_choices(db.session())]
    return text_response("scripts", _WRITERS[kind](scripts), kind)


@bp.route("/new", methods=["GET", "POST"])
@requires(Permission.edit_rubrics)
def new() -> AnyResponse | str:
    """Begin a script."""
    form = ScriptForm()
    if not form.validate_on_submit():
        return render_template("scripts/edit.html", form=form, row=None, publish_form=None)
    script = form.to_script(code_from(form.title_en.data or form.scene.data, otherwise="script"))
    row = service.create_script(db.session(), acting_user(), script, source="page")
    flash(_("Draft saved. Publish it, and everybody reads it."), "success")
    return redirect(url_for("scripts.edit", script_id=row.id), 303)


@bp.post("/shipped")
@requires(Permission.edit_rubrics)
def install() -> AnyResponse:
    """Take the shipped scripts into the library."""
    came = len(service.install_shipped(db.session(), acting_user()))
    flash(ngettext("%(num)s script is in the library now.", "%(num)s scripts are in the library now.", came), "success")
    return redirect(url_for("scripts.index"), 303)


@bp.post("/import")
@requires(Permission.edit_rubrics)
def import_file() -> AnyResponse | str:
    """Take scripts from a file as drafts."""
    form = ImportForm()
    if form.validate():
        try:
            scripts = read_scripts(form.file.data.read())
        except LanguageFileError as error:
            form.file.errors = [str(error)]
        else:
            came, known = service.import_scripts(db.session(), acting_user(), scripts)
            flash(_("%(came)s scripts came as drafts, %(known)s were here already.", came=came, known=known), "success")
            return redirect(url_for("scripts.index"), 303)
    return _index(form)


@bp.get("/<int:script_id>")
def show(script_id: int) -> str:
    """Show the version in force, or the newest there is."""
    actor = acting_user()
    row = get_script(db.session(), actor, script_id)
    readable = queries.readable_versions(actor, row)
    version = queries.latest_published(row) or readable[0]
    return _show(row, version)


@bp.get("/named/<code>")
def named(code: str) -> AnyResponse:
    """Go to the script that a criterion names."""
    row = db.session().scalar(select(ScriptRow).where(ScriptRow.code == code))
    if row is None:
        raise NotFound
    return redirect(url_for("scripts.show", script_id=row.id))


@bp.get("/<int:script_id>/versions/<int:number>")
def show_version(script_id: int, number: int) -> str:
    """Show one version."""
    version = get_script_version(db.session(), acting_user(), script_id, number)
    return _show(version.script, version)


def _show(row: ScriptRow, version: ScriptVersion) -> str:
    actor = acting_user()
    criteria, rules = queries.points_here(db.session(), row.code)
    return render_template(
        "scripts/show.html",
        row=row,
        version=version,
        script=queries.load_script(version),
        versions=queries.readable_versions(actor, row),
        draft=queries.draft_of(row),
        criteria=criteria,
        rules=rules,
    )


@bp.get("/<int:script_id>/versions/<int:number>/file.<any(toml, json):kind>")
def export(script_id: int, number: int, kind: TextForm) -> Response:
    """Hand out one version as a file."""
    version = get_script_version(db.session(), acting_user(), script_id, number)
    return text_response(f"{version.script.code}-v{number}", _WRITERS[kind]([queries.load_script(version)]), kind)


@bp.get("/<int:script_id>/compare")
def compare(script_id: int) -> str:
    """Say what changed between two versions."""
    actor = acting_user()
    row = get_script(db.session(), actor, script_id)
    shown = queries.readable_versions(actor, row)
    new_one = _chosen(shown, request.args.get("new", type=read_key), 0)
    old_one = _chosen(shown, request.args.get("old", type=read_key), 1)
    changes = changes_between(queries.load_script(old_one), queries.load_script(new_one))
    return render_template("scripts/compare.html", row=row, versions=shown, old=old_one, new=new_one, changes=changes)


@bp.route("/<int:script_id>/edit", methods=["GET", "POST"])
@requires(Permission.edit_rubrics)
def edit(script_id: int) -> AnyResponse | str:
    """Edit the draft; what was typed stays in the form when it cannot be kept."""
    session, actor = db.session(), acting_user()
    row = get_script(session, actor, script_id)
    draft = queries.draft_of(row)
    if draft is None:
        return redirect(url_for("scripts.show", script_id=script_id), 303)
    script = queries.load_script(draft)
    form = ScriptForm(data={**ScriptForm.values_of(script), "revision": draft.revision})
    if form.validate_on_submit():
        try:
            service.save_draft(session, actor, draft, form.to_script(row.code), revision=form.revision.data or 0)
        except service.DraftMoved:
            form.form_errors.append(_("Somebody else saved this draft meanwhile. Load the page again to see it."))
        else:
            flash(_("Draft saved."), "success")
            return redirect(url_for("scripts.edit", script_id=script_id), 303)
    return render_template("scripts/edit.html", form=form, row=row, draft=draft, publish_form=PublishForm())


@bp.post("/<int:script_id>/publish")
@requires(Permission.edit_rubrics)
def publish(script_id: int) -> AnyResponse:
    """Put the draft in force."""
    draft = _draft(script_id)
    form = PublishForm()
    if not form.validate():
        flash(" ".join(str(error) for errors in form.errors.values() for error in errors), "error")
        return redirect(url_for("scripts.edit", script_id=script_id), 303)
    try:
        service.publish_draft(db.session(), acting_user(), draft, note=form.note.data)
    except service.EmptyScript:
        flash(_("There is nothing to publish yet: write a name, and a sentence or a cue."), "error")
        return redirect(url_for("scripts.edit", script_id=script_id), 303)
    flash(_("Version %(number)s is in force. Rules go on with the version they name.", number=draft.number), "success")
    return redirect(url_for("scripts.show", script_id=script_id), 303)


@bp.post("/<int:script_id>/discard")
@requires(Permission.edit_rubrics)
def discard(script_id: int) -> AnyResponse:
    """Throw the draft away."""
    is_gone = service.discard_draft(db.session(), acting_user(), _draft(script_id))
    flash(_("The draft is gone."), "success")
    return redirect(url_for("scripts.index") if is_gone else url_for("scripts.show", script_id=script_id), 303)


@bp.post("/<int:script_id>/versions/<int:number>/draft")
@requires(Permission.edit_rubrics)
def start_draft(script_id: int, number: int) -> AnyResponse:
    """Open a draft as a copy of a version; where there is one already, that one is opened."""
    origin = get_script_version(db.session(), acting_user(), script_id, number)
    try:
        service.start_draft(db.session(), acting_user(), origin)
    except service.DraftExists:
        flash(_("There is a draft already. Publish or discard it before you copy another version."), "error")
    return redirect(url_for("scripts.edit", script_id=script_id), 303)


@bp.post("/<int:script_id>/versions/<int:number>/retire")
@requires(Permission.edit_rubrics)
def retire(script_id: int, number: int) -> AnyResponse:
    """Take the version in force out of use."""
    version = get_script_version(db.session(), acting_user(), script_id, number)
    try:
        service.retire_version(db.session(), acting_user(), version)
    except service.NotPublished:
        flash(_("Version %(number)s is not in force.", number=number), "error")
    else:
        flash(_("Version %(number)s is retired. Rules that name it go on.", number=number), "success")
    return redirect(url_for("scripts.show", script_id=script_id), 303)


def _draft(script_id: int) -> ScriptVersion:
    draft = queries.draft_of(get_script(db.session(), acting_user(), script_id))
    if draft is None:
        raise NotFound
    return draft


def _chosen(versions: list[ScriptVersion], number: int | None, otherwise: int) -> ScriptVersion:
    """The version of that number, or the one at a place of the list, newest first."""
    if number is None:
        return versions[min(otherwise, len(versions) - 1)]
    found = next((version for version in versions if version.number == number), None)
    if found is None:
        raise NotFound
    return found


__all__ = ["bp"]
