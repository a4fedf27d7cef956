"""What a severity fit is given: one row per scoring, as codes, or as records with ids that are put in order first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from scoring.errors import InputError

Id = TypeVar("Id", str, tuple[str, str])


@dataclass(frozen=True, slots=True, eq=False)
class Scorings:
    """Scorings of a window of months, one row each, conversations with a critical error left out.

    Codes count from 0; a code may have no row.

    Attributes
    ----------
    agent_month : ndarray of intp, shape (R,)
        Agent × month whose conversation it is.
    conversation : ndarray of intp, shape (R,)
        Conversation; one scored twice has two rows, by two inspectors, both of one agent-month.
    inspector : ndarray of intp, shape (R,)
        Who scored, an index of `inspectors`.
    score : ndarray of float64, shape (R,)
        Quality in points, 0–100.
    queue : ndarray of intp, shape (R,)
        Channel × topic group. Queues with few scorings are taken together inside.
    auto : ndarray of float64, shape (R,), or None
        f − F: automatic score of the conversation minus the mean over all conversations of its agent-month, any scale;
        0 where it is missing. None where there are no automatic scores.
    inspectors : tuple of str
        Names of the inspectors, each once.
    agent : ndarray of intp, shape (R,), or None
        The person behind the agent-month: months of one person connect inspectors. None: every agent-month is a person
        of its own, as in a window of one month.
    agents : tuple of str
        Names of the agents; may be empty where nobody asks for them.

    Raises
    ------
    InputError
        If lengths differ, a code is negative or unknown, a score is no number between 0 and 100, an auto-score is not
        finite, or a conversation is of two agent-months (an agent-month of two agents); the message names the row.
    """

    agent_month: NDArray[np.intp]
    conversation: NDArray[np.intp]
    inspector: NDArray[np.intp]
    score: NDArray[np.float64]
    queue: NDArray[np.intp]
    auto: NDArray[np.float64] | None
    inspectors: tuple[str, ...]
    agent: NDArray[np.intp] | None = None
    agents: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        rows = len(self.score)
        for name in ("agent_month", "conversation", "inspector", "queue", "agent"):
            codes = getattr(self, name)
            if codes is not None:
                object.__setattr__(self, name, _checked_codes(name, codes, rows))
        for name, lower, upper in (("score", 0.0, 100.0), ("auto", -np.inf, np.inf)):
            numbers = getattr(self, name)
            if numbers is not None:
                object.__setattr__(self, name, _checked_numbers(name, numbers, rows, lower, upper))
        _refuse_unknown("inspector", self.inspector, self.inspectors)
        if self.agents:
            _refuse_unknown("agent", self.persons, self.agents)
        _refuse_split("conversation", self.conversation, "agent_month", self.agent_month)
        if self.agent is not None:
            _refuse_split("agent_month", self.agent_month, "agent", self.agent)

    def __len__(self) -> int:
        return len(self.score)

    @property
    def persons(self) -> NDArray[np.intp]:
        """Code of the person of each row: the agent, or the agent-month where agents are not told apart."""
        return self.agent_month if self.agent is None else self.agent

    @property
    def person_count(self) -> int:
        """How many codes of persons there are."""
        return max(len(self.agents), int(self.persons.max(initial=-1)) + 1)


@dataclass(frozen=True, slots=True)
class ScoringRecord:
    """One scoring with its ids.

    Attributes
    ----------
    agent, month, conversation, inspector : str
        Ids; a month is any label that tells the months of the window apart.
    score : float
        Quality in points, 0–100; conversations with a critical error are left out by the caller.
    queue : str, default=""
        Channel × topic group.
    auto : float or None, default=None
        f − F of the conversation; None where it is missing.
    """

    agent: str
    month: str
    conversation: str
    inspector: str
    score: float
    queue: str = ""
    auto: float | None = None


def scorings_from_records(records: Iterable[ScoringRecord]) -> Scorings:
    """Turn records with ids into coded scorings.

    Records are sorted by their ids first, so that neither the order in which they come nor the day on which they are
    read again changes a digit of what is computed from them.

    Parameters
    ----------
    records : iterable of ScoringRecord
        In any order.

    Returns
    -------
    Scorings
        Codes in the order of the sorted ids; `auto` is None where no record has one, else 0 where it is missing (a
        missing f counts as its mean F).

    Raises
    ------
    InputError
        As `Scorings`.
    """
    rows = sorted(records, key=lambda row: (row.agent, row.month, row.conversation, row.inspector, row.score))
    agents, agent = _coded([row.agent for row in rows])
    inspectors, inspector = _coded([row.inspector for row in rows])
    has_auto = any(row.auto is not None for row in rows)
    return Scorings(
        agent_month=_coded([(row.agent, row.month) for row in rows])[1],
        conversation=_coded([row.conversation for row in rows])[1],
        inspector=inspector,
        score=np.array([row.score for row in rows], dtype=np.float64),
        queue=_coded([row.queue for row in rows])[1],
        auto=np.array([row.auto or 0.0 for row in rows], dtype=np.float64) if has_auto else None,
        inspectors=inspectors,
        agent=agent,
        agents=agents,
    )


def _coded(ids: Sequence[Id]) -> tuple[tuple[Id, ...], NDArray[np.intp]]:
    """Distinct ids, sorted, and the index of each row's id among them."""
    names = tuple(sorted(set(ids)))
    codes = {name: code for code, name in enumerate(names)}
    return names, np.array([codes[name] for name in ids], dtype=np.intp)


def _checked_codes(name: str, codes: NDArray[np.intp], rows: int) -> NDArray[np.intp]:
    found = np.asarray(codes)
    if found.shape != (rows,):
        raise InputError(f"{name} has shape {found.shape} beside {rows} scores: one code per scoring is needed.")
    if rows and (found.dtype.kind not in "iu" or found.min() < 0):
        raise InputError(f"{name}: codes must be whole numbers from 0 on, not {found.dtype} from {found.min()}.")
    return found.astype(np.intp)


def _checked_numbers(
    name: str, numbers: NDArray[np.float64], rows: int, lower: float, upper: float
) -> NDArray[np.float64]:
    found = np.asarray(numbers, dtype=np.float64)
    if found.shape != (rows,):
        raise InputError(f"{name} has shape {found.shape} beside {rows} scores: one number per scoring is needed.")
    bad = np.flatnonzero(~(np.isfinite(found) & (found >= lower) & (found <= upper)))
    if len(bad):
        raise InputError(f"Row {bad[0]}: {name} {found[bad[0]]} must be a number between {lower} and {upper}.")
    return found


def _refuse_unknown(name: str, codes: NDArray[np.intp], names: tuple[str, ...]) -> None:
    bad = np.flatnonzero(codes >= len(names))
    if len(bad):
        raise InputError(f"Row {bad[0]}: {name} {codes[bad[0]]} is unknown; there are {len(names)} names.")
    if len(set(names)) != len(names):
        raise InputError(f"The names of {name}s must differ from each other.")


def _refuse_split(part: str, codes: NDArray[np.intp], whole: str, owners: NDArray[np.intp]) -> None:
    """Refuse a part that belongs to two wholes."""
    if not len(codes):
        return
    owner = np.empty(codes.max() + 1, dtype=np.intp)
    owner[codes] = owners
    bad = np.flatnonzero(owner[codes] != owners)
    if len(bad):
        row = bad[0]
        raise InputError(f"Row {row}: {part} {codes[row]} is of {whole} {owners[row]} and of {owner[codes[row]]}.")
