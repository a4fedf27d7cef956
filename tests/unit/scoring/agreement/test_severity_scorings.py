"""What a severity fit accepts, and how records become codes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from scoring.agreement.severity import ScoringRecord, Scorings, fit_severity, scorings_from_records
from scoring.errors import InputError

GOOD = {
    "agent_month": np.array([0, 0, 1]),
    "conversation": np.array([0, 0, 1]),
    "inspector": np.array([0, 1, 1]),
    "score": np.array([80.0, 90.0, 100.0]),
    "queue": np.array([0, 0, 1]),
    "auto": None,
    "inspectors": ("x", "y"),
}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"score": np.array([80.0, 100.5, 90.0])}, "Row 1: score 100.5"),
        ({"score": np.array([80.0, 90.0, np.nan])}, "Row 2: score nan"),
        ({"auto": np.array([0.0, np.nan, 1.0])}, "Row 1: auto nan"),
        ({"auto": np.array([0.0, 1.0])}, r"auto has shape \(2,\) beside 3 scores"),
        ({"queue": np.array([0, 0])}, r"queue has shape \(2,\) beside 3 scores"),
        ({"queue": np.array([0, 0, -1])}, "queue: codes must be whole numbers from 0 on"),
        ({"conversation": np.array([0.0, 0.0, 1.0])}, "conversation: codes must be whole numbers"),
        ({"inspector": np.array([0, 2, 1])}, "Row 1: inspector 2 is unknown; there are 2 names"),
        ({"inspectors": ("x", "x")}, "names of inspectors must differ"),
        ({"agents": ("a",)}, "Row 2: agent 1 is unknown"),
        ({"conversation": np.array([0, 0, 0])}, "conversation 0 is of agent_month"),
        ({"agent": np.array([0, 1, 1])}, "agent_month 0 is of agent"),
    ],
)
def test_bad_rows_are_named(change, message):
    with pytest.raises(InputError, match=message):
        Scorings(**GOOD | change)


@pytest.mark.parametrize("between", [(), ("x0", "x2")])
def test_a_second_scoring_by_the_same_inspector_is_refused(between):
    rows = [ScoringRecord(f"a{i}", "", f"c{i}", f"x{i % 3}", 80.0 + i % 7) for i in range(40)]
    rows += [ScoringRecord("shared", "", f"s{i}", f"x{i}", 81.0) for i in range(3)]
    # The shared agent connects x0, x1, x2; c4 is of x1.
    rows += [ScoringRecord("a4", "", "c4", seat, 70.0) for seat in between]
    rows.append(ScoringRecord("a4", "", "c4", "x1", 90.0))
    scorings = scorings_from_records(rows)

    for seed in range(5):
        order = np.random.default_rng(seed).permutation(len(scorings))
        names = ("agent_month", "agent", "conversation", "inspector", "queue", "score")
        with pytest.raises(InputError, match="was scored twice by 'x1'"):
            fit_severity(replace(scorings, **{name: getattr(scorings, name)[order] for name in names}))


def test_records_are_put_in_order_of_their_ids():
    rows = [
        ScoringRecord("b", "2026-09", "chat 2", "y", 70.0, queue="phone", auto=0.5),
        ScoringRecord("a", "2026-10", "chat 3", "x", 80.0, queue="chat"),
        ScoringRecord("a", "2026-09", "chat 1", "y", 90.0, queue="phone", auto=-0.5),
    ]

    scorings = scorings_from_records(rows)

    assert scorings.agents == ("a", "b")
    assert scorings.inspectors == ("x", "y")
    assert scorings.agent.tolist() == [0, 0, 1]
    assert scorings.agent_month.tolist() == [0, 1, 2]
    assert scorings.conversation.tolist() == [0, 2, 1]
    assert scorings.score.tolist() == [90.0, 80.0, 70.0]
    assert scorings.queue.tolist() == [1, 0, 1]
    # A missing automatic score counts as the mean of its agent-month.
    assert scorings.auto.tolist() == [-0.5, 0.0, 0.5]


def test_without_any_automatic_score_there_is_no_column():
    assert scorings_from_records([ScoringRecord("a", "", "c", "x", 80.0)]).auto is None
