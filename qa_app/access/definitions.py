"""What is written in versions: rubrics, scripts and rules."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from sqlalchemy import ColumnElement, false, true
from sqlalchemy.orm import Session
from werkzeug.exceptions import NotFound

from qa_app.access.fetching import fetch, only_if
from qa_app.models import CheckRule, Rubric, RubricVersion, RuleVersion, Script, ScriptVersion, User, VersionState
from qa_app.permissions import Permission, has_permission

__all__ = [
    "get_rubric",
    "get_rubric_version",
    "get_rule",
    "get_rule_version",
    "get_script",
    "get_script_version",
    "visible_rubrics",
    "visible_scripts",
]

Version = TypeVar("Version", RubricVersion, ScriptVersion, RuleVersion)


def visible_rubrics(actor: User) -> ColumnElement[bool]:
    """Rubrics the actor may read: drafts are for those who edit, all others see what was published once."""
    return _if_published(actor, Rubric.versions.any(RubricVersion.state != VersionState.draft))


def visible_scripts(actor: User) -> ColumnElement[bool]:
    """Scripts the actor may read: drafts are for those who edit, all others see what was published once."""
    return _if_published(actor, Script.versions.any(ScriptVersion.state != VersionState.draft))


def _if_published(actor: User, has_published: ColumnElement[bool]) -> ColumnElement[bool]:
    if has_permission(actor, Permission.edit_rubrics):
        return true()
    return has_published if has_permission(actor, Permission.view_rubrics) else false()


def get_rubric(session: Session, actor: User, rubric_id: int) -> Rubric:
    """Return the rubric, or raise `NotFound` where the actor may not see it."""
    return fetch(session, Rubric, rubric_id, visible_rubrics(actor))


def get_rubric_version(session: Session, actor: User, rubric_id: int, number: int) -> RubricVersion:
    """Return one version of a rubric; a draft is there for those who edit rubrics only."""
    found = _find_version(get_rubric(session, actor, rubric_id).versions, number)
    _refuse_drafts(actor, found.state)
    return found


def get_script(session: Session, actor: User, script_id: int) -> Script:
    """Return the script, or raise `NotFound` where the actor may not see it."""
    return fetch(session, Script, script_id, visible_scripts(actor))


def get_script_version(session: Session, actor: User, script_id: int, number: int) -> ScriptVersion:
    """Return one version of a script; a draft is there for those who edit scripts only."""
    found = _find_version(get_script(session, actor, script_id).versions, number)
    _refuse_drafts(actor, found.state)
    return found


def get_rule(session: Session, actor: User, rule_id: int) -> CheckRule:
    """Return a rule to who writes them, or raise `NotFound`."""
    return fetch(session, CheckRule, rule_id, only_if(has_permission(actor, Permission.manage_screening)))


def get_rule_version(session: Session, actor: User, rule_id: int, number: int) -> RuleVersion:
    """Return one version of a rule, or raise `NotFound`."""
    return _find_version(get_rule(session, actor, rule_id).versions, number)


def _find_version(versions: Iterable[Version], number: int) -> Version:
    found = next((version for version in versions if version.number == number), None)
    if found is None:
        raise NotFound
    return found


def _refuse_drafts(actor: User, state: str) -> None:
    if state == VersionState.draft and not has_permission(actor, Permission.edit_rubrics):
        raise NotFound
