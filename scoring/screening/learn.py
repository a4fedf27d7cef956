"""A learned score, cross-fitted: ten regressions, each without one tenth of the conversations people have scored.

For `flask screening train` and whoever wants a prediction that has not seen its own answer. A conversation with a score
is predicted by the regression that was fitted without its tenth, every other one by the mean of all ten. Nothing in
that regression (words aside, which look at no score) depends on the tenth it leaves out: neither penalty nor
calibration.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from threadpoolctl import threadpool_limits

from scoring.errors import CountError, InputError
from scoring.screening.folds import FOLDS, assign_folds, hash_ids
from scoring.screening.ridge import INNER_FOLDS, MOST_FOR_CHOICE, Fit, fit_ridge, to_scale
from scoring.screening.targets import FEWEST_SCORED, Target, check_labels

Floats = NDArray[np.float64]
UNSEEN = -1
"""Fold of a conversation nobody has scored."""


@dataclass(frozen=True, slots=True)
class LearnedScore:
    """Ten regressions for one target.

    Attributes
    ----------
    target : Target
        What they predict.
    weights : array of float, shape (columns, FOLDS)
        One column a fold left out.
    intercepts : array of float, shape (FOLDS,)
        Beside `weights`.
    penalties : array of float, shape (FOLDS,)
        Chosen penalties; infinite where a fold knows the mean alone.
    """

    target: Target
    weights: Floats
    intercepts: Floats
    penalties: Floats

    @property
    def is_informed(self) -> bool:
        """Whether anything but the mean was learned."""
        return bool(np.isfinite(self.penalties).any())

    def predict(self, rows: csr_matrix, folds: NDArray[np.intp]) -> Floats:
        """Predict conversations.

        Parameters
        ----------
        rows : csr_matrix, shape (conversations, columns)
            As `features.describe_transcripts` gives them.
        folds : array of int, shape (conversations,)
            For a conversation that was learned from its fold; `UNSEEN` for the others.

        Returns
        -------
        array of float, shape (conversations,)
            On the target's scale, six decimals; never NaN.
        """
        linear = rows @ self.weights + self.intercepts
        each = to_scale(linear, self.target.link, self.target.lower, self.target.upper)
        own = each[np.arange(len(folds)), np.maximum(folds, 0)]
        return np.asarray(np.round(np.where(folds == UNSEEN, each.mean(axis=1), own), 6), dtype=np.float64)


def learn_score(rows: csr_matrix, ids: Sequence[str], labels: Floats, target: Target) -> LearnedScore:
    """Learn a target from the conversations that have a label.

    Parameters
    ----------
    rows : csr_matrix, shape (conversations, columns)
        As `features.describe_transcripts` gives them.
    ids : sequence of str
        ``source:external_id``, each once; they decide the folds.
    labels : array of float, shape (conversations,)
        On the target's scale; NaN where unknown.
    target : Target
        What the labels are.

    Returns
    -------
    LearnedScore
        The same bytes for any order of the conversations, on one machine.

    Raises
    ------
    CountError
        With fewer than 100 labels.
    InputError
        If a label is not on the target's scale, or an id is there twice.

    Notes
    -----
    An event with fewer than 10 cases (or non-cases) outside a fold is predicted by its rate there.

    References
    ----------
    .. [1] T. Zrnic, E. J. Candès (2024), Cross-prediction-powered inference, PNAS 121:e2322083121.
    """
    check_labels(labels, target)
    if len(set(ids)) < len(ids):
        raise InputError("A conversation is there twice: each id may have one label.")
    known = np.flatnonzero(~np.isnan(labels))
    if len(known) < FEWEST_SCORED:
        raise CountError(f"{len(known)} conversations with a score are too few to learn from: {FEWEST_SCORED} needed.")
    named = sorted((ids[row], row) for row in known.tolist())
    names, order = [name for name, _ in named], np.array([row for _, row in named], dtype=np.intp)
    folds, ranks = assign_folds(names), hash_ids(names).argsort().argsort()
    # One thread: how the work is split would show in the last digits.
    with threadpool_limits(limits=1):
        fits = [_fit_without(fold, rows[order], labels[order], folds, ranks, target) for fold in range(FOLDS)]
    return LearnedScore(
        target,
        # In single precision, as files keep them: read back, a model predicts the same.
        np.column_stack([fit.weights for fit in fits]).astype(np.float32).astype(np.float64),
        np.array([fit.intercept for fit in fits]),
        np.array([fit.penalty for fit in fits]),
    )


def _fit_without(
    fold: int, rows: csr_matrix, labels: Floats, folds: NDArray[np.intp], ranks: NDArray[np.intp], target: Target
) -> Fit:
    seen = folds != fold
    # The other nine tenths dealt to the inner folds; the arbitrary order of the hash says which rows are enough.
    inner = (folds[seen] - fold - 1) % FOLDS % INNER_FOLDS
    first = ranks[seen].argsort().argsort() < MOST_FOR_CHOICE
    return fit_ridge(rows[seen], labels[seen], np.where(first, inner, UNSEEN), target.link)
