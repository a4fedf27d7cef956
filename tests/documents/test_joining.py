"""Joined documents keep what makes each of them accessible: tags, language, outline; and the whole has a title."""

import tracemalloc
from dataclasses import replace
from io import BytesIO

import pypdfium2
import pytest
from pypdf import PdfReader

from reports.appraisal.example import example_appraisal
from reports.joining import Part, join_documents
from tests.documents.conftest import open_pdf, text_of

pytestmark = pytest.mark.pdf
NAMES = ["0417 Maya Brandt", "0418 骉䶮", "0419 韩清越"]


@pytest.fixture(scope="module")
def parts(renderer, tmp_path_factory) -> list[Part]:
    folder = tmp_path_factory.mktemp("parts")
    made = []
    for index, name in enumerate(NAMES):
        document = example_appraisal("zh_Hans_CN")
        person = replace(document.person, number=name[:4], name=name[5:])
        path = folder / f"{index}.pdf"
        path.write_bytes(renderer.render_appraisal(replace(document, person=person)))
        made.append(Part(name, path))
    return made


@pytest.fixture(scope="module")
def joined(parts, tmp_path_factory) -> bytes:
    target = tmp_path_factory.mktemp("joined") / "joined.pdf"
    join_documents(parts, target, title="2026年10月绩效考核表 <汇总>")
    return target.read_bytes()


def tags_of(element, depth=0):
    """Give every tag with its depth, in reading order."""
    element = element.get_object()
    if isinstance(element, list):
        for part in element:
            yield from tags_of(part, depth) if hasattr(part, "get_object") else ()
    elif isinstance(element, dict) and "/S" in element:
        yield depth, element["/S"], element
        yield from tags_of(element["/K"], depth + 1) if "/K" in element and not isinstance(element["/K"], int) else ()


def test_pages_stand_in_the_order_of_the_parts(joined, parts):
    assert text_of(joined) == "".join(text_of(part.path.read_bytes()) for part in parts)


def test_language_title_and_variant_are_those_of_the_whole(joined):
    reader = open_pdf(joined)
    root = reader.trailer["/Root"]

    assert root["/Lang"] == "zh-Hans-CN"
    assert root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert reader.metadata.title == "2026年10月绩效考核表 <汇总>"
    assert reader.xmp_metadata.dc_title == {"x-default": "2026年10月绩效考核表 <汇总>"}
    assert (reader.xmp_metadata.pdfaid_part, reader.xmp_metadata.pdfaid_conformance) == ("3", "A")
    assert root["/OutputIntents"][0]["/DestOutputProfile"].get_object().get_data()[36:40] == b"acsp"


def test_every_tag_of_every_part_is_there(joined, parts):
    whole = list(tags_of(open_pdf(joined).trailer["/Root"]["/StructTreeRoot"]["/K"]))

    assert whole[0][:2] == (0, "/Document")
    assert [element["/T"] for depth, kind, element in whole if kind == "/Part"] == NAMES
    expected = [
        (depth + 1, kind) for part in parts
        for depth, kind, _ in tags_of(open_pdf(part.path.read_bytes()).trailer["/Root"]["/StructTreeRoot"]["/K"])
        if depth
    ]  # fmt: skip
    assert [(depth, kind) for depth, kind, _ in whole if depth > 1] == expected


def test_every_mark_of_a_page_leads_to_its_tag_and_back(joined):
    reader = open_pdf(joined)
    numbers = list(reader.trailer["/Root"]["/StructTreeRoot"]["/ParentTree"]["/Nums"])
    tags = dict(zip(map(int, numbers[::2]), numbers[1::2], strict=True))

    assert [int(page["/StructParents"]) for page in reader.pages] == list(range(6))
    for page in reader.pages:
        for mark, element in enumerate(tags[int(page["/StructParents"])].get_object()):
            element = element.get_object()
            assert element.raw_get("/Pg").idnum == page.indirect_reference.idnum
            kids = element["/K"] if isinstance(element["/K"], list) else [element["/K"]]
            assert mark in [int(kid) for kid in kids if not hasattr(kid.get_object(), "items")]


def test_headings_of_cells_are_unique(joined):
    elements = [element for _, _, element in tags_of(open_pdf(joined).trailer["/Root"]["/StructTreeRoot"]["/K"])]
    names = [str(element["/ID"]) for element in elements if "/ID" in element]
    asked = {str(name) for element in elements for name in element.get("/A", {}).get("/Headers", ())}

    assert len(names) == len(set(names))
    assert asked
    assert asked <= set(names)


def test_the_outline_names_the_parts_and_keeps_what_each_has(joined):
    document = pypdfium2.PdfDocument(joined)
    entries = [(entry.level, entry.get_title(), entry.get_dest().get_index()) for entry in document.get_toc()]

    assert [entry[1:] for entry in entries if entry[0] == 0] == [(name, 2 * index) for index, name in enumerate(NAMES)]
    assert [title for level, title, page in entries if level == 1] == ["2026年10月绩效考核表"] * 3
    assert (2, "每个数字的来处", 3) in entries
    document.close()


def test_the_joined_file_is_no_larger_than_its_parts(joined, parts):
    assert len(joined) < sum(part.path.stat().st_size for part in parts)


def test_the_same_parts_give_the_same_bytes(joined, parts, tmp_path):
    join_documents(parts, tmp_path / "again.pdf", title="2026年10月绩效考核表 <汇总>")

    assert (tmp_path / "again.pdf").read_bytes() == joined


def test_the_joined_pages_look_the_same(joined, parts):
    whole, single = pypdfium2.PdfDocument(joined), pypdfium2.PdfDocument(parts[1].path.read_bytes())

    assert whole[2].render(scale=1).to_numpy().tobytes() == single[0].render(scale=1).to_numpy().tobytes()
    whole.close()
    single.close()


def test_one_part_is_a_whole_as_well(parts, tmp_path):
    join_documents(parts[:1], tmp_path / "one.pdf", title="One")

    assert len(PdfReader(BytesIO((tmp_path / "one.pdf").read_bytes()), strict=True).pages) == 2


def test_memory_does_not_grow_with_the_parts(parts, tmp_path):
    """Kept whole, each part would take four megabytes."""
    tracemalloc.start()
    join_documents(parts * 8, tmp_path / "many.pdf", title="Many")
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert most < 12_000_000
