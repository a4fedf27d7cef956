"""The figures of a group of conversations: one name each, everywhere.

For tables, boards, sheets and targets. Columns come in as arrays with one entry per conversation and a group number
beside each; figures come out as one array per name with one entry per group. What is unknown is NaN on the way in
and on the way out: an empty denominator gives no value, never 0.

A figure depends on the conversations of its group alone, not on their order: values are sorted before they are
added up, so every database gives the same bytes.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

DISTRIBUTIONS = (
    "first_response_seconds",
    "first_response_seconds_working",
    "response_gap_seconds",
    "handle_seconds",
    "resolution_seconds",
)
"""Given with ``_mean _median _p90 _max _n`` each."""

PROMOTER_FROM, DETRACTOR_TO = 9, 6
SATISFIED_FROM = 4

GIVEN_TIMES = ("talk_seconds", "hold_seconds", "wrap_up_seconds", "wait_seconds")
"""Given with ``_mean`` each."""

COUNTS = frozenset({"conversations", "answered", "abandoned", "resolved", "reopened", "repeat_contacts"}) | {
    *("surveys_sent", "csat_n", "nps_n", "complaints", "qa_n", "qa_quality_n"),
    *(f"{name}_n" for name in DISTRIBUTIONS),
}
"""Names whose figures are whole numbers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationColumns:
    """What is known of each conversation. Floats are NaN where the source does not say.

    Rates come as 1 and 0: `resolved`, `is_repeat`, `first_response_met`, `resolution_met` (NaN: no target, or not due
    yet).
    `csat` is on 1–5, `nps` on 0–10. `gaps` are the response gaps of all conversations, one after the other, and
    `gap_group` the group of each.
    """

    group: NDArray[np.intp]
    answered: Flags
    resolved: Floats
    was_resolved: Flags
    was_reopened: Flags
    first_response_seconds: Floats
    first_response_seconds_working: Floats
    handle_seconds: Floats
    talk_seconds: Floats
    hold_seconds: Floats
    wrap_up_seconds: Floats
    wait_seconds: Floats
    is_repeat: Floats
    resolution_seconds: Floats
    first_response_met: Floats
    resolution_met: Floats
    transfers: Floats
    survey_sent: Flags
    csat: Floats
    nps: Floats
    agent_messages: Floats
    scripted_messages: Floats
    gap_group: NDArray[np.intp]
    gaps: Floats
    complaints: Flags | None = None

    def as_one_group(self) -> "ConversationColumns":
        """The same conversations, all in group 0."""
        return replace(self, group=np.zeros_like(self.group), gap_group=np.zeros_like(self.gap_group))


@dataclass(frozen=True, slots=True)
class IndicatorTable:
    """Figures by name; entry *i* of each array belongs to group *i*, NaN is "no value"."""

    figures: dict[str, Floats]
    groups: int = field(kw_only=True)

    @property
    def names(self) -> tuple[str, ...]:
        """The names in the order in which tables show them."""
        return tuple(self.figures)

    def with_figures(self, more: dict[str, Floats]) -> "IndicatorTable":
        """The same table with further figures at its end."""
        return IndicatorTable(self.figures | more, groups=self.groups)

    def rows(self) -> Iterator[dict[str, float | int | None]]:
        """Give the figures group by group, counts as whole numbers, `None` for "no value"."""
        for group in range(self.groups):
            yield {name: _plain(name, figures[group]) for name, figures in self.figures.items()}


def compute_indicators(columns: ConversationColumns, *, groups: int) -> IndicatorTable:
    """Every indicator for every group in one pass over the columns.

    Parameters
    ----------
    columns : ConversationColumns
        Arrays of equal length with group numbers ``0 <= group < groups``; the response gaps have their own length.
    groups : int
        How many groups there are; a group without conversations has counts of 0 and no other value.

    Returns
    -------
    IndicatorTable
        Counts, rates (0–1), seconds, `csat_mean` (1–5), `nps` (−100…100). Percentiles are interpolated linearly
        between order statistics (type 7).

    References
    ----------
    .. [1] R. J. Hyndman, Y. Fan (1996), The American Statistician 50:361–365, doi:10.1080/00031305.1996.10473566.
    """
    grouping = _Grouping(columns.group, groups)
    figures: dict[str, Floats] = {}
    figures |= _outcomes(columns, grouping)
    figures |= _times(columns, grouping, _Grouping(columns.gap_group, groups))
    figures |= _continuity(columns, grouping)
    figures |= _voices(columns, grouping)
    return IndicatorTable(figures, groups=groups)


class _Grouping:
    """Rows brought into the order of their groups once, so that each figure takes slices."""

    def __init__(self, group: NDArray[np.intp], groups: int) -> None:
        # Two bytes are enough for most tables, and NumPy sorts them by radix, ten times faster.
        narrow = group.astype(np.uint16) if groups <= np.iinfo(np.uint16).max else group
        self._order = np.argsort(narrow, kind="stable")
        self._bounds = np.searchsorted(group[self._order], np.arange(groups + 1))

    def count(self, flags: Flags | Floats) -> Floats:
        """How many of each group are true (or 1; NaN counts as not)."""
        running = np.concatenate(([0], np.cumsum(np.nan_to_num(flags[self._order]), dtype=np.float64)))
        return np.diff(running[self._bounds])

    def sizes(self) -> Floats:
        """How many rows each group has."""
        return np.diff(self._bounds).astype(np.float64)

    def known(self, values: Floats) -> Iterator[Floats]:
        """The known values of each group, sorted."""
        ordered = values[self._order]
        for start, end in zip(self._bounds[:-1], self._bounds[1:], strict=True):
            part = ordered[start:end]
            yield np.sort(part[~np.isnan(part)])

    def mean(self, values: Floats) -> Floats:
        """The mean of the known values of each group."""
        return np.array([part.mean() if part.size else np.nan for part in self.known(values)])

    def distribution(self, name: str, values: Floats) -> dict[str, Floats]:
        """Mean, median, ninth decile, longest and number of the known values of each group."""
        parts = [_describe(part) for part in self.known(values)]
        columns = np.array(parts, dtype=np.float64).reshape(-1, 5).T
        suffixes = ("mean", "median", "p90", "max", "n")
        return {f"{name}_{suffix}": column for suffix, column in zip(suffixes, columns, strict=True)}


def _describe(values: Floats) -> tuple[float, float, float, float, float]:
    """Mean, median, p90, largest and number of sorted values."""
    if not values.size:
        return (np.nan, np.nan, np.nan, np.nan, 0.0)
    return (values.mean(), _percentile(values, 0.5), _percentile(values, 0.9), values[-1], values.size)


def _percentile(values: Floats, share: float) -> float:
    """Type 7 of sorted values; the two ways of interpolating keep NumPy's rounding."""
    place = (values.size - 1) * share
    below = int(place)
    part = place - below
    low, high = float(values[below]), float(values[min(below + 1, values.size - 1)])
    return low + (high - low) * part if part < 0.5 else high - (high - low) * (1 - part)


def _outcomes(columns: ConversationColumns, grouping: _Grouping) -> dict[str, Floats]:
    conversations = grouping.sizes()
    answered = grouping.count(columns.answered)
    resolved = grouping.count(columns.resolved)
    return {
        "conversations": conversations,
        "answered": answered,
        "answer_rate": _ratio(answered, conversations),
        "abandoned": conversations - answered,
        "resolved": resolved,
        "resolution_rate": _ratio(resolved, grouping.count(~np.isnan(columns.resolved))),
        "resolved_of_answered": _ratio(resolved, answered),
    }


def _times(columns: ConversationColumns, grouping: _Grouping, gaps: _Grouping) -> dict[str, Floats]:
    figures: dict[str, Floats] = {}
    for name in DISTRIBUTIONS:
        if name == "response_gap_seconds":
            figures |= gaps.distribution(name, columns.gaps)
        else:
            figures |= grouping.distribution(name, getattr(columns, name))
    figures |= {f"{name}_mean": grouping.mean(getattr(columns, name)) for name in GIVEN_TIMES}
    for event, met in (("first_response", columns.first_response_met), ("resolution", columns.resolution_met)):
        figures[f"within_target_rate_{event}"] = _ratio(grouping.count(met), grouping.count(~np.isnan(met)))
    return figures


def _continuity(columns: ConversationColumns, grouping: _Grouping) -> dict[str, Floats]:
    reopened = grouping.count(columns.was_reopened)
    subjects_known = grouping.count(~np.isnan(columns.is_repeat)) > 0
    repeats = np.where(subjects_known, grouping.count(columns.is_repeat), np.nan)
    return {
        "reopened": reopened,
        "reopen_rate": _ratio(reopened, grouping.count(columns.was_resolved)),
        "repeat_contacts": repeats,
        "repeat_contact_rate": _ratio(repeats, grouping.sizes()),
        "transfers_mean": grouping.mean(columns.transfers),
    }


def _voices(columns: ConversationColumns, grouping: _Grouping) -> dict[str, Floats]:
    """What customers say about us, and what we say to them."""
    sent = grouping.count(columns.survey_sent)
    csat_n = grouping.count(~np.isnan(columns.csat))
    nps_n = grouping.count(~np.isnan(columns.nps))
    promoters = grouping.count(columns.nps >= PROMOTER_FROM)
    detractors = grouping.count(columns.nps <= DETRACTOR_TO)
    nothing = np.full_like(sent, np.nan)
    complaints = nothing if columns.complaints is None else grouping.count(columns.complaints)
    return {
        "surveys_sent": sent,
        "csat_n": csat_n,
        "csat_response_rate": _ratio(csat_n, sent),
        "csat_mean": grouping.mean(columns.csat),
        "csat_top2_share": _ratio(grouping.count(columns.csat >= SATISFIED_FROM), csat_n),
        "nps": 100 * _ratio(promoters - detractors, nps_n),
        "nps_n": nps_n,
        "complaints": complaints,
        "complaint_rate": _ratio(complaints, grouping.sizes()),
        "script_share": _ratio(grouping.count(columns.scripted_messages), grouping.count(columns.agent_messages)),
    }


def _ratio(part: Floats, whole: Floats) -> Floats:
    """Part over whole, no value where the whole is empty."""
    return np.divide(part, whole, out=np.full_like(whole, np.nan), where=whole > 0)


def _plain(name: str, figure: float) -> float | int | None:
    if np.isnan(figure):
        return None
    return int(figure) if name in COUNTS else float(figure)
