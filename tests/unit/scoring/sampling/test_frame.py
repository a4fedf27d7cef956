import pytest

from scoring.errors import FrameError
from scoring.sampling.frame import freeze_frame, has_control_character, read_frame


def test_the_order_of_the_input_does_not_matter():
    one = freeze_frame(["b", "a", "ab"], ["x", "y", "x"])
    other = freeze_frame(["ab", "b", "a"], ["x", "x", "y"])

    assert one.text == other.text
    assert one.ids == ("a", "ab", "b")
    assert one.count_by_stratum() == {"x": 2, "y": 1}


def test_a_frozen_frame_reads_back_as_it_was():
    frozen = freeze_frame(["s:2", "s:1", "表:𠮷"], ["甲", "乙", "甲"])

    again = read_frame(frozen.text)

    assert (again.ids, again.strata, again.codes.tolist()) == (frozen.ids, frozen.strata, frozen.codes.tolist())
    assert again.digest == frozen.digest


def test_rare_characters_sort_by_their_bytes():
    # As UTF-16 the second would come first: a surrogate (0xD842) is below 0xFF5E.
    assert freeze_frame(["𠮷", "～"], ["x", "x"]).ids == ("～", "𠮷")


@pytest.mark.parametrize(
    ("ids", "strata", "message"),
    [
        (["a"], [], "1 ids with 0 strata"),
        (["a", "a"], ["x", "y"], "'a' stands twice"),
        (["a\x1fb"], ["x"], "control character"),
        (["a\x85b"], ["x"], "control character"),
        (["a"], ["x\n"], "control character"),
        ([""], ["x"], "empty"),
        ([], [], "no conversation is eligible"),
        (["\ud800"], ["x"], "UTF-8"),
    ],
)
def test_what_cannot_be_frozen_is_refused_by_name(ids, strata, message):
    with pytest.raises(FrameError, match=message):
        freeze_frame(ids, strata)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"", "empty"),
        (b"\xff\x1fx\x1f1.0", "not UTF-8 at byte 0"),
        (b"a\x1fx", "2 fields in 1 lines"),
        (b"a\x1fx\x1f1.0\n", "fields"),
        (b"a\x1fx\x1f1.0\nb\x1fx", "fields"),
        (b"a\x1fx\x1f2", "'2'"),
        (b"a\x1fx\x1f1e3", "'1e3'"),
        (b"a\x1fx\x1f0.0", "'0.0'"),
        (b"a\x1fx\x1finf", "'inf'"),
        (b"a\x1fx\x1fnan", "'nan'"),
        (b"a\x1fx\x1fone", "no number"),
        (b"b\x1fx\x1f1.0\na\x1fx\x1f1.0", "stands before 'a'"),
    ],
)
def test_a_frame_that_is_not_canonical_is_refused(text, message):
    with pytest.raises(FrameError, match=message):
        read_frame(text)


def test_control_characters_are_told_apart_from_odd_letters():
    assert has_control_character("a\tb")
    assert not has_control_character("a b　\u200d骉")
