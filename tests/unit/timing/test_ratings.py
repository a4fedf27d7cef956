"""Survey answers on one scale."""

import pytest

from scoring.errors import SurveyAnswerError
from scoring.timing.ratings import csat_value, nps_value


@pytest.mark.parametrize(
    ("scale", "score", "value"),
    [
        ("stars", "4", 4),
        ("words", " Satisfied", 5),
        ("words", "neutral", 3),
        ("words", "dissatisfied", 1),
        ("yes_no", "yes", 5),
        ("yes_no", "False", 1),
        ("ten", "1", 1),
        ("ten", "10", 5),
        ("ten", "7", 1 + 6 * 4 / 9),
    ],
)
def test_satisfaction_answers_land_on_one_to_five(scale, score, value):
    assert csat_value(scale, score) == pytest.approx(value)


@pytest.mark.parametrize("scale", ["nps", "text"])
def test_other_scales_are_no_satisfaction(scale):
    assert csat_value(scale, "9") is None


@pytest.mark.parametrize(("scale", "score"), [("stars", "6"), ("ten", "nan"), ("words", "ok"), ("smileys", "3")])
def test_answers_outside_the_scale_are_refused(scale, score):
    with pytest.raises(SurveyAnswerError, match="expected"):
        csat_value(scale, score)


def test_recommendation_keeps_its_own_scale():
    assert nps_value("0") == 0
    with pytest.raises(SurveyAnswerError):
        nps_value("11")
