"""What the appraisal's template prints: finished words and positions, nothing to be computed there."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tick:
    """A word at a place of an axis."""

    x: float
    text: str


@dataclass(frozen=True, slots=True)
class Bar:
    """An interval on its axis, in pixels; `value` is None where nothing is known."""

    sentence: str
    value: float | None
    lower: float
    upper: float
    target: float | None
    middle: float
    top: float
    bottom: float
    radius: float
    ticks: tuple[Tick, ...] = ()
    names: tuple[Tick, ...] = ()


@dataclass(frozen=True, slots=True)
class ScoreText:
    """Value, interval and what they rest on; `label` replaces the count where evidence is short."""

    value: str
    interval: str
    count: str
    label: str


@dataclass(frozen=True, slots=True)
class FrontTexts:
    """Head of the paper and the running lines of its pages."""

    title: str
    subtitle: str
    status: tuple[str, ...]
    draft: str
    facts: tuple[tuple[str, str], ...]
    head_left: str
    head_first: str
    head_right: str
    foot_left: str
    page: tuple[str, str, str]
    created: str


@dataclass(frozen=True, slots=True)
class OverallView:
    """The composite with its tier."""

    score: ScoreText
    tier: str
    is_tier_given: bool
    bar: Bar
    sentence: str
    odds: str


@dataclass(frozen=True, slots=True)
class TrendView:
    """The trend's picture, the sentence that says the same, and the standing in words where it is known."""

    title: str
    svg: str
    sentence: str
    standing: str = ""


@dataclass(frozen=True, slots=True)
class RowView:
    """One component."""

    name: str
    details: str
    score: ScoreText
    bar: Bar
    target: str
    verdict: str
    tone: str
    points: str
    weight: str
    adds: str


@dataclass(frozen=True, slots=True)
class QuoteView:
    """Words as they were said and where."""

    text: str
    source: str
    reference: str = ""


@dataclass(frozen=True, slots=True)
class EntryView:
    """One entry of a list."""

    title: str
    sentences: str
    quotes: tuple[QuoteView, ...]
    action: str


@dataclass(frozen=True, slots=True)
class ListView:
    """Praise or improvement."""

    entries: tuple[EntryView, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class InspectedView:
    """One inspected conversation."""

    number: str
    opened: str
    topic: str
    inspector: str
    score: str
    losses: str
    is_critical: bool
    reference: str = ""


@dataclass(frozen=True, slots=True)
class SignatureView:
    """A line to sign."""

    name: str
    below: str


@dataclass(frozen=True, slots=True)
class SourceView:
    """Where a component's number comes from."""

    name: str
    data: str
    method: str


@dataclass(frozen=True, slots=True)
class BackView:
    """The second page."""

    heading: str
    inspected: tuple[InspectedView, ...]
    columns: str
    inspected_note: str
    comments: tuple[tuple[str, str], ...]
    comments_note: str
    proposals: str
    acknowledgement: str
    signatures: tuple[SignatureView, ...]
    sources: tuple[SourceView, ...]
    verification: tuple[str, ...]
    qr: str


@dataclass(frozen=True, slots=True)
class AppraisalView:
    """Both pages and how tight each is set; a `note` says that something was shortened, and where all of it stands."""

    tag: str
    front: FrontTexts
    overall: OverallView
    trend: TrendView
    rows: tuple[RowView, ...]
    total: str
    praise: ListView
    improve: ListView
    back: BackView
    front_density: str
    back_density: str
    front_note: str
    back_note: str
