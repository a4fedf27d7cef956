import pytest

from scoring.errors import AllocationError
from scoring.sampling.planner import expected_margin, smallest_sample, tabulate_plan


@pytest.mark.parametrize(("margin", "expected"), [(8, 11), (5, 24), (3, 56)])
def test_the_three_sizes_printed_in_the_methods_come_out(margin, expected):
    # Methods, section 2: "For S = 12, N = 400: ±8 needs 11, ±5 needs 24, ±3 needs 56."
    assert smallest_sample(400, margin, 12.0) == expected


def test_a_gain_from_auto_scores_divides_and_rounds_up():
    assert smallest_sample(400, 5, 12.0, gain=1.8) == 14  # 24 / 1.8 = 13.3


def test_a_sample_is_never_larger_than_the_population_nor_smaller_than_two():
    assert smallest_sample(10, 0.001, 12.0) == 10
    assert smallest_sample(400, 1000, 12.0) == 2
    assert smallest_sample(1, 5, 12.0) == 1


def test_one_conversation_less_would_not_do():
    for population in (7, 40, 400, 5000):
        for margin in (3.0, 5.0, 8.0):
            needed = smallest_sample(population, margin, 12.0)
            assert expected_margin(population, needed, 12.0) <= margin
            assert needed == 2 or expected_margin(population, needed - 1, 12.0) > margin


def test_everything_inspected_leaves_no_margin_and_one_sample_tells_none():
    assert expected_margin(5, 5, 12.0) == 0.0
    assert expected_margin(50, 1, 12.0) is None


def test_a_sample_with_learned_scores_reaches_what_a_larger_one_reaches_without():
    # Far from the whole population, 14 that count for 1.8 each are 25.2.
    assert expected_margin(10**6, 14, 12.0, gain=1.8) == pytest.approx(expected_margin(10**6, 25, 12.0), rel=0.01)


def test_the_table_says_what_it_would_take_without_learned_scores():
    (row,) = tabulate_plan(400, 12.0, gain=1.8, margins=(5,))

    assert (row.size, row.unassisted) == (14, 24)


def test_the_table_has_a_row_per_margin():
    assert [(row.margin, row.size) for row in tabulate_plan(400, 12.0, margins=(8, 3))] == [(8, 11), (3, 56)]


@pytest.mark.parametrize("bad", [{"population": 0}, {"margin": 0}, {"spread": float("nan")}, {"gain": 0.5}])
def test_numbers_out_of_range_are_refused(bad):
    with pytest.raises(AllocationError, match="Population"):
        smallest_sample(**{"population": 400, "margin": 5, "spread": 12.0} | bad)


@pytest.mark.parametrize(
    ("population", "margin", "size"), [(20, 3.0, 14), (48, 3.0, 21), (60, 5.0, 12), (400, 5.0, 14)]
)
def test_with_auto_scores_a_small_population_keeps_its_promise(population, margin, size):
    found = smallest_sample(population, margin, 12.0, gain=1.8)

    assert found == size
    assert expected_margin(population, found, 12.0, gain=1.8) <= margin
    assert expected_margin(population, found - 1, 12.0, gain=1.8) > margin
