import hmac

import pytest

from scoring.errors import DrawError
from scoring.sampling.draw import commit_to_seed, draw_numbers, draw_sample
from scoring.sampling.frame import freeze_frame

KEY = bytes(32)


@pytest.fixture
def frame():
    return freeze_frame([f"s:{n}" for n in range(12)], ["x", "y", "z"] * 4)


def test_numbers_are_plain_hmac_also_beyond_one_chunk():
    ids = [f"s:{n}" for n in range(100_003)]

    numbers = draw_numbers(KEY, "p", ids)

    for at in (0, 99_999, 100_000, 100_002):
        digest = hmac.digest(KEY, b"p\x1f" + ids[at].encode(), "sha256")
        assert int(numbers[at]) == int.from_bytes(digest[:8], "big") >> 11


def test_equal_numbers_are_ordered_by_id(frame, monkeypatch):
    monkeypatch.setattr("scoring.sampling.draw.draw_numbers", lambda key, plan, ids: 0 * draw_numbers(key, plan, ids))

    draw = draw_sample(frame, KEY, "p", {})

    assert draw.ordered_ids("x") == ("s:0", "s:3", "s:6", "s:9")


def test_rank_and_number_of_one_conversation_fit_the_order(frame):
    draw = draw_sample(frame, KEY, "p", {"x": 2})

    for stratum in frame.strata:
        for rank, name in enumerate(draw.ordered_ids(stratum), start=1):
            assert draw.rank_of(name) == rank
            assert draw.number_of(name) == draw_numbers(KEY, "p", [name])[0]
    assert draw.rank_of("s:99") is None
    assert draw.number_of("s:99") is None


def test_replacements_follow_the_order_until_the_reserve_is_used_up(frame):
    draw = draw_sample(frame, KEY, "p", {"x": 2})

    order = draw.ordered_ids("x")

    assert draw.taken("x") == order[:2]
    assert [draw.replacement("x", made) for made in range(3)] == [order[2], order[3], None]
    assert draw.taken("y") == ()


def test_more_than_there_is_cannot_be_drawn(frame):
    with pytest.raises(DrawError, match="'x' has 4 conversations; 5"):
        draw_sample(frame, KEY, "p", {"x": 5})
    with pytest.raises(DrawError, match="'nobody' is not in the frame"):
        draw_sample(frame, KEY, "p", {"nobody": 1})


def test_a_short_seed_is_refused():
    with pytest.raises(DrawError, match="31 bytes"):
        commit_to_seed(bytes(31))
