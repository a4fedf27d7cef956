"""Masking of personal data: what is hidden, what stays, and where offsets lead."""

import csv

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.language.masking import PILL, PersonalData, mask_personal_data


@pytest.mark.parametrize(
    ("said", "shown", "kind"),
    [
        ("电话13812345678好", "电话••••好", PersonalData.phone),
        ("请拨 138 1234 5678。", "请拨 ••••。", PersonalData.phone),
        ("+86 138-1234-5678", "••••", PersonalData.phone),
        ("010-62345678 转人工", "•••• 转人工", PersonalData.phone),
        ("call (415) 555-2671 now", "call •••• now", PersonalData.phone),
        ("１３８１２３４５６７８", "••••", PersonalData.phone),
        ("身份证11010519491231002X谢谢", "身份证••••谢谢", PersonalData.id_card),
        ("4111-1111-1111-1111 please", "•••• please", PersonalData.bank_card),
        ("it is 9632 1245 9856 3256", "it is ••••", PersonalData.bank_card),
        ("my ssn is 5960", "my ssn is ••••", PersonalData.id_card),
        ("卡号 6222020000000001", "卡号 ••••", PersonalData.bank_card),
        ("it is one two three, four five six, seven eight nine zero.", "it is ••••.", PersonalData.phone),
        ("Card number is four one one one double two oh", "Card number is ••••", PersonalData.bank_card),
        ("我的手机是幺三八 一二三四 五六七八，谢谢", "我的手机是••••，谢谢", PersonalData.phone),
        ("write to a.b+c@example.com.", "write to ••••.", PersonalData.email),
    ],
)
def test_personal_data_becomes_a_pill(said, shown, kind):
    masked = mask_personal_data(said)

    assert masked.text == shown
    assert [span.kind for span in masked.spans] == [kind]


@pytest.mark.parametrize(
    "said",
    [
        "订单 20240501143012 与 LH-88271",
        "order 1234567890, 12,345,678.90 yuan",
        "on 2024-05-01 14:30 or 2024-05-0114:30",
        "my phone broke in 2019",
        "PO13812345678",
        "no digits at all",
        "one or two of the three, four at most",
        "一二三四五，上山打老虎",
        "",
    ],
)
def test_orders_dates_and_prices_stay(said):
    assert mask_personal_data(said).text == said


def test_every_find_of_a_text_has_its_own_pill():
    masked = mask_personal_data("call 13812345678 or mail a@example.com")

    assert masked.text == "call •••• or mail ••••"
    assert [(span.start, span.end) for span in masked.spans] == [(5, 9), (18, 22)]


def test_offsets_lead_back_to_the_original():
    said = "call 13812345678 or mail a@example.com soon"
    masked = mask_personal_data(said)

    assert masked.to_original(0) == 0
    assert masked.to_original(masked.text.index("or")) == said.index("or")
    assert masked.to_original(masked.text.index("soon")) == said.index("soon")
    assert masked.to_original(len(masked.text)) == len(said)
    assert masked.to_original(7) == said.index("138")


@settings(deadline=None)
@given(st.text(alphabet="13859 -+@.aX卡号电话０１８", max_size=60))
def test_masking_any_text_keeps_what_is_outside_pills(said):
    masked = mask_personal_data(said)

    for span in masked.spans:
        assert masked.text[span.start : span.end] == PILL
    ends = [(0, 0), *((span.end, span.original_end) for span in masked.spans)]
    starts = [(span.start, span.original_start) for span in masked.spans] + [(len(masked.text), len(said))]
    for (end, original_end), (start, original_start) in zip(ends, starts, strict=True):
        assert masked.text[end:start] == said[original_end:original_start]


def test_crowd_written_sentences_are_masked_with_few_mistakes(data_dir):
    wanted = {"phone_number", "phonenumber"}
    hidden = labelled = wrong = 0
    for path in sorted((data_dir / "multidogo_pii").glob("*.tsv")):
        with path.open(newline="", encoding="utf-8") as file:
            for row in csv.DictReader(file, delimiter="\t"):
                labels = set(row["slot-labels"].split())
                has_phone = any(s.kind is PersonalData.phone for s in mask_personal_data(row["utterance"]).spans)
                labelled += bool(labels & wanted)
                hidden += bool(labels & wanted) and has_phone
                wrong += has_phone and labels <= {"O"}

    # The invented numbers are often of no numbering plan; those without a word that announces them stay.
    assert hidden / labelled > 0.7
    assert wrong <= 5
