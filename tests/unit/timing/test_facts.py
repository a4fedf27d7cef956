"""Packed facts of conversations: what goes in comes out, and the text suits every database."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.errors import InputError
from scoring.timing.facts import PACKED_LENGTH, case_number, pack_facts, unpack_facts

OPENED = datetime(2026, 11, 17, 10, 0, 0, 123_457, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
MOMENTS = st.none() | st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
# Whole microseconds, up to the 31 years an import record allows.
SECONDS = st.none() | st.integers(0, 10**15).map(lambda number: number / 1e6)
CONVERSATIONS = st.fixed_dictionaries(
    {
        "opened_at": MOMENTS,
        "first_response_at": MOMENTS,
        "first_response_seconds": SECONDS,
        "handle_seconds": st.none() | st.floats(0, 1e9),
        "answered": st.booleans() | st.none(),
        "first_response_target_met": st.booleans() | st.none(),
        "csat": st.none() | st.floats(1, 5),
        "survey_count": st.none() | st.integers(0, 5),
        "case": st.integers(0, 2**56 - 1),
    }
)


def packed(**values):
    nothing = dict.fromkeys(
        ("opened_at", "first_response_at", "first_response_seconds", "handle_seconds", "answered",
         "first_response_target_met", "csat", "survey_count")
    )  # fmt: skip
    return pack_facts(**{**nothing, "case": 0, **values})


def as_float(value):
    return float("nan") if value is None else float(value)


def done_at(values):
    opened, responded, waited = (values[k] for k in ("opened_at", "first_response_at", "first_response_seconds"))
    if opened is None:
        return None
    if responded is not None:
        return responded
    return waited if waited is None else opened + timedelta(seconds=waited)


@given(st.lists(CONVERSATIONS, max_size=5))
def test_what_is_packed_is_read_back(conversations):
    facts = unpack_facts("".join(pack_facts(**values) for values in conversations))

    def equals(column, expected):
        np.testing.assert_array_equal(column, np.array([as_float(value) for value in expected]))

    equals(facts.opened, [values["opened_at"] and values["opened_at"].timestamp() for values in conversations])
    done = [as_float((at := done_at(values)) and at.timestamp()) for values in conversations]
    # To the microsecond: moments that far apart do not add up to the last bit.
    np.testing.assert_allclose(facts.done, np.array(done, dtype=float), rtol=0, atol=1.5e-6)
    equals(facts.handled, [values["handle_seconds"] for values in conversations])
    equals(facts.own_verdict, [values["first_response_target_met"] for values in conversations])
    assert facts.case.tolist() == [values["case"] for values in conversations]
    assert facts.answered.tolist() == [bool(values["answered"]) for values in conversations]
    assert facts.asked.tolist() == [bool(values["survey_count"]) for values in conversations]
    assert facts.rated.tolist() == [values["csat"] is not None for values in conversations]
    assert facts.satisfied.tolist() == [(values["csat"] or 0) >= 4 for values in conversations]


@given(CONVERSATIONS)
def test_text_holds_nothing_that_a_database_could_stumble_over(values):
    text = pack_facts(**values)

    assert len(text) == PACKED_LENGTH
    assert all("0" <= letter <= "o" for letter in text)


def test_response_before_the_opening_stays_before_it():
    early = OPENED - timedelta(hours=3, microseconds=1)

    facts = unpack_facts(packed(opened_at=OPENED, first_response_at=early))

    assert facts.done[0] == early.timestamp()


def test_seconds_beyond_all_sense_stay_long():
    facts = unpack_facts(packed(opened_at=OPENED, first_response_seconds=1e300, handle_seconds=1e300))

    assert facts.done[0] > OPENED.timestamp() + 1e10
    assert facts.handled[0] == 1e300


def test_case_is_told_by_channel_priority_and_topic():
    words = [("chat", "", "refund"), ("chat", "high", "refund"), ("phone", "", "refund"), ("chat", "", "骉")]

    assert len({case_number(*case) for case in words}) == len(words)
    assert case_number("chat", None, None) == case_number("chat", "", "")
    # Stored in tables: it must never change.
    assert case_number("chat", "high", "refund") == 0xD3_D6F7_4207_26E9


@pytest.mark.parametrize("text", ["0" * (PACKED_LENGTH - 1), "0" * PACKED_LENGTH + "!", "é" * PACKED_LENGTH])
def test_anything_else_is_refused(text):
    with pytest.raises(InputError):
        unpack_facts(text)


def test_nothing_is_no_conversation():
    assert unpack_facts("").opened.size == 0
