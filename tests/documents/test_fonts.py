"""Rare characters come from small cuts of their own: small files, the right glyphs, text that reads back."""

import re
from dataclasses import replace
from io import BytesIO

import pytest
from fontTools.ttLib import TTCollection, TTFont

from reports.appraisal.example import example_appraisal
from reports.common.fonts import (
    SOURCE_FAMILY,
    characters_of_cut,
    find_fonts,
    find_source,
    prepare_block,
    rare_blocks,
)
from reports.svg import estimate_width
from tests.documents.conftest import open_pdf, text_of

pytestmark = pytest.mark.pdf
RARE_NAMES = ["骉䶮", "司馬龖龘靐齉", "𠮷野", "Nguyễn Thị Ánh", "김철수"]


def named(name: str):
    document = example_appraisal("zh_Hans_CN")
    return replace(document, person=replace(document.person, name=name))


def embedded_fonts(pdf: bytes):
    """Give each embedded font with the characters its glyphs are read back as."""
    for page in open_pdf(pdf).pages:
        for font in page["/Resources"]["/Font"].values():
            font = font.get_object()
            descriptor = font["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()
            file = TTFont(BytesIO(descriptor["/FontFile2"].get_object().get_data()))
            yield file, dict(read_mapping(font["/ToUnicode"].get_object().get_data().decode()))


def read_mapping(table: str):
    """Read the lines "<glyph> <characters>" of a table of characters."""
    for glyph, characters in re.findall(r"^<([0-9a-f]+)> <([0-9a-f]+)>$", table, re.MULTILINE):
        yield int(glyph, 16), bytes.fromhex(characters).decode("utf-16-be")


def outline(font: TTFont, glyph: str):
    shape = font["glyf"][glyph]
    return shape.numberOfContours, (shape.xMin, shape.yMin, shape.xMax, shape.yMax), len(shape.coordinates)


@pytest.mark.parametrize("name", RARE_NAMES)
def test_a_rare_name_keeps_the_file_small_and_reads_back(renderer, name):
    pdf = renderer.render_appraisal(named(name))

    assert len(pdf) <= 105 * 1024
    assert name.replace(" ", "") in text_of(pdf)


@pytest.mark.parametrize("name", ["骉䶮", "司馬龖龘靐齉"])
def test_the_glyphs_printed_are_those_of_the_characters(renderer, font_cache, name):
    """Two cuts that WeasyPrint takes for one file would read back well and show the glyphs of the first."""
    seen = set()
    for font, characters in embedded_fonts(renderer.render_appraisal(named(name))):
        for number, character in characters.items():
            for block in rare_blocks(character) if character in name else ():
                cuts = [TTFont(file.path) for file in prepare_block(block, font_cache)]
                wanted = [outline(cut, cut.getBestCmap()[ord(character)]) for cut in cuts]
                assert outline(font, font.getGlyphName(number)) in wanted, character
                seen.add(character)

    assert seen == {character for character in name if ord(character) not in characters_of_cut()}


def test_a_document_has_the_same_bytes_whatever_came_before(font_cache, renderer):
    from reports.render import Renderer

    fresh = Renderer(font_cache)
    for name in ("龖龘", "骉䶮", "Maya Brandt"):
        renderer.render_appraisal(named(name))

    assert fresh.render_appraisal(named("骉䶮")) == renderer.render_appraisal(named("骉䶮"))
    assert fresh.render_appraisal(named("Maya")) == renderer.render_appraisal(named("Maya"))


def test_a_block_that_the_font_lacks_gives_no_file_and_is_not_cut_again(font_cache, renderer):
    emoji = ord("😀") >> 8

    assert prepare_block(emoji, font_cache) == ()
    before = {path: path.stat().st_mtime_ns for path in font_cache.iterdir()}
    assert prepare_block(emoji, font_cache) == ()
    assert {path: path.stat().st_mtime_ns for path in font_cache.iterdir()} == before


def test_ordinary_texts_ask_for_no_cut():
    assert rare_blocks("绩效考核表 Jürgen Ångström, Ольга (84–92 %)\n") == frozenset()
    assert rare_blocks("骉") == {0x9A}


def test_the_cut_has_every_character_of_the_source_that_it_promises(font_cache, renderer):
    with TTCollection(find_source(400), lazy=True) as collection:
        source = next(font for font in collection.fonts if font["name"].getDebugName(1) == SOURCE_FAMILY)
        promised = characters_of_cut() & set(source.getBestCmap())
    cut = TTFont(find_fonts(font_cache)[0].path)

    assert promised <= set(cut.getBestCmap())


def test_the_widths_of_letters_in_charts_are_those_of_the_font(font_cache, renderer):
    font = TTFont(find_fonts(font_cache)[0].path)
    names, widths, units = font.getBestCmap(), font["hmtx"], font["head"].unitsPerEm

    for letter in map(chr, [*range(0x20, 0x7F), *map(ord, "–−月质")]):
        if letter.isalnum() or letter in " %(),.–−":
            assert abs(estimate_width(letter, units) - widths[names[ord(letter)]][0]) <= 0.011 * units, letter
