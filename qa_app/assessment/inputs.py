"""A month's inputs, frozen as they were: everything a sheet is computed from, and nothing that needs the database.

The inputs are kept in named parts of compressed canonical JSON. `freeze` and `thaw` are inverse; the digest over all
parts names the revision's inputs. Times of conversations are frozen as sums per cell of alike cases, so that a month
of a million conversations stays small.
"""

from __future__ import annotations

import hashlib
import zlib
from datetime import date, datetime
from typing import Any

import msgspec

from qa_app.assessment.content import DrawFacts, Evidence, TrendPoint
from scoring.assessment.policy import Policy
from scoring.errors import AssessmentError
from scoring.estimates.case_mix import Cell
from scoring.rubric.definition import NO_TEXT, Text


class _Record(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Common manners of everything frozen."""


FORMULAS = 2
"""The formulas a month is computed by from now on; what was frozen for earlier ones is computed again by those.

1: the lists count every inspection alike. 2: the lists weigh inspections of a draw by risk, a sheet says of each entry
how agents differ there, and of a standing whether it is shrunk and what remains to be inspected.
"""


class PeriodRecord(_Record, frozen=True, kw_only=True):
    """Which month, cut in which zone, frozen when and why, for which formulas."""

    month: str
    timezone: str
    starts_on: date
    ends_on: date
    is_over: bool
    frozen_at: datetime
    revision: int
    reason: str = ""
    policy_version: int
    formulas: int = 1  # months frozen before formulas were counted do not say


class AgentRecord(_Record, frozen=True, kw_only=True):
    """One agent who gets a sheet."""

    number: str
    name: str
    team: Text
    team_lead: str = ""
    hired_on: date | None = None


class WorkRecord(_Record, frozen=True, kw_only=True):
    """Counts of one agent's conversations."""

    agent: str
    conversations: int = 0
    answered: int = 0
    active_days: int = 0
    in_time: int = 0
    in_time_of: int = 0
    surveys_sent: int = 0
    satisfied: int = 0
    satisfied_of: int = 0
    eligible: int | None = None


class AnswerRecord(_Record, frozen=True, kw_only=True):
    """One criterion of an inspection that lost points, or made it critical."""

    criterion: str
    lost: float
    is_critical: bool = False
    remark: str = ""


class InspectionRecord(_Record, frozen=True, kw_only=True):
    """One submitted inspection of a random sample.

    `applied` are the criteria that counted; `answers` those that lost points. Both, and the evidence, are kept for
    the three months the lists look at; older inspections lend only their scores.
    """

    id: str
    agent: str
    month: str
    conversation: str  # "source:external_id"
    quality: float
    score: float
    is_critical: bool
    critical_classes: tuple[str, ...] = ()
    ruling: bool | None = None  # the lead's word where two inspectors disagree about "critical"
    external_id: str = ""
    channel: str = ""
    topic: str = ""
    opened_at: datetime | None = None
    inspector: str = ""
    inspector_id: str = ""  # tells two inspectors of one name apart
    weight: float = 1.0  # equal probability: 1; a risk-weighted draw: n/N over the inclusion probability
    auto: float | None = None  # learned score by a model that did not see this conversation
    rubric: str = ""  # "code@version"
    draw: str = ""
    applied: tuple[str, ...] = ()
    answers: tuple[AnswerRecord, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    praise: tuple[Evidence, ...] = ()


class CriterionRecord(_Record, frozen=True, kw_only=True):
    """What a sheet says about a criterion: its name, weight and what to do about it."""

    code: str
    title: Text
    weight: float
    action: Text = NO_TEXT


class RubricRecord(_Record, frozen=True, kw_only=True):
    """One rubric version that inspections were made with."""

    key: str  # "code@version"
    code: str
    version: int
    title: Text
    criteria: tuple[CriterionRecord, ...]


class WordsRecord(_Record, frozen=True, kw_only=True):
    """A satisfied customer's words about an agent."""

    agent: str
    conversation: str
    comment: str
    rating: float
    answered_at: datetime | None = None


class MachineRecord(_Record, frozen=True, kw_only=True):
    """Learned scores of all eligible conversations of an agent's month, as their mean."""

    agent: str
    month: str
    mean: float
    conversations: int
    missing: int = 0  # eligible conversations without a learned score


class ModelRecord(_Record, frozen=True, kw_only=True):
    """The version of the learned score that the machine records come from, and the digest of its training set."""

    version: int
    training_digest: str


class ResultRecord(_Record, frozen=True, kw_only=True):
    """One result of a test that counts in the month: written or practical, a share 0–1."""

    agent: str
    quarter: str  # "2026-Q3"
    kind: str
    share: float


class RatingsRecord(_Record, frozen=True, kw_only=True):
    """Ratings of one agent that count in the month, 1–5, without a word of who gave them; sorted."""

    agent: str
    peers: tuple[float, ...] = ()
    supervisors: tuple[float, ...] = ()
    own: float | None = None  # shown, weight 0


class HistoryRecord(_Record, frozen=True, kw_only=True):
    """What an earlier month's latest revision said about an agent."""

    agent: str
    point: TrendPoint


class MonthInputs(_Record, frozen=True, kw_only=True):
    """Everything a month is computed from."""

    period: PeriodRecord
    policy: Policy
    agents: tuple[AgentRecord, ...]
    work: tuple[WorkRecord, ...]
    cells: tuple[Cell, ...]
    inspections: tuple[InspectionRecord, ...]
    rubrics: tuple[RubricRecord, ...]
    draws: tuple[DrawFacts, ...]
    words: tuple[WordsRecord, ...]
    history: tuple[HistoryRecord, ...]
    machine: tuple[MachineRecord, ...] = ()
    models: tuple[ModelRecord, ...] = ()
    tests: tuple[ResultRecord, ...] = ()
    ratings: tuple[RatingsRecord, ...] = ()


_COMPRESSION = 6
_LATER_PARTS = {"machine", "models", "tests", "ratings"}  # parts that came with a later version


def freeze(inputs: MonthInputs) -> dict[str, bytes]:
    """Turn the inputs into named parts of compressed canonical JSON (UTF-8, sorted keys, no blanks).

    A part that a month has nothing of, and that earlier months did not know, is left out.
    """
    return {
        name: zlib.compress(msgspec.json.encode(getattr(inputs, name), order="sorted"), _COMPRESSION)
        for name in MonthInputs.__struct_fields__
        if getattr(inputs, name) or name not in _LATER_PARTS
    }


def thaw(parts: dict[str, bytes]) -> MonthInputs:
    """Read the inputs `freeze` wrote.

    Raises
    ------
    AssessmentError
        If a part is missing or damaged.
    """
    try:
        plain: dict[str, Any] = {name: msgspec.json.decode(zlib.decompress(part)) for name, part in parts.items()}
        return msgspec.convert(plain, MonthInputs)
    except (zlib.error, msgspec.MsgspecError) as error:
        raise AssessmentError(f"The frozen inputs cannot be read: {error}") from error


def part_digest(payload: bytes) -> str:
    """SHA-256 of a part's canonical JSON, whatever compressed it."""
    return hashlib.sha256(zlib.decompress(payload)).hexdigest()


def inputs_digest(parts: dict[str, bytes]) -> str:
    """SHA-256 over the parts' names and digests, in the order of the names."""
    lines = "\n".join(f"{name} {part_digest(parts[name])}" for name in sorted(parts))
    return hashlib.sha256(lines.encode()).hexdigest()
