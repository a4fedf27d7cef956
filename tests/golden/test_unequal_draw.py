"""Estimates from draws with unequal chances, against published tables, and a risk-weighted draw byte by byte.

Sources: R package survey, T. Lumley, vignette "Describing PPS designs to R", section 0.1 (totals of `election_pps` and
Brewer's standard errors); T. Lumley, *Complex Surveys* (2010), chapter 2 (means of `api00` in `apisrs`, `apistrat`).
"""

from __future__ import annotations

import csv
from collections import defaultdict

import numpy as np
import pytest

from scoring.estimates.hajek import StratumMean, combine_strata, estimate_hajek
from scoring.sampling.chances import inclusion_probabilities, weigh_by_risk
from scoring.sampling.draw import derive_key, draw_sample
from scoring.sampling.frame import freeze_frame

# Published: total, Brewer's standard error.
ELECTION = {"Bush": (64518472, 2447629), "Kerry": (51202102, 2450787), "Nader": (478530, 102420)}


def read(path):
    with path.open(encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


@pytest.mark.parametrize("candidate", ELECTION)
def test_the_hajek_mean_is_the_published_total_over_the_sum_of_weights(data_dir, candidate):
    rows = read(data_dir.parent / "stats_data" / "election_pps.csv")
    votes, chances = [float(row[candidate]) for row in rows], [float(row["p"]) for row in rows]
    weights = sum(1 / chance for chance in chances)

    estimate = estimate_hajek(votes, chances)

    assert estimate.mean * weights == pytest.approx(ELECTION[candidate][0], abs=1)


@pytest.mark.parametrize("candidate", ELECTION)
def test_the_variance_of_a_total_is_brewers_within_one_percent(data_dir, candidate):
    """The same formula with y in place of y − ȳ estimates the error of the total, which the vignette prints."""
    rows = read(data_dir.parent / "stats_data" / "election_pps.csv")
    votes, chances = (np.array([float(row[name]) for row in rows]) for name in (candidate, "p"))
    weights = 1 / chances
    c = (1 - chances) * len(votes) / (len(votes) - 1)
    expanded = votes * weights
    total_error = np.sqrt((c * (expanded - (c * expanded).sum() / c.sum()) ** 2).sum())

    assert total_error == pytest.approx(ELECTION[candidate][1], rel=0.01)

    deviations = (votes - estimate_hajek(votes, chances).mean) * weights / weights.sum()
    by_hand = sum(c_i * (e_i - np.average(deviations, weights=c)) ** 2 for c_i, e_i in zip(c, deviations, strict=True))
    assert estimate_hajek(votes, chances).variance == pytest.approx(by_hand)


def test_a_simple_random_sample_has_the_published_mean_and_error(data_dir):
    rows = read(data_dir.parent / "stats_data" / "apisrs.csv")

    estimate = estimate_hajek([float(row["api00"]) for row in rows], [200 / float(row["fpc"]) for row in rows])

    assert round(estimate.mean, 2) == 656.58  # 656.585 printed by R with even rounding
    assert round(estimate.variance**0.5, 4) == 9.2497
    assert estimate.effective_n == pytest.approx(200)


def test_a_stratified_sample_has_the_published_mean_and_error(data_dir):
    strata = defaultdict(list)
    for row in read(data_dir.parent / "stats_data" / "apistrat.csv"):
        strata[row["stype"], int(float(row["fpc"]))].append(float(row["api00"]))

    parts = []
    for (_, population), scores in strata.items():
        one = estimate_hajek(scores, [len(scores) / population] * len(scores))
        parts.append(StratumMean(population, one.mean, one.variance))
    whole = combine_strata(parts)

    assert round(whole.mean, 2) == 662.29
    assert round(whole.variance**0.5, 4) == 9.4089
    assert whole.population == 6194


def test_a_risk_weighted_frame_has_these_bytes_and_this_order():
    """Figures from the text of methods.md section 1, by a separate script that imports hashlib, hmac and math."""
    ids, strata = ["c:1", "c:2", "c:3", "c:4", "d:1"], ["A", "A", "A", "A", "B"]
    frame = freeze_frame(ids, strata, weigh_by_risk([0.0, 1.0, 0.0, 4.0, 0.0], strata))

    assert frame.text.decode().replace("\x1f", "|").split("\n") == [
        "c:1|A|0.125",
        "c:2|A|0.225",
        "c:3|A|0.125",
        "c:4|A|0.525",
        "d:1|B|1.0",
    ]
    assert inclusion_probabilities(frame.sizes[:4], 2) == pytest.approx([5 / 19, 9 / 19, 5 / 19, 1.0])

    key = derive_key(bytes(range(32)), frame.digest)
    drawn = draw_sample(frame, key, "d-2026-10", {"A": 2, "B": 1})
    assert drawn.ordered_ids("A") == ("c:4", "c:1", "c:2", "c:3")  # c:4 is certain, though its number is the largest
    assert drawn.order_digest().hex() == "88319828d50ca5d87a2dd9bab545af21310fd74d4ac05aa77af4a6fd327d42ee"
