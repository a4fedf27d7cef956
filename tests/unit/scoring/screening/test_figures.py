"""Figures against independent code and known coverage; the audit finds a planted error and stays quiet without one."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm
from scipy.stats import pearsonr
from sklearn.metrics import brier_score_loss, mean_absolute_error, r2_score, roc_auc_score

from scoring.errors import InputError
from scoring.screening.audit import audit_score
from scoring.screening.figures import judge_event, judge_level
from scoring.screening.statistics import estimate_area
from scoring.values import Label


def answers_and_predictions(n: int = 400, seed: int = 2) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    f = random.normal(85, 6, n)
    return np.clip(f + random.normal(0, 8, n), 0, 100), f


def test_level_figures_are_those_of_independent_code() -> None:
    y, f = answers_and_predictions()
    line = sm.OLS(y, sm.add_constant(f)).fit(cov_type="HC1", use_t=True)
    interval = pearsonr(y, f).confidence_interval(0.95)

    figures = judge_level(y, f, np.zeros(400, dtype=int), seed="t")

    assert figures.correlation.value == pytest.approx(pearsonr(y, f).statistic)
    assert (figures.correlation.lower, figures.correlation.upper) == pytest.approx(tuple(interval), abs=1e-4)
    assert figures.error.value == pytest.approx(mean_absolute_error(y, f))
    assert figures.explained.value == pytest.approx(r2_score(y, f))
    assert figures.slope.value == pytest.approx(line.params[1])
    assert (figures.slope.lower, figures.slope.upper) == pytest.approx(tuple(line.conf_int()[1]))
    assert figures.baseline_error == pytest.approx(mean_absolute_error(y, np.full(400, y.mean())))
    assert sum(one.n for one in figures.tenths) == 400


def test_correlation_within_agents_ignores_their_level() -> None:
    random = np.random.default_rng(4)
    agent = np.repeat(np.arange(50), 8)
    level = random.normal(85, 20, 50)[agent]  # the machine knows who it is and nothing else
    y, f = level + random.normal(0, 5, 400), level + random.normal(0, 1, 400)

    figures = judge_level(y, f, agent, seed="t")

    assert figures.correlation.value > 0.9
    assert figures.within.lower < 0 < figures.within.upper


def test_event_figures_are_those_of_independent_code() -> None:
    random = np.random.default_rng(5)
    p = np.round(random.uniform(0, 1, 500), 2)  # rounded: ties
    y = (random.random(500) < p).astype(float)

    figures = judge_event(y, p)

    assert figures.auc.value == pytest.approx(roc_auc_score(y, p))
    assert figures.brier == pytest.approx(brier_score_loss(y, p))
    assert figures.events == y.sum()


def test_the_area_covers_what_it_should() -> None:
    random = np.random.default_rng(6)
    truth, hits = 0.760, 0  # two normals one sd apart: Φ(1/√2)
    for _ in range(400):
        values = np.concatenate([random.normal(1, 1, 40), random.normal(0, 1, 80)])
        area = estimate_area(np.repeat([1.0, 0.0], [40, 80]), values)
        hits += area.lower <= truth <= area.upper

    assert 0.92 <= hits / 400 <= 0.98


def test_a_perfect_area_still_has_a_width() -> None:
    area = estimate_area(np.repeat([1.0, 0.0], [5, 20]), np.repeat([0.9, 0.1], [5, 20]))

    assert (area.value, area.upper, area.label) == (1.0, 1.0, Label.few)
    assert area.lower == pytest.approx(0.4)


@pytest.mark.parametrize("n", [0, 1, 9])
def test_too_few_conversations_have_no_figures(n: int) -> None:
    y = np.linspace(60, 90, n)

    figures = judge_level(y, y, np.zeros(n, dtype=int), seed="t")

    every = (figures.correlation, figures.within, figures.error, figures.explained, figures.slope, figures.bias)
    assert {one.value for one in every} == {None}
    assert figures.tenths == ()


def test_constant_predictions_have_no_correlation() -> None:
    y, _ = answers_and_predictions(50)

    figures = judge_level(y, np.full(50, 80.0), np.zeros(50, dtype=int), seed="t")

    assert figures.correlation.value is None
    assert figures.slope.value is None
    assert figures.error.value is not None


def test_missing_predictions_are_refused() -> None:
    with pytest.raises(InputError):
        judge_level(np.array([80.0, 90.0]), np.array([80.0, np.nan]), np.zeros(2, dtype=int), seed="t")


def audited(shift: float, *, seed: int, agents: int = 40, each: int = 25):
    """Half of the agents serve in Chinese, and the machine thinks `shift` points less of them."""
    random = np.random.default_rng(seed)
    agent = np.repeat(np.arange(agents), each)
    language = np.where(agent % 2, "zh", "en")
    y = random.normal(85, 6, agents)[agent] + random.normal(0, 10, agents * each)
    f = 0.5 * (y - 85) + 85 + random.normal(0, 6, agents * each) - shift * (agent % 2)
    return audit_score(y, f, 0.8, [f"A{one}" for one in agent], {"language": language.tolist()})


def test_the_audit_finds_an_error_about_a_group() -> None:
    english, chinese = audited(8.0, seed=1)

    assert (english.group, chinese.group) == ("en", "zh")
    assert chinese.is_conspicuous
    assert chinese.difference.lower > 0  # unexplained good work: the machine thinks too little of it
    assert chinese.machine_error.upper < 0
    assert chinese.agents == 20


def test_the_audit_seldom_cries_without_an_error() -> None:
    cries = sum(audited(0.0, seed=seed)[0].is_conspicuous for seed in range(300))

    assert 0.02 <= cries / 300 <= 0.09


def test_two_agents_are_no_group() -> None:
    y, f = answers_and_predictions(100)

    lines = audit_score(y, f, 1.0, ["A", "B"] * 50, {"channel": ["chat"] * 50 + ["phone"] * 50, "all": ["x"] * 100})

    assert [line.difference.value for line in lines] == [None, None]
    assert {line.dimension for line in lines} == {"channel"}


def test_unknown_groups_stay_outside_the_comparison() -> None:
    y, f = answers_and_predictions(120)

    lines = audit_score(
        y, f, 1.0, [str(n % 12) for n in range(120)], {"tenure": ["new"] * 40 + ["old"] * 40 + [""] * 40}
    )

    assert [line.n for line in lines] == [40, 40]
