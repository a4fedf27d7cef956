"""Points for signs of trouble."""

from __future__ import annotations

import pytest

from qa_app.sampling.design import Chances, Design, RiskSigns
from qa_app.sampling.risk import count_risk

SIGNS = RiskSigns()


@pytest.mark.parametrize(
    ("facts", "risk"),
    [
        ((None, None, None, None, None), 0),
        ((3.0, [10.0], 0.0, True, 0), 0),
        ((2.0, [], None, True, None), 4),
        ((None, [5.0, 180.1], None, None, None), 2),
        ((None, [180.0], 180.0, None, None), 0),
        ((None, None, 200.0, None, None), 2),
        ((None, None, None, False, None), 2),
        ((None, None, None, None, 3), 1),
        ((1.0, [999.0], None, False, 1), 9),
    ],
)
def test_points_are_added_for_what_is_known(facts, risk):
    assert count_risk(SIGNS, facts) == risk


def test_a_plan_reads_back_as_it_was_written():
    design = Design(chances=Chances.risk, signs=RiskSigns(low_rating=7.0), even_share=0.3)

    assert Design.from_json(design.to_json()) == design


def test_plans_from_before_there_was_a_choice_are_equal():
    assert Design.from_json({"strata": "agent", "size": 5}).chances is Chances.equal
