from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.errors import AllocationError
from scoring.sampling.allocate import Allocation, allocate_per_stratum, allocate_total


def test_equal_per_stratum_takes_all_where_there_is_less():
    assert allocate_per_stratum({"a": 3, "b": 40, "c": 0}, 5) == {"a": 3, "b": 5, "c": 0}


@given(
    populations=st.lists(st.integers(1, 6), min_size=2, max_size=3),
    spreads=st.lists(st.sampled_from([1.0, 2.5, 7.0]), min_size=3, max_size=3),
    total=st.integers(3, 14),
)
def test_no_other_allocation_has_a_smaller_variance(populations, spreads, total):
    strata = dict(zip("abc", populations, strict=False))
    spread = dict(zip("abc", spreads, strict=True))

    sizes = allocate_total(strata, total, method=Allocation.optimum, minimum=1, spreads=spread)

    def variance(candidate):
        return sum((strata[s] * spread[s]) ** 2 / n for s, n in zip(strata, candidate, strict=True))

    reachable = min(total, sum(populations))
    candidates = [c for c in product(*(range(1, n + 1) for n in populations)) if sum(c) == reachable]
    assert sum(sizes.values()) == reachable
    assert variance(sizes.values()) == pytest.approx(min(map(variance, candidates)))


def test_the_methods_differ_as_their_names_say():
    populations = {"big": 900, "small": 100}

    def sizes(method):
        return allocate_total(populations, 40, method=method, minimum=1)

    assert sizes(Allocation.equal) == {"big": 20, "small": 20}
    assert sizes(Allocation.proportional) == {"big": 36, "small": 4}
    assert sizes(Allocation.power) == {"big": 30, "small": 10}
    assert sizes(Allocation.optimum) == sizes(Allocation.proportional)


def test_a_stratum_that_varies_more_gets_more_of_the_optimum():
    sizes = allocate_total(
        {"a": 100, "b": 100}, 40, method=Allocation.optimum, minimum=1, spreads={"a": 15.0, "b": 5.0}
    )

    assert sizes == {"a": 30, "b": 10}


def test_what_the_strata_cannot_give_stays_unspent():
    assert allocate_total({"a": 2, "b": 3}, 50, method=Allocation.equal) == {"a": 2, "b": 3}


def test_the_minimum_comes_first():
    assert allocate_total({"a": 1000, "b": 10}, 12, method=Allocation.proportional) == {"a": 8, "b": 4}
    with pytest.raises(AllocationError, match="7 samples cannot give at least 4"):
        allocate_total({"a": 1000, "b": 10}, 7, method=Allocation.proportional)


def test_the_result_does_not_depend_on_the_order_of_the_strata():
    strata = dict.fromkeys("abcdefg", 50)
    backwards = dict(reversed(strata.items()))

    assert allocate_total(strata, 31, method=Allocation.power) == allocate_total(backwards, 31, method=Allocation.power)


def test_impossible_numbers_are_refused():
    with pytest.raises(AllocationError, match="'a' has -1"):
        allocate_per_stratum({"a": -1}, 5)
    with pytest.raises(AllocationError, match="0 samples per stratum"):
        allocate_per_stratum({"a": 1}, 0)
    with pytest.raises(AllocationError, match="spread"):
        allocate_total({"a": 9}, 5, method=Allocation.optimum, spreads={"a": 0.0})
