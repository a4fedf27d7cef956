"""Sizes by risk, inclusion probabilities, and the order of a draw with unequal chances."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.errors import DrawError, FrameError
from scoring.estimates.seeds import generator_for
from scoring.sampling.chances import inclusion_probabilities, pareto_keys, weigh_by_risk
from scoring.sampling.draw import derive_key, draw_sample
from scoring.sampling.frame import freeze_frame

SCRIPT = Path(__file__).parents[4] / "docs" / "verify_draw.py"
SEED = bytes(range(32))


@pytest.fixture(scope="module")
def script():
    """Load the stand-alone script: it imports nothing of ours and so is a second opinion."""
    spec = importlib.util.spec_from_file_location("verify_draw", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_half_goes_by_risk_and_half_is_even():
    sizes = weigh_by_risk([0.0, 1.0, 3.0, 5.0], ["a", "a", "a", "b"])

    # 0.5·risk/4 + 0.5/3 in the first stratum; alone in the second.
    assert sizes == pytest.approx([1 / 6, 1 / 8 + 1 / 6, 3 / 8 + 1 / 6, 1.0])


def test_without_any_risk_all_are_equal():
    assert weigh_by_risk([0.0] * 4, ["a"] * 4) == [0.25] * 4
    assert weigh_by_risk([2.0, 8.0], ["a", "a"], uniform_share=1.0) == [0.5, 0.5]


@pytest.mark.parametrize(("risk", "share"), [(-1.0, 0.5), (float("nan"), 0.5), (1.0, 0.0), (1.0, 1.1)])
def test_impossible_risks_are_refused(risk, share):
    with pytest.raises(FrameError):
        weigh_by_risk([risk], ["a"], uniform_share=share)


def test_no_weight_is_more_than_twice_the_equal_one():
    generator = generator_for("weights")
    sizes = np.array(weigh_by_risk(generator.exponential(1, 300).tolist(), ["a"] * 300))

    chances = inclusion_probabilities(sizes, 10)

    assert (10 / 300 / chances <= 2 + 1e-9).all()


def test_whoever_would_reach_one_is_certain():
    # n = 2: 2·0.7 > 1 is certain; the other place is shared 0.2 : 0.1.
    assert inclusion_probabilities(np.array([0.7, 0.2, 0.1]), 2) == pytest.approx([1, 2 / 3, 1 / 3])
    # Certainty can make the next one certain: after 0.6, 2·0.3/0.4 reaches 1.
    assert inclusion_probabilities(np.array([0.6, 0.3, 0.05, 0.05]), 3) == pytest.approx([1, 1, 0.5, 0.5])


def test_all_or_nothing():
    assert inclusion_probabilities(np.array([0.9, 0.1]), 2).tolist() == [1.0, 1.0]
    assert inclusion_probabilities(np.array([0.9, 0.1]), 0).tolist() == [0.0, 0.0]
    with pytest.raises(DrawError):
        inclusion_probabilities(np.array([0.9, 0.1]), 3)
    with pytest.raises(DrawError):
        inclusion_probabilities(np.array([0.9, 0.0]), 1)


@given(st.lists(st.floats(1e-6, 1e6), min_size=1, max_size=40), st.data())
def test_chances_sum_to_the_size_of_the_sample(sizes, data):
    count = data.draw(st.integers(0, len(sizes)))

    chances = inclusion_probabilities(np.array(sizes), count)

    assert chances.sum() == pytest.approx(count)
    assert ((chances >= 0) & (chances <= 1)).all()


def test_equal_sizes_keep_the_order_of_the_numbers():
    ids, strata = [f"s:{n}" for n in range(200)], ["x"] * 200
    equal, sized = freeze_frame(ids, strata), freeze_frame(ids, strata, [0.25] * 200)
    key = derive_key(SEED, equal.digest)

    one, other = draw_sample(equal, key, "p", {"x": 7}), draw_sample(sized, key, "p", {"x": 7})

    assert sized.sizes is not None
    assert one.ordered_ids("x") == other.ordered_ids("x")


def test_the_largest_possible_number_breaks_nothing():
    keys = pareto_keys(np.array([2**53 - 1, 0, 5], dtype=np.uint64), np.array([0.5, 0.5, 1.0]))

    assert keys[0] == np.inf
    assert 0 < keys[1] < 1e-15
    assert keys[2] == 0.0


def test_drawn_as_often_as_the_chances_say():
    """Within 1 %, as Rosén shows; 40,000 draws of 5 from 60 leave a sampling error of 0.25 % of a chance."""
    generator = generator_for("inclusion")
    sizes = np.array(weigh_by_risk(generator.exponential(1, 60).tolist(), ["a"] * 60))
    chances = inclusion_probabilities(sizes, 5)
    counts = np.zeros(60)
    for _ in range(40_000):
        numbers = generator.integers(0, 2**53, 60, dtype=np.uint64)
        counts[np.argpartition(pareto_keys(numbers, chances), 5)[:5]] += 1

    assert np.abs(counts / 40_000 - chances).max() < 0.01
    assert (counts / 40_000 / chances).mean() == pytest.approx(1, abs=0.01)


@pytest.mark.parametrize("wanted", [0, 1, 5, 29, 30])
def test_the_stand_alone_script_comes_to_the_same_order(script, wanted):
    generator = generator_for("script", str(wanted))
    ids = [f"s:{n}" for n in range(30)] + ["t:1"]
    strata = ["甲"] * 30 + ["z"]
    frame = freeze_frame(ids, strata, weigh_by_risk(generator.exponential(1, 31).tolist(), strata))
    sizes = {"甲": wanted, "z": 1}

    drawn = draw_sample(frame, derive_key(SEED, frame.digest, "骰子 6"), "p-1", sizes)
    order = script.order_strata({"seed": SEED.hex(), "public_part": "骰子 6", "plan": "p-1"}, frame.text, sizes)

    assert [name for _, name in order["甲"]] == list(drawn.ordered_ids("甲"))
    inside = frame.codes == frame.strata.index("甲")
    assert script.find_chances(frame.sizes[inside].tolist(), wanted) == drawn.chances[inside].tolist()


def test_the_stand_alone_script_stays_short():
    assert len(SCRIPT.read_text().splitlines()) < 100


def test_a_frame_with_sizes_reads_back_and_its_digest_covers_them():
    one = freeze_frame(["b", "a"], ["x", "x"], [0.75, 0.25])

    assert one.text == b"a\x1fx\x1f0.25\nb\x1fx\x1f0.75"
    assert one.sizes.tolist() == [0.25, 0.75]
    assert one.digest != freeze_frame(["b", "a"], ["x", "x"], [0.25, 0.75]).digest


def test_chances_of_an_equal_draw_are_n_of_all():
    drawn = draw_sample(freeze_frame(["a", "b", "c"], ["x", "x", "y"]), bytes(32), "p", {"x": 1})

    assert (drawn.chance_of("a"), drawn.chance_of("c"), drawn.chance_of("nobody")) == (0.5, 0.0, None)
