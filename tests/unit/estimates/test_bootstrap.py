"""Resamples hold the conversations they should."""

from __future__ import annotations

import numpy as np
import pytest

from scoring.estimates.bootstrap import RESAMPLES, draw_anew, draw_blocks
from scoring.estimates.seeds import generator_for


@pytest.mark.parametrize("units", [[1, 1, 1, 1], [5, 0, 2], [30, 60, 10]])
def test_conversations_are_drawn_with_the_chances_of_their_patterns(units):
    units = np.array(units, dtype=float)

    drawn = draw_anew(units, 4000, generator_for("x"))

    number = units.sum()
    assert (drawn.sum(axis=1) == number).all()
    assert drawn.mean(axis=0) == pytest.approx(units, abs=4 * np.sqrt(number / 4 / 4000))
    assert drawn.var(axis=0) == pytest.approx(units * (1 - units / number), rel=0.15)


def test_blocks_hold_all_resamples_however_many_patterns_there_are():
    for patterns in (3, 1500):
        blocks = list(draw_blocks(np.full(patterns, 2.0), generator_for("x")))
        assert sum(len(block) for block in blocks) == RESAMPLES
        assert all((block.sum(axis=1) == 2 * patterns).all() for block in blocks)
