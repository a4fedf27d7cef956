"""What a policy is: components with anchors and weights, tiers, the standard. Frozen, and the same thing as its file.

These are msgspec structs rather than dataclasses for the same reason as in `scoring.rubric.definition`: a file with a
misspelt field must be refused, not half read. A draft may be incomplete; `check_policy` says what must be mended
before it is published.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec

from scoring.errors import AssessmentError
from scoring.rubric.definition import NO_TEXT, Code, Text

_Percent = Annotated[float, msgspec.Meta(ge=0, le=100)]
_Share = Annotated[float, msgspec.Meta(ge=0, le=1)]
_SUM_TOLERANCE = 1e-9


class Measure(StrEnum):
    """Where the figure of a component or part comes from."""

    qa_score = "qa_score"
    csat_share = "csat_share"
    handle_time_ratio = "handle_time_ratio"
    first_response_within_target = "first_response_within_target"
    answered_per_active_day = "answered_per_active_day"
    # Typed in by people; without an entry the component is missing.
    knowledge_test = "knowledge_test"
    teamwork_rating = "teamwork_rating"


UNITS = {
    Measure.qa_score: "score",
    Measure.csat_share: "share",
    Measure.handle_time_ratio: "ratio",
    Measure.first_response_within_target: "share",
    Measure.answered_per_active_day: "share",
    Measure.knowledge_test: "share",
    Measure.teamwork_rating: "rating",
}


class _Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Common manners of everything in a policy file."""


class Component(_Part, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One component of the composite, or one part of a component that has parts.

    `floor` earns 0 points, `target` 100, a straight line between, clipped; ``target < floor`` means that lower is
    better. `goal` is what the verdict compares with (default: the target). `minimum` is the evidence from which the
    figure counts. `reference` is the number per active day that counts as 100 %, where the measure needs one.
    Among parts, weights are percent of their component.
    """

    code: Code
    title: Text = NO_TEXT
    weight: _Percent
    measure: Measure | None = None
    floor: float | None = None
    target: float | None = None
    goal: float | None = None
    minimum: Annotated[int, msgspec.Meta(ge=1)] = 1
    reference: Annotated[float, msgspec.Meta(gt=0)] | None = None
    parts: tuple[Component, ...] = ()

    @property
    def compared_with(self) -> float | None:
        """The figure the verdict compares with."""
        return self.target if self.goal is None else self.goal

    @property
    def is_lower_better(self) -> bool:
        """Whether a smaller figure earns more points."""
        return self.floor is not None and self.target is not None and self.target < self.floor


class Tier(_Part, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One tier: from which composite, and what it proposes to people."""

    code: Annotated[str, msgspec.Meta(min_length=1, max_length=16)]
    title: Text = NO_TEXT
    from_score: _Percent = 0.0
    proposes: Literal["", "named_praise", "coaching"] = ""


class Standard(_Part, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What "the standard" means: QA score and the rate of critical errors that is allowed."""

    qa_score: _Percent = 70.0
    critical_rate: _Share = 0.05


class Policy(_Part, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A whole policy as it is written in a file or frozen as a version."""

    format: Literal[1] = 1
    code: Code
    title: Text = NO_TEXT
    description: Text = NO_TEXT
    mode: Literal["direct", "fair"] = "direct"
    learned_scores: bool = False  # lets learned scores sharpen the estimates while their conditions hold
    month_of: Literal["opened", "resolved"] = "opened"
    components: tuple[Component, ...] = ()
    tiers: tuple[Tier, ...] = ()
    tier_probability: Annotated[float, msgspec.Meta(gt=0.5, le=1)] = 0.8
    observed_weight: _Share = 0.6
    standard: Standard = Standard()
    seen_from: Literal["submitted", "published"] = "submitted"

    def component(self, code: str) -> Component | None:
        """The component of that code, or None."""
        return next((component for component in self.components if component.code == code), None)

    @property
    def ordered_tiers(self) -> tuple[Tier, ...]:
        """Tiers from the best to the lowest."""
        return tuple(sorted(self.tiers, key=lambda tier: -tier.from_score))


@dataclass(frozen=True, slots=True)
class PolicyFinding:
    """One thing that keeps a policy from being published.

    Attributes
    ----------
    code : str
        ``component_weights``, ``part_weights``, ``anchors``, ``measure``, ``reference``, ``codes``, ``tiers``,
        ``lowest_tier`` or ``title``.
    place : str
        Code of the component or tier; empty for the policy as a whole.
    value : str
        What was found.
    """

    code: str
    place: str
    value: str


def read_policy(data: bytes | str | dict[str, Any], *, is_yaml: bool = False) -> Policy:
    """Read a policy from JSON, YAML or plain dicts.

    Raises
    ------
    AssessmentError
        Naming the place in the file, for a misspelt or missing field or a value out of range.
    """
    try:
        if isinstance(data, dict):
            return msgspec.convert(data, Policy)
        return msgspec.yaml.decode(data, type=Policy) if is_yaml else msgspec.json.decode(data, type=Policy)
    except (msgspec.ValidationError, msgspec.DecodeError) as error:
        raise AssessmentError(f"The policy cannot be read: {error}") from error


def read_policy_file(path: Path) -> Policy:
    """Read a policy file; ``.json`` is JSON, anything else YAML."""
    return read_policy(path.read_bytes(), is_yaml=path.suffix != ".json")


def dump_policy(policy: Policy) -> dict[str, Any]:
    """Turn the policy into plain dicts, as stored and compared."""
    plain: dict[str, Any] = msgspec.to_builtins(policy)
    return plain


def check_policy(policy: Policy) -> tuple[PolicyFinding, ...]:
    """Everything that must be mended before the policy can be published; empty when it is sound."""
    return tuple(_findings(policy))


def _findings(policy: Policy) -> Iterator[PolicyFinding]:
    if not (policy.title.en and policy.title.zh):
        yield PolicyFinding("title", "", policy.title.en or policy.title.zh)
    yield from _check_weights("component_weights", "", policy.components)
    codes = [c.code for component in policy.components for c in (component, *component.parts)]
    for code in sorted({code for code in codes if codes.count(code) > 1}):
        yield PolicyFinding("codes", code, code)
    for component in policy.components:
        yield from _check_component(component)
    yield from _check_tiers(policy.ordered_tiers)


def _check_component(component: Component) -> Iterator[PolicyFinding]:
    if component.parts:
        yield from _check_weights("part_weights", component.code, component.parts)
        for part in component.parts:
            yield from _check_component(part)
        return
    if component.measure is None:
        yield PolicyFinding("measure", component.code, "")
    if component.floor is None or component.target is None or component.floor == component.target:
        yield PolicyFinding("anchors", component.code, f"{component.floor} → {component.target}")
    needs_reference = component.measure is Measure.answered_per_active_day and component.weight > 0
    if needs_reference and component.reference is None:
        yield PolicyFinding("reference", component.code, "")


def _check_weights(code: str, place: str, components: tuple[Component, ...]) -> Iterator[PolicyFinding]:
    total = sum(component.weight for component in components)
    if abs(total - 100) > _SUM_TOLERANCE:
        yield PolicyFinding(code, place, f"{total:g}")


def _check_tiers(tiers: tuple[Tier, ...]) -> Iterator[PolicyFinding]:
    starts = [tier.from_score for tier in tiers]
    codes = [tier.code for tier in tiers]
    if len(tiers) < 2 or len(set(starts)) < len(starts) or len(set(codes)) < len(codes):
        yield PolicyFinding("tiers", "", ", ".join(codes))
    elif starts[-1] != 0:
        yield PolicyFinding("lowest_tier", codes[-1], f"{starts[-1]:g}")
