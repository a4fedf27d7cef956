"""Cutting a small TrueType font out of a large one with PostScript outlines."""

import os
import tempfile
from collections.abc import Collection, Sequence
from pathlib import Path

from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTCollection, TTFont, newTable
from fontTools.ttLib.scaleUpem import scale_upem

from reports.errors import RendererMissing

#: Largest distance, in parts of 1,000 of the size, between a cubic outline and its quadratic stand-in.
_OUTLINE_ERROR = 4.0
#: Units of an em in the cut: coarser than the source's 1,000, so that most distances fit one byte and pack better.
#: At 9 pt a unit is 0.02 pt, far below what any printer shows.
_UNITS = 400
_LAYOUT_TABLES = ("GSUB", "GPOS", "GDEF")


def write_cut(
    source: Path,
    target: Path,
    characters: Collection[int],
    *,
    family: str,
    names: Sequence[str],
    features: Sequence[str],
) -> None:
    """Cut the characters out of a font; the file appears whole or not at all.

    Parameters
    ----------
    source : Path
        The installed font, a collection or a single one.
    target : Path
        File that is written. It stays empty where the source has none of the characters.
    characters : collection of int
        Code points wanted; those that the source lacks are left out.
    family : str
        The family wanted inside a collection.
    names : sequence of str
        Family and style of the cut.
    features : sequence of str
        OpenType features that are kept.

    Raises
    ------
    RendererMissing
        If the source holds no such family.
    """
    handle, name = tempfile.mkstemp(dir=target.parent, suffix=".part")
    os.close(handle)
    with _open_source(source) as collection:
        font = _choose_family(getattr(collection, "fonts", [collection]), source, family)
        known = set(font.getBestCmap()).intersection(characters)
        if known:
            _subset(font, known, features)
            _convert_outlines(font)
            scale_upem(font, _UNITS)
            _rename(font, *names)
            font.save(name)
    Path(name).chmod(0o644)
    Path(name).replace(target)


def _open_source(source: Path) -> TTCollection | TTFont:
    return TTCollection(source, lazy=True) if source.suffix == ".ttc" else TTFont(source, lazy=True)


def _choose_family(fonts: Sequence[TTFont], source: Path, family: str) -> TTFont:
    for font in fonts:
        if family in (font["name"].getDebugName(1), font["name"].getDebugName(16)):
            return font
    raise RendererMissing(f"{source} holds no {family}: apt-get install -y fonts-noto-cjk")


def _subset(font: TTFont, characters: Collection[int], features: Sequence[str]) -> None:
    options = Options(
        hinting=False,
        desubroutinize=True,
        notdef_outline=True,
        glyph_names=False,
        recalc_timestamp=False,
        layout_features=list(features),
        name_IDs=[1, 2, 3, 4, 6],
        drop_tables=["BASE", "DSIG", "VORG", "vhea", "vmtx", *(() if features else _LAYOUT_TABLES)],
    )
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=characters)
    subsetter.subset(font)


def _convert_outlines(font: TTFont) -> None:
    """Replace the PostScript outlines by TrueType ones, as PDF writers take them faster and pack them smaller."""
    order = font.getGlyphOrder()
    shapes = font.getGlyphSet()
    glyphs = {}
    for name in order:
        pen = TTGlyphPen(shapes)
        shapes[name].draw(Cu2QuPen(pen, _OUTLINE_ERROR, reverse_direction=True))
        glyphs[name] = pen.glyph()
    font["loca"] = newTable("loca")
    font["glyf"] = table = newTable("glyf")
    table.glyphOrder = order
    table.glyphs = glyphs
    del font["CFF "]
    table.compile(font)
    _complete_tables(font, table)


def _complete_tables(font: TTFont, outlines: object) -> None:
    """Fill in what a font with TrueType outlines needs and one with PostScript outlines lacks."""
    limits = font["maxp"]
    limits.tableVersion = 0x00010000
    for name in (
        "maxTwilightPoints",
        "maxStorage",
        "maxFunctionDefs",
        "maxInstructionDefs",
        "maxStackElements",
        "maxSizeOfInstructions",
        "maxComponentElements",
        "maxComponentDepth",
        "maxCompositePoints",
        "maxCompositeContours",
    ):
        setattr(limits, name, 0)
    limits.maxZones = 1
    limits.maxPoints = limits.maxContours = 0
    limits.recalc(font)
    font["post"].formatType = 3.0
    font["post"].extraNames, font["post"].mapping = [], {}
    font["head"].glyphDataFormat = 0
    font["head"].indexToLocFormat = 1
    for name in font.getGlyphOrder():
        shape = outlines[name]  # type: ignore[index]
        font["hmtx"][name] = (font["hmtx"][name][0], getattr(shape, "xMin", 0))
    font.sfntVersion = "\000\001\000\000"
    font.recalcTimestamp = False


def _rename(font: TTFont, family: str, style: str) -> None:
    postscript = f"{family.replace(' ', '')}-{style}"
    names = {1: family, 2: style, 3: f"{family} {style}", 4: f"{family} {style}", 6: postscript}
    table = font["name"]
    table.names = []
    for number, text in names.items():
        table.setName(text, number, 3, 1, 0x409)
