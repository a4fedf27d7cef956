"""Direct estimates of agent-months against the formulas written out in plain loops; weights; what is refused."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import replace

import numpy as np
import pytest

from scoring.errors import CountError, InputError, WeightError
from scoring.estimates.assisted import judge_assist
from scoring.estimates.direct import Leniency, estimate_cells, mean_per_conversation
from scoring.estimates.quality import MonthFrame, QualityOptions, estimate_quality
from scoring.estimates.table import tabulate
from tests.factories.quality_windows import make_scorings, scoring, window_of

LENIENCY = Leniency(np.array([3.0, -2.0, 0.5, 1.0]), np.array([0.4, 0.9, 0.2, 0.3]), 16.0)
SLOPE = 0.6


def make_weighted(seed=3):
    """A centre with automatic scores, weights, critical conversations and second scorings."""
    generator = np.random.default_rng(seed)
    rows = []
    for s in make_scorings(agents=30, ages=(0, 1)):
        auto = float(0.7 * s.quality + generator.normal(0, 6))
        row = replace(s, auto=auto, weight=float(generator.uniform(0.5, 4)), is_critical=bool(generator.random() < 0.1))
        rows.append(row)
        if generator.random() < 0.2:
            other = f"i{(int(s.inspector[1:]) + 1) % 4}"
            rows.append(replace(row, inspector=other, quality=min(100.0, row.quality + 4)))
    return rows


def frames_for(rows):
    pairs = sorted({(s.agent, s.age) for s in rows})
    return [MonthFrame(agent, age, 50 + place, 60.0 + place % 7, 1.0) for place, (agent, age) in enumerate(pairs)]


def by_loops(rows, frames):
    """q_j, v_j, effective counts and σ² of every agent-month, word for word."""
    frame_of = {(f.agent, f.age): f for f in frames}
    months = defaultdict(dict)
    for s in rows:
        months[s.agent, s.age].setdefault(s.conversation, []).append(s)
    r, results = {}, {}
    for key, conversations in months.items():
        r[key] = []
        for scored in conversations.values():
            first = scored[0]
            if not first.is_critical:
                own = [s.quality - LENIENCY.points[int(s.inspector[1:])] for s in scored]
                value = sum(own) / len(own) - SLOPE * (first.auto - frame_of[key].auto_mean)
                r[key].append((first.weight, value, [int(s.inspector[1:]) for s in scored]))
    squares = freedom = 0.0
    for found in r.values():
        if found:
            total = sum(w for w, _, _ in found)
            n = total**2 / sum(w * w for w, _, _ in found)
            q = sum(w * value for w, value, _ in found) / total
            squares += n * sum(w * (value - q) ** 2 for w, value, _ in found) / total
            freedom += n - 1
    sigma = squares / (freedom - 1)
    for key, conversations in months.items():
        weights = [scored[0].weight for scored in conversations.values()]
        critical = sum(scored[0].weight for scored in conversations.values() if scored[0].is_critical)
        whole = sum(weights) ** 2 / sum(w * w for w in weights)
        k = whole * critical / sum(weights)
        if not r[key]:
            results[key] = (None, None, whole, k)
            continue
        total = sum(w for w, _, _ in r[key])
        n = total**2 / sum(w * w for w, _, _ in r[key])
        shares = defaultdict(float)
        for w, _, inspectors in r[key]:
            for inspector in inspectors:
                shares[inspector] += w / total / len(inspectors)
        severity = sum(share**2 * LENIENCY.variance[inspector] for inspector, share in shares.items())
        inspected = whole / frame_of[key].frame
        v = (sigma * (1 - inspected) + 16.0 * inspected) / n + severity
        results[key] = (sum(w * value for w, value, _ in r[key]) / total, v, whole, k)
    return results, sigma


def test_direct_estimates_equal_the_formulas_in_plain_loops():
    rows = make_weighted()
    frames = frames_for(rows)
    table = tabulate(window_of(rows, frames=frames), 6)
    assist = judge_assist(table, mean_per_conversation(table, table.rows.quality))
    assert assist.is_on

    direct, spreads = estimate_cells(table, LENIENCY, assist, SLOPE)

    expected, sigma = by_loops(rows, frames)
    assert spreads.assisted.variance == pytest.approx(sigma)
    for cell in range(len(table.cells)):
        key = str(table.agents[table.cells.agent[cell]]), int(table.cells.age[cell])
        q, v, n, k = expected[key]
        assert direct.effective[cell] == pytest.approx(n)
        assert direct.critical[cell] == pytest.approx(k)
        if q is None:
            assert math.isnan(direct.mean[cell])
        else:
            assert (direct.mean[cell], direct.variance[cell]) == (pytest.approx(q), pytest.approx(v))


def test_corrections_add_up_to_the_estimate():
    rows = make_weighted()
    result = estimate_quality(window_of(rows, frames=frames_for(rows)))

    for agent in result.agents:
        evidence = agent.evidence
        expected = evidence.raw_mean - evidence.leniency - evidence.auto
        assert agent.direct.posterior.quality.mean == pytest.approx(expected)


def test_equal_weights_are_no_weights():
    rows = make_scorings()

    plain, weighted = (estimate_quality(window_of([replace(s, weight=weight) for s in rows])) for weight in (1.0, 2.7))

    for one, other in zip(plain.agents, weighted.agents, strict=True):
        assert one.fair.quality.value == pytest.approx(other.fair.quality.value, rel=1e-9)
        assert one.evidence.effective == other.evidence.effective == 5


def test_a_heavy_conversation_counts_more_and_the_sample_less():
    rows = make_scorings()
    heavy = [replace(s, weight=4.0 if s.conversation == "a00:0:0" else 1.0) for s in rows]

    found = estimate_quality(window_of(heavy), options=QualityOptions(correct_severity=False)).agents[0]

    own = [s.quality for s in rows if s.agent == "a00"]
    assert found.direct.quality.value == pytest.approx((4 * own[0] + sum(own[1:])) / 8)
    assert found.evidence.effective == pytest.approx(64 / 20)
    assert found.direct.total.n == 5


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"quality": math.nan}, InputError, r"scorings\[3\].quality is nan"),
        ({"quality": 100.5}, InputError, r"scorings\[3\].quality is 100.5"),
        ({"weight": 0.0}, WeightError, r"scorings\[3\].weight is 0.0"),
        ({"weight": math.inf}, WeightError, r"scorings\[3\].weight is inf"),
        ({"age": 6}, InputError, r"scorings\[3\].age is 6"),
        ({"auto": math.inf}, InputError, r"scorings\[3\].auto is inf"),
    ],
)
def test_numbers_out_of_range_are_refused_by_field_and_row(change, error, words):
    rows = make_scorings()
    rows[3] = replace(rows[3], **change)

    with pytest.raises(error, match=words):
        estimate_quality(window_of(rows, frames=[]))


@pytest.mark.parametrize(
    ("frame", "error", "words"),
    [
        (MonthFrame("a00", 0, -1), CountError, r"frames\[0\].frame is -1"),
        (MonthFrame("a00", 0, 4, 80.0, 1.5), InputError, r"frames\[0\].auto_share is 1.5"),
        (MonthFrame("a00", 7, 4), InputError, r"frames\[0\].age is 7"),
    ],
)
def test_frames_out_of_range_are_refused(frame, error, words):
    with pytest.raises(error, match=words):
        estimate_quality(window_of(make_scorings(), frames=[frame]))


def test_contradictions_are_refused_by_name():
    rows = make_scorings()
    own = rows[0]
    cases = {
        "told two ways": [*rows, replace(own, inspector="i9", is_critical=True)],
        "scored the conversation 'a00:0:0' twice": [*rows, own],
        "belongs to two agents or months": [*rows, replace(own, agent="a01", inspector="i9")],
    }
    for words, changed in cases.items():
        with pytest.raises(InputError, match=words):
            estimate_quality(window_of(changed, frames=[]))
    with pytest.raises(InputError, match="is there twice"):
        estimate_quality(window_of(rows, frames=[MonthFrame("a00", 0, 4), MonthFrame("a00", 0, 5)]))
    with pytest.raises(InputError, match="one sheet per agent"):
        estimate_quality(window_of(rows, sheets=["a00", "a00"]))


def test_an_unknown_frame_is_taken_as_endless():
    rows = [scoring(f"a{agent}", place, 80.0 + agent + place) for agent in range(10) for place in range(5)]

    known, unknown = (estimate_quality(window_of(rows, frames=frames)) for frames in (None, []))

    assert unknown.agents[0].evidence.frame is None
    assert unknown.agents[0].evidence.variance > known.agents[0].evidence.variance
