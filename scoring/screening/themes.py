"""What remarks on lost points have in common: themes with their words and three quotations, or none that would hold.

For the QA lead's report. Themes are only as good as they are stable: the same remarks without a fifth of them must
fall into the same themes, or the answer is that there are none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations
from warnings import catch_warnings, simplefilter

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.cluster import KMeans
from sklearn.decomposition import NMF, TruncatedSVD
from sklearn.exceptions import ConvergenceWarning
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics import adjusted_rand_score
from sklearn.preprocessing import normalize
from threadpoolctl import threadpool_limits

from scoring.estimates.seeds import generator_for
from scoring.screening.words import split_words

Codes = NDArray[np.intp]
Rows = csr_matrix | NDArray[np.float64]

FEWEST_TEXTS = 60
LEAST_STABILITY = 0.6
SIZES = range(3, 13)
FACTORS_BELOW = 400
DIMENSIONS = 50
SUBSAMPLES = 6
SUBSAMPLE_SHARE = 0.8
TERMS = 6
QUOTATIONS = 3
_MOST_TERMS = 3_000


class NoThemes(StrEnum):
    """Why there are none."""

    few_texts = "few_texts"  # fewer than 60
    unstable = "unstable"  # they fall apart when a fifth of the texts is left out


@dataclass(frozen=True, slots=True)
class Theme:
    """One theme.

    Attributes
    ----------
    size : int
        Texts in it.
    terms : tuple of str
        Up to six, the most telling first.
    quotations : tuple of int
        Places of up to three texts that stand for it, the most typical first.
    """

    size: int
    terms: tuple[str, ...]
    quotations: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Themes:
    """Themes of some texts.

    Attributes
    ----------
    reason : NoThemes or None
        Why there are none.
    texts : int
        How many were looked at: empty ones and repetitions are not.
    stability : float or None
        Mean adjusted Rand index of the chosen number of themes (the best one found, where it is too low); None with
        too few texts.
    themes : tuple of Theme
        Largest first.
    """

    reason: NoThemes | None
    texts: int
    stability: float | None
    themes: tuple[Theme, ...]


def find_themes(texts: Sequence[str], *, language: str, seed: str) -> Themes:
    """Group texts by what they are about.

    TF-IDF of words and pairs of words, or of 2 to 4 characters for Chinese; below 400 texts non-negative factors,
    from there on 50 singular vectors and k-means. The number of themes, 3 to 12, is the one whose groups agree best
    between subsamples of 80 % (adjusted Rand index on the texts two of them share, mean over the pairs of six).

    Parameters
    ----------
    texts : sequence of str
        Remarks or quotations of one language; empty ones and repetitions are looked at once.
    language : str
        ``zh`` or any other.
    seed : str
        Names the occasion, such as the month.

    Returns
    -------
    Themes
        Without themes below 60 different texts or below a stability of 0.6.

    References
    ----------
    .. [1] D. D. Lee, H. S. Seung (1999), Nature 401:788–791.
    .. [2] L. Hubert, P. Arabie (1985), J. Classif. 2:193–218 (adjusted Rand index).
    .. [3] T. Lange et al. (2004), Neural Comput. 16:1299–1323 (stability).
    """
    # Sorted, so that the order of the texts cannot show in the themes.
    first: dict[str, int] = {}
    for place, text in enumerate(texts):
        if text.strip():
            first.setdefault(text.strip(), place)
    kept = sorted(first)
    if len(kept) < FEWEST_TEXTS:
        return Themes(NoThemes.few_texts, len(kept), None, ())
    words = _vectorizer(language)
    try:
        weights = words.fit_transform(kept)
    except ValueError:  # no term is in enough texts
        return Themes(NoThemes.unstable, len(kept), 0.0, ())
    with threadpool_limits(limits=1), catch_warnings():
        simplefilter("ignore", ConvergenceWarning)  # a theme that has not settled shows as unstable
        rows = _reduce(weights, seed)
        size, stability = _choose_size(rows, seed)
        if stability < LEAST_STABILITY:
            return Themes(NoThemes.unstable, len(kept), stability, ())
        groups = _group(rows, size, _number(seed, "all"))
    names = words.get_feature_names_out()
    themes = [_describe(weights, groups == group, names, [first[text] for text in kept]) for group in np.unique(groups)]
    return Themes(None, len(kept), stability, tuple(sorted(themes, key=lambda one: (-one.size, one.terms))))


def _vectorizer(language: str) -> TfidfVectorizer:
    if language == "zh":
        return TfidfVectorizer(analyzer=_characters, min_df=3, max_df=0.5, max_features=_MOST_TERMS, sublinear_tf=True)
    return TfidfVectorizer(
        tokenizer=_plain_words,
        token_pattern=None,
        ngram_range=(1, 2),
        min_df=3,
        max_df=0.5,
        max_features=_MOST_TERMS,
        sublinear_tf=True,
    )


def _characters(text: str) -> list[str]:
    """Runs of 2 to 4 characters inside stretches of letters."""
    stretches = "".join(character if character.isalpha() else " " for character in text.lower()).split()
    return [
        stretch[start : start + size]
        for stretch in stretches
        for size in (2, 3, 4)
        for start in range(len(stretch) - size + 1)
    ]


def _plain_words(text: str) -> list[str]:
    return [word for word in split_words(text) if word[0].isalpha() and len(word) > 1]


def _reduce(weights: csr_matrix, seed: str) -> Rows:
    """Few texts stay as they are; of many the 50 directions in which they differ most."""
    if weights.shape[0] < FACTORS_BELOW:
        return weights
    dimensions = min(DIMENSIONS, min(weights.shape) - 1)
    reduced: NDArray[np.float64] = normalize(
        TruncatedSVD(dimensions, random_state=_number(seed, "directions")).fit_transform(weights)
    )
    return reduced


def _choose_size(weights: Rows, seed: str) -> tuple[int, float]:
    """Most stable number of themes, the smaller of equal ones."""
    samples = []
    for number in range(SUBSAMPLES):
        generator = generator_for("themes", seed, str(number))
        samples.append(np.sort(generator.permutation(weights.shape[0])[: round(SUBSAMPLE_SHARE * weights.shape[0])]))
    best = (0, -1.0)
    for size in SIZES:
        grouped = [(some, _group(weights[some], size, _number(seed, f"{size}/{n}"))) for n, some in enumerate(samples)]
        stability = float(np.mean([_agree(one, other) for one, other in combinations(grouped, 2)]))
        if stability > best[1] + 1e-9:
            best = (size, stability)
    return best


def _agree(one: tuple[Codes, Codes], other: tuple[Codes, Codes]) -> float:
    """Adjusted Rand index of two groupings, each as places and groups, on the places they share."""
    _, left, right = np.intersect1d(one[0], other[0], assume_unique=True, return_indices=True)
    return float(adjusted_rand_score(one[1][left], other[1][right]))


def _group(weights: Rows, size: int, seed: int) -> Codes:
    """Theme of each text."""
    if weights.shape[0] < FACTORS_BELOW:
        # A factorisation without any rest left rounds to a negative one, whose root scikit-learn takes.
        with np.errstate(invalid="ignore"):
            factors = NMF(size, init="nndsvda", random_state=seed, max_iter=300).fit_transform(weights)
        return np.asarray(factors.argmax(axis=1), dtype=np.intp)
    return np.asarray(KMeans(size, n_init=5, random_state=seed).fit_predict(weights), dtype=np.intp)


def _describe(weights: csr_matrix, member: NDArray[np.bool_], names: NDArray[np.object_], places: list[int]) -> Theme:
    inside = np.asarray(weights[member].mean(axis=0)).ravel()
    outside = np.asarray(weights[~member].mean(axis=0)).ravel() if not member.all() else np.zeros_like(inside)
    telling = np.argsort(-(inside - outside), kind="stable")
    typical = np.flatnonzero(member)[np.argsort(-(weights[member] @ (inside - outside)), kind="stable")]
    terms = _distinct([str(names[column]) for column in telling[: 5 * TERMS] if inside[column] > outside[column]])
    return Theme(int(member.sum()), terms, tuple(places[row] for row in typical[:QUOTATIONS]))


def _distinct(terms: list[str]) -> tuple[str, ...]:
    """The longest form of each: a term inside another one of the list says nothing new."""
    whole = [term for term in terms if not any(term != other and term in other for other in terms)]
    return tuple(whole[:TERMS])


def _number(*parts: str) -> int:
    return int(generator_for("themes", *parts).integers(2**31))
