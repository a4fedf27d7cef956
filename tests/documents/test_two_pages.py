"""An appraisal is always two pages: what a month holds beyond them is shortened and says so, never silently lost."""

from dataclasses import replace

import pytest

from reports.appraisal.example import example_appraisal
from reports.appraisal.room import BACK, FRONT, Rooms, clip, width_of
from reports.documents import Comment, CommentKind, Pattern
from reports.render import appraisal_html
from tests.documents.conftest import open_pdf, text_of
from tests.factories.appraisals import LONG_WORDS, create_full_appraisal

pytestmark = pytest.mark.pdf
LANGUAGES = ["en", "zh_Hans_CN"]
SHORTENED = {"en": "Textsthatendin“…”areshortened", "zh_Hans_CN": "结尾的文字有删节"}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "fullness",
    [
        {"conversations": 5, "components": 4},
        {"conversations": 20},
        {"conversations": 60, "comments": 6, "components": 9},
    ],
    ids=["long comments", "twenty conversations", "everything"],
)
def test_the_fullest_month_takes_two_pages_and_says_what_it_shortened(renderer, language, fullness):
    pdf = renderer.render_appraisal(create_full_appraisal(language, **fullness))

    assert len(open_pdf(pdf).pages) == 2
    assert SHORTENED[language] in text_of(pdf)


@pytest.mark.parametrize("language", LANGUAGES)
def test_endless_words_everywhere_take_two_pages(renderer, language):
    document = create_full_appraisal(language, comments=4, components=9, word=LONG_WORDS[language])

    assert len(open_pdf(renderer.render_appraisal(document)).pages) == 2


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_critical_error_and_a_full_list_lose_nothing(renderer, language):
    full = create_full_appraisal(language, conversations=8)
    rows = tuple(replace(row, losses=row.losses[-4:]) for row in full.inspected)
    document = replace(example_appraisal(language), improve=full.improve[1:5], inspected=rows)
    pdf = renderer.render_appraisal(document)
    text = text_of(pdf)

    assert len(open_pdf(pdf).pages) == 2
    assert SHORTENED[language] not in text
    assert all(row.number in text for row in rows)
    assert all(loss.criterion.replace(" ", "") in text for row in rows for loss in row.losses)


@pytest.mark.parametrize("language", LANGUAGES)
def test_twenty_conversations_with_one_loss_each_are_all_listed(renderer, language):
    full = create_full_appraisal(language).inspected
    rows = tuple(replace(row, losses=row.losses[:1], inspector="W. Lan") for row in full)
    document = replace(example_appraisal(language), inspected=rows)
    pdf = renderer.render_appraisal(document)
    text = text_of(pdf)

    assert len(open_pdf(pdf).pages) == 2
    assert all(row.number in text for row in rows)
    assert SHORTENED[language] not in text


def test_conversations_beyond_the_page_are_counted_with_their_average(renderer):
    document = create_full_appraisal("en", conversations=60)
    text = text_of(renderer.render_appraisal(document))
    listed = [row for row in document.inspected if row.number in text]
    rest = [row.score for row in document.inspected if row.number not in text]

    assert 8 <= len(listed) < 60
    assert f"{len(rest)}more(average{sum(rest) / len(rest):.1f})standonthesheet'spage" in text
    assert max(row.score for row in listed) <= min(rest)


def test_entries_beyond_the_column_are_named(renderer):
    document = create_full_appraisal("en", conversations=60, comments=6, components=9)
    text = text_of(renderer.render_appraisal(document))

    assert "moreonthesheet'spage:" in text
    assert text.index("Criticalerror:") < text.index("moreonthesheet'spage:", text.index("Workonnext"))


def test_comments_beyond_the_page_are_counted(renderer):
    comments = tuple(Comment(CommentKind.supervisor, f"Author {number}", "Words. " * 90) for number in range(7))
    pdf = renderer.render_appraisal(replace(example_appraisal("en"), comments=comments))
    text = text_of(pdf)
    printed = sum(f"(Author{number})" in text for number in range(7))

    assert len(open_pdf(pdf).pages) == 2
    assert 1 < printed < 7
    assert f"and{7 - printed}morecomments,onthesheet'spage" in text


def test_only_the_page_that_is_full_is_set_tighter(renderer):
    document = example_appraisal("en")
    entry = replace(document.improve[0], action="Next: repeat what the customer needs. " * 4)
    full = replace(document, improve=tuple(replace(entry, title=f"Area {number}") for number in range(5)))
    rooms = renderer.fit_appraisal(full)

    assert rooms.front_step > 0
    assert rooms.back_step == 0


def test_a_shorter_page_never_says_more(renderer):
    document = create_full_appraisal("en", comments=5, components=9)
    words = [len(appraisal_html(document, Rooms(step, step))) for step in range(3, min(len(FRONT), len(BACK)))]

    assert words == sorted(words, reverse=True)


def test_losses_beyond_a_line_are_counted_with_their_points(renderer):
    html = appraisal_html(create_full_appraisal("en"), Rooms(0, 6))

    assert "Name of criterion 1 −3.5 and 7 more (−24.5)" in html
    assert "critical: Name of criterion… and 8 more (−28)" in html


def test_a_clipped_text_keeps_its_width():
    for letters in range(1, 30):
        for text in ("hello, world and all", "质检评分表与 Latin 混排", "ab"):
            short = clip(text, letters)
            assert width_of(short) <= letters or letters == 1
            assert short == text or short.endswith("…")


def test_a_clip_keeps_letter_and_accent_together():
    assert clip("abce\u0301fgh", 5) == "abc…"


def test_an_unprintable_character_is_left_out(renderer):
    comment = Comment(CommentKind.own, "", "one\x0btwo\ud800three\ufffe")
    pdf = renderer.render_appraisal(replace(example_appraisal("en"), comments=(comment,)))

    assert "onetwothree" in text_of(pdf)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_standing_stands_beside_the_month(renderer, language):
    text = text_of(renderer.render_appraisal(create_full_appraisal(language, conversations=3, comments=0)))
    sentence = {
        "en": "Inspectedthismonth:62(n=2,likely50–74;restsonveryfewconversations).Standingover6months:70(61–78).",
        "zh_Hans_CN": "本月质检62（2条，大致50–74；所依据的会话很少）。近6个月水平70（61–78）。",
    }[language]

    assert sentence in text


def test_a_list_of_one_endless_entry_is_kept(renderer):
    document = example_appraisal("en")
    endless = Pattern("Title " * 40, (), (), "Action " * 400)
    pdf = renderer.render_appraisal(replace(document, improve=(endless,)))

    assert len(open_pdf(pdf).pages) == 2
    assert "ActionAction" in text_of(pdf)
