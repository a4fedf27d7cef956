"""What the transcript hides is silent in the recording, from the first listening on; the page says what it rests on."""

from __future__ import annotations

import io

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.conversations.masked_sound import Muting, describe_muting, muted_parts
from qa_app.conversations.turns import Said, mask_said
from qa_app.models import MutedRange, RoleName, TranscriptSegment
from tests.factories.calls import create_call
from tests.factories.people import create_agent

SPOKEN = (
    ("agent", 0.5, 4.0, "May I have your telephone number, please?"),
    ("customer", 5.0, 15.0, "Yes of course, one moment. It is 13812345678, thank you, and I wait for your call now."),
    ("agent", 16.0, 20.0, "Thank you, that is all."),
)


def loudness(content: bytes, start: float, end: float) -> float:
    """Return the loudest sample of a stretch."""
    sound, rate = soundfile.read(io.BytesIO(content), always_2d=True)
    return float(np.abs(sound[int(start * rate) : int(end * rate)]).max())


def test_a_number_said_in_a_call_is_silent_until_it_is_unmasked(session: Session, sign_in) -> None:
    call = create_call(session, create_agent(session), SPOKEN, seconds=24.0)
    lead = sign_in(RoleName.qa_lead)
    address = f"/recordings/{call.recordings[0].id}"

    page = lead.get(f"/conversations/{call.id}").text
    with lead.get(address) as answer:
        muted = answer.data
    (stretch,) = session.scalars(select(MutedRange)).all()
    lead.post(f"/conversations/{call.id}/unmask")
    with lead.get(address) as answer:
        whole = answer.data

    assert "muted in the sound too, with a margin" in page
    assert stretch.kind == "phone"
    # The number is characters 33 to 43 of 85, so about 8.9 to 10.2 s of the call; two seconds are left on both sides.
    assert 6.5 < stretch.start_seconds < 7.5
    assert 11.5 < stretch.end_seconds < 12.5
    assert loudness(muted, stretch.start_seconds + 0.01, stretch.end_seconds - 0.01) == 0
    assert loudness(muted, 5.2, 6.4) > 0.1
    assert loudness(muted, 13.0, 14.8) > 0.1
    assert loudness(whole, 8.9, 10.2) > 0.1


@pytest.mark.parametrize(
    ("starts", "expected"), [([], Muting.no_transcript), ([None, None], Muting.no_times), ([1.0], Muting.nothing_found)]
)
def test_the_page_says_where_nothing_can_be_muted(session: Session, sign_in, starts, expected) -> None:
    call = create_call(session, create_agent(session), SPOKEN, seconds=25.0)
    call.transcript = [
        TranscriptSegment(sequence=place, speaker="customer", text="hello", start_seconds=start, end_seconds=None)
        for place, start in enumerate(starts)
    ]
    session.commit()

    page = sign_in(RoleName.qa_lead).get(f"/conversations/{call.id}").text

    assert describe_muting(session, call.id) == expected
    assert ("The sound is not muted" in page) == (expected in {Muting.no_transcript, Muting.no_times})


def said(*turns: tuple[float | None, float | None, str]) -> list[Said]:
    """Return turns of a customer."""
    return [Said(place, "customer", "speech", text, None, start, end) for place, (start, end, text) in enumerate(turns)]


@pytest.mark.parametrize(
    ("turns", "expected"),
    [
        # Without an end a turn reaches to the next one, the last one a minute.
        (said((0.0, None, "13812345678"), (4.0, None, "hm"), (9.0, None, "hm")), [(0.0, 4.0, "phone")]),
        (said((10.0, None, "13812345678")), [(10.0, 70.0, "phone")]),
        # An end before the start is none; a turn without a start cannot be placed.
        (said((10.0, 9.0, "13812345678"), (12.0, 13.0, "hm")), [(10.0, 12.0, "phone")]),
        (said((None, None, "13812345678")), []),
        (said((0.0, 5.0, "hello")), []),
    ],
)
def test_odd_times_are_muted_to_the_safe_side(turns, expected) -> None:
    assert muted_parts(turns, mask_said(turns)) == expected


@given(st.lists(st.tuples(st.floats(0, 500), st.text("a 1385@.•呵", max_size=60)), max_size=6))
def test_every_pill_of_a_timed_turn_lies_inside_a_stretch_of_it(given_turns) -> None:
    starts = sorted(start for start, _ in given_turns)
    turns = said(*((start, None, text) for start, (_, text) in zip(starts, given_turns, strict=True)))
    masked = mask_said(turns)

    parts = muted_parts(turns, masked)

    assert len(parts) == sum(len(text.spans) for text in masked)
    assert all(start <= end for start, end, _ in parts)
    assert all(any(one.start_seconds <= start + 0.001 for one in turns) for start, _, _ in parts)
