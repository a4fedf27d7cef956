"""What rules propose for an inspection, and what became of it: kept side by side, so that rules can be judged.

A proposal is made on the copy an inspection keeps, so its places are those of the text the inspector reads. It never
fills an answer. Who may see it, and when, is said by the plan; the room of the inspections asks and answers.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qa_app.clock import now
from qa_app.conversations.turns import Said
from qa_app.models import Conversation, Inspection, RuleProposal, RuleVersion, SamplePurpose
from qa_app.screening.rule_book import load_rules_in_use
from qa_app.screening.rule_facts import facts_of
from qa_app.screening.rule_records import Record, Standing, stand_of
from qa_app.screening.rule_screening import MOST_HITS
from scoring.language.conversation import Hit, Outcome, Verdict
from scoring.language.marking import to_masked
from scoring.language.masking import MaskedText
from scoring.rubric import Rubric

__all__ = ["count_decisions", "propose_answers"]


def propose_answers(
    session: Session,
    rubric: Rubric,
    conversation: Conversation,
    said: Sequence[Said],
    masked: Sequence[MaskedText],
    *,
    shown_before: bool,
) -> list[RuleProposal]:
    """Ask the rules that the criteria name; where one cannot tell, or names no answer for it, nothing is proposed."""
    checks = {criterion.code: criterion.check for criterion in rubric.criteria() if criterion.check is not None}
    rules = load_rules_in_use(session) if checks else None
    if rules is None or not any(check.rule in rules.versions for check in checks.values()):
        return []
    verdicts = rules.book.judge(facts_of(session, conversation, said))
    shown = {one.sequence: text for one, text in zip(said, masked, strict=True)}
    moment = now()
    proposals: list[RuleProposal] = []
    for code, check in checks.items():
        verdict = verdicts.get(check.rule)
        if verdict is None or verdict.outcome is Outcome.cannot_tell:
            continue
        level = check.answer_for(is_satisfied=verdict.outcome is Outcome.satisfied)
        if not level:
            continue
        proposals.append(
            RuleProposal(
                criterion=code,
                rule_version_id=rules.versions[check.rule],
                outcome=verdict.outcome.value,
                proposed=level,
                hits=_masked_hits(verdict, shown),
                is_shown_before=shown_before,
                made_at=moment,
                seen_at=moment if shown_before else None,
            )
        )
    return proposals


def count_decisions(session: Session) -> dict[int, Record]:
    """Return by rule how often people agreed with what its versions proposed.

    Of a hidden proposal the first answer counts, which was given without it; of a shown one the answer submitted.
    Calls that were not applicable are left out: there was nothing to agree with. Only daily work counts.
    """
    answer = func.coalesce(RuleProposal.first_answer, RuleProposal.decided)
    is_right = answer == RuleProposal.proposed
    rows = session.execute(
        select(RuleVersion.rule_id, RuleProposal.outcome, is_right, func.count())
        .join(RuleProposal, RuleProposal.rule_version_id == RuleVersion.id)
        .join(Inspection, Inspection.id == RuleProposal.inspection_id)
        .where(
            RuleProposal.decided.is_not(None),
            answer.not_in(("na", "unscoreable")),
            Inspection.purpose == SamplePurpose.work,
        )
        .group_by(RuleVersion.rule_id, RuleProposal.outcome, is_right)
    )
    counts: dict[int, dict[Standing, int]] = {}
    for rule_id, outcome, agreed, n in rows:
        standing = stand_of(is_hit=outcome == Outcome.satisfied.value, is_right=bool(agreed))
        counts.setdefault(rule_id, {})[standing] = n
    return {rule_id: Record.of(found) for rule_id, found in counts.items()}


def _masked_hits(verdict: Verdict, shown: dict[int, MaskedText]) -> list[list[Any]]:
    return [_masked_hit(hit, shown) for hit in verdict.hits[:MOST_HITS]]


def _masked_hit(hit: Hit, shown: dict[int, MaskedText]) -> list[Any]:
    start, end = hit.start, hit.end
    if hit.message in shown:
        start, end = to_masked(shown[hit.message], start, end)
    return [hit.message, start, end, hit.start_seconds, hit.end_seconds]
