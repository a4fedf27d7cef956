"""Predictions made before coaching, and what is said of what came after."""

import numpy as np
import pytest

from scoring.errors import CountError
from scoring.estimates.expectation import MonthCount, MonthScore, ShareExpectation, expect_score, expect_share
from scoring.estimates.intervals import proportion_interval
from scoring.estimates.outcome import Verdict, measure_score, measure_share

AGENTS = [f"A{number:02d}" for number in range(40)]


def invent(seed: int, *, months: int = 6, n: int = 5) -> tuple[list[MonthScore], dict[str, float], np.random.Generator]:
    """Scores of agents whose true quality stays: mean 80, sd 6; a score varies by 12."""
    generator = np.random.default_rng(seed)
    truths = dict(zip(AGENTS, generator.normal(80, 6, len(AGENTS)), strict=True))
    scores = [
        MonthScore(agent, month, float(np.clip(generator.normal(truth, 12), 0, 100)))
        for agent, truth in truths.items()
        for month in range(months)
        for _ in range(n)
    ]
    return scores, truths, generator


def lowest_of_last_month(scores: list[MonthScore], month: int) -> str:
    means = {agent: np.mean([s.value for s in scores if s.agent == agent and s.month == month]) for agent in AGENTS}
    return min(means, key=means.__getitem__)


def test_the_lowest_is_expected_to_come_up_by_itself() -> None:
    scores, _, _ = invent(1)
    lowest = lowest_of_last_month(scores, 5)
    raw = float(np.mean([s.value for s in scores if s.agent == lowest and s.month == 5]))

    expected = expect_score(scores, lowest)

    assert expected is not None
    assert raw < expected.mean < expected.centre
    assert expected.predict(7).mean >= expected.predict(6).mean
    assert expected.interval(6).contains(expected.predict(6).mean)


def test_doing_nothing_for_the_lowest_is_rarely_called_an_effect() -> None:
    verdicts, raw_gains = [], []
    for seed in range(60):
        scores, truths, generator = invent(seed)
        lowest = lowest_of_last_month(scores, 5)
        expected = expect_score(scores, lowest)
        later = np.clip(generator.normal(truths[lowest], 12, 10), 0, 100)
        verdicts.append(measure_score(expected, later.tolist(), month=6).verdict)
        before = np.mean([s.value for s in scores if s.agent == lowest and s.month == 5])
        raw_gains.append(float(later.mean() - before))

    # Raw figures would claim a success nearly always; against the prediction it is chance.
    assert np.mean(raw_gains) > 8
    assert verdicts.count(Verdict.better) <= 6
    assert verdicts.count(Verdict.below) <= 8


def test_a_real_gain_is_seen() -> None:
    scores, truths, _ = invent(4)
    lowest = lowest_of_last_month(scores, 5)
    expected = expect_score(scores, lowest)

    outcome = measure_score(expected, [min(100.0, truths[lowest] + 25)] * 10, month=6)

    assert outcome.verdict is Verdict.better
    assert outcome.change.lower > 0
    assert outcome.change.n == 10


def test_what_moved_everybody_is_nobodys_effect() -> None:
    scores, _, _ = invent(4)
    expected = expect_score(scores, AGENTS[3])
    later = [expected.mean + 14] * 10

    alone = measure_score(expected, later, month=6)
    together = measure_score(expected, later, month=6, centre=expected.centre + 14)

    assert alone.change.value > 10
    assert together.change.value == pytest.approx(alone.change.value - 14)
    assert together.verdict is Verdict.cannot_tell


def test_one_month_alone_is_enough_to_shrink() -> None:
    scores, _, _ = invent(2, months=1)

    expected = expect_score(scores, lowest_of_last_month(scores, 0))

    assert expected is not None
    assert expected.correlation == 1.0


def test_few_agents_or_no_evidence_give_no_prediction() -> None:
    scores, _, _ = invent(1)
    few = [score for score in scores if score.agent in AGENTS[:7]]

    assert expect_score(few, AGENTS[0]) is None
    assert expect_score(scores, "nobody") is None
    assert expect_share([MonthCount(agent, 1, 1, 5) for agent in AGENTS[:7]], AGENTS[0]) is None
    assert expect_share([MonthCount(agent, 1, 1, 5) for agent in AGENTS], "nobody") is None


def failing(own: int, others: int = 1) -> list[MonthCount]:
    return [
        MonthCount(agent, month, own if agent == "A00" else (others + place) % 3, 5)
        for place, agent in enumerate(AGENTS)
        for month in (1, 2, 3)
    ]


def test_a_share_is_expected_between_the_agent_and_the_centre() -> None:
    expected = expect_share(failing(5), "A00")

    assert expected.centre < expected.predict(4).mean < 1.0
    assert expected.n == pytest.approx(5 + 4.5 + 4.05)
    assert expected.predict(9).mean < expected.predict(4).mean


def test_a_smaller_share_than_predicted_is_better() -> None:
    expected = expect_share(failing(5), "A00")

    assert measure_share(expected, 0, 10, month=4).verdict is Verdict.better
    assert measure_share(expected, 7, 10, month=4).verdict is Verdict.cannot_tell
    assert measure_share(expect_share(failing(0), "A00"), 9, 10, month=4).verdict is Verdict.below


def test_a_share_follows_the_movement_of_all_others() -> None:
    expected = expect_share(failing(3), "A00")
    moved = measure_share(expected, 2, 10, month=4, centre=(20, 400))
    stayed = measure_share(expected, 2, 10, month=4)

    assert moved.change.value == pytest.approx(stayed.change.value - (20 / 400 - expected.centre))
    assert moved.change.upper - moved.change.lower > stayed.change.upper - stayed.change.lower


def test_the_interval_of_a_share_is_put_together_by_hand() -> None:
    # Two shares without movement: Newcombe's method 10 for 56/70 and 48/80 gives 0.0524 to 0.3339 (his table II, a).
    wilson = proportion_interval(48, 80)

    class Fixed(ShareExpectation):
        def predict(self, month: int):
            class AsShare:
                mean = 48 / 80

                def interval(self):
                    return wilson

            return AsShare()

    outcome = measure_share(Fixed(1, 1, 0, 0, 1, 0.5, 100, 40), 56, 70, month=2)

    assert outcome.change.value == pytest.approx(0.2)
    assert outcome.change.lower == pytest.approx(0.0524, abs=5e-5)
    assert outcome.change.upper == pytest.approx(0.3339, abs=5e-5)
    assert outcome.verdict is Verdict.below


def test_nothing_is_measured_by_nothing() -> None:
    scores, _, _ = invent(1)

    with pytest.raises(CountError):
        measure_score(expect_score(scores, AGENTS[0]), [], month=6)
    with pytest.raises(CountError):
        measure_share(expect_share(failing(3), "A00"), 3, 2, month=4)
    with pytest.raises(CountError):
        expect_share(failing(3), "A00").predict(1)
