"""Names and addresses that a source marks: hidden wherever they are said, in full or in part."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.language.masking import PILL, Mark, PersonalData, mask_personal_data

MARA = Mark(PersonalData.name, "Mara Lindqvist-Öberg")
WANG = Mark(PersonalData.name, "王小明")
HOME = Mark(PersonalData.address, "14 Quarry Lane, Flat 3, Ashford")
STREET = Mark(PersonalData.address, "上海市浦东新区锦绣路88号3单元502室")


@pytest.mark.parametrize(
    ("mark", "said", "shown"),
    [
        (MARA, "Hello, this is mara lindqvist-öberg.", "Hello, this is ••••."),
        (MARA, "MARA here", "•••• here"),
        (MARA, "Maranatha is a word, and so is samara", "Maranatha is a word, and so is samara"),
        (Mark(PersonalData.name, "Mr Bo Ek"), "Mr Smith, Bo Ek called", "Mr Smith, •••• called"),
        (WANG, "我叫王小明，您好", "我叫••••，您好"),
        (WANG, "王先生，小明到了", "••••，••••到了"),
        (WANG, "国王与明天", "国王与明天"),
        (HOME, "I live at 14 quarry lane,  flat 3 ashford", "I live at ••••"),
        (HOME, "deliver to 14 Quarry Lane please", "deliver to •••• please"),
        (HOME, "Ashford is a nice town, 3 of them", "Ashford is a nice town, 3 of them"),
        (STREET, "寄到锦绣路88号3单元502室", "寄到••••"),
        (STREET, "上海市很大", "上海市很大"),
        (Mark(PersonalData.email, "C-10432"), "customer c-10432 rang", "customer •••• rang"),
    ],
)
def test_what_is_marked_is_hidden_and_what_only_looks_like_it_stays(mark, said, shown):
    assert mask_personal_data(said, marks=[mark]).text == shown


def test_a_pill_is_named_after_its_mark():
    masked = mask_personal_data("Mara, 14 Quarry Lane, 13812345678", marks=[MARA, HOME])

    assert masked.text == "••••, ••••, ••••"
    assert [span.kind for span in masked.spans] == [PersonalData.name, PersonalData.address, PersonalData.phone]


def test_a_mark_that_reaches_into_a_number_hides_both():
    masked = mask_personal_data("flat 13812345678 b", marks=[Mark(PersonalData.address, "Flat 138 12345678 B")])
    joined = mask_personal_data("Quarry 13812345678", marks=[Mark(PersonalData.address, "Quarry 13812345678")])

    assert masked.text == "flat •••• b"
    assert joined.text == "••••"


@given(st.lists(st.text(max_size=12), max_size=4), st.text(max_size=40))
def test_no_mark_can_break_masking(marked, said):
    """Whatever is marked, what stands outside the pills is the original."""
    masked = mask_personal_data(said, marks=[Mark(PersonalData.name, text) for text in marked])

    outside, read = [], 0
    for span in masked.spans:
        assert masked.text[span.start : span.end] == PILL
        outside.append(said[read : span.original_start])
        read = span.original_end
    assert PILL.join([*outside, said[read:]]) == masked.text
