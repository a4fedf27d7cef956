"""What one conversation is that was scored more than once."""

import pytest

from qa_app.models import ruled_critical, settle_critical


@pytest.mark.parametrize(
    ("verdicts", "rulings", "is_critical"),
    [
        ([True], [None], True),
        ([True, True], [None, False], True),
        ([True, False], [None, None], False),
        ([False, True], [None, True], True),
        ([False, True], [False, True], False),
    ],
)
def test_a_ruling_holds_where_inspectors_disagree(verdicts, rulings, is_critical) -> None:
    assert settle_critical(iter(verdicts), iter(rulings)) is is_critical


def test_a_ruling_about_something_else_says_nothing() -> None:
    assert ruled_critical(None) is None
    assert ruled_critical({"instruction": "Score the first half."}) is None
    assert ruled_critical({"is_critical": False}) is False
