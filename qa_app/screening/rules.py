"""Rules and their versions: written, tested on real conversations, switched on and off, each with its audit event.

``draft → on → off``. A rule has at most one draft; a version that was switched on never changes. Nothing is switched on
that was not tested as it stands.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace
from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app import audit
from qa_app.clock import now
from qa_app.drafts import (
    DraftSteps,
    copy_version,
    discard_version,
    draft_of,
    find_free_code,
    import_definitions,
    stored_form,
    take_revision,
)
from qa_app.models import CheckRule, RuleState, RuleVersion, User
from qa_app.screening.rule_book import load_rule, prepare_trial, rules_named
from scoring.errors import RuleError
from scoring.language.definition import Rule, Said, leaves_of

__all__ = [
    "EmptyRule",
    "NeededByOthers",
    "NotADraft",
    "NotInUse",
    "NotTested",
    "RuleDraftExists",
    "RuleDraftMoved",
    "RuleRefusal",
    "create_rule",
    "discard_rule_draft",
    "draft_of",
    "find_blanks",
    "import_rules",
    "in_use",
    "is_tested",
    "save_rule_draft",
    "start_rule_draft",
    "switch_off",
    "switch_on",
]


class RuleRefusal(Exception):
    """Something about a rule that cannot be done.

    RuleRefusal
    ├── EmptyRule         a leaf has nothing to look for, or a group is empty
    ├── NeededByOthers    rules in use wait for its hits
    ├── NotADraft         a version that was switched on never changes
    ├── NotInUse          only what is on can be switched off
    ├── NotTested         it was not tested as it stands
    ├── RuleDraftExists   the rule has a draft already
    └── RuleDraftMoved    somebody else saved the draft meanwhile
    """


class EmptyRule(RuleRefusal):
    """A leaf has nothing to look for, or a group holds nothing."""


class NeededByOthers(RuleRefusal):
    """Rules in use wait for its hits; `codes` names them."""

    def __init__(self, codes: Iterable[str]) -> None:
        self.codes = sorted(codes)
        super().__init__(", ".join(self.codes))


class NotADraft(RuleRefusal):
    """A version that was switched on never changes."""


class NotInUse(RuleRefusal):
    """Only what is on can be switched off."""


class NotTested(RuleRefusal):
    """It was not tested as it stands; a rule is seen at work before it works."""


class RuleDraftExists(RuleRefusal):
    """The rule has a draft already; it is edited or discarded first."""


class RuleDraftMoved(RuleRefusal):
    """The draft was saved elsewhere since this page was loaded."""


def in_use(rule: CheckRule) -> RuleVersion | None:
    """Return the version that is switched on."""
    return next((version for version in rule.versions if version.state == RuleState.on), None)


def is_tested(version: RuleVersion) -> bool:
    """Whether the last test was made of what the version asks now."""
    return bool(version.digest) and (version.test or {}).get("digest") == version.digest


def create_rule(session: Session, actor: User | None, rule: Rule, *, source: str) -> CheckRule:
    """Add a rule with a first draft; a code that is taken gets a number. `source` says where it comes from."""
    coded = replace(rule, code=find_free_code(session, CheckRule.code, rule.code))
    row = CheckRule(code=coded.code, name="", created_at=now())
    _name_after(row, coded)
    row.versions.append(RuleVersion(number=1, definition=stored_form(coded), created_at=now()))
    session.add(row)
    session.flush()
    _take_digest(session, row.versions[0])
    audit.record(session, actor, action="rule.create", thing=row, name=row.name, source=source)
    return row


def start_rule_draft(session: Session, actor: User, origin: RuleVersion) -> RuleVersion:
    """Open a draft of a rule as a copy of one of its versions."""
    row = origin.rule
    if draft_of(row) is not None:
        raise RuleDraftExists(row.code)
    draft = copy_version(session, row.versions, origin)
    _take_digest(session, draft)
    audit.record(session, actor, action="rule.start_draft", thing=draft, name=row.name, number=draft.number)
    return draft


def save_rule_draft(session: Session, actor: User, draft: RuleVersion, rule: Rule, *, revision: int) -> bool:
    """Keep a changed draft; return whether anything changed. `revision` is the one the writer has seen."""
    _require_draft(draft)
    coded = replace(rule, code=draft.rule.code)
    if load_rule(draft) == coded:
        return False
    if not take_revision(session, draft, revision):
        raise RuleDraftMoved(f"another revision than {revision} is stored")
    draft.definition = stored_form(coded)
    if in_use(draft.rule) is None:
        _name_after(draft.rule, coded)
    _take_digest(session, draft)
    audit.record(session, actor, action="rule.save_draft", thing=draft, name=draft.rule.name, revision=draft.revision)
    return True


def switch_on(session: Session, actor: User | None, draft: RuleVersion) -> RuleVersion:
    """Let a tested draft screen every conversation; the version before it is switched off.

    Raises
    ------
    NotADraft, EmptyRule, NotTested
        It is no draft, has nothing to look for, or was changed since its last test.
    RuleError
        It names what is not there (any more).
    """
    _require_draft(draft)
    rule = load_rule(draft)
    if find_blanks(rule):
        raise EmptyRule(rule.code)
    draft.digest = prepare_trial(session, rule).digest
    if not is_tested(draft):
        raise NotTested(rule.code)
    before = in_use(draft.rule)
    if before is not None:
        before.state, before.switched_off_at = RuleState.off, now()
    draft.state, draft.switched_on_at = RuleState.on, now()
    draft.switched_on_by_id = None if actor is None else actor.id
    _name_after(draft.rule, rule)
    session.flush()
    audit.record(
        session,
        actor,
        action="rule.switch_on",
        thing=draft,
        name=draft.rule.name,
        number=draft.number,
        digest=draft.digest,
    )
    return draft


def switch_off(session: Session, actor: User, version: RuleVersion) -> None:
    """Take a rule out of use; what it proposed and what was decided is kept."""
    if version.state != RuleState.on:
        raise NotInUse(f"version {version.number} is {version.state}")
    others = session.scalars(select(RuleVersion).where(RuleVersion.state == RuleState.on, RuleVersion.id != version.id))
    waiting = [rule.code for rule in map(load_rule, others) if version.rule.code in rules_named(rule)]
    if waiting:
        raise NeededByOthers(waiting)
    version.state, version.switched_off_at = RuleState.off, now()
    session.flush()
    audit.record(session, actor, action="rule.switch_off", thing=version, name=version.rule.name, number=version.number)


def discard_rule_draft(session: Session, actor: User, draft: RuleVersion) -> bool:
    """Throw a draft away, and with it a rule that has nothing else; return whether the rule is gone."""
    _require_draft(draft)
    row = draft.rule
    audit.record(session, actor, action="rule.discard_draft", thing=draft, name=row.name, number=draft.number)
    return discard_version(session, row, row.versions, draft)


def import_rules(session: Session, actor: User, rules: Iterable[Rule]) -> tuple[int, int]:
    """Take rules from a file as drafts; return how many came, and how many ask what is asked already."""
    steps = DraftSteps(load_rule, create_rule, start_rule_draft, save_rule_draft)
    return import_definitions(session, actor, CheckRule, rules, steps)


def find_blanks(rule: Rule) -> list[int]:
    """Return which leaves (counted from 0) have nothing to look for; a rule without leaves is blank itself."""
    leaves = list(leaves_of(rule.condition))
    blank = [at for at, leaf in enumerate(leaves) if isinstance(leaf, Said) and not (leaf.phrases or leaf.script)]
    return blank if leaves else [0]


def _take_digest(session: Session, draft: RuleVersion) -> None:
    """Note what the draft asks; empty while it cannot be asked."""
    rule = load_rule(draft)
    try:
        draft.digest = "" if find_blanks(rule) else prepare_trial(session, rule).digest
    except RuleError:
        draft.digest = ""


def _require_draft(version: RuleVersion) -> None:
    if version.state != RuleState.draft:
        raise NotADraft(f"version {version.number} is {version.state}")


def _name_after(row: CheckRule, rule: Rule) -> None:
    row.name = rule.title.in_language("en") or rule.code
    row.name_zh = rule.title.zh
