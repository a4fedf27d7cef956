"""Simulated centres: repeatable, true to their description, and judged as the methods say."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from scoring.errors import InputError
from scoring.estimates.quality import QualityOptions
from scoring.simulation.careers import simulate_careers
from scoring.simulation.centre import NAMED, PAGE, Centre, Handing
from scoring.simulation.months import cast_centre, simulate_months
from scoring.simulation.run import simulate

SMALL = replace(PAGE, agents=40, inspectors=5, samples=5, frame=120, teams=5)


def one_month(centre, seed="m"):
    cast = cast_centre(centre, seed)
    return cast, next(simulate_months(centre, cast, 1, seed))


def test_the_same_seed_gives_the_same_report_and_another_one_not():
    first, again, other = (simulate(SMALL, 2, seed) for seed in ("a", "a", "b"))

    assert first == again
    assert first.fair != other.fair


def test_each_agent_is_inspected_as_often_as_asked_and_a_tenth_twice():
    _, month = one_month(SMALL)

    _, times = np.unique(month.sample, return_counts=True)
    assert len(times) == 40 * 5
    assert (times == 2).sum() == 20
    pairs = {(s, i) for s, i in zip(month.sample.tolist(), month.inspector.tolist(), strict=True)}
    assert len(pairs) == len(month.sample)


def test_crossed_samples_reach_three_inspectors():
    _, month = one_month(SMALL)

    for agent in range(SMALL.agents):
        assert len(np.unique(month.inspector[month.agent == agent])) >= 3


def test_a_team_has_its_own_inspector_but_for_second_scorings():
    centre = replace(SMALL, handing=Handing.teams)
    cast, month = one_month(centre)

    first = np.unique(month.sample, return_index=True)[1]
    assert (month.inspector[first] == cast.team[month.agent[first]]).all()


def test_an_inspector_sees_one_queue():
    _, month = one_month(replace(SMALL, handing=Handing.queues, queues=2, queue_gap=8.0))

    for inspector in range(SMALL.inspectors):
        assert len(np.unique(month.queue[month.inspector == inspector])) == 1
    hard, easy = (month.score[(month.queue == queue) & ~month.is_critical].mean() for queue in (0, 1))
    assert easy - hard > 2


def test_truth_is_what_the_samples_estimate():
    centre = replace(PAGE, samples=400, severity_sd=0.0, double_share=0.0, agents=50)
    _, month = one_month(centre)

    plain = np.bincount(month.agent, np.where(month.is_critical, 0.0, month.score)) / 400
    np.testing.assert_allclose(plain, month.total, atol=1.5)
    assert (plain - month.total).mean() == pytest.approx(0, abs=0.1)
    assert month.rate.mean() == pytest.approx(0.02, abs=0.006)


def test_automatic_scores_have_the_wanted_correlation_within_agents():
    centre = replace(PAGE, samples=200, severity_sd=0.0, double_share=0.0, agents=60, auto_correlation=0.6)
    _, month = one_month(centre)

    score, auto = (values.reshape(60, 200) for values in (month.score, month.auto))
    within = [(values - values.mean(axis=1, keepdims=True)).ravel() for values in (score, auto)]
    assert np.corrcoef(*within)[0, 1] == pytest.approx(0.6, abs=0.04)


def test_months_of_one_agent_resemble_each_other_as_asked():
    centre = replace(PAGE, agents=300, month_correlation=0.8)
    months = list(simulate_months(centre, cast_centre(centre, "c"), 2, "c"))

    assert np.corrcoef(months[0].quality, months[1].quality)[0, 1] == pytest.approx(0.8, abs=0.07)


def test_intervals_cover_and_the_plain_mean_finds_fewer():
    report = simulate(replace(SMALL, agents=80, samples=4), 6, "cover")

    assert 0.89 < report.fair.coverage < 0.99
    assert 0.89 < report.direct.coverage < 0.99
    assert report.fair.hit_rate > report.naive.hit_rate
    assert report.fair.error < report.direct.error < report.naive.error
    assert report.fair.width < report.direct.width < report.naive.width


def test_the_machines_error_about_agents_reaches_informed_but_not_fair():
    report = simulate(replace(SMALL, agents=80, auto_bias=8.0), 1, "bias")

    assert report.assisted_share == 1.0
    assert abs(report.fair_pass_through) < 0.01
    assert report.informed_pass_through > 0.05
    assert report.correlation == pytest.approx(0.65, abs=0.1)


def test_without_automatic_scores_or_corrections_it_says_so():
    report = simulate(replace(SMALL, auto_correlation=0.0), 1, "off", options=QualityOptions(correct_severity=False))

    assert report.assisted_share == 0.0
    assert report.fair_pass_through is None
    assert report.severity_error is None
    assert report.gain == 1.0


def test_careers_at_the_standard_are_hardly_ever_named_and_careers_below_are():
    centre = replace(PAGE, agents=120, samples=5, frame=60)

    at, below = (simulate_careers(centre, 14, "careers", standard=75.0, margin=margin) for margin in (0.0, -10.0))

    assert at.named <= 0.05
    assert at.months_rule > 0.2
    assert below.named_in_a_year > 0.8
    assert below.months_to_name < 12


@pytest.mark.parametrize(
    "wrong",
    [{"agents": 0}, {"samples": 500}, {"rater_sd": 12.0}, {"auto_correlation": 0.95}, {"share_at_100": 0.9}],
)
def test_impossible_centres_are_refused(wrong):
    with pytest.raises(InputError):
        replace(PAGE, **wrong)


def test_named_centres_are_possible():
    assert set(NAMED) == {"page", "ceiling", "small", "biased", "teams", "queues"}
    assert all(isinstance(centre, Centre) for centre in NAMED.values())


def test_no_month_is_refused():
    with pytest.raises(InputError):
        simulate(SMALL, 0, "x")
