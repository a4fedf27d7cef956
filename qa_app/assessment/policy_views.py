"""Pages of the policy: what the rules are, a draft of the next version, publishing it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from qa_app.access import Permission, acting_user, gate
from qa_app.assessment import policies
from qa_app.assessment.attempts import attempt
from qa_app.assessment.forms import NumbersForm, PolicyForm, with_numbers
from qa_app.assessment.queries import list_policies, months_made_with
from qa_app.assessment.wording import finding_sentence, proposal_title
from qa_app.db import db
from qa_app.keys import read_key
from qa_app.models import PolicyVersion, VersionState
from qa_app.web.forms import ConfirmForm
from qa_app.web.i18n import html_language
from scoring.assessment.policy import Policy, check_policy

bp = Blueprint("policies", __name__, template_folder="templates", url_prefix="/policies")
gate(bp, Permission.edit_policies)
bp.app_template_global("proposal_title")(proposal_title)


@bp.get("")
def index() -> str:
    """List the policies and the presets they can be made from."""
    presets = [policies.preset(code) for code in policies.preset_codes()]
    return render_template(
        "assessment/policies.html", policies=list_policies(db.session()), presets=presets, lang=html_language()
    )


@bp.post("/presets/<code>")
def create(code: str) -> Response:
    """Make a policy from a preset."""
    if code not in policies.preset_codes():
        abort(404)
    version = policies.create_policy(db.session(), acting_user(), policies.preset(code))
    return redirect(url_for("policies.edit", version_id=version.id), 303)


@bp.get("/<int:version_id>")
def show(version_id: int) -> str:
    """Show what a version says."""
    version = _version(version_id)
    policy = policies.policy_of(version)
    return render_template(
        "assessment/policy.html",
        version=version,
        policy=policy,
        lang=html_language(),
        findings=[finding_sentence(finding) for finding in check_policy(policy)],
        months=months_made_with(db.session(), version),
    )


@bp.get("/<int:version_id>/edit")
def edit(version_id: int) -> Any:
    """Open a draft."""
    version = _version(version_id)
    if version.state != VersionState.draft:
        return redirect(url_for("policies.show", version_id=version.id), 303)
    return _editor(version)


@bp.post("/<int:version_id>/edit")
def save(version_id: int) -> Any:
    """Save a draft, from its numbers or from the whole text."""
    version = _version(version_id)
    definition, errors, form = _typed_policy(version)
    if definition is None:
        return _editor(version, form=form, errors=errors), 422
    revision = request.form.get("revision", type=read_key) or 0
    if not attempt(lambda: policies.save_draft(db.session(), acting_user(), version, definition, revision=revision)):
        return _editor(version), 409
    return redirect(url_for("policies.show", version_id=version.id), 303)


def _typed_policy(version: PolicyVersion) -> tuple[Policy | None, list[str], PolicyForm | None]:
    if request.form.get("kind") == "json":
        form = PolicyForm()
        return (form.policy() if form.validate_on_submit() else None), [], form
    form = NumbersForm()
    rules = {"mode": form.mode.data, "learned_scores": form.learned_scores.data}
    definition, errors = with_numbers(version.definition | rules, request.form)
    return definition, errors, None


def _editor(version: PolicyVersion, *, form: PolicyForm | None = None, errors: Sequence[str] = ()) -> str:
    text = json.dumps(version.definition, ensure_ascii=False, indent=2)
    policy = policies.policy_of(version)
    return render_template(
        "assessment/edit_policy.html",
        version=version,
        policy=policy,
        form=form or PolicyForm(formdata=None, definition=text, revision=version.revision),
        numbers_form=NumbersForm(
            formdata=None, revision=version.revision, mode=policy.mode, learned_scores=policy.learned_scores
        ),
        errors=errors,
        lang=html_language(),
    )


@bp.post("/<int:version_id>/publish")
def publish(version_id: int) -> Response:
    """Publish a sound draft."""
    version = _version(version_id)
    if ConfirmForm().validate_on_submit() and attempt(
        lambda: policies.publish_version(db.session(), acting_user(), version)
    ):
        flash(
            _("Version %(number)s is in force for every month computed from now on.", number=version.number), "success"
        )
    return redirect(url_for("policies.show", version_id=version.id), 303)


@bp.post("/<int:version_id>/copy")
def copy(version_id: int) -> Response:
    """Start the next version."""
    draft = policies.copy_to_draft(db.session(), acting_user(), _version(version_id))
    return redirect(url_for("policies.edit", version_id=draft.id), 303)


def _version(version_id: int) -> PolicyVersion:
    version = db.session().get(PolicyVersion, version_id)
    if version is None:
        abort(404)
    return version
