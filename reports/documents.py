"""What each document has to be told: frozen, plain, complete.

Labels are codes (`Verdict.better`, a component's "qa"); the catalogues of `reports` turn them into words of the
document's language. Free text (names, titles of criteria, quotes, remarks) arrives as it shall be printed. Moments
arrive in the organisation's time zone and are printed as they stand.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from reports.values import Figure, Note, Unit, Verdict


class CommentKind(StrEnum):
    """Who speaks in a comment."""

    own = "self"
    supervisor = "supervisor"
    peer = "peer"


class Signer(StrEnum):
    """Whose signature a line waits for."""

    employee = "employee"
    supervisor = "supervisor"
    hr = "hr"


@dataclass(frozen=True, slots=True)
class Person:
    """Whom the appraisal is about."""

    name: str
    number: str
    team: str
    leader: str | None
    hired_on: date | None


@dataclass(frozen=True, slots=True)
class Status:
    """How far the month has come: what is not published says "draft", what is not over says so."""

    computed_at: datetime
    published_at: datetime | None
    locked_at: datetime | None
    is_month_over: bool

    @property
    def is_draft(self) -> bool:
        """Whether nobody but the reviewers may rely on it."""
        return self.published_at is None


@dataclass(frozen=True, slots=True)
class Tier:
    """One tier of the policy: from `lower` on; `probability` is that of this person's composite lying in it."""

    code: str
    lower: float
    probability: float | None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Overall:
    """The composite.

    Attributes
    ----------
    figure : Figure
        Composite 0–100 in the unit ``composite``.
    tiers : tuple of Tier
        From the best to the lowest.
    given : str or None
        Code of the tier that is given; ``None`` where none is certain enough.
    between : tuple of str
        Codes of the tiers it may be, best first, where none is given.
    reasons : tuple of Note
        Why there is no composite or no tier; empty where there is one.
    inspected, ratings : int
        Conversations inspected and customers' answers.
    """

    figure: Figure
    tiers: tuple[Tier, ...]
    given: str | None
    between: tuple[str, ...]
    certainty: float
    inspected: int
    ratings: int
    reasons: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """The QA score of one month; a figure without value leaves a gap."""

    month: date
    figure: Figure


@dataclass(frozen=True, slots=True)
class Trend:
    """QA score by month, oldest first, with the standing over the window and the standard."""

    points: tuple[TrendPoint, ...]
    standing: Figure | None
    standing_months: int
    standard: float | None
    inspectors: int | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """This month's inspected score, and beside it where the person stands over some months.

    Attributes
    ----------
    month : Figure
        QA score of this month's inspections alone, with their number and interval.
    figure : Figure
        Standing 0–100 with its interval; a label other than ``ok`` is put in plain words.
    months : int
        Length of the window.
    """

    month: Figure
    figure: Figure
    months: int


@dataclass(frozen=True, slots=True)
class ComponentRow:
    """One line of "what made the score".

    Attributes
    ----------
    code : str
        ``qa``, ``customer_rating``, ``handle_time``, ``first_response``, ``answered_per_day``, ``knowledge``,
        ``teamwork`` and what policies add; `name` is printed instead where it is set.
    domain : tuple of float
        Ends of the bar's axis, in the unit of the figure, the lower number first.
    target : float or None
        Drawn dashed; ``None``: no target, no verdict.
    points : float or None
        0–100 after the policy's anchors.
    weight : float
        Share of the whole, 0–1; the rows sum to 1.
    adds : float or None
        ``points · weight``; the rows sum to the composite.
    """

    code: str
    figure: Figure
    unit: Unit
    domain: tuple[float, float]
    target: float | None
    is_lower_better: bool
    verdict: Verdict
    points: float | None
    weight: float
    adds: float | None
    details: tuple[Note, ...] = ()
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Quote:
    """Words as they were said, and where they stand; `reference` is what a page links to, paper leaves it out."""

    text: str
    source: Note
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Pattern:
    """An entry of the praise or the improvement list: a pattern by its criterion, or a fact by its sentence."""

    title: str | Note
    sentences: tuple[Note, ...]
    quotes: tuple[Quote, ...] = ()
    action: str | None = None


@dataclass(frozen=True, slots=True)
class Loss:
    """Points lost on one criterion; a critical error has `points` zero and sets the whole conversation to 0."""

    criterion: str
    points: float
    is_critical: bool = False


@dataclass(frozen=True, slots=True)
class Inspected:
    """One inspected conversation; `score` is 0 after a critical error, `quality` stays beside it."""

    number: str
    opened_at: datetime | None
    topic: str
    inspector: str
    score: float
    quality: float
    losses: tuple[Loss, ...]
    is_targeted: bool = False
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Comment:
    """What somebody wrote on the sheet."""

    kind: CommentKind
    author: str
    text: str


@dataclass(frozen=True, slots=True)
class Signature:
    """A line to sign; `signed_at` is set where it was done in the browser."""

    signer: Signer
    name: str
    signed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """What the person said to the sheet, and until when they may."""

    state: str
    until: date | None
    objection: str | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """Where a component's number comes from: its data and its method."""

    codes: tuple[str, ...]
    data: tuple[Note, ...]
    method: tuple[Note, ...]


@dataclass(frozen=True, slots=True)
class DrawFact:
    """How the sample was drawn; `is_late` where the seed was committed after the period began."""

    population: int
    digest: str
    is_late: bool


@dataclass(frozen=True, slots=True)
class Identity:
    """Which paper this is and how it can be checked."""

    number: str
    revision: int
    revision_reason: str | None
    policy: str
    policy_version: int
    code: str
    digest: str
    verify_url: str | None


@dataclass(frozen=True, slots=True)
class AppraisalDocument:
    """A person's month on two pages.

    `eligible` are the conversations that could be drawn, which the overall figure is about; None where nothing was.
    """

    language: str
    organisation: str
    department: str
    person: Person
    month: date
    conversations: int
    answered: int
    status: Status
    overall: Overall
    trend: Trend
    components: tuple[ComponentRow, ...]
    praise: tuple[Pattern, ...]
    improve: tuple[Pattern, ...]
    praise_notes: tuple[Note, ...]
    improve_notes: tuple[Note, ...]
    inspected: tuple[Inspected, ...]
    comments: tuple[Comment, ...]
    proposals: tuple[Note, ...]
    acknowledgement: Acknowledgement
    signatures: tuple[Signature, ...]
    sources: tuple[Source, ...]
    identity: Identity
    draw: DrawFact | None = None
    standing: Standing | None = None
    standing_note: Note | None = None
    eligible: int | None = None
    logo: bytes | None = None
