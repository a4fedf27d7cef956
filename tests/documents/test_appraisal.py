"""The appraisal is read back: tags, language, title, words, fonts, pages, the same bytes twice."""

from dataclasses import replace
from datetime import date

import pytest

from reports.appraisal.example import example_appraisal
from reports.appraisal.room import Rooms
from reports.documents import Comment, CommentKind, Loss, Trend
from reports.values import Figure, Label, Note
from tests.documents.conftest import open_pdf, text_of

pytestmark = pytest.mark.pdf
LANGUAGES = ["en", "zh_Hans_CN"]


def structure_kinds(element, found: set[str]) -> set[str]:
    element = element.get_object() if hasattr(element, "get_object") else element
    if isinstance(element, list):
        for part in element:
            structure_kinds(part, found)
    elif isinstance(element, dict):
        if "/S" in element:
            found.add(element["/S"])
        if "/K" in element:
            structure_kinds(element["/K"], found)
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_ordinary_month_fills_two_pages(renderer, language):
    pdf = renderer.render_appraisal(example_appraisal(language))

    assert len(open_pdf(pdf).pages) == 2
    assert [round(float(side)) for side in open_pdf(pdf).pages[0].mediabox[2:]] == [595, 842]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_file_stays_below_a_hundred_kibibytes(renderer, language):
    assert len(renderer.render_appraisal(example_appraisal(language))) <= 100 * 1024


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_made_up_month_is_set_at_ease(renderer, language):
    assert renderer.fit_appraisal(example_appraisal(language)) == Rooms(0, 0)


@pytest.mark.parametrize(("language", "tag", "title"), [
    ("en", "en", "Appraisal, October 2026: Maya Brandt · 0417 · October 2026"),
    ("zh_Hans_CN", "zh-Hans-CN", "2026年10月绩效考核表: Maya Brandt · 0417 · 2026年10月"),
])  # fmt: skip
def test_language_title_and_variant_are_declared(renderer, language, tag, title):
    reader = open_pdf(renderer.render_appraisal(example_appraisal(language)))

    assert reader.trailer["/Root"]["/Lang"] == tag
    assert reader.metadata.title == title
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    written = reader.trailer["/Root"]["/Metadata"].get_object().get_data().decode()
    assert 'pdfaid:part="3"' in written
    assert 'pdfaid:conformance="A"' in written


def test_headings_tables_and_pictures_are_tagged(renderer):
    reader = open_pdf(renderer.render_appraisal(example_appraisal("en")))
    kinds = structure_kinds(reader.trailer["/Root"]["/StructTreeRoot"], set())

    assert {"/H1", "/H2", "/H3", "/P", "/Table", "/TR", "/TH", "/TD", "/Figure", "/BlockQuote"} <= kinds


def test_every_picture_says_its_numbers(renderer):
    pdf = renderer.render_appraisal(example_appraisal("en"))
    said = set()
    reader = open_pdf(pdf)
    for index in range(1, reader.trailer["/Size"]):
        element = reader.get_object(index)
        if isinstance(element, dict) and element.get("/S") == "/Figure":
            said.add(str(element.get("/Alt")))

    assert "85 (75–94), standard 80" in said
    assert any(text.startswith("QA score over 12 months: November 2025 82 (71–91)") for text in said)
    assert "None" not in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_fonts_are_embedded(renderer, language):
    reader = open_pdf(renderer.render_appraisal(example_appraisal(language)))
    fonts = reader.pages[0]["/Resources"]["/Font"].values()
    descriptors = [font["/DescendantFonts"][0]["/FontDescriptor"] for font in fonts]

    assert descriptors
    assert all("/FontFile2" in descriptor or "/FontFile3" in descriptor for descriptor in descriptors)
    assert all("Assay-Sans" in descriptor["/FontName"] for descriptor in descriptors)


def test_the_words_can_be_read_back_in_english(renderer):
    text = text_of(renderer.render_appraisal(example_appraisal("en")))

    for words in ("MayaBrandt", "84.5", "76–91", "≈StandardorGood:notseparableyet", "Pointslostin9of15", "Page2of2",
                  "Hello?Isanybodythere?", "ZXJ5H2K4MWQ7RT3BLYA6", "JonasEkholm"):  # fmt: skip
        assert words in text


def test_the_words_can_be_read_back_in_chinese(renderer):
    text = text_of(renderer.render_appraisal(example_appraisal("zh_Hans_CN")))

    for words in ("2026年10月绩效考核表", "≈合格或良好：尚不能区分", "值得保持", "接下来改进", "你好？还有人在吗？",
                  "第2页，共2页", "韩清越",
                  "签收表示“已阅读”，不表示“同意”。", "机密：仅本人、直属主管与人力资源可阅"):  # fmt: skip
        assert words in text


SAID = "您好，订单（编号：A-17）“已发货”；请稍等！好吗？OK，谢谢。"


def test_a_chinese_quote_in_an_english_document_is_read_back_as_it_was_said(renderer):
    document = example_appraisal("en")
    first, *others = document.praise
    quotes = tuple(replace(quote, text=SAID) for quote in first.quotes)
    told = replace(document.comments[0], text=f"He said {SAID}")
    pdf = renderer.render_appraisal(
        replace(document, praise=(replace(first, quotes=quotes), *others), comments=(told, *document.comments[1:]))
    )

    assert text_of(pdf).count(SAID) >= 2
    assert "Hello?Isanybodythere?" in text_of(pdf), "English keeps its narrow marks"


def test_a_chinese_name_is_read_back_from_head_and_foot_of_an_english_document(renderer):
    document = example_appraisal("en")
    name = "灯塔（上海），客服"
    pdf = renderer.render_appraisal(
        replace(document, organisation=name, department=name, person=replace(document.person, name=name, team=name))
    )

    assert len(open_pdf(pdf).pages) == 2
    assert text_of(pdf).count(name) >= 7
    assert "(上海)" not in text_of(pdf)


def test_the_same_month_gives_the_same_bytes(renderer, font_cache):
    from reports.render import Renderer

    document = example_appraisal("zh_Hans_CN")

    assert renderer.render_appraisal(document) == Renderer(font_cache).render_appraisal(document)


@pytest.mark.parametrize("name", ["骉䶮", "𠮷野𡘙", "Nguyễn Thị Ánh", "Zażółć Gęślą-Jaźń", "Ольга Ωμέγα"])
def test_rare_names_come_out(renderer, name):
    document = example_appraisal("zh_Hans_CN")
    pdf = renderer.render_appraisal(replace(document, person=replace(document.person, name=name)))

    assert name.replace(" ", "") in text_of(pdf)
    assert len(open_pdf(pdf).pages) == 2


def test_long_words_break_inside_their_column(renderer):
    document = example_appraisal("en")
    word = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" * 2
    losses = (Loss(criterion=word, points=5.0),)
    rows = tuple(replace(row, topic=word, losses=losses) for row in document.inspected)
    pdf = renderer.render_appraisal(
        replace(document, inspected=rows, person=replace(document.person, name=word, team=word))
    )

    assert word in text_of(pdf)


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_empty_month_says_so_on_two_pages(renderer, language):
    document = example_appraisal(language)
    nothing = Figure(None, None, None, 0, Label.none)
    empty = replace(
        document,
        overall=replace(document.overall, figure=nothing, between=(), inspected=0, ratings=0,
                        reasons=(Note("no_inspections"),)),
        trend=Trend(points=tuple(replace(point, figure=nothing) for point in document.trend.points), standing=None,
                    standing_months=6, standard=80),
        components=tuple(replace(row, figure=nothing, verdict="no_value", points=None, adds=None)
                         for row in document.components),
        praise=(), improve=(), improve_notes=(Note("no_pattern"),), inspected=(), comments=(),
    )  # fmt: skip
    pdf = renderer.render_appraisal(empty)

    assert len(open_pdf(pdf).pages) == 2
    sentence = "Prioronly:nothinginspectedthismonth." if language == "en" else "仅先验：本月没有质检样本。"
    assert sentence in text_of(pdf)


def test_an_unpublished_month_says_draft_on_every_page(renderer):
    document = example_appraisal("en")
    draft = replace(document, status=replace(document.status, published_at=None, locked_at=None, is_month_over=False))
    reader = open_pdf(renderer.render_appraisal(draft))

    assert all("Draft 草稿" in page.extract_text() for page in reader.pages)
    assert "The month is not over" in reader.pages[0].extract_text()


def test_a_later_revision_names_its_reason(renderer):
    document = example_appraisal("en")
    revised = replace(document.identity, revision=2, revision_reason="Appeal of 11 November accepted")
    text = text_of(renderer.render_appraisal(replace(document, identity=revised)))

    assert "revision2" in text
    assert "Appealof11Novemberaccepted" in text


def test_nothing_outside_the_document_is_read(renderer, tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("not for the paper")
    document = example_appraisal("en")
    attack = f'<link rel="attachment" href="{secret.as_uri()}"><img src="{secret.as_uri()}">'
    pdf = renderer.render_appraisal(replace(document, comments=(Comment(CommentKind.own, "", attack),)))

    assert "linkrel=" in text_of(pdf)
    assert "/EmbeddedFiles" not in str(open_pdf(pdf).trailer["/Root"])


def test_the_parts_shown_add_up_to_the_sum_shown(renderer):
    from reports.appraisal.present import present

    view = present(example_appraisal("en"))

    assert round(sum(float(row.adds) for row in view.rows), 1) == float(view.total)


def test_a_batch_names_what_failed_and_goes_on(font_cache, renderer):
    from reports.batch import render_many

    good = example_appraisal("en")
    results = list(render_many([("1", good), ("2", replace(good, language="tlh")), ("3", good)], font_cache))

    assert [result.pdf is not None for result in results] == [True, False, True]
    assert "tlh" in results[1].error


def test_two_processes_give_the_same_bytes_in_order(font_cache, renderer):
    from reports.batch import render_many

    documents = [(language, example_appraisal(language)) for language in LANGUAGES]
    results = list(render_many(documents, font_cache, processes=2))

    assert [result.key for result in results] == LANGUAGES
    assert [result.pdf for result in results] == [renderer.render_appraisal(document) for _, document in documents]


def test_dates_in_the_file_are_those_of_the_month(renderer):
    reader = open_pdf(renderer.render_appraisal(example_appraisal("en")))

    assert reader.metadata.creation_date.date() == date(2026, 11, 2)
