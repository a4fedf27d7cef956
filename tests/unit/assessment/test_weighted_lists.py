"""Lists of criteria after a draw by risk: what was looked for is not what happens that often."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_app.assessment.inputs import AnswerRecord, CriterionRecord, InspectionRecord, RubricRecord
from qa_app.assessment.reduce import count_alike, count_by_chance, count_failures, score_conversations
from scoring.assessment.patterns import Failures, find_patterns
from scoring.errors import CountError
from scoring.estimates.tally import Tally
from scoring.rubric.definition import Text
from scoring.sampling.chances import weigh_by_risk
from scoring.sampling.draw import draw_sample
from scoring.sampling.frame import freeze_frame

MONTH = "2026-10"
RUBRIC = RubricRecord(
    key="service@1", code="service", version=1, title=Text(en="Service"),
    criteria=(CriterionRecord(code="closing", title=Text(en="Closing"), weight=10.0),),
)  # fmt: skip
AGENTS, FRAME, DRAWN = 60, 60, 8


def inspection(agent: str, name: str, *, fails: bool, weight: float = 1.0, month: str = MONTH) -> InspectionRecord:
    """One inspection in which one criterion applied."""
    lost = (AnswerRecord(criterion="closing", lost=10.0),) if fails else ()
    return InspectionRecord(
        id=name, agent=agent, month=month, conversation=name, quality=90.0 if fails else 100.0,
        score=90.0 if fails else 100.0, is_critical=False, rubric="service@1", applied=("closing",), answers=lost,
        weight=weight,
    )  # fmt: skip


def count(records, weight_of=count_by_chance):
    return count_failures(score_conversations(records), [RUBRIC], MONTH, weight_of=weight_of)


def draw_by_risk(seed: int):
    """Inspections of a centre whose signs of trouble mostly tell where points are lost, and the true shares."""
    generator = np.random.default_rng(seed)
    records, truth = [], {}
    for number in range(AGENTS):
        agent = f"a{number:02}"
        fails = generator.random(FRAME) < generator.beta(6, 18)
        risks = np.where(fails, generator.random(FRAME) < 0.9, generator.random(FRAME) < 0.1).astype(float)
        ids = [f"{agent}:{place:02}" for place in range(FRAME)]
        frame = freeze_frame(ids, [agent] * FRAME, weigh_by_risk(risks.tolist(), [agent] * FRAME))
        draw = draw_sample(frame, hashlib.sha256(f"{seed}".encode()).digest(), "plan", {agent: DRAWN})
        for taken in draw.taken(agent):
            weight = DRAWN / FRAME / draw.chance_of(taken)
            records.append(inspection(agent, taken, fails=bool(fails[ids.index(taken)]), weight=weight))
        truth[agent] = float(fails.mean())
    return records, truth


def bias(failures, truth) -> float:
    """Mean of the shares less the true ones, percent."""
    return 100 * float(np.mean([row.k / row.n - truth[row.agent] for row in failures]))


def test_shares_of_a_draw_by_risk_are_those_of_all_conversations():
    centres = [draw_by_risk(seed) for seed in range(8)]

    plain = np.mean([bias(count(records, count_alike), truth) for records, truth in centres])
    weighted = np.mean([bias(count(records), truth) for records, truth in centres])

    assert plain > 20
    assert abs(weighted) < 6


def test_the_share_said_of_the_centre_is_that_of_all_conversations():
    centres = [draw_by_risk(seed) for seed in range(8)]

    found = [find_patterns(count(records)).criteria[0].share for records, _ in centres]
    true = [np.mean(list(truth.values())) for _, truth in centres]

    assert abs(np.mean(found) - np.mean(true)) < 0.06


def test_a_sheet_says_what_was_seen_and_estimates_what_it_stands_for():
    weights = [0.4, 0.4, 0.4, 0.4, 1.5, 1.5, 1.5, 1.5]
    records = [inspection("a", f"c{i}", fails=weight < 1, weight=weight) for i, weight in enumerate(weights)]

    found = count(records)[0]

    # (Σw)²/Σw² = 7.6²/9.64 = 5.99; 1.6/7.6 of it failed.
    assert (found.k, found.n) == pytest.approx((1.2614, 5.9917), abs=1e-4)
    assert found.conversations == (4, 8)


@given(st.lists(st.booleans(), min_size=1, max_size=40), st.sampled_from([1.0, 0.5, 3.0]))
def test_equal_weights_count_as_seen(fails, weight):
    records = [inspection("a", f"c{i:02}", fails=one, weight=weight) for i, one in enumerate(fails)]

    assert count(records) == count(records, count_alike)
    assert (count(records)[0].k, count(records)[0].n) == (sum(fails), len(fails))


@given(st.lists(st.tuples(st.floats(0.5, 20), st.booleans()), max_size=30))
def test_weights_never_count_more_than_was_seen(rows):
    tally = Tally()
    for weight, has_failed in rows:
        tally.add(weight, has_failed=has_failed)

    k, n = tally.counts()

    assert 0 <= k <= n <= tally.seen == len(rows)
    assert (n == 0) == (not rows)


def centre(share, n=20, agents=30):
    return [Failures(f"a{j:02}", "closing", round(n * share * (0.4 + 1.2 * (j % 2))), n, 10.0) for j in range(agents)]


def test_a_failure_that_was_looked_for_is_a_failure_all_the_same():
    spotless = Failures("clean", "closing", 0, 10, 10.0, seen=(0, 14))
    found = find_patterns([*centre(0.15), spotless, replace(spotless, agent="found", seen=(1, 14))])

    assert "clean" in {entry.agent for entry in found.praise}
    assert "found" not in {entry.agent for entry in found.praise}


def test_one_failure_that_stands_for_many_is_no_pattern():
    often = Failures("weak", "closing", 6, 6, 10.0, seen=(6, 9))
    found = find_patterns([*centre(0.1), often, replace(often, agent="once", seen=(1, 9))])

    assert [entry.agent for entry in found.improvement] == ["weak"]
    assert found.improvement[0].seen == (6, 9)
    assert (found.improvement[0].estimate.n, found.improvement[0].estimate.effective_n) == (9, 6.0)


def test_counts_as_seen_are_checked_as_well():
    with pytest.raises(CountError, match="5 of 4"):
        Failures("a", "closing", 1, 4, 10.0, seen=(5, 4))


def test_a_failure_that_weighs_little_is_not_none_at_all():
    records = [inspection("a", f"c{i}", fails=i == 0, weight=0.3 if i == 0 else 1.2) for i in range(8)]

    found = count(records)[0]

    assert 0 < found.k < 0.5
    assert found.conversations == (1, 8)
