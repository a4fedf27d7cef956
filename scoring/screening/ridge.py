"""One regression on words and figures: its penalty and its calibration chosen inside what it may see.

For `learn`, which calls it once per fold. Linear with a ridge penalty, because on real chats it beat boosted trees and
reduced dimensions out of sample (docs/decisions/), and because every column's share in a prediction can be shown.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.special import expit
from sklearn.linear_model import LogisticRegression, Ridge

from scoring.screening.targets import FEWEST_OF_EACH, Link

Floats = NDArray[np.float64]

PENALTIES = (100.0, 30.0, 10.0, 3.0, 1.0, 0.3, 0.1)
INNER_FOLDS = 3
MOST_FOR_CHOICE = 4_000
"""Rows on which penalty and calibration are chosen; the best penalty does not depend on how many there are."""
_PRECISION, _INNER_PRECISION = 1e-4, 1e-3
_PATIENCE = 2  # smaller penalties in a row that are worse end the search: they cost most


@dataclass(frozen=True, slots=True)
class Fit:
    """A regression, calibrated.

    Attributes
    ----------
    weights : array of float, shape (columns,)
        Of the calibrated linear predictor.
    intercept : float
        On the target's scale, or in logits for an event.
    penalty : float
        Chosen; infinite where nothing could be told and the mean of the target stands in.
    """

    weights: Floats
    intercept: float
    penalty: float


def fit_ridge(rows: csr_matrix, labels: Floats, inner: NDArray[np.intp], link: Link) -> Fit:
    """Fit, choose the penalty and calibrate.

    The penalty is the one of `PENALTIES` with the smallest squared error over the inner folds (searched from the
    largest on); predictions made there give the calibration: a straight line for a level, a logistic curve for an
    event. Where predictions and labels do not rise together, the mean (the rate) alone is predicted.

    Parameters
    ----------
    rows : csr_matrix, shape (conversations, columns)
        Conversations to learn from.
    labels : array of float, shape (conversations,)
        On the target's scale, or 0 and 1.
    inner : array of int, shape (conversations,)
        Inner fold of each, 0 to `INNER_FOLDS` − 1; −1: not used for the choice.
    link : Link
        A level or an event.

    Returns
    -------
    Fit
        ``weights·x + intercept`` is the level, or the logit of the event's probability.

    References
    ----------
    .. [1] A. E. Hoerl, R. W. Kennard (1970), Technometrics 12:55–67.
    .. [2] J. C. Platt (1999), Probabilistic outputs for support vector machines.
    """
    columns = rows.shape[1]
    if link is Link.event and min(labels.sum(), len(labels) - labels.sum()) < FEWEST_OF_EACH:
        return _constant(labels, columns, link)
    chosen = inner >= 0
    penalty, predicted = _choose_penalty(rows[chosen], labels[chosen], inner[chosen])
    line = _calibrate(predicted, labels[chosen], link)
    if line is None:
        return _constant(labels, columns, link)
    model = Ridge(alpha=penalty, solver="sparse_cg", tol=_PRECISION).fit(rows, labels)
    offset, slope = line
    return Fit(slope * model.coef_, offset + slope * float(model.intercept_), penalty)


def _choose_penalty(rows: csr_matrix, labels: Floats, inner: NDArray[np.intp]) -> tuple[float, Floats]:
    """Best penalty, and what the inner folds predict with it."""
    best = (math.inf, math.inf, labels)
    worse = 0
    for penalty in PENALTIES:
        predicted = _predict_inner(rows, labels, inner, penalty)
        error = float(np.square(labels - predicted).sum())
        worse = 0 if error < best[0] else worse + 1
        if error < best[0]:
            best = (error, penalty, predicted)
        if worse == _PATIENCE:
            break
    return best[1], best[2]


def _predict_inner(rows: csr_matrix, labels: Floats, inner: NDArray[np.intp], penalty: float) -> Floats:
    predicted = np.full(len(labels), labels.mean())
    for fold in range(INNER_FOLDS):
        out = inner == fold
        if out.any() and not out.all():
            model = Ridge(alpha=penalty, solver="sparse_cg", tol=_INNER_PRECISION).fit(rows[~out], labels[~out])
            predicted[out] = model.predict(rows[out])
    return predicted


def _calibrate(predicted: Floats, labels: Floats, link: Link) -> tuple[float, float] | None:
    """Offset and slope; None where the labels do not rise with the predictions."""
    spread = float(predicted.std())
    if spread < 1e-9 or float(labels.std()) == 0:
        return None
    centred = (predicted - predicted.mean()) / spread
    slope = float(centred @ (labels - labels.mean())) / len(labels)
    offset = float(labels.mean())
    if slope <= 0:
        return None
    if link is Link.event:
        curve = LogisticRegression(C=1e3).fit(centred[:, None], labels)
        slope, offset = float(curve.coef_[0, 0]), float(curve.intercept_[0])
    return offset - slope * float(predicted.mean()) / spread, slope / spread


def _constant(labels: Floats, columns: int, link: Link) -> Fit:
    # Half an event more and less: a rate of exactly 0 would be a certainty nobody has.
    yes, no = labels.sum() + 0.5, len(labels) - labels.sum() + 0.5
    intercept = math.log(yes / no) if link is Link.event else float(labels.mean())
    return Fit(np.zeros(columns), intercept, math.inf)


def to_scale(linear: Floats, link: Link, lower: float, upper: float) -> Floats:
    """Linear predictor on the target's scale, inside its bounds."""
    scaled: Floats = expit(linear) if link is Link.event else np.clip(linear, lower, upper)
    return scaled
