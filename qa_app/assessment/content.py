"""What a sheet says, frozen: the one value that pages, documents and the verification code read.

A `SheetContent` is built from the frozen inputs of its month and from nothing else, so building it again gives the
same bytes (`encode_content`). What changes afterwards — state, comments, acknowledgement — stands in the sheet's row
and never here. Codes are codes: who shows them translates them; texts of rubric and policy come in both languages.
Scores are 0–100, shares and rates 0–1, times seconds, weights percent.
"""

from __future__ import annotations

import base64
import hashlib
from datetime import date, datetime

import msgspec

from scoring.rubric.definition import NO_TEXT, Text
from scoring.values import Estimate

WINDOW_MONTHS = 6  # what a standing looks back over, the month itself included


class _Part(msgspec.Struct, frozen=True, kw_only=True):
    """Common manners of everything on a sheet."""


class AgentFacts(_Part, frozen=True, kw_only=True):
    """Who the sheet is about, as known when the month was frozen."""

    number: str  # employee number, or the source's id where none is known
    name: str
    team: str
    team_zh: str = ""
    team_lead: str = ""
    hired_on: date | None = None


class PeriodFacts(_Part, frozen=True, kw_only=True):
    """Which month, which revision, frozen when."""

    month: str  # "2026-10"
    starts_on: date
    ends_on: date  # the last day of the month
    timezone: str
    month_of: str  # "opened" or "resolved": which moment puts a conversation into the month
    is_over: bool  # False: computed before the month ended, which documents say
    frozen_at: datetime
    revision: int  # 0 is the original
    reason: str = ""  # why there is a later revision


class TierFacts(_Part, frozen=True, kw_only=True):
    """One tier of the policy: its code, from which composite it is given, what it is called and proposes."""

    code: str
    from_score: float
    title: Text
    proposes: str = ""  # "named_praise", "coaching" or nothing


class PolicyFacts(_Part, frozen=True, kw_only=True):
    """The policy the sheet was made by."""

    code: str
    title: Text
    version: int
    tiers: tuple[TierFacts, ...]  # best first
    tier_probability: float  # a tier is given from this probability on
    mode: str  # "direct" or "fair"
    standard_score: float  # the QA score called the standard


class TierResult(_Part, frozen=True, kw_only=True):
    """The tier, or between which the evidence cannot separate.

    `given` is the tier's code at sufficient probability, else None; `candidates` are then the codes it may be (best
    first), empty where no tier is possible. `withheld` says why none is possible: ``few`` (too few inspections),
    ``not_comparable`` (no inspector joins the agent to the others), ``observed_weight`` (too little of the policy's
    weight is observed), ``no_prior`` (a component is missing and fewer than eight agents have it), or nothing.
    """

    given: str | None
    candidates: tuple[str, ...]
    probabilities: dict[str, float]  # code → probability; empty without a composite
    withheld: str = ""

    @property
    def probability(self) -> float | None:
        """Probability of the tier given, or of the candidates together."""
        codes = (self.given,) if self.given else self.candidates
        return sum(self.probabilities[code] for code in codes) if codes else None


class Part(_Part, frozen=True, kw_only=True):
    """One figure that earns points: a component, or a part of the efficiency component.

    `points` are the 0–100 the anchors make of the figure (of the prior where `is_missing`), `adds` is what it adds to
    the composite: weight × points / 100, None without a composite. `basis` holds every number its formula needs.
    """

    code: str  # "qa", "customer_rating", "efficiency", "handle_time_ratio", …
    title: Text
    unit: str  # "score", "share", "ratio", "rate", "rating" or "points"
    estimate: Estimate
    floor: float | None  # the figure worth 0 points; None for a component that is the mean of its parts
    target: float | None  # the figure worth 100 points
    goal: float | None  # what the verdict compares with
    verdict: str  # "better", "below", "cannot_tell" or "no_value"
    points: float | None
    points_lower: float | None
    points_upper: float | None
    weight_percent: float
    adds: float | None
    minimum: int  # evidence from which the figure counts
    is_missing: bool  # too little evidence: its prior stands in for it
    basis: dict[str, float | None] = {}
    parts: tuple[Part, ...] = ()

    @property
    def counts_from(self) -> int:
        """The evidence from which the figure counts; of a component that has parts, from which one of them does."""
        return min((part.minimum for part in self.parts if part.weight_percent), default=self.minimum)


class TrendPoint(_Part, frozen=True, kw_only=True):
    """One month of the trend, as that month's latest revision said it."""

    month: str
    qa: Estimate
    composite: Estimate | None = None


class Evidence(_Part, frozen=True, kw_only=True):
    """A place in a conversation, with the words as they were said (masked)."""

    quote: str
    conversation: str  # "source:external_id"
    inspection: str = ""  # public id of the inspection; empty for a customer's words
    criterion: str = ""
    said_at: datetime | None = None
    start_seconds: float | None = None  # of a recording
    remark: str = ""
    by: str = ""  # the inspector; empty for a customer


class LostPoint(_Part, frozen=True, kw_only=True):
    """One criterion of an inspected conversation that did not earn its whole weight."""

    criterion: str
    title: Text
    lost: float  # points, out of `weight`
    weight: float
    is_critical: bool
    remark: str = ""
    evidence: tuple[Evidence, ...] = ()


class InspectedConversation(_Part, frozen=True, kw_only=True):
    """One conversation that enters the sheet; scored twice, it appears once with the mean."""

    conversation: str  # "source:external_id"
    external_id: str
    channel: str
    topic: str
    opened_at: datetime | None
    inspections: tuple[str, ...]  # public ids
    inspectors: tuple[str, ...]
    rubric: Text
    rubric_version: int
    score: float
    quality: float
    critical_classes: tuple[str, ...]  # empty unless critical
    draw: str  # public id of the draw it came from; empty for imported inspections
    lost: tuple[LostPoint, ...]


class ListEntry(_Part, frozen=True, kw_only=True):
    """One line of the praise or the improvement list: a pattern over three months, error controlled.

    `failures` of `n` are as they were seen; the estimate rests on the `k` of `n` of the `basis`, which are others where
    the draw gave conversations unequal chances. Its `a` and `b` say how agents differ here.
    """

    criterion: str
    title: Text
    failures: int
    n: int
    estimate: Estimate  # share of conversations that lose points here
    centre_share: float
    recoverable_points: float  # per conversation
    weight: float
    evidence: tuple[Evidence, ...] = ()  # at most three
    action: Text = NO_TEXT
    basis: dict[str, float] | msgspec.UnsetType = msgspec.UNSET  # unset on sheets of the first formulas


class Fact(_Part, frozen=True, kw_only=True):
    """Something that happened once and is told as such: a critical error, or words of praise."""

    kind: str  # "critical_error", "inspector_praise" or "customer_praise"
    title: Text  # the criterion; empty for a customer's words
    critical_class: str = ""
    evidence: Evidence | None = None
    rating: float | None = None  # 1–5, of a customer's words


class Counts(_Part, frozen=True, kw_only=True):
    """How many of what the month held for this agent."""

    conversations: int
    answered: int
    eligible: int | None  # frame of the draw; None where nothing was drawn
    inspected: int
    critical: int
    surveys_sent: int
    surveys_answered: int
    active_days: int


class DrawFacts(_Part, frozen=True, kw_only=True):
    """The draw behind the inspected conversations."""

    public_id: str
    title: str
    commitment: str
    frame_digest: str
    frame_size: int
    committed_late: bool


class Standing(_Part, frozen=True, kw_only=True):
    """Where the agent stands over six months, with inspectors' severity taken out: what tiers and lists rest on.

    `composite` is the month's with the standing in the place of the month's own QA score. `basis` holds every number
    of the formulas, `months` and `n` what the agent was inspected over the window.
    """

    total: Estimate
    quality: Estimate
    critical_rate: Estimate
    composite: Estimate
    months: int
    n: int
    group: str = ""  # with whom the agent is compared: a channel, or "newcomers"
    basis: dict[str, float | None] = {}
    is_shrunk: bool | msgspec.UnsetType = msgspec.UNSET  # False below eight agents; unset: first formulas


class LearnedFacts(_Part, frozen=True, kw_only=True):
    """The version of the learned score that sharpened the figures, and what one inspection counts for with it."""

    version: int
    training_digest: str
    slope: float  # λ
    gain: float


class EnteredResult(_Part, frozen=True, kw_only=True):
    """One result of a test, a share 0–1."""

    quarter: str
    kind: str  # "written" or "practical"
    share: float


class EnteredFacts(_Part, frozen=True, kw_only=True):
    """What people entered about the agent, whether or not the policy weighs it; ratings 1–5.

    Peers are None below three: nobody shall guess who said what. The agent's own rating is shown and weighs 0.
    """

    tests: tuple[EnteredResult, ...] = ()
    own_rating: float | None = None
    supervisor_rating: float | None = None
    peer_rating: float | None = None
    peers: int = 0


class InputsReference(_Part, frozen=True, kw_only=True):
    """What was frozen: enough to find it and to compute the sheet again."""

    digest: str  # SHA-256 of the month's frozen inputs, hexadecimal
    method: str  # version of the formulas
    draws: tuple[DrawFacts, ...]
    rubrics: tuple[str, ...]  # "code@version"
    learned: LearnedFacts | msgspec.UnsetType = msgspec.UNSET  # unset where no learned score entered


class SheetContent(_Part, frozen=True, kw_only=True):
    """Everything a sheet says."""

    format: int = 1
    agent: AgentFacts
    period: PeriodFacts
    policy: PolicyFacts
    counts: Counts
    composite: Estimate  # value None: no composite
    tier: TierResult
    proposals: tuple[str, ...]  # what the tier proposes; a person decides
    components: tuple[Part, ...]
    weight_robustness: float | None  # share of nearby weightings that leave the composite in its tier
    inspected_mean: float | None  # "average of the inspected", never ranked
    trend: tuple[TrendPoint, ...]  # at most twelve months, this one last
    inspected: tuple[InspectedConversation, ...]
    praise: tuple[ListEntry, ...]  # at most five
    improvement: tuple[ListEntry, ...]  # at most five
    inspections_for_a_pattern: int | None  # with an empty improvement list: how many would likely show one
    facts: tuple[Fact, ...]
    inputs: InputsReference
    # Unset rather than None: sheets of the direct mode keep the bytes they were locked with.
    frozen_standing: Standing | msgspec.UnsetType = msgspec.field(default=msgspec.UNSET, name="standing")

    # As above: sheets of months in which nothing was entered keep their bytes.
    frozen_entered: EnteredFacts | msgspec.UnsetType = msgspec.field(default=msgspec.UNSET, name="entered")

    @property
    def entered(self) -> EnteredFacts | None:
        """Tests and ratings; None where nothing was entered."""
        return None if self.frozen_entered is msgspec.UNSET else self.frozen_entered

    @property
    def standing(self) -> Standing | None:
        """The standing over six months; None on sheets of the direct mode."""
        return None if self.frozen_standing is msgspec.UNSET else self.frozen_standing


def encode_content(content: SheetContent) -> bytes:
    """The canonical bytes: JSON in UTF-8, keys sorted, no blanks, figures in full."""
    return msgspec.json.encode(content, order="sorted")


def decode_content(data: bytes) -> SheetContent:
    """The content that `encode_content` wrote."""
    return msgspec.json.decode(data, type=SheetContent)


def verification_code(data: bytes) -> str:
    """First 20 base32 characters of the SHA-256 over the canonical bytes."""
    return base64.b32encode(hashlib.sha256(data).digest()).decode("ascii")[:20]
