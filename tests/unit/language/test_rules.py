"""Rules: what they say of small conversations, with the exact place."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from scoring.errors import LanguageFileError, RuleError
from scoring.language.conversation import ConversationFacts, Outcome, SoundFigures, Stretch, Utterance
from scoring.language.definition import (
    AllOf,
    AnyOf,
    Comparison,
    Measure,
    Measured,
    Not,
    Rule,
    Said,
    Scene,
    Script,
    Sentences,
    Speaker,
)
from scoring.language.evaluate import RuleBook
from scoring.language.files import (
    read_rules,
    read_scripts,
    rule_schema,
    script_schema,
    write_rules,
    write_scripts_json,
    write_scripts_toml,
)
from scoring.rubric.definition import Text

CHAT = ConversationFacts(
    utterances=(
        Utterance(1, "customer", "Hi, where is my order?", 0.0),
        Utterance(2, "agent", "Hello, this is Tobias. Please wait a moment.", 20.0),
        Utterance(3, "customer", "还要多久？", 30.0),
        Utterance(4, "agent", "您好，请稍等，我马上为您查询。", 150.0),
        Utterance(5, "agent", "Thank you for waiting, goodbye.", 160.0),
    ),
    channel="chat",
    first_response_seconds=20.0,
)


def ask(condition, facts=CHAT, scripts=None, **others):
    rules = [Rule(code="asked", condition=condition), *(Rule(code=code, condition=one) for code, one in others.items())]
    return RuleBook(rules, scripts or {}).judge(facts)["asked"]


def words(verdict, facts=CHAT):
    texts = {one.number: one.text for one in facts.utterances}
    return [texts[hit.message][hit.start : hit.end] for hit in verdict.hits]


def test_words_are_found_with_their_characters() -> None:
    verdict = ask(Said(phrases=("please wait", "请稍等")))

    assert verdict.outcome is Outcome.satisfied
    assert words(verdict) == ["Please wait", "请稍等"]


def test_only_the_speaker_asked_for_counts() -> None:
    assert ask(Said(phrases=("order",))).outcome is Outcome.not_satisfied
    assert ask(Said(phrases=("order",), speaker=Speaker.customer)).outcome is Outcome.satisfied
    assert ask(Said(phrases=("order",), speaker=Speaker.anyone)).outcome is Outcome.satisfied


def test_a_speaker_who_said_nothing_cannot_be_judged() -> None:
    assert ask(Said(phrases=("order",), speaker=Speaker.bot)).outcome is Outcome.cannot_tell
    assert ask(Said(phrases=("order",)), ConversationFacts()).outcome is Outcome.cannot_tell


def test_the_position_is_counted_among_the_messages_of_the_speaker() -> None:
    assert ask(Said(phrases=("hello",), first=1)).outcome is Outcome.satisfied
    assert ask(Said(phrases=("您好",), first=1)).outcome is Outcome.not_satisfied
    assert ask(Said(phrases=("您好",), first=2)).outcome is Outcome.satisfied
    assert ask(Said(phrases=("goodbye",), last=1)).outcome is Outcome.satisfied
    assert ask(Said(phrases=("hello",), last=2)).outcome is Outcome.not_satisfied
    assert ask(Said(phrases=("您好",), first=1, last=1)).outcome is Outcome.not_satisfied


def test_numbers_of_hits_have_two_ends() -> None:
    assert ask(Said(phrases=("wait", "waiting", "稍等"), at_least=3)).outcome is Outcome.satisfied
    assert ask(Said(phrases=("damn",), at_least=0, at_most=0)).outcome is Outcome.satisfied
    assert ask(Said(phrases=("hello",), at_least=0, at_most=0)).outcome is Outcome.not_satisfied


def test_late_words_do_not_count() -> None:
    assert ask(Said(phrases=("hello",), within_seconds=30)).outcome is Outcome.satisfied
    assert ask(Said(phrases=("goodbye",), within_seconds=30)).outcome is Outcome.not_satisfied

    timeless = ConversationFacts(utterances=(Utterance(1, "agent", "hello"),))
    assert ask(Said(phrases=("hello",), within_seconds=30), timeless).outcome is Outcome.cannot_tell
    assert ask(Said(phrases=("bye",), within_seconds=30), timeless).outcome is Outcome.not_satisfied


def test_order_is_that_of_another_rules_first_hit() -> None:
    wait, bye = Said(phrases=("请稍等",)), Said(phrases=("goodbye",))

    assert ask(Said(phrases=("hello",), before="wait"), wait=wait).outcome is Outcome.satisfied
    assert ask(Said(phrases=("hello",), after="wait"), wait=wait).outcome is Outcome.not_satisfied
    assert ask(Said(phrases=("thank you",), after="wait", before="bye"), wait=wait, bye=bye).outcome is (
        Outcome.satisfied
    )
    nothing = Said(phrases=("refund",))
    assert ask(Said(phrases=("hello",), before="nothing"), nothing=nothing).outcome is Outcome.cannot_tell


CALL = ConversationFacts(
    utterances=(
        Utterance(1, "agent", "Hello, one moment please.", 1.0, 4.0),
        Utterance(2, "agent", "Thank you for waiting.", 40.0, 42.0),
        Utterance(3, "customer", "Finally.", 41.0, 43.0),
        Utterance(4, "agent", "Goodbye.", 50.0, 51.0),
    ),
    channel="phone",
    sound=SoundFigures(
        silence_seconds=36.0, overlap_seconds=1.0, silences=(Stretch(4.0, 40.0),), overlaps=(Stretch(41.0, 42.0),)
    ),
    is_recorded=True,
)
SILENT = Measured(measure=Measure.silence_seconds, figure=20)
AT_ONCE = Measured(measure=Measure.overlap_seconds, figure=0.5)


@pytest.mark.parametrize(
    ("asked", "outcome"),
    [
        (Said(phrases=("one moment",), before="silent"), Outcome.satisfied),
        (Said(phrases=("one moment",), after="silent"), Outcome.not_satisfied),
        (Said(phrases=("thank you",), after="silent"), Outcome.satisfied),
        (Said(phrases=("thank you",), before="silent"), Outcome.not_satisfied),
        (Said(phrases=("thank you",), after="silent", before="at_once"), Outcome.satisfied),
        (Said(phrases=("goodbye",), after="at_once"), Outcome.satisfied),
        (Said(phrases=("goodbye",), before="at_once"), Outcome.not_satisfied),
    ],
)
def test_order_beside_a_stretch_of_the_recording_is_that_of_seconds(asked, outcome) -> None:
    assert ask(asked, CALL, silent=SILENT, at_once=AT_ONCE).outcome is outcome


def test_words_and_stretches_of_one_rule_are_put_in_order_by_seconds() -> None:
    either = AnyOf(of=(SILENT, Said(phrases=("goodbye", "hello"))))

    assert ask(Said(phrases=("one moment",), after="either"), CALL, either=either).outcome is Outcome.satisfied
    late = AnyOf(of=(SILENT, Said(phrases=("goodbye",))))
    assert ask(Said(phrases=("thank you",), after="late"), CALL, late=late).outcome is Outcome.satisfied
    assert ask(Said(phrases=("one moment",), after="late"), CALL, late=late).outcome is Outcome.not_satisfied


def test_words_without_a_time_are_neither_before_nor_after_a_stretch() -> None:
    untimed = replace(CALL, utterances=tuple(replace(one, start_seconds=None) for one in CALL.utterances))
    chat = replace(CALL, is_recorded=False)  # its times are those of messages, not of the recording

    for facts in (untimed, chat):
        assert ask(Said(phrases=("goodbye",), after="silent"), facts, silent=SILENT).outcome is Outcome.cannot_tell


def test_rules_that_wait_for_each_other_are_refused() -> None:
    with pytest.raises(RuleError, match="asked → other → asked"):
        ask(Said(phrases=("a",), after="other"), other=Said(phrases=("b",), before="asked"))
    with pytest.raises(RuleError, match="no rule 'lost'"):
        ask(Said(phrases=("a",), after="lost"))
    with pytest.raises(RuleError, match="no script"):
        ask(Said(script="greeting", version=2))


def test_the_cues_of_a_script_are_looked_for() -> None:
    verdict = ask(Said(script="greeting", version=2), scripts={("greeting", 2): ("hello", "您好")})

    assert words(verdict) == ["Hello", "您好"]


def test_gaps_point_at_the_late_reply() -> None:
    verdict = ask(Measured(measure=Measure.response_gap_seconds, figure=60))

    assert verdict.outcome is Outcome.satisfied
    assert [hit.message for hit in verdict.hits] == [4]
    assert ask(Measured(measure=Measure.response_gap_seconds, comparison=Comparison.at_most, figure=120)).outcome is (
        Outcome.satisfied
    )


def test_the_first_response_is_the_conversations_own() -> None:
    verdict = ask(Measured(measure=Measure.first_response_seconds, comparison=Comparison.at_most, figure=30))

    assert verdict.outcome is Outcome.satisfied
    assert [hit.message for hit in verdict.hits] == [2]


def test_sound_that_was_not_measured_cannot_be_told() -> None:
    loud = Measured(measure=Measure.clipping_share, figure=0.01)

    assert ask(loud).outcome is Outcome.cannot_tell
    assert ask(loud, ConversationFacts(sound=SoundFigures(clipping_share=0.2))).outcome is Outcome.satisfied


def test_silence_and_overlap_are_stretches_of_the_recording() -> None:
    sound = SoundFigures(
        silence_seconds=12.0,
        overlap_seconds=4.0,
        silences=(Stretch(3.0, 5.0), Stretch(10.0, 22.0), Stretch(40.0, 51.0)),
        overlaps=(Stretch(8.0, 9.0),),
    )
    call = ConversationFacts(sound=sound, channel="phone", is_recorded=True)

    silence = ask(Measured(measure=Measure.silence_seconds, figure=10), call)
    overlap = ask(Measured(measure=Measure.overlap_seconds, figure=3), call)

    assert [(hit.start_seconds, hit.end_seconds) for hit in silence.hits] == [(10.0, 22.0), (40.0, 51.0)]
    assert overlap.outcome is Outcome.satisfied
    assert [(hit.start_seconds, hit.end_seconds) for hit in overlap.hits] == [(8.0, 9.0)]


def test_a_rule_of_another_channel_has_nothing_to_say() -> None:
    book = RuleBook([Rule(code="calls", channels=("phone",), condition=Said(phrases=("hello",)))])

    assert book.judge(CHAT)["calls"].outcome is Outcome.cannot_tell


def test_a_batch_says_what_each_conversation_says_alone() -> None:
    others = [ConversationFacts(utterances=(Utterance(7, "agent", text),)) for text in ("", "ＨＥＬＬＯ", "x hello")]
    book = RuleBook([Rule(code="hello", condition=Said(phrases=("hello",)))])

    together = book.judge_all([CHAT, *others])

    assert together == [book.judge(one) for one in (CHAT, *others)]
    assert words(together[2]["hello"], others[1]) == ["ＨＥＬＬＯ"]


def test_rules_come_back_from_their_file() -> None:
    rule = Rule(
        code="polite",
        title=Text(en="Polite", zh="礼貌"),
        condition=AllOf(
            of=(AnyOf(of=(Said(phrases=("请",)), Measured(measure=Measure.overlap_share, figure=0.1))), Not(of=Said()))
        ),
    )

    assert read_rules(write_rules([rule])) == (rule,)


def test_scripts_come_back_from_their_files() -> None:
    script = Script(
        code="greeting",
        scene=Scene.greeting,
        title=Text(en='Greet "at once"', zh="问候"),
        sentences=Sentences(en=("Hello, \\ this is\x7f …",), zh=("您好，😀",)),
        cues=Sentences(en=("hello",)),
    )

    assert read_scripts(write_scripts_toml([script])) == (script,)
    assert read_scripts(write_scripts_json([script])) == (script,)


def test_a_slip_in_a_file_is_named() -> None:
    with pytest.raises(LanguageFileError, match=r"\$\.scripts\[0\]"):
        read_scripts('format = 1\n[[scripts]]\ncode = "a"\nscene = "nowhere"\n')
    with pytest.raises(LanguageFileError, match="neither TOML nor JSON"):
        read_scripts("= 1")


@pytest.mark.parametrize(("name", "schema"), [("rule", rule_schema), ("scripts", script_schema)])
def test_the_published_schema_is_that_of_the_code(name, schema) -> None:
    published = Path(__file__).parents[3] / "docs" / f"{name}.schema.json"

    assert json.loads(published.read_text(encoding="utf-8")) == schema()


def test_another_word_makes_another_digest() -> None:
    one = RuleBook([Rule(code="a", condition=Said(script="s", version=1))], {("s", 1): ("hello",)})
    same = RuleBook([Rule(code="a", condition=Said(script="s", version=1))], {("s", 1): ("hello",)})
    other = RuleBook([Rule(code="a", condition=Said(script="s", version=1))], {("s", 1): ("hallo",)})

    assert one.digest == same.digest != other.digest
