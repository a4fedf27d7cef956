"""What the scoring page is told: finished values, one frozen class for each thing the templates draw.

For the views of this room and their templates. Texts are already in the reader's language, points already rounded;
`presenter.py` makes these from an inspection, the templates only place them.
"""

from dataclasses import dataclass
from typing import Literal

Sign = Literal["full", "part", "none", "na", "plain"]
"""How an answer is drawn: ✓ full value, ~ part of it, − none, grey "not applicable", plain where nothing is weighed."""

RowState = Literal["open", "kept", "lost", "fatal", "na", "off"]
"""Unanswered · full value · some points lost · critical error · not applicable · condition not met."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer that can be pressed."""

    value: str
    title: str
    sign: Sign
    chosen: bool


@dataclass(frozen=True, slots=True)
class ItemLine:
    """One line of a checklist with its own answers."""

    code: str
    title: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class EvidenceLine:
    """One place in the conversation and what it shows."""

    token: str
    criterion: str
    number: int
    praise: bool
    lost: bool
    kind: Literal["message", "span", "range"]
    time_text: str
    quote: str
    turn: int | None = None
    start: int | None = None
    end: int | None = None
    start_seconds: float | None = None
    end_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class ProposedPlace:
    """One place a rule points at: words of a message, or a stretch of the recording."""

    time_text: str
    quote: str
    turn: int | None = None
    start: int | None = None
    end: int | None = None
    start_seconds: float | None = None
    end_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class ProposalLine:
    """What a rule proposed for a criterion, as far as it may be seen; `can_confirm` asks for the key.

    The page itself hides the button while the answer is the proposed one (`is_given`): what a save brings may be late.
    """

    level: str
    answer: str
    rule: str
    can_confirm: bool
    is_given: bool
    places: tuple[ProposedPlace, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One criterion as it stands."""

    code: str
    number: int
    kind: str
    title: str
    criticality: str
    choices: tuple[Choice, ...]
    items: tuple[ItemLine, ...]
    points: str
    weight: str
    state: RowState
    measured: str
    disputed: bool
    condition: str
    evidence_required: bool
    evidence_missing: bool
    guidance: str
    good_example: str
    bad_example: str
    reason: str
    evidence: tuple[EvidenceLine, ...]
    proposal: ProposalLine | None = None
    script: str = ""
    unscoreable: bool = False

    @property
    def praised(self) -> bool:
        """Whether some of its evidence is praise."""
        return any(line.praise for line in self.evidence)


@dataclass(frozen=True, slots=True)
class Block:
    """One section of the rubric with its sum so far."""

    code: str
    title: str
    sums: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Foot:
    """The sums at the foot of the page; `earned_share` and `lost_share` are percent of all points that apply."""

    earned: str
    judged: str
    answered: int
    askable: int
    full_earned: str
    full_possible: str
    full_quality: str
    earned_share: float
    lost_share: float
    critical: tuple[str, ...]
    open_count: int


@dataclass(frozen=True, slots=True)
class NextStep:
    """What the main button does: go to the criterion `code`, or submit where there is none."""

    text: str
    code: str | None


@dataclass(frozen=True, slots=True)
class Pip:
    """One sample of today's goal."""

    state: Literal["done", "now", "open"]


@dataclass(frozen=True, slots=True)
class Goal:
    """Today's goal: how many are done, how many make the day."""

    done: int
    size: int

    @property
    def pips(self) -> tuple[Pip, ...]:
        """One pip each, the first open one being the sample at hand; nothing is drawn beyond thirty."""
        if self.size > 30:
            return ()
        states: list[Literal["done", "now", "open"]] = ["done"] * min(self.done, self.size)
        states += ["now"] if self.done < self.size else []
        states += ["open"] * (self.size - len(states))
        return tuple(Pip(state) for state in states)


@dataclass(frozen=True, slots=True)
class SampleFacts:
    """What is known about the sample before it is read."""

    title: str
    channel: str
    agent_name: str
    team_name: str
    topic: str
    customer_type: str
    opened: str
    length: str
    why: str
    draw_url: str


@dataclass(frozen=True, slots=True)
class Standing:
    """The rubric as it stands: what the page draws first, and what every save sends again."""

    blocks: tuple[Block, ...]
    foot: Foot
    next_step: NextStep
    first_open: str | None
    share: float
    started: bool
