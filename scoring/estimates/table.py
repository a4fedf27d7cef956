"""A window in canonical order: agent-months, conversations and scorings as arrays that point to each other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scoring.errors import InputError
from scoring.estimates.window import Codes, Floats, Names, QualityWindow, check_window


@dataclass(frozen=True, slots=True)
class Cells:
    """Agent-months, sorted by agent and age.

    Attributes
    ----------
    agent : array of int, shape (cells,)
        Index into the agents of the table.
    age : array of int
        Months before the month computed.
    frame, auto_mean : array of float
        NaN where unknown.
    auto_share : array of float
        0–1; 0 where unknown.
    group : array of int
        Index into the groups of the table.
    """

    agent: Codes
    age: Codes
    frame: Floats
    auto_mean: Floats
    auto_share: Floats
    group: Codes

    def __len__(self) -> int:
        return len(self.agent)


@dataclass(frozen=True, slots=True)
class Conversations:
    """Inspected conversations, sorted by agent-month and id; one that was scored twice is one.

    Attributes
    ----------
    cell : array of int, shape (conversations,)
        Index of the agent-month.
    is_critical : array of bool
        As decided.
    auto : array of float
        NaN where missing.
    weight : array of float
        1/π.
    """

    cell: Codes
    is_critical: NDArray[np.bool_]
    auto: Floats
    weight: Floats

    def __len__(self) -> int:
        return len(self.cell)


@dataclass(frozen=True, slots=True)
class Rows:
    """Scorings, sorted by conversation and inspector.

    Attributes
    ----------
    conversation, inspector, queue : array of int, shape (rows,)
        Indices into the conversations, inspectors and queues of the table.
    quality : array of float
        0–100; NaN only in critical conversations.
    """

    conversation: Codes
    inspector: Codes
    queue: Codes
    quality: Floats


@dataclass(frozen=True, slots=True)
class Table:
    """The whole window; names are sorted, so that indices follow from the ids alone."""

    agents: Names
    inspectors: Names
    queues: Names
    groups: Names
    cells: Cells
    conversations: Conversations
    rows: Rows


def add_up(values: Floats, groups: Codes, size: int) -> Floats:
    """Sum of the values of each group 0…size − 1, in the order in which they stand; 0 for an empty group."""
    return np.bincount(groups, weights=values, minlength=size).astype(np.float64)


def tabulate(window: QualityWindow, months: int) -> Table:
    """Check a window and put it into canonical order.

    Parameters
    ----------
    window : QualityWindow
        In any order.
    months : int
        Length of the window; every age must lie below it.

    Returns
    -------
    Table
        The same for any order of the input rows.

    Raises
    ------
    InputError
        As `check_window`; also where an agent-month has two frames, a conversation belongs to two agent-months or is
        told two ways, or an inspector scored it twice. The message names the conversation or agent-month.
    """
    check_window(window, months)
    s, f = window.scorings, window.frames
    agents = np.unique(np.concatenate([s.agent, f.agent, np.array(window.sheets, dtype=np.str_)]))
    inspectors, inspector = np.unique(s.inspector, return_inverse=True)
    queues, queue = np.unique(s.queue, return_inverse=True)
    groups, group = np.unique(np.append(f.group, ""), return_inverse=True)
    scored = np.searchsorted(agents, s.agent) * months + s.age
    framed = np.searchsorted(agents, f.agent) * months + f.age
    keys = np.unique(np.concatenate([scored, framed]))
    cells = _cells(window, keys, framed, group[:-1], months, int(np.searchsorted(groups, "")))
    names, conversation = np.unique(s.conversation, return_inverse=True)
    cell = np.searchsorted(keys, scored)
    order = np.lexsort((inspector, conversation, cell))
    starts = _starts(cell[order], conversation[order])
    conversations, of_row = _conversations(window, order, starts, cell, names[conversation])
    _refuse_double(of_row, inspector[order], names[conversation[order]])
    rows = Rows(of_row, inspector[order], queue[order], s.quality[order])
    return Table(agents, inspectors, queues, groups, cells, conversations, rows)


def _cells(window: QualityWindow, keys: Codes, framed: Codes, group: Codes, months: int, no_group: int) -> Cells:
    frames = window.frames
    if len(np.unique(framed)) < len(framed):
        values, counts = np.unique(framed, return_counts=True)
        row = int(np.flatnonzero(framed == values[counts > 1][0])[1])
        raise InputError(f"frames[{row}]: agent {frames.agent[row]}, age {frames.age[row]} is there twice.")
    place = np.searchsorted(keys, framed)
    shares = np.where(np.isnan(frames.auto_mean), 0.0, frames.auto_share)
    return Cells(
        agent=keys // months,
        age=keys % months,
        frame=_spread(place, frames.frame, len(keys), np.nan),
        auto_mean=_spread(place, frames.auto_mean, len(keys), np.nan),
        auto_share=_spread(place, shares, len(keys), 0.0),
        group=_spread(place, group.astype(float), len(keys), float(no_group)).astype(np.intp),
    )


def _spread(place: Codes, values: Floats, size: int, default: float) -> Floats:
    spread = np.full(size, default)
    spread[place] = values
    return spread


def _starts(cell: Codes, conversation: Codes) -> NDArray[np.bool_]:
    """Whether a sorted row opens another conversation."""
    starts = np.ones(len(cell), dtype=bool)
    starts[1:] = (np.diff(cell) != 0) | (np.diff(conversation) != 0)
    return starts


def _conversations(
    window: QualityWindow, order: Codes, starts: NDArray[np.bool_], cell: Codes, names: Names
) -> tuple[Conversations, Codes]:
    s = window.scorings
    first = order[starts]
    of_row = np.cumsum(starts) - 1
    if len(np.unique(names[first])) < len(first):
        values, counts = np.unique(names[first], return_counts=True)
        raise InputError(f"scorings: the conversation {str(values[counts > 1][0])!r} belongs to two agents or months.")
    for field in ("is_critical", "weight", "auto"):
        values = np.asarray(getattr(s, field), dtype=float)[order]
        told = values[starts][of_row]
        other = np.flatnonzero(~((values == told) | (np.isnan(values) & np.isnan(told))))
        if len(other):
            row = int(order[other[0]])
            raise InputError(f"scorings[{row}].{field}: the conversation {str(names[row])!r} is told two ways.")
    return Conversations(cell[first], s.is_critical[first], s.auto[first], s.weight[first]), of_row


def _refuse_double(conversation: Codes, inspector: Codes, names: Names) -> None:
    double = np.flatnonzero((np.diff(conversation) == 0) & (np.diff(inspector) == 0))
    if len(double):
        raise InputError(f"scorings: one inspector scored the conversation {str(names[double[0]])!r} twice.")
