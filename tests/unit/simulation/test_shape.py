"""Simulated scores have the mean, spread and share at 100 that were asked for."""

from __future__ import annotations

import numpy as np
import pytest

from scoring.simulation.shape import find_shape


@pytest.mark.parametrize(("mean", "sd", "share"), [(85.0, 12.0, 0.25), (88.0, 12.0, 0.40), (80.0, 15.0, 0.20)])
def test_scores_have_the_wanted_mean_sd_and_share_at_100(mean, sd, share):
    shape = find_shape(mean, sd, share, 5.0)
    generator = np.random.default_rng(1)

    level = shape.level_of(np.array(mean))
    scores = np.clip(
        shape.lift(level + shape.spread * generator.standard_normal(200_000)) + 5 * generator.standard_normal(200_000),
        0,
        100,
    )

    assert scores.mean() == pytest.approx(mean, abs=0.1)
    assert scores.std() == pytest.approx(sd, abs=0.1)
    assert (scores == 100).mean() == pytest.approx(share, abs=0.005)


def test_a_share_that_the_spread_forbids_is_approached():
    shape = find_shape(85.0, 8.0, 0.60, 3.0)

    generator = np.random.default_rng(1)
    scores = np.clip(
        shape.lift(shape.level_of(np.array(85.0)) + shape.spread * generator.standard_normal(100_000))
        + 3 * generator.standard_normal(100_000),
        0,
        100,
    )

    assert scores.mean() == pytest.approx(85, abs=0.2)
    assert scores.std() == pytest.approx(8, abs=0.2)


def test_every_mean_of_the_scale_has_its_level():
    shape = find_shape(85.0, 12.0, 0.25, 5.0)

    levels = shape.level_of(np.array([30.0, 60.0, 85.0, 97.0]))

    assert (np.diff(levels) > 0).all()
