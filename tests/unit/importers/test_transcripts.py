"""Transcripts beside a recording: formats, speakers, times, and what is refused."""

import json

import pytest

from qa_app.conversations.importers.transcripts import TranscriptProblem, TranscriptRefused, read_transcript

SRT = """1
00:00:03,453 --> 00:00:09,166
[CSR] Hello and welcome.
How may I help?

2
00:01:09,582 --> 00:01:20,410
[Customer] My mail is late.
"""
VTT = """WEBVTT

intro
00:03.500 --> 00:09.000 align:start
<v Agent>Hello <i>there</i>

1:00:10.000 --> 1:00:12.000
<v Customer>Hi
"""
PLAIN = """[00:01] Agent: Hello,
how can I help?
[00:04 - 00:06] Customer: Since 10:30 it is: broken
"""
CHINESE = "00:01 客服：您好，请讲。\n1:02:08 客户：我要退款\n"


def turns(content, **options):
    content = content if isinstance(content, bytes) else content.encode()
    return [(one.speaker, one.text, one.start_seconds, one.end_seconds) for one in read_transcript(content, **options)]


@pytest.mark.parametrize("prepare", [str.encode, lambda text: text.replace("\n", "\r\n").encode("utf-8-sig")])
def test_srt(prepare):
    assert turns(prepare(SRT)) == [
        ("agent", "Hello and welcome.\nHow may I help?", 3.453, 9.166),
        ("customer", "My mail is late.", 69.582, 80.41),
    ]


def test_web_vtt():
    assert turns(VTT) == [("agent", "Hello there", 3.5, 9.0), ("customer", "Hi", 3610.0, 3612.0)]


def test_plain_text():
    assert turns(PLAIN) == [
        ("agent", "Hello,\nhow can I help?", 1.0, 4.0),
        ("customer", "Since 10:30 it is: broken", 4.0, 6.0),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_chinese_in_its_usual_encodings(encoding):
    assert turns(CHINESE.encode(encoding)) == [
        ("agent", "您好，请讲。", 1.0, 3728.0),
        ("customer", "我要退款", 3728.0, None),
    ]


def test_call_analytics():
    given = [
        {"ParticipantRole": "CUSTOMER", "Content": "Hi", "BeginOffsetMillis": 2500, "EndOffsetMillis": 3000},
        {"ParticipantRole": "AGENT", "Content": "Hello", "BeginOffsetMillis": 40, "EndOffsetMillis": 2600},
    ]

    assert turns(json.dumps({"Transcript": given})) == [("agent", "Hello", 0.04, 2.6), ("customer", "Hi", 2.5, 3.0)]


def word(said, start, label=None):
    more = {"speaker_label": label} if label else {}
    times = {"start_time": str(start), "end_time": str(start + 0.4)}
    return {"type": "pronunciation", "alternatives": [{"content": said}], **times, **more}


STOP = {"type": "punctuation", "alternatives": [{"content": "."}]}


def test_plain_transcribe_with_labels_of_speakers():
    items = [word("Hello", 0.1, "spk_0"), word("there", 0.6, "spk_0"), STOP, word("Hi", 1.5, "spk_1")]

    assert turns(json.dumps({"results": {"items": items}}), agent="SPK_0") == [
        ("agent", "Hello there.", 0.1, 1.0),
        ("customer", "Hi", 1.5, 1.9),
    ]


def test_plain_transcribe_with_channels():
    channels = [
        {"channel_label": "ch_0", "items": [word("Hello", 0.1), STOP, word("Yes", 3.0)]},
        {"channel_label": "ch_1", "items": [word("Hi", 1.5)]},
    ]
    results = {"items": [], "channel_labels": {"channels": channels}}

    found = turns(json.dumps({"results": results}), agent="ch_1")

    assert [(speaker, text) for speaker, text, *_ in found] == [
        ("customer", "Hello."),
        ("agent", "Hi"),
        ("customer", "Yes"),
    ]


def test_own_names_and_vcon():
    own = [{"speaker": "agent", "text": "Hello", "start_seconds": 1.0}]
    assert turns(json.dumps(own)) == turns(json.dumps({"transcript": own})) == [("agent", "Hello", 1.0, None)]
    dialog = {"type": "recording", "start": "2026-01-01T00:00:00Z", "parties": [0, 1], "duration": 9}
    analysis = {
        "type": "transcript",
        "dialog": 0,
        "body": [{"speaker": "Agent", "message": "Hello", "start": 2, "end": 3}],
    }
    container = {
        "vcon": "0.0.1",
        "uuid": "1",
        "parties": [{"role": "agent"}, {}],
        "dialog": [dialog],
        "analysis": [analysis],
    }
    assert turns(json.dumps(container)) == [("agent", "Hello", 2.0, 3.0)]


def test_the_one_unknown_name_beside_a_known_one_is_the_other_side():
    assert [turn[0] for turn in turns("0:01 Ms Diaz: hi\n0:02 agent: hello")] == ["customer", "agent"]
    assert [turn[0] for turn in turns("0:01 hi\n0:02 hello")] == ["system", "system"]


@pytest.mark.parametrize(
    ("content", "problem", "line", "value"),
    [
        ("", TranscriptProblem.no_turns, None, ""),
        ("just words", TranscriptProblem.bad_time, 1, "just words"),
        ("0:01 agent: hi\n0:61 agent: late", TranscriptProblem.bad_time, 2, "0:61"),
        ('{"a": ', TranscriptProblem.malformed_json, 1, "Expecting value"),
        ('{"a": 1}', TranscriptProblem.unknown_format, None, ""),
        ("0:01 Ann: hi\n0:02 Bob: yo", TranscriptProblem.unknown_speakers, None, "Ann, Bob"),
        ('[{"text": "hi", "start_seconds": "soon"}]', TranscriptProblem.bad_time, None, "soon"),
        ('{"parties": null}', TranscriptProblem.bad_vcon, None, "uuid"),
    ],
)
def test_what_is_refused_says_where(content, problem, line, value):
    with pytest.raises(TranscriptRefused) as refused:
        turns(content)

    assert (refused.value.code, refused.value.line) == (problem, line)
    assert value in refused.value.value


def test_an_agent_who_is_not_in_the_file_is_refused_with_the_names_that_are():
    with pytest.raises(TranscriptRefused) as refused:
        turns("0:01 Ann: hi", agent="Carl")

    assert (refused.value.code, refused.value.value) == (TranscriptProblem.agent_not_there, "Ann")


def test_public_files(data_dir):
    read = (data_dir / "callytics_calls" / "Call01.srt").read_bytes()
    assert [turn[0] for turn in turns(read)] == ["agent", "customer"] * 4 + ["agent"]
    assert turns(read)[-1][3] < 73.5
    analysed = turns((data_dir / "phone_calls_aws" / "transcribe_call_analytics_example.json").read_bytes())
    assert len(analysed) == 37
    assert {turn[0] for turn in analysed} == {"agent", "customer"}
