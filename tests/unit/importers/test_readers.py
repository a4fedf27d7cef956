"""Files as they come: packed, in any encoding, damaged."""

from __future__ import annotations

import gzip
import json
import zipfile
from pathlib import Path

import pytest

from qa_app.conversations.importers.detection import detect, expand_paths
from qa_app.conversations.importers.mapping import parse_mapping
from qa_app.conversations.importers.presets import load_preset
from qa_app.conversations.importers.problems import FileProblemCode, ImportFileError, ProblemCode
from tests.unit.importers.reading import read_file, write

TABLE = "会话编号,客服,提交时间,满意度\nA1,张三,2024-05-01 14:30,5\nA2,李四,2024-05-0114:30,4\n"
OWN = {"source": "desk", "external_id": "1", "channel": "chat", "opened_at": "2024-05-01T14:30:00Z"}


@pytest.mark.parametrize(
    ("encoding", "found"),
    [("utf-8", "utf-8"), ("utf-8-sig", "utf-8-sig"), ("gbk", "gb18030"), ("utf-16", "utf-16")],
)
def test_the_encoding_of_a_chinese_table_is_found(tmp_path: Path, encoding: str, found: str) -> None:
    path = write(tmp_path / "t.csv", TABLE, encoding)

    read = read_file(path)

    assert read.source.detected.encoding == found
    assert [record.agent_id for record in read.records] == ["张三", "李四"]
    assert read.notes == ["space_restored"]


def test_text_beyond_ascii_is_found_far_down_the_file(tmp_path: Path) -> None:
    rows = "".join(f"A{n},Ann,2024-05-01 14:30,5\n" for n in range(9_000))
    path = write(tmp_path / "t.csv", "id,agent,submitted,rating\n" + rows + "B1,张三,2024-05-01 14:30,5\n", "gbk")

    assert read_file(path).records[-1].agent_id == "张三"


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_the_delimiter_is_found(tmp_path: Path, delimiter: str) -> None:
    path = write(tmp_path / "t.txt", TABLE.replace(",", delimiter))

    assert len(read_file(path).records) == 2


def test_packed_files_are_read_like_the_files_in_them(tmp_path: Path) -> None:
    line = json.dumps(OWN).encode() + b"\n"
    packed = write(tmp_path / "a.jsonl.gz", gzip.compress(line))
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("a.ndjson", line)
        archive.writestr("__MACOSX/a.ndjson", b"noise")

    assert read_file(packed).records == read_file(tmp_path / "a.zip").records
    assert read_file(packed).records[0].external_id == "1"


def test_an_archive_of_two_files_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("a.csv", TABLE)
        archive.writestr("b.csv", TABLE)

    with pytest.raises(ImportFileError) as refused:
        detect(tmp_path / "a.zip")
    assert refused.value.code == FileProblemCode.archive_needs_one_file


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"", FileProblemCode.empty), (b"\x00\x01\x02\x03" * 9, FileProblemCode.unknown_format)],
)
def test_files_that_are_nothing_are_refused_as_a_whole(tmp_path: Path, content: bytes, code: FileProblemCode) -> None:
    with pytest.raises(ImportFileError) as refused:
        detect(write(tmp_path / "x.csv", content))
    assert refused.value.code == code


def test_own_records_are_read_from_lines_lists_and_single_objects(tmp_path: Path) -> None:
    lines = write(tmp_path / "a.ndjson", "\n".join(json.dumps(OWN | {"external_id": str(n)}) for n in range(3)))
    listed = write(tmp_path / "b.json", json.dumps([OWN | {"external_id": str(n)} for n in range(3)], indent=1))
    single = write(tmp_path / "c.json", json.dumps(OWN, indent=1))

    assert read_file(lines).records == read_file(listed).records
    assert read_file(single).records[0].external_id == "1"


def test_a_broken_line_is_refused_and_the_next_ones_are_read(tmp_path: Path) -> None:
    path = write(tmp_path / "a.ndjson", json.dumps(OWN) + '\n{"source": \n\n' + json.dumps(OWN | {"external_id": "2"}))

    read = read_file(path)

    assert [record.external_id for record in read.records] == ["1", "2"]
    assert [(problem.line, problem.code) for problem in read.problems] == [(2, ProblemCode.malformed_json)]


def test_json_that_breaks_off_gives_what_came_before(tmp_path: Path) -> None:
    path = write(tmp_path / "a.json", json.dumps([OWN, OWN])[:-20])

    read = read_file(path)

    assert len(read.records) == 1
    assert [(problem.line, problem.code) for problem in read.problems] == [(2, ProblemCode.malformed_json)]


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"channel": "pigeon"}, "channel", ProblemCode.not_a_choice),
        ({"external_id": ""}, "external_id", ProblemCode.missing),
        ({"external_id": "a\nb"}, "external_id", ProblemCode.control_character),
        ({"topic": "x" * 400}, "topic", ProblemCode.too_long),
        ({"handle_seconds": -1}, "handle_seconds", ProblemCode.out_of_range),
        ({"answered": "yes"}, "answered", ProblemCode.wrong_type),
        ({"colour": "red"}, "colour", ProblemCode.unknown_field),
        ({"opened_at": "2026-13-02"}, "opened_at", ProblemCode.not_a_date),
        ({"messages": [{"speaker": "ghost", "text": "boo"}]}, "messages.speaker", ProblemCode.not_a_choice),
        ({"messages": [{"text": "boo"}]}, "messages.speaker", ProblemCode.missing),
        ({"surveys": [{"score": 7}]}, "surveys.score", ProblemCode.score_off_scale),
        ({"surveys": [{"scale": "words", "score": "ok"}]}, "surveys.score", ProblemCode.score_off_scale),
    ],
)
def test_a_wrong_own_record_is_refused_with_its_field(
    tmp_path: Path, change: dict[str, object], field: str, code: ProblemCode
) -> None:
    read = read_file(write(tmp_path / "a.ndjson", json.dumps(OWN | change) + "\n"))

    assert [(problem.line, problem.field, problem.code) for problem in read.problems] == [(1, field, code)]


def test_own_records_take_times_as_people_write_them(tmp_path: Path) -> None:
    read = read_file(write(tmp_path / "a.ndjson", json.dumps(OWN | {"opened_at": "2024-05-0114:30"}) + "\n"))

    assert read.records[0].opened_at.isoformat() == "2024-05-01T14:30:00+00:00"
    assert read.notes == ["space_restored"]


def test_a_row_with_too_many_cells_or_bytes_that_are_no_text_is_refused(tmp_path: Path) -> None:
    content = TABLE.encode() + "A3,王五,2024-05-01 14:30,5,spare\n".encode() + b"A4,\xff\xfe,2024-05-01 14:30,5\n"

    read = read_file(
        write(tmp_path / "t.csv", content),
        parse_mapping('fields = {external_id = "会话编号"}\nsource.encoding = "utf-8"', default_name="t"),
    )

    assert [(p.line, p.code) for p in read.problems] == [(4, ProblemCode.too_many_cells), (5, ProblemCode.undecodable)]


def test_a_directory_stands_for_the_json_files_in_it(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    write(tmp_path / "b.json", "{}")
    write(tmp_path / "deep" / "a.vcon", "{}")
    write(tmp_path / "sound.mp3", b"x")

    assert [path.name for path in expand_paths([tmp_path])] == ["b.json", "a.vcon"]


def test_repeated_headings_are_numbered(tmp_path: Path) -> None:
    path = write(tmp_path / "t.csv", "id,category,category\n1,a,b\n")
    mapping = parse_mapping('[fields]\nexternal_id="id"\ntopic="category (2)"', default_name="t")

    assert read_file(path, mapping).records[0].topic == "b"


ENGLISH = (
    "Customer no.,Customer type,Channel,Need type,Description,Submitted,First response,Resolved,Handler,"
    "Satisfaction (1–5),Notes"
)
CHINESE = "客户编号,客户类型,需求渠道,需求类型,问题描述,提交时间,首次响应时间,解决时间,处理人,满意度评分,备注"
REGISTERED = (
    "C1,VIP,在线,咨询,物流慢,2024-05-0114:30,2024-05-01 14:32,2024-05-01 15:00,王五,4,\n"
    "C2,新客户,电话,投诉,破损,2024/5/2 9:00,2024/5/2 9:01,,赵六,,急\n"
)


@pytest.mark.parametrize("headings", [ENGLISH, CHINESE], ids=["en", "zh"])
@pytest.mark.parametrize("preset", [None, "registration"])
def test_the_registration_table_is_read_with_and_without_its_preset(
    tmp_path: Path, headings: str, preset: str | None
) -> None:
    path = write(tmp_path / "登记表.csv", f"{headings}\n{REGISTERED}")

    read = read_file(path, load_preset(preset) if preset else None, is_lenient=preset is not None)

    first, second = read.records
    assert read.problems == []
    assert first.external_id == "C1 2024-05-01T14:30:00Z"
    assert (first.channel, first.agent_id, first.need_type, first.customer_type) == ("chat", "王五", "咨询", "VIP")
    assert [survey.score for survey in first.surveys] == ["4"]
    assert (second.resolved_at, second.surveys, second.notes) == (None, [], "急")
    assert (first.resolved, second.resolved) == (True, False)


def test_headings_that_name_no_conversation_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ImportFileError) as refused:
        read_file(write(tmp_path / "t.csv", "colour,shape\nred,round\n"))
    assert refused.value.code == FileProblemCode.headings_not_understood
