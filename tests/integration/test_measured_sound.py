"""What was measured of the sound fills measured criteria, in the unit people read."""

import pytest

from qa_app.inspections.facts import facts_of
from qa_app.inspections.wording import measured_words
from scoring.rubric import SOUND, Measure, Step, Target
from scoring.rubric.measures import measured_value
from tests.factories.calls import create_call
from tests.factories.conversations import create_chat
from tests.factories.people import create_agent


def test_a_call_that_is_opened_before_the_duty_came_is_measured_then(session, app):
    from qa_app.conversations.measuring import ensure_measured

    call = create_call(session, create_agent(session))
    assert facts_of(call)["silence_share"] is None

    ensure_measured(session, call)

    facts = facts_of(call)
    assert facts["longest_silence_seconds"] == pytest.approx(20, abs=0.2)
    assert all(facts[name] is not None for name in SOUND)
    datum, value = measured_value(
        Measure(metric="longest_silence_seconds", targets=(Target(target=10.0, limit=30.0),)), facts
    )
    assert value == pytest.approx((30 - datum) / 20)


def test_loudness_is_best_in_the_middle(session, app):
    target = Target(steps=(Step(up_to=-30.0, value=0.0), Step(up_to=-12.0, value=1.0), Step(value=0.5)))
    measure = Measure(metric="agent_loudness_lufs", targets=(target,))

    assert [measured_value(measure, {"agent_loudness_lufs": figure})[1] for figure in (-40.0, -20.0, -5.0)] == [
        0,
        1,
        0.5,
    ]
    assert measured_value(measure, {"agent_loudness_lufs": None}) == (None, None)


def test_a_chat_has_no_sound(session, app):
    chat = create_chat(session, create_agent(session), [("customer", 0, "hello")])

    assert {facts_of(chat)[name] for name in SOUND} == {None}


def test_figures_are_written_in_their_unit(app):
    with app.test_request_context():
        words = [
            measured_words("silence_share", 0.123),
            measured_words("agent_loudness_lufs", -21.44),
            measured_words("agent_clarity_db", 33.6),
            measured_words("longest_silence_seconds", 20.0),
            measured_words("interruptions", 3.0),
        ]

    assert words == ["12.3%", "−21.4 LUFS", "34 dB", "20 s", "3"]
