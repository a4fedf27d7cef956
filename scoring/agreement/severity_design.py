"""Sums that a severity fit needs: everything the likelihood asks of the rows, added up once before the search.

The likelihood is looked at some twenty times, the rows once. Conversations are blocks of k scorings (k = 1 or 2,
more after a calibration session); agent-months enter only through the sums G of their blocks, and two agent-months
with the same numbers of blocks of each size have the same weight D. So the products GG' are added up per *pattern* of
block counts, and one look costs a product of a sparse matrix with a short vector instead of a pass over agent-months.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations_with_replacement

import numpy as np
from scipy import sparse

from scoring.agreement.severity_columns import Codes, Columns, Floats, Table, choose_columns, squares_of
from scoring.agreement.severity_scorings import Scorings
from scoring.errors import InputError


@dataclass(frozen=True, slots=True, eq=False)
class Design:
    """What the likelihood needs of the rows.

    T = [X, S, y] has q columns: fixed effects, inspectors, and the score, centred and divided by its sd.

    Attributes
    ----------
    columns : Columns
        The fixed effects X.
    inspectors : ndarray of intp, shape (s,)
        Codes of the inspectors in the fit.
    sizes : ndarray of float64, shape (K,)
        The sizes k of conversation blocks that occur.
    blocks : ndarray of float64, shape (K,)
        How many blocks have each size.
    within : ndarray, shape (q, q)
        Σ over blocks of (t − t̄)(t − t̄)'.
    between : ndarray, shape (K, q, q)
        Per size: Σ over blocks of tt'/k, t the sum of a block's rows of T.
    patterns : ndarray of float64, shape (P, K)
        Blocks of each size in an agent-month, once per pattern that occurs.
    agent_months : ndarray of float64, shape (P,)
        How many agent-months have each pattern.
    pairs : tuple of (int, int)
        Pairs of positions in `sizes`, first <= second.
    products : sparse array, shape (pairs × P, q²)
        Per pair of sizes (k, o) and pattern: Σ over agent-months of G_k G_o', flattened.
    centre, scale : float
        Mean and sd of the scores, points.
    """

    columns: Columns
    inspectors: Codes
    sizes: Floats
    blocks: Floats
    within: Floats
    between: Floats
    patterns: Floats
    agent_months: Floats
    pairs: tuple[tuple[int, int], ...]
    products: Table
    centre: float
    scale: float

    @property
    def fixed(self) -> int:
        """How many fixed effects there are."""
        return len(self.within) - len(self.inspectors) - 1

    @property
    def rows(self) -> int:
        """How many scorings there are."""
        return int(self.sizes @ self.blocks)


def build_design(scorings: Scorings, component: Codes) -> Design:
    """Add up the rows of the components that are fitted.

    Parameters
    ----------
    scorings : Scorings
        All scorings.
    component : ndarray of intp, shape (R,)
        Component of each row; −1 for rows that stay out.

    Returns
    -------
    Design
        The same, digit for digit, in whatever order the rows come.

    Raises
    ------
    InputError
        If an inspector scored one conversation twice.
    """
    order = _canonical_order(scorings)
    rows = order[component[order] >= 0]
    conversation, inspector = scorings.conversation[rows], scorings.inspector[rows]
    _refuse_same_eyes(conversation, inspector, scorings.inspectors)
    score = scorings.score[rows]
    columns = choose_columns(scorings, rows, component[rows])
    inspectors, inspector = np.unique(inspector, return_inverse=True)
    standard = (score - score.mean()) / score.std()
    table = _table(columns.matrix, inspector, len(inspectors), standard)

    starts = np.flatnonzero(np.diff(conversation, prepend=-1))
    size_of = np.diff(starts, append=len(rows))
    sizes, size_index = np.unique(size_of, return_inverse=True)
    sums = sparse.csr_array(
        (np.ones(len(rows)), np.arange(len(rows)), np.append(starts, len(rows))), shape=(len(starts), len(rows))
    )
    by_block = sums @ table
    of_size = [np.flatnonzero(size_index == index) for index in range(len(sizes))]
    between = np.array([squares_of(by_block[blocks]) / k for blocks, k in zip(of_size, sizes, strict=True)])
    repeated = np.flatnonzero(np.repeat(size_of, size_of) > 1)
    within = squares_of(table[repeated]) - between[sizes > 1].sum(axis=0)

    agent_month = np.unique(scorings.agent_month[rows][starts], return_inverse=True)[1]
    counts, pattern = _patterns(agent_month, size_index, len(sizes))
    pairs = tuple(combinations_with_replacement(range(len(sizes)), 2))
    return Design(
        columns=columns,
        inspectors=inspectors,
        sizes=sizes.astype(float),
        blocks=np.bincount(size_index).astype(float),
        within=within,
        between=between,
        patterns=counts,
        agent_months=np.bincount(pattern).astype(float),
        pairs=pairs,
        products=_products(by_block, of_size, agent_month, pattern, pairs),
        centre=float(score.mean()),
        scale=float(score.std()),
    )


def _canonical_order(scorings: Scorings) -> Codes:
    """Rows by conversation, and inside it by inspector: the order they came in must not show in the last digit."""
    return np.lexsort((scorings.inspector, scorings.conversation)).astype(np.intp)


def _refuse_same_eyes(conversation: Codes, inspector: Codes, names: tuple[str, ...]) -> None:
    """Refuse a conversation scored twice by one inspector: the second time is no second opinion."""
    twice = np.flatnonzero((np.diff(conversation) == 0) & (np.diff(inspector) == 0))
    if len(twice):
        row = twice[0]
        raise InputError(f"Conversation {conversation[row]} was scored twice by {names[inspector[row]]!r}; keep one.")


def _table(fixed: Table, inspector: Codes, inspectors: int, score: Floats) -> Table:
    """T = [X, S, y]."""
    rows = np.arange(len(score))
    seats = sparse.csr_array((np.ones(len(score)), (rows, inspector)), shape=(len(score), inspectors))
    table: Table = sparse.hstack([fixed, seats, sparse.csr_array(score[:, None])], format="csr")
    return table


def _patterns(agent_month: Codes, size_index: Codes, sizes: int) -> tuple[Floats, Codes]:
    """Counts of blocks per size, once per pattern, and the pattern of each agent-month."""
    tally = np.bincount(agent_month * sizes + size_index, minlength=(agent_month.max() + 1) * sizes)
    counts = tally.reshape(-1, sizes)
    pattern = np.zeros(len(counts), dtype=np.intp)
    for column in counts.T:
        # Numbered afresh after each size: the key stays small however many sizes there are.
        pattern = np.unique(pattern * (column.max() + 1) + column, return_inverse=True)[1]
    first = np.unique(pattern, return_index=True)[1]
    return counts[first].astype(float), pattern


def _products(
    by_block: Table,
    of_size: list[Codes],
    agent_month: Codes,
    pattern: Codes,
    pairs: tuple[tuple[int, int], ...],
) -> Table:
    """Σ G_k G_o' per pair of sizes and pattern, each flattened into a row."""
    width, patterns = by_block.shape[1], int(pattern.max()) + 1
    months = len(pattern)
    sums, lifted = [], []
    for blocks in of_size:
        whose = sparse.csr_array((np.ones(len(blocks)), (agent_month[blocks], blocks)), (months, by_block.shape[0]))
        total = (whose @ by_block).tocoo()
        sums.append(total.tocsr())
        # One row per pattern and column of T: one product then gives the sums of all patterns apart.
        place = pattern[total.row] * width + total.col
        lifted.append(sparse.csr_array((total.data, (place, total.row)), shape=(patterns * width, months)))
    stacked = [(lifted[k] @ sums[o]).reshape((patterns, width * width)).tocsr() for k, o in pairs]
    return sparse.vstack(stacked, format="csr")
