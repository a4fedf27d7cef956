"""Conversations as rows of numbers: the agent's words, the customer's words, the figures.

What is learned here (`learn_features`) looks at no score, so the same features serve all folds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from scipy.sparse import csr_matrix, hstack

from scoring.screening.measures import Scale, learn_scale, measure_transcripts, scale_figures
from scoring.screening.terms import TermIndex, weigh_terms
from scoring.screening.transcripts import Transcript
from scoring.screening.vocabulary import Vocabulary, learn_vocabulary


@dataclass(frozen=True, slots=True)
class Features:
    """What a row is made of.

    Attributes
    ----------
    agent, customer : Vocabulary
        Of the two sides; the same word said by the other side is another column.
    scale : Scale
        Of the figures.
    without : tuple of str
        Figures left out because they are what is to be predicted.
    """

    agent: Vocabulary
    customer: Vocabulary
    scale: Scale
    without: tuple[str, ...] = ()
    indexes: tuple[TermIndex, TermIndex] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "indexes", (TermIndex(self.agent), TermIndex(self.customer)))

    def __len__(self) -> int:
        return len(self.agent) + len(self.customer) + len(self.scale)

    def title(self, column: int) -> tuple[str, str]:
        """Where a column comes from (``agent``, ``customer`` or ``figure``) and its word or name."""
        for side, vocabulary in (("agent", self.agent), ("customer", self.customer)):
            if column < len(vocabulary):
                return side, vocabulary.term(column)
            column -= len(vocabulary)
        return "figure", self.scale.titles()[column]


def learn_features(transcripts: Sequence[Transcript], *, without: Sequence[str] = ()) -> Features:
    """Choose words, pairs of words and figures.

    Parameters
    ----------
    transcripts : sequence of Transcript
        Scored or not: no score is looked at. The more, the better the weights of the words.
    without : sequence of str
        Figures to leave out, by their names in `measures.MEASURES`.

    Returns
    -------
    Features
        The same for any order of the transcripts.
    """
    ordered = sorted(transcripts, key=lambda one: one.id)
    groups = [one.group for one in ordered]
    agent = learn_vocabulary([one.agent for one in ordered], groups)
    customer = learn_vocabulary([one.customer for one in ordered], groups)
    lengths = [
        TermIndex(side).number(texts).lengths
        for side, texts in ((agent, [one.agent for one in ordered]), (customer, [one.customer for one in ordered]))
    ]
    figures = measure_transcripts(ordered, *lengths)
    scale = learn_scale(figures, [one.tags for one in ordered])
    kept = [place for place, name in enumerate(scale.names) if name not in without]
    scale = Scale(tuple(scale.names[place] for place in kept), scale.mean[kept], scale.sd[kept], scale.tags)
    return Features(agent, customer, scale, tuple(sorted(without)))


def describe_transcripts(transcripts: Sequence[Transcript], features: Features) -> csr_matrix:
    """Rows of the model.

    Parameters
    ----------
    transcripts : sequence of Transcript
        A batch; some thousands at a time keep the memory small.
    features : Features
        As learned.

    Returns
    -------
    csr_matrix of float, shape (conversations, len(features))
    """
    agent = features.indexes[0].number([one.agent for one in transcripts])
    customer = features.indexes[1].number([one.customer for one in transcripts])
    figures = measure_transcripts(transcripts, agent.lengths, customer.lengths)
    scaled = scale_figures(figures, [one.tags for one in transcripts], features.scale)
    parts = (weigh_terms(agent, features.indexes[0]), weigh_terms(customer, features.indexes[1]), csr_matrix(scaled))
    rows: csr_matrix = hstack(parts, format="csr")
    return rows
