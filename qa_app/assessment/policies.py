"""Policies: presets, drafts, versions. A published version never changes; a month keeps the one it was made with."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app import audit
from qa_app.assessment.errors import PolicyUnsound, WrongState
from qa_app.clock import now
from qa_app.models import AssessmentPolicy, PolicyVersion, User, VersionState
from scoring.assessment.policy import Policy, check_policy, dump_policy, read_policy, read_policy_file

__all__ = [
    "copy_to_draft",
    "create_policy",
    "ensure_policy",
    "policy_of",
    "preset",
    "preset_codes",
    "publish_version",
    "save_draft",
    "version_in_force",
]

DEFAULT_PRESET = "service"
_PRESETS = Path(__file__).parent / "presets"


def preset_codes() -> tuple[str, ...]:
    """Codes of the shipped policies, the default first."""
    codes = sorted(path.stem for path in _PRESETS.glob("*.yaml"))
    return (DEFAULT_PRESET, *(code for code in codes if code != DEFAULT_PRESET))


@cache
def preset(code: str) -> Policy:
    """Return a shipped policy."""
    return read_policy_file(_PRESETS / f"{code}.yaml")


def policy_of(version: PolicyVersion) -> Policy:
    """Return the rules of a version."""
    return read_policy(version.definition)


def create_policy(session: Session, actor: User | None, definition: Policy) -> PolicyVersion:
    """Make a policy with a first draft; a name that is taken gets a number."""
    name, name_zh = _free_name(session, definition)
    policy = AssessmentPolicy(name=name, name_zh=name_zh, created_at=now())
    version = PolicyVersion(
        policy=policy, number=1, state=VersionState.draft, definition=dump_policy(definition), created_at=now()
    )
    session.add(version)
    session.flush()
    audit.record(session, actor, action="policy.create", thing=version, name=name, after=version.definition)
    return version


def save_draft(
    session: Session, actor: User, version: PolicyVersion, definition: Policy, *, revision: int
) -> PolicyVersion:
    """Save a draft; refused where somebody else saved it since `revision`."""
    _require_draft(version)
    if revision != version.revision:
        raise PolicyUnsound("somebody else saved this draft meanwhile; load it again")
    before = version.definition
    version.definition = dump_policy(definition)
    version.revision += 1
    version.policy.name = definition.title.en or version.policy.name
    version.policy.name_zh = definition.title.zh
    session.flush()
    audit.record(session, actor, action="policy.save", thing=version, before=before, after=version.definition)
    return version


def publish_version(session: Session, actor: User | None, version: PolicyVersion) -> PolicyVersion:
    """Publish a sound draft; the version in force until now is retired, months keep what they were made with."""
    _require_draft(version)
    findings = check_policy(policy_of(version))
    if findings:
        raise PolicyUnsound("the draft must be mended before it can be published", findings)
    for other in version.policy.versions:
        if other.state == VersionState.published:
            other.state, other.retired_at = VersionState.retired, now()
    version.state, version.published_at = VersionState.published, now()
    version.published_by_id = actor.id if actor else None
    version.digest = _digest(version.definition)
    session.flush()
    audit.record(
        session, actor, action="policy.publish", thing=version, name=version.policy.name, digest=version.digest
    )
    return version


def copy_to_draft(session: Session, actor: User, version: PolicyVersion) -> PolicyVersion:
    """Start the next version from this one; a draft that is there already is returned as it is."""
    draft = next((other for other in version.policy.versions if other.state == VersionState.draft), None)
    if draft is not None:
        return draft
    number = max(other.number for other in version.policy.versions) + 1
    draft = PolicyVersion(
        policy=version.policy,
        number=number,
        state=VersionState.draft,
        definition=version.definition,
        created_at=now(),
    )
    session.add(draft)
    session.flush()
    audit.record(
        session, actor, action="policy.copy", thing=draft, name=version.policy.name, copied_from=version.number
    )
    return draft


def version_in_force(session: Session) -> PolicyVersion | None:
    """Return the version published last; None where nothing was ever published."""
    return session.scalar(PolicyVersion.select_in_force())


def ensure_policy(session: Session, actor: User | None) -> PolicyVersion:
    """Return the policy in force; the default preset is published where nothing ever was."""
    latest = version_in_force(session)
    return latest or publish_version(session, actor, create_policy(session, actor, preset(DEFAULT_PRESET)))


def _require_draft(version: PolicyVersion) -> None:
    if version.state != VersionState.draft:
        raise WrongState(version.state, VersionState.draft)


def _free_name(session: Session, definition: Policy) -> tuple[str, str]:
    taken = set(session.scalars(select(AssessmentPolicy.name)))
    name, name_zh = definition.title.en or definition.code, definition.title.zh
    number = 2
    while name in taken:
        name, name_zh = f"{definition.title.en} {number}", f"{definition.title.zh} {number}"
        number += 1
    return name, name_zh


def _digest(definition: dict[str, Any]) -> str:
    return hashlib.sha256(msgspec.json.encode(definition, order="sorted")).hexdigest()
