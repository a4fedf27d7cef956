"""All that is kept of a training: features, one learned score per target, and from whom it learned."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scoring.errors import InputError
from scoring.screening.features import Features, describe_transcripts, learn_features
from scoring.screening.folds import assign_folds
from scoring.screening.learn import UNSEEN, LearnedScore, learn_score
from scoring.screening.targets import Target
from scoring.screening.transcripts import Transcript

Floats = NDArray[np.float64]
BATCH = 2_000
"""Transcripts turned into rows at a time; keeps the memory of a month of a million conversations flat."""


@dataclass(frozen=True, slots=True)
class Scored:
    """What a model says of some conversations.

    Attributes
    ----------
    values : dict of str to array of float, shape (conversations,)
        By the name of the target; never NaN.
    folds : array of int, shape (conversations,)
        Fold of a conversation the model learned from, whose own regression spoke; `learn.UNSEEN` for the others,
        for which the mean of all ten stands.
    """

    values: dict[str, Floats]
    folds: NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Model:
    """A trained model.

    Attributes
    ----------
    features : Features
        How a conversation becomes a row.
    scores : tuple of LearnedScore
        One a target.
    learned_from : tuple of str
        Ids of the conversations that had a label of any target, sorted.
    training_digest : str
        SHA-256 of the training set: id and labels of each, as `digest_training_set` writes them.
    """

    features: Features
    scores: tuple[LearnedScore, ...]
    learned_from: tuple[str, ...]
    training_digest: str

    def score(self, transcripts: Sequence[Transcript]) -> Scored:
        """Score conversations, in their order; any number, in batches."""
        known = frozenset(self.learned_from)
        folds = assign_folds([one.id for one in transcripts])
        folds[[one.id not in known for one in transcripts]] = UNSEEN
        values: dict[str, list[Floats]] = {one.target.name: [np.empty(0)] for one in self.scores}
        for start in range(0, len(transcripts), BATCH):
            some = slice(start, start + BATCH)
            rows = describe_transcripts(transcripts[some], self.features)
            for one in self.scores:
                values[one.target.name].append(one.predict(rows, folds[some]))
        return Scored({name: np.concatenate(parts) for name, parts in values.items()}, folds)


def train_model(
    transcripts: Sequence[Transcript], labels: Mapping[Target, Floats], *, also: Sequence[Transcript] = ()
) -> Model:
    """Train one score a target on the same features.

    Parameters
    ----------
    transcripts : sequence of Transcript
        Conversations with a label of at least one target, each once.
    labels : mapping of Target to array of float, shape (conversations,)
        Beside `transcripts`; NaN where unknown.
    also : sequence of Transcript
        Conversations without a label, from which words and scales are learned as well.

    Returns
    -------
    Model
        The same for any order of the conversations.

    Raises
    ------
    CountError, InputError
        As `learn.learn_score`; also where the targets are to be predicted without different figures.
    """
    without = {target.without for target in labels}
    if len(without) != 1:
        raise InputError("Targets of one model must leave out the same figures.")
    if any(np.isnan(column).all(axis=None) for column in labels.values()):
        raise InputError("A target without a single label cannot be learned.")
    ids = [one.id for one in transcripts]
    known = set(ids)
    features = learn_features(
        [*transcripts, *(one for one in also if one.id not in known)], without=next(iter(without))
    )
    rows = describe_transcripts(transcripts, features)
    ordered = sorted(labels, key=lambda target: target.name)
    scores = tuple(learn_score(rows, ids, labels[target], target) for target in ordered)
    return Model(features, scores, tuple(sorted(ids)), digest_training_set(ids, labels))


def digest_training_set(ids: Sequence[str], labels: Mapping[Target, Floats]) -> str:
    """Digest of what a model is trained on.

    SHA-256 over the lines ``id ␟ target=label ␟ …``, targets sorted by name, unknown labels left out, labels as
    ``repr(float)``, lines sorted and joined by a line feed, in UTF-8; hexadecimal.
    """
    ordered = sorted(labels, key=lambda target: target.name)
    lines = []
    for row, name in enumerate(ids):
        known = [
            f"{target.name}={float(labels[target][row])!r}"
            for target in ordered
            if labels[target][row] == labels[target][row]
        ]
        lines.append("\x1f".join([name, *known]))
    return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()
