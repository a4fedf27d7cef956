"""Figures of a conversation beside its words: how long, how quick, who spoke how much, how much of it by script.

Every figure goes through ln(1 + x) and is set in relation to the conversations the features were learned from; what is
unknown counts as average and says so in a column of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scoring.screening.transcripts import GIVEN, Transcript
from scoring.screening.words import BREAK

Floats = NDArray[np.float64]

COUNTED = (
    "agent_messages",
    "customer_messages",
    "agent_words",
    "customer_words",
    "agent_words_per_message",
    "customer_words_per_message",
    "agent_share_of_words",
    "agent_last_word",
)
"""Counted here; the rest of the figures is given."""
MEASURES = (*COUNTED, *GIVEN)

FEWEST_KNOWN = 30
_WEIGHT = 0.5  # of a figure one sd from the mean, against the length 1 of a text's words
_FARTHEST = 4.0  # sds; a conversation left open over the weekend is not a hundred times as slow
_SMALLEST_SD = 1e-9


@dataclass(frozen=True, slots=True)
class Scale:
    """How figures become columns.

    Attributes
    ----------
    names : tuple of str
        The figures that are used, and the tags that are told apart.
    mean, sd : array of float, shape (figures,)
        Of ln(1 + x) among the known ones.
    tags : tuple of str
        Kinds with at least 30 conversations.
    """

    names: tuple[str, ...]
    mean: Floats
    sd: Floats
    tags: tuple[str, ...]

    def __len__(self) -> int:
        """Columns: a figure and whether it is unknown, then one a tag."""
        return 2 * len(self.names) + len(self.tags)

    def titles(self) -> tuple[str, ...]:
        """Names of the columns."""
        return (*self.names, *(f"{name}=unknown" for name in self.names), *self.tags)


def measure_transcripts(
    transcripts: Sequence[Transcript], agent_words: NDArray[np.intp], customer_words: NDArray[np.intp]
) -> Floats:
    """Figures of conversations.

    Parameters
    ----------
    transcripts : sequence of Transcript
        Any number.
    agent_words, customer_words : array of int, shape (conversations,)
        How many words each side has.

    Returns
    -------
    array of float, shape (conversations, len(MEASURES))
        NaN where unknown.
    """
    size = len(transcripts)
    # Flat first: NumPy reads a list of short lists several times as slowly.
    known = (one.given.get(name, np.nan) for one in transcripts for name in GIVEN)
    given = np.fromiter(known, dtype=np.float64, count=size * len(GIVEN)).reshape(size, len(GIVEN))
    agent, customer = (
        _count_messages(one.agent for one in transcripts),
        _count_messages(one.customer for one in transcripts),
    )
    words = agent_words + customer_words
    return np.column_stack(
        (
            agent,
            customer,
            agent_words,
            customer_words,
            _divide(agent_words, agent),
            _divide(customer_words, customer),
            _divide(agent_words, words),
            np.array([one.ends_with_agent for one in transcripts], dtype=np.float64),
            given,
        )
    )


def learn_scale(figures: Floats, tags: Sequence[Sequence[str]]) -> Scale:
    """Choose figures and their scale.

    A figure is used if at least 30 conversations know it and it is not the same in all of them; so is a tag of at
    least 30.

    Parameters
    ----------
    figures : array of float, shape (conversations, len(MEASURES))
        As `measure_transcripts` gives them.
    tags : sequence of sequences of str
        The kinds of each conversation.

    Returns
    -------
    Scale
        The same for any order of the conversations, but for the last bits of mean and sd.
    """
    names, means, sds = [], [], []
    for name, column in zip(MEASURES, figures.T, strict=True):
        # Sorted, so that the order of the conversations cannot show in the last digit.
        known = np.sort(np.log1p(np.maximum(column[~np.isnan(column)], 0.0)))
        if len(known) >= FEWEST_KNOWN and known.std() > _SMALLEST_SD:
            names.append(name)
            means.append(known.mean())
            sds.append(known.std())
    counts: dict[str, int] = {}
    for tag in (tag for kinds in tags for tag in kinds):
        counts[tag] = counts.get(tag, 0) + 1
    kept = sorted(tag for tag, count in counts.items() if FEWEST_KNOWN <= count < len(tags))
    return Scale(tuple(names), np.array(means), np.array(sds), tuple(kept))


def scale_figures(figures: Floats, tags: Sequence[Sequence[str]], scale: Scale) -> Floats:
    """Figures as columns of the model.

    Parameters
    ----------
    figures : array of float, shape (conversations, len(MEASURES))
        As `measure_transcripts` gives them.
    tags : sequence of sequences of str
        The kinds of each conversation.
    scale : Scale
        As learned.

    Returns
    -------
    array of float, shape (conversations, len(scale))
        ``0.5·(ln(1 + x) − mean)/sd``, at most 4 sds away and 0 where unknown; then 0.5 where it is unknown; then 0.5
        for each tag.
    """
    used = figures[:, [MEASURES.index(name) for name in scale.names]]
    unknown = np.isnan(used)
    standard = (np.log1p(np.maximum(np.where(unknown, 0.0, used), 0.0)) - scale.mean) / scale.sd
    place = {tag: column for column, tag in enumerate(scale.tags)}
    kinds = np.zeros((len(figures), len(scale.tags)))
    for row, some in enumerate(tags):
        for tag in some:
            if tag in place:
                kinds[row, place[tag]] = 1.0
    return _WEIGHT * np.column_stack((np.where(unknown, 0.0, np.clip(standard, -_FARTHEST, _FARTHEST)), unknown, kinds))


def _count_messages(texts: Iterable[str]) -> NDArray[np.intp]:
    return np.array([text.count(BREAK) + 1 if text else 0 for text in texts], dtype=np.intp)


def _divide(above: NDArray[np.intp], below: NDArray[np.intp]) -> Floats:
    """Quotient, NaN where nothing is below."""
    return np.where(below > 0, above / np.maximum(below, 1), np.nan)
