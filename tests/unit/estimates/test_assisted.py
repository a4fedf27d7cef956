"""When automatic scores may enter, by how much, and that their errors about agents stay out."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from scoring.estimates.assisted import AssistOff, judge_assist
from scoring.estimates.direct import mean_per_conversation
from scoring.estimates.quality import MonthFrame, QualityOptions, estimate_quality
from scoring.estimates.table import tabulate
from tests.factories.quality_windows import make_scorings, window_of

NO_SEVERITY = QualityOptions(correct_severity=False)


def with_auto(scorings, *, noise=6.0, errors=None, seed=9):
    """Automatic scores that follow people's, with an error about each agent."""
    generator = np.random.default_rng(seed)
    return [
        replace(s, auto=0.5 * s.quality + float(generator.normal(0, noise)) + (errors or {}).get(s.agent, 0.0))
        for s in scorings
    ]


def frames_of(scorings, *, errors=None, share=1.0, frame=400):
    pairs = sorted({(s.agent, s.age) for s in scorings})
    return [MonthFrame(agent, age, frame, 42.0 + (errors or {}).get(agent, 0.0), share) for agent, age in pairs]


def judge(scorings, frames):
    table = tabulate(window_of(scorings, frames=frames), 6)
    return judge_assist(table, mean_per_conversation(table, table.rows.quality))


def test_slope_and_correlation_are_those_within_agents():
    scorings = with_auto(make_scorings(agents=40))

    assist = judge(scorings, frames_of(scorings))

    y, f = (np.array([getattr(s, name) for s in scorings]).reshape(40, 5) for name in ("quality", "auto"))
    y, f = (y - y.mean(axis=1, keepdims=True)).ravel(), (f - f.mean(axis=1, keepdims=True)).ravel()
    assert assist.is_on
    assert assist.slope == pytest.approx(y @ f / (f @ f))
    assert assist.correlation == pytest.approx(y @ f / math.sqrt((y @ y) * (f @ f)))
    expected = math.tanh(math.atanh(assist.correlation) - 1.645 / math.sqrt(40 * 4 - 2))
    assert assist.correlation_lower == pytest.approx(expected)


@pytest.mark.parametrize("agents", [19, 20])
def test_they_stay_out_below_100_scored_conversations(agents):
    scorings = with_auto(make_scorings(agents=agents))

    reason = judge(scorings, frames_of(scorings)).reason

    assert reason == (None if agents == 20 else AssistOff.few_scored)


def test_they_stay_out_while_loosely_tied_to_peoples_scores():
    scorings = with_auto(make_scorings(agents=40), noise=60.0)

    assist = judge(scorings, frames_of(scorings))

    assert assist.reason is AssistOff.weak
    assert assist.correlation_lower < 0.2
    assert assist.slope == 0.0


@pytest.mark.parametrize(("share", "reason"), [(0.97, AssistOff.missing), (0.98, None)])
def test_they_stay_out_while_missing_for_more_than_2_percent(share, reason):
    scorings = with_auto(make_scorings(agents=40))

    assert judge(scorings, frames_of(scorings, share=share)).reason is reason


def test_constant_or_missing_ones_stay_out():
    scorings = make_scorings(agents=40)
    constant = [replace(s, auto=0.1) for s in scorings]

    assert judge(constant, frames_of(scorings)).reason is AssistOff.constant
    assert judge(scorings, frames_of(scorings)).reason is AssistOff.no_scores
    unknown = [MonthFrame(s.agent, 0, 400) for s in scorings[::5]]
    assert judge(with_auto(scorings), unknown).reason is AssistOff.no_scores


def test_a_missing_one_counts_as_its_agents_mean():
    scorings = with_auto(make_scorings(agents=40))
    scorings[0] = replace(scorings[0], auto=None)

    assist = judge(scorings, frames_of(scorings))

    assert assist.is_on
    assert assist.contrast[0] == 0.0
    assert assist.contrast[1] == pytest.approx(scorings[1].auto - 42.0)


def test_an_older_month_without_them_is_left_uncorrected():
    scorings = [s if s.age == 0 else replace(s, auto=None) for s in with_auto(make_scorings(agents=40, ages=(0, 1)))]
    frames = [f if f.age == 0 else MonthFrame(f.agent, 1, 400) for f in frames_of(scorings)]

    assist = judge(scorings, frames)

    assert assist.is_on
    assert assist.is_used.tolist() == [True, False] * 40


def _with_own_means(scorings):
    """A window in which each frame's mean automatic score is that of its sample."""
    own = {}
    for s in scorings:
        own.setdefault((s.agent, s.age), []).append(s.auto)
    frames = [MonthFrame(agent, age, 400, float(np.mean(autos)), 1.0) for (agent, age), autos in own.items()]
    return window_of(scorings, frames=frames)


def test_an_older_month_that_misses_too_many_is_left_uncorrected():
    scorings = with_auto(make_scorings(agents=40, ages=(0, 1)))
    frames = [replace(f, auto_share=1.0 if f.age == 0 else 0.9) for f in frames_of(scorings)]

    assist = judge(scorings, frames)

    assert assist.is_on
    assert assist.is_used.tolist() == [True, False] * 40
    assert np.count_nonzero(assist.contrast) == 200
    assert assist.scored == 200


@pytest.mark.parametrize("size", [10.0, 1000.0])
def test_an_error_about_an_agent_reaches_neither_direct_nor_fair(size):
    plain = make_scorings(agents=40, ages=(0, 1, 2))
    errors = {f"a{agent:02d}": size for agent in range(0, 40, 5)}

    true, false = (estimate_quality(_with_own_means(with_auto(plain, errors=e))) for e in (None, errors))

    assert true.centre.assist.is_on
    for one, other in zip(true.agents, false.agents, strict=True):
        assert one.direct.quality.value == pytest.approx(other.direct.quality.value, abs=1e-6)
        assert one.fair.total.value == pytest.approx(other.fair.total.value, abs=1e-4)
    moved = [abs(a.informed.value - b.informed.value) for a, b in zip(true.agents, false.agents, strict=True)]
    assert max(moved) > 0.1


def test_they_narrow_the_interval_by_their_gain():
    scorings = with_auto(make_scorings(agents=60), noise=3.0)
    frames = frames_of(scorings)

    off, on = (
        estimate_quality(window_of(scorings, frames=frames), options=replace(NO_SEVERITY, use_auto=use))
        for use in (False, True)
    )

    gain = on.centre.spreads.gain
    assert gain == pytest.approx(1 / (1 - on.centre.assist.correlation**2), rel=0.02)
    assert on.agents[0].evidence.variance == pytest.approx(off.agents[0].evidence.variance / gain, rel=1e-6)
    assert on.agents[0].direct.total.effective_n == pytest.approx(5 * gain / (1 - 5 / 400), rel=1e-6)
    assert off.centre.assist.reason is AssistOff.switched_off


def test_with_a_severity_model_lambda_is_its_coefficient():
    scorings = with_auto(make_scorings(agents=60))

    centre = estimate_quality(window_of(scorings, frames=frames_of(scorings))).centre

    assert centre.severity.is_applied
    assert centre.slope == centre.severity.lambda_
    assert centre.slope == pytest.approx(centre.assist.slope, abs=0.1)
