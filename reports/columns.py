"""The columns of the month's workbook: code, heading, kind of cell, and what each one means."""

from dataclasses import dataclass
from enum import StrEnum

from reports.language import N_


class Kind(StrEnum):
    """How a cell is typed and shown."""

    text = "text"
    word = "word"
    whole = "whole"
    score = "score"
    percent = "percent"
    plain = "plain"
    day = "day"
    moment = "moment"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: `width` in characters of the standard font."""

    code: str
    heading: str
    kind: Kind
    width: int
    meaning: str


#: Words that stand in cells of kind `word`, by code.
WORDS = {
    "open": N_("open"), "computed": N_("computed"), "reviewed": N_("reviewed"), "approved": N_("approved"),
    "published": N_("published"), "locked": N_("locked"), "draft": N_("draft 草稿"), "seen": N_("seen"),
    "acknowledged": N_("acknowledged"), "objected": N_("objected"), "lapsed": N_("lapsed"),
    "superseded": N_("superseded"), "ok": N_("enough evidence"), "few": N_("too few samples"),
    "none": N_("nothing inspected"), "prior_only": N_("prior only"), "not_comparable": N_("not comparable"),
    "better": N_("better"), "below": N_("below"), "cannot_tell": N_("cannot tell"), "no_value": N_("no value"),
    "praise": N_("praise list"), "improvement": N_("improvement list"), "yes": N_("yes"), "no": N_("no"),
}  # fmt: skip

_NUMBER = Column("number", N_("Number"), Kind.text, 12, N_("Employee number, or the source's id."))
_NAME = Column("name", N_("Name"), Kind.text, 18, N_("Name of the agent."))
_LABEL = Column("label", N_("Evidence"), Kind.word, 16, N_("Whether the figure may be read as it stands."))
_N = Column("n", "n", Kind.whole, 7, N_("Conversations, answers or cases behind the figure."))
_CONVERSATION = Column(
    "conversation", N_("Conversation"), Kind.text, 18, N_("Number of the conversation in its source.")
)
_CRITERION = Column("criterion", N_("Criterion"), Kind.text, 26, N_("Criterion of the rubric."))

SHEETS = (
    _NUMBER,
    _NAME,
    Column("team", N_("Team"), Kind.text, 16, N_("Team when the month was computed.")),
    Column("state", N_("State"), Kind.word, 14, N_("Where the sheet stands, from draft to acknowledged.")),
    Column("conversations", N_("Conversations"), Kind.whole, 14, N_("All conversations of the month.")),
    Column("answered", N_("Answered"), Kind.whole, 11, N_("Conversations with at least one reply of the agent.")),
    Column("inspected", N_("Inspected"), Kind.whole, 11, N_("Inspected conversations that enter the sheet.")),
    Column("critical", N_("Critical errors"), Kind.whole, 14, N_("Inspected conversations with a critical error.")),
    Column("composite", N_("Composite"), Kind.score, 12, N_("Weighted sum of the components, 0 to 100.")),
    Column("lower", N_("Likely from"), Kind.score, 12, N_("Lower end of the interval (95%).")),
    Column("upper", N_("Likely to"), Kind.score, 12, N_("Upper end of the interval (95%).")),
    _LABEL,
    Column("tier", N_("Tier"), Kind.text, 12, N_("Given only where its probability reaches what the policy asks for.")),
    Column("between", N_("Or between"), Kind.text, 22, N_("Tiers that cannot be told apart yet.")),
    Column("probability", N_("Probability"), Kind.percent, 12, N_("Probability of the tier, or of those together.")),
    Column("inspected_mean", N_("Average of the inspected"), Kind.score, 14,
           N_("Plain mean of the inspected; never ranked.")),
    Column("proposals", N_("Proposed"), Kind.text, 20, N_("What the tier proposes by rule; people decide.")),
    Column("code", N_("Verification code"), Kind.text, 26, N_("First 20 characters of the content's SHA-256, base32.")),
)  # fmt: skip

COMPONENTS = (
    _NUMBER,
    _NAME,
    Column("component", N_("Part"), Kind.text, 24, N_("Component of the policy, or a part of one.")),
    Column("unit", N_("Unit"), Kind.text, 9, N_("score: 0 to 100; share: 1 is all; ratio: 1 is the centre's mean.")),
    Column("value", N_("Value"), Kind.plain, 11, N_("The figure in its unit.")),
    Column("lower", N_("Likely from"), Kind.plain, 11, N_("Lower end of the interval (95%).")),
    Column("upper", N_("Likely to"), Kind.plain, 11, N_("Upper end of the interval (95%).")),
    _N,
    _LABEL,
    Column("goal", N_("Target"), Kind.plain, 10, N_("What the verdict compares with.")),
    Column("verdict", N_("Verdict"), Kind.word, 13,
           N_("Better or below where the whole interval is; otherwise cannot tell.")),
    Column("points", N_("Points"), Kind.score, 9, N_("The figure on the policy's scale from 0 to 100.")),
    Column("weight", N_("Weight"), Kind.percent, 9, N_("Share of the composite.")),
    Column("adds", N_("Adds"), Kind.score, 9, N_("Points times weight.")),
)  # fmt: skip

INSPECTIONS = (
    _NUMBER,
    _NAME,
    _CONVERSATION,
    Column("opened_at", N_("Opened"), Kind.moment, 18, N_("Opening, in the organisation's time zone.")),
    Column("channel", N_("Channel"), Kind.text, 10, N_("Channel of the conversation.")),
    Column("topic", N_("Topic"), Kind.text, 20, N_("Topic of the conversation.")),
    Column("inspectors", N_("Inspector"), Kind.text, 24, N_("Who scored it; scored twice, the mean of both counts.")),
    Column("rubric", N_("Rubric"), Kind.text, 26, N_("Rubric and version.")),
    Column("score", N_("Score"), Kind.score, 9, N_("0 after a critical error, the quality otherwise.")),
    Column("quality", N_("Quality"), Kind.score, 9, N_("Weighted share of what was met, 0 to 100.")),
    Column("is_critical", N_("Critical"), Kind.word, 9, N_("Whether it holds a critical error.")),
    Column("lost", N_("Points lost"), Kind.score, 11, N_("Sum of the points lost.")),
)

LOSSES = (
    _NUMBER,
    _NAME,
    _CONVERSATION,
    _CRITERION,
    Column("lost", N_("Points lost"), Kind.score, 11, N_("Points lost on the criterion.")),
    Column("weight", N_("Of"), Kind.score, 9, N_("Points the criterion could earn.")),
    Column("is_critical", N_("Critical"), Kind.word, 9, N_("Whether it is a critical error.")),
    Column("remark", N_("Remark"), Kind.text, 44, N_("The inspector's remark.")),
)

LISTS = (
    _NUMBER,
    _NAME,
    Column("list", N_("List"), Kind.word, 16, N_("Praise or improvement, over three months.")),
    _CRITERION,
    Column("failures", N_("Lost in"), Kind.whole, 9, N_("Inspected conversations that lost points here.")),
    _N,
    Column("counts_k", N_("Counts as lost in"), Kind.score, 11,
           N_("What the share rests on: differs from “Lost in” after a draw by risk, which is weighed.")),
    Column("counts_n", N_("Counts as n"), Kind.score, 11,
           N_("What the share rests on: evenly drawn conversations that would tell as much as the n seen.")),
    Column("share", N_("Share"), Kind.percent, 10, N_("Estimated share of all conversations that lose points here.")),
    Column("lower", N_("Likely from"), Kind.percent, 11, N_("Lower end of the interval (95%).")),
    Column("upper", N_("Likely to"), Kind.percent, 11, N_("Upper end of the interval (95%).")),
    Column("centre", N_("Centre"), Kind.percent, 10, N_("The same share over all agents.")),
    Column("points", N_("Worth"), Kind.score, 9, N_("Points to be won per conversation.")),
    Column("action", N_("Action"), Kind.text, 44, N_("What to do next.")),
)  # fmt: skip

#: Name of each table's sheet and its columns, by code.
TABLES = {
    "sheets": (N_("Sheets"), SHEETS),
    "components": (N_("What made the score"), COMPONENTS),
    "inspections": (N_("Inspections"), INSPECTIONS),
    "losses": (N_("Points lost"), LOSSES),
    "lists": (N_("Lists"), LISTS),
}
