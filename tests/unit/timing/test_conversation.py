"""Timing of one conversation: the definitions of first response, gaps, handle time and answering agent."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from scoring.timing.conversation import GivenTiming, derive_timing

START = datetime(2026, 11, 17, 14, 2, 11, tzinfo=UTC)


@dataclass(frozen=True)
class Line:
    speaker: str
    second: float | None
    author_id: str | None = None
    kind: str = "message"
    scripted: bool | None = None

    @property
    def sent_at(self):
        return None if self.second is None else START + timedelta(seconds=self.second)


def timing_of(*lines, **given):
    return derive_timing(lines, GivenTiming(channel="chat", **given))


def test_first_response_runs_from_first_customer_message():
    timing = timing_of(Line("agent", 0), Line("customer", 10), Line("customer", 20), Line("agent", 33))

    assert timing.first_response_seconds == 23
    assert timing.first_response_at == START + timedelta(seconds=33)


def test_notes_drafts_and_bots_are_no_replies():
    timing = timing_of(
        Line("customer", 0),
        Line("agent", 1, kind="note"),
        Line("agent", 2, kind="draft"),
        Line("agent", 3, kind="automatic"),
        Line("bot", 4),
        Line("agent", 60),
    )

    assert timing.first_response_seconds == 60
    assert timing.agent_messages == 1


def test_gap_starts_at_first_of_several_customer_messages():
    timing = timing_of(
        Line("customer", 0), Line("agent", 5), Line("agent", 6), Line("customer", 10), Line("customer", 40),
        Line("agent", 50),
    )  # fmt: skip

    assert timing.response_gaps == (5, 40)


def test_unanswered_chat_has_no_response_and_belongs_to_assigned_agent():
    timing = timing_of(Line("customer", 0), Line("customer", 9), agent_id="A1")

    assert timing.first_response_seconds is None
    assert timing.answered is False
    assert timing.answering_agent_id == "A1"
    assert timing.handle_seconds == 9
    assert timing.customer_messages == 2


def test_agent_with_most_replies_answers():
    timing = timing_of(
        Line("customer", 0), Line("agent", 1, "A1"), Line("agent", 2, "A2"), Line("agent", 3, "A2"), agent_id="A1"
    )

    assert timing.answering_agent_id == "A2"
    assert timing.transfer_count == 1
    assert timing_of().transfer_count is None
    assert timing_of(transfer_count=3).transfer_count == 3


@pytest.mark.parametrize(("order", "last"), [("A1 A2 A1 A2", "A2"), ("A2 A1 A1 A2", "A2"), ("A1 A2 A2 A1", "A1")])
def test_on_a_tie_the_last_agent_answers(order, last):
    timing = timing_of(*(Line("agent", second, author) for second, author in enumerate(order.split())))

    assert timing.answering_agent_id == last


def test_replies_without_author_count_for_assigned_agent():
    timing = timing_of(Line("agent", 0), Line("agent", 1), Line("agent", 2, "A2"), agent_id="A1")

    assert timing.answering_agent_id == "A1"


def test_handle_time_given_goes_before_parts_and_span():
    chat = [Line("customer", 0), Line("agent", 100)]

    assert timing_of(*chat, handle_seconds=7.0, talk_seconds=3.0).handle_seconds == 7
    assert timing_of(*chat, talk_seconds=3.0, hold_seconds=2.0).handle_seconds == 5
    assert timing_of(*chat).handle_seconds == 100
    assert timing_of(*chat, last_event_at=START + timedelta(seconds=130)).handle_seconds == 130
    assert derive_timing(chat, GivenTiming(channel="email")).handle_seconds is None


def test_call_takes_speed_of_answer_as_given():
    timing = derive_timing([], GivenTiming(channel="phone", first_response_seconds=12.0))

    assert (timing.first_response_seconds, timing.answered) == (12, True)


def test_ticket_response_runs_from_opening():
    timing = timing_of(opened_at=START, first_response_at=START + timedelta(minutes=5))

    assert timing.first_response_seconds == 300


def test_response_before_opening_has_no_value():
    assert timing_of(opened_at=START, first_response_at=START - timedelta(minutes=5)).first_response_seconds is None


def test_messages_without_times_are_counted_but_open_no_gap():
    timing = timing_of(Line("customer", None), Line("agent", None, "A1"))

    assert (timing.agent_messages, timing.customer_messages, timing.answered) == (1, 1, True)
    assert timing.response_gaps == ()
    assert timing.handle_seconds is None
    assert timing.answering_agent_id == "A1"


def test_scripted_replies_are_those_known_to_be():
    timing = timing_of(
        Line("agent", 0, scripted=False),
        Line("agent", 1, scripted=True),
        Line("agent", 2),
        Line("bot", 3, scripted=True),
    )

    assert timing.scripted_messages == 1


def test_messages_out_of_order_in_time_are_put_right():
    timing = timing_of(Line("agent", 8), Line("customer", 0))

    assert timing.response_gaps == (8,)
