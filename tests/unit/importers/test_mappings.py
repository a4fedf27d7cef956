"""What a mapping file may say."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from qa_app.conversations.importers.mapping import load_mapping, parse_mapping
from qa_app.conversations.importers.presets import PRESETS, load_preset
from qa_app.conversations.importers.problems import FileProblemCode, MappingError, ProblemCode
from tests.unit.importers.reading import read_file, write

MAPPINGS = sorted((Path(__file__).parents[3] / "docs" / "mappings").glob("*.toml"))


@pytest.mark.parametrize("path", MAPPINGS, ids=lambda path: path.stem)
def test_a_worked_mapping_is_named_after_its_data(path: Path) -> None:
    assert load_mapping(path).name == path.stem


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_can_be_loaded(name: str) -> None:
    assert load_preset(name).name == name


@pytest.mark.parametrize(
    "text",
    [
        '[fields]\ncolour = "x"',
        "[colours]",
        '[source]\nformat = "pdf"',
        '[fields]\ntopic = {column = "x", path = "y"}',
        '[fields]\ntopic = {type = "text"}',
        '[fields]\ntopic = {column = "x", type = "colour"}',
        '[fields]\ntopic = {column = "x", pattern = "("}',
        '[fields]\ntopic = {column = "x", pattern = "no group"}',
        '[rows]\nkey = "x"\nkeep = "best"',
        "[messages]\ncolour = 'x'",
    ],
)
def test_a_mapping_that_says_nonsense_is_refused_with_the_place(text: str) -> None:
    with pytest.raises(MappingError) as refused:
        parse_mapping(text, default_name="t")
    assert refused.value.code == FileProblemCode.mapping_invalid
    assert refused.value.params["expected"]


def test_a_field_is_cut_translated_and_filled(tmp_path: Path) -> None:
    path = write(tmp_path / "t.csv", "id,who,grade,wait\nINC1,Agent 7,1 - Critical,?\nINC2,?,9,1.07\n")
    mapping = parse_mapping(
        """
        [fields]
        external_id = { column = "id", pattern = '(\\d+)$' }
        agent_id = { column = ["nobody", "who"], missing = "?", pattern = '(\\d+)$' }
        priority = { column = "grade", pattern = '^(\\d)', values = { "1" = "urgent", "*" = "low" } }
        wait_seconds = { column = "wait", missing = ["?"], type = "minutes_dot_seconds", default = 0 }
        channel = { constant = "phone" }
        """,
        default_name="t",
    )

    first, second = read_file(path, mapping).records

    assert (first.external_id, first.agent_id, first.priority, first.wait_seconds) == ("1", "7", "urgent", 0)
    assert (second.external_id, second.agent_id, second.priority, second.wait_seconds) == ("2", None, "low", 67)


def test_a_pattern_that_is_not_found_refuses_the_record(tmp_path: Path) -> None:
    path = write(tmp_path / "t.csv", "id\nnone\n")
    mapping = parse_mapping("fields.external_id = {column = 'id', pattern = '(\\d+)'}", default_name="t")

    assert [problem.code for problem in read_file(path, mapping).problems] == [ProblemCode.pattern_not_found]


def test_a_column_that_is_not_there_refuses_the_file(tmp_path: Path) -> None:
    path = write(tmp_path / "t.csv", "id\n1\n")
    mapping = parse_mapping("[fields]\nexternal_id = 'id'\ntopic = 'Topic'", default_name="t")

    with pytest.raises(MappingError) as refused:
        read_file(path, mapping)
    assert refused.value.params == {"field": "topic", "column": "Topic"}


@pytest.mark.parametrize(("keep", "topic"), [("last", "c"), ("first", "a")])
def test_of_several_rows_the_last_or_the_first_speaks(tmp_path: Path, keep: str, topic: str) -> None:
    path = write(tmp_path / "t.csv", "id,step,topic\n1,10,c\n2,1,z\n1,9,b\n1,1,a\n")
    mapping = parse_mapping(
        f"[rows]\nkey='id'\norder_by='step'\nkeep='{keep}'\n[fields]\nexternal_id='id'\ntopic='topic'", default_name="t"
    )

    assert [(record.external_id, record.topic) for record in read_file(path, mapping).records] == [
        ("1", topic),
        ("2", "z"),
    ]


def test_rows_can_be_the_messages_of_a_conversation(tmp_path: Path) -> None:
    path = write(tmp_path / "t.csv", "chat,turn,who,words\n1,2,agent,hello\n1,1,customer,hi\n2,1,customer,anyone?\n")
    mapping = parse_mapping(
        "[rows]\nkey='chat'\norder_by='turn'\nkeep='all'\n[fields]\nexternal_id='chat'\nchannel={constant='chat'}\n"
        "[messages]\nspeaker='who'\ntext='words'",
        default_name="t",
    )

    first, second = read_file(path, mapping).records

    assert [(message.speaker, message.text) for message in first.messages] == [("customer", "hi"), ("agent", "hello")]
    assert len(second.messages) == 1


def test_an_object_keyed_by_id_gives_its_keys(tmp_path: Path) -> None:
    path = write(tmp_path / "t.json", json.dumps({"data": {"7": {"agent-id": [1, 2]}, "8": {}}}))
    mapping = parse_mapping(
        "source.records = 'data.@items'\n[fields]\nexternal_id='@key'\nagent_id='\"agent-id\"[0]'", default_name="t"
    )

    assert [(record.external_id, record.agent_id) for record in read_file(path, mapping).records] == [
        ("7", "1"),
        ("8", None),
    ]


def test_a_list_says_who_was_asked_and_a_column_does_not(tmp_path: Path) -> None:
    listed = write(tmp_path / "t.json", json.dumps([{"id": "1", "asked": [{"stars": None}, {"stars": 4}]}]))
    table = write(tmp_path / "t.csv", "id,stars\n1,\n2,4\n")
    from_list = parse_mapping("[fields]\nexternal_id='id'\n[surveys]\nrecords='asked'\nscore='stars'", default_name="t")
    from_table = parse_mapping("[fields]\nexternal_id='id'\n[surveys]\nscore='stars'", default_name="t")

    assert [survey.score for survey in read_file(listed, from_list).records[0].surveys] == [None, "4"]
    assert [len(record.surveys) for record in read_file(table, from_table).records] == [0, 1]
