"""The prior of the critical rate recovers how agents differ, in plain draws and in draws by risk."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from scoring.estimates.beta import fit_beta_prior
from scoring.estimates.quality import QualityOptions, estimate_quality
from tests.factories.quality_windows import scoring, window_of

TRUE_MEAN, TRUE_STRENGTH = 0.02, 50.0
PLAIN = QualityOptions(correct_severity=False)


def draw_scorings(*, boost=1.0, agents=300, seed=11):
    """Agents with own critical rates; critical conversations come `boost` times as often, at 1/boost of the weight."""
    generator = np.random.default_rng(seed)
    rates = generator.beta(TRUE_MEAN * TRUE_STRENGTH, (1 - TRUE_MEAN) * TRUE_STRENGTH, agents)
    scorings = []
    for agent, rate in enumerate(rates):
        for age in range(6):
            for place in range(5):
                is_critical = bool(generator.random() < boost * rate / (1 + (boost - 1) * rate))
                weight = 1.0 if boost == 1 else float(generator.uniform(0.9, 1.1)) / (boost if is_critical else 1)
                row = scoring(f"a{agent:03d}", place, 80.0 + place, age=age, is_critical=is_critical, weight=weight)
                scorings.append(row)
    return scorings


@pytest.mark.parametrize("boost", [1.0, 5.0])
def test_it_recovers_how_agents_differ(boost):
    prior = estimate_quality(window_of(draw_scorings(boost=boost)), options=PLAIN).centre.critical

    assert prior.mean == pytest.approx(TRUE_MEAN, rel=0.25)
    assert TRUE_STRENGTH / 2 < prior.a + prior.b < TRUE_STRENGTH * 2.2


def test_equal_weights_leave_the_counts_as_they_are():
    scorings = draw_scorings(agents=60)
    counts = {}
    for s in scorings:
        k, n = counts.get(s.agent, (0, 0))
        counts[s.agent] = (k + s.is_critical, n + 1)

    weighted = [replace(s, weight=3.0) for s in scorings]
    priors = [estimate_quality(window_of(rows), options=PLAIN).centre.critical for rows in (scorings, weighted)]

    assert priors[0] == fit_beta_prior(*zip(*counts.values(), strict=True))
    assert (priors[1].a, priors[1].b) == (pytest.approx(priors[0].a, rel=1e-4), pytest.approx(priors[0].b, rel=1e-4))


def test_without_a_critical_conversation_weights_change_nothing():
    scorings = [replace(s, is_critical=False, weight=1.0 + (s.age % 2)) for s in draw_scorings(agents=20)]

    prior = estimate_quality(window_of(scorings), options=PLAIN).centre.critical

    assert prior.mean < 0.01
