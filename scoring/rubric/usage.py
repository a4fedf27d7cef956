"""What past inspections say about the criteria themselves: one that never fails teaches nobody anything."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from scoring.rubric.definition import Rubric
from scoring.rubric.findings import Finding, warning
from scoring.rubric.place import Place

ENOUGH_USES = 200  # with no failure in 200, the failure rate is below 1.5 % (95 %, rule of three)


@dataclass(frozen=True, slots=True)
class CriterionUse:
    """How often a criterion was scored, and how often it cost points."""

    code: str
    n: int
    failed: int


def lint_usage(rubric: Rubric, uses: Iterable[CriterionUse]) -> Iterator[Finding]:
    """A warning for each criterion that counted 200 times or more and never cost a point.

    Critical criteria are left out: that they never fail is their purpose.
    """
    by_code = {use.code: use for use in uses}
    for section in rubric.sections:
        for criterion in section.criteria:
            use = by_code.get(criterion.code)
            if use and use.n >= ENOUGH_USES and use.failed == 0 and not criterion.is_critical_kind:
                place = Place(section=section.code, criterion=criterion.code)
                yield warning("never_failed", place, n=use.n)
