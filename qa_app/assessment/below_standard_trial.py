"""A standard tried on past months: whom it would have named, the customary rule beside it, how often each errs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from qa_app.assessment.below_standard_data import months_of, previous_month, read_careers
from qa_app.clock import now
from qa_app.people.organisation import working_calendar
from scoring.assessment.below_standard import StandardRule
from scoring.assessment.consequences import EvidenceState
from scoring.assessment.policy_trial import Trial, TrialLine, try_standard

__all__ = ["PastTrial", "try_on_past_months"]


@dataclass(frozen=True, slots=True)
class PastTrial:
    """What a trial showed: the rule, the months, and one line per agent with any inspection in them."""

    rule: StandardRule
    months_running: int
    first: str
    last: str
    lines: tuple[tuple[int, TrialLine], ...]
    trial: Trial
    assisted: int = 0
    counted: int = 0

    @property
    def named(self) -> int:
        """Agents whom K would have named at some time."""
        return sum(1 for _, line in self.lines if line.evidence.below_at is not None)

    @property
    def watched(self) -> int:
        """Agents on watch at the end."""
        return sum(1 for _, line in self.lines if line.evidence.state is EvidenceState.watch)

    @property
    def flagged(self) -> int:
        """Agents whom the customary rule would have flagged at some time."""
        return sum(1 for _, line in self.lines if line.months_rule.flagged_at is not None)

    def summary(self) -> dict[str, Any]:
        """What is kept with a standard that is switched on, for everybody to read later."""
        alarms = self.trial.months_rule_alarms
        return {
            "first": self.first,
            "last": self.last,
            "agents": len(self.lines),
            "named": self.named,
            "watched": self.watched,
            "flagged": self.flagged,
            "samples": self.trial.samples,
            "evidence_alarms": self.trial.evidence_alarms,
            "months_rule_alarms": alarms.by_simulation if alarms else None,
            "months_rule_formula": alarms.by_formula if alarms else None,
        }


def try_on_past_months(session: Session, rule: StandardRule, *, months_running: int, months: int) -> PastTrial:
    """Try a standard on the last `months` months that are over."""
    until = now().astimezone(working_calendar(session).zone).strftime("%Y-%m")
    first = previous_month(until, months)
    careers = read_careers(session)
    past = {agent_id: months_of(career, until=until, first=first) for agent_id, career in careers.items()}
    entering = [
        sample
        for career in careers.values()
        for sample in career
        if first <= sample.month < until and not sample.judged.is_critical
    ]
    agents = sorted(agent_id for agent_id, its_months in past.items() if any(month.samples for month in its_months))
    quality = "" if rule.quality is None else f" {rule.quality:g}"
    seed = f"{rule.score:g} {rule.critical_rate} {months_running} {first} {until}{quality}"
    trial = try_standard([past[agent_id] for agent_id in agents], rule, running=months_running, seed=seed)
    return PastTrial(
        rule=rule,
        months_running=months_running,
        first=first,
        last=previous_month(until),
        lines=tuple(zip(agents, trial.lines, strict=True)),
        trial=trial,
        assisted=sum(sample.is_assisted for sample in entering),
        counted=len(entering),
    )
