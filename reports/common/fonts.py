"""The fonts of the documents: a small cut of the system's Chinese font, made once and kept.

WeasyPrint reads a font whole for every file it embeds it in. The system's Noto Sans CJK weighs 20 MB a weight and
has PostScript outlines; a cut to GB 2312 and Latin with TrueType outlines weighs 2 MB and renders 1.3 times as fast.
Characters outside the cut (rare names) are taken from the full system font, which stays next in the font list.
"""

import hashlib
import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTCollection, TTFont, newTable
from fontTools.ttLib.scaleUpem import scale_upem

from reports.errors import RendererMissing

#: Name of the cut in style sheets; never the name of an installed font, or the two would be mixed up.
FAMILY = "Assay Sans"

#: Change it whenever the cut changes: old files in the cache are then left alone and new ones made.
CUT_VERSION = 5

#: Where Linux distributions and people put fonts.
FONT_DIRECTORIES = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path.home() / ".local/share/fonts")

#: The family wanted inside a collection, and the file names it comes under.
SOURCE_FAMILY = "Noto Sans CJK SC"
_SOURCE_FILES = {
    400: ("NotoSansCJK-Regular.ttc", "NotoSansCJKsc-Regular.otf"),
    700: ("NotoSansCJK-Bold.ttc", "NotoSansCJKsc-Bold.otf"),
}

_MEND = "apt-get install -y fonts-noto-cjk"
#: Largest distance, in parts of 1,000 of the size, between a cubic outline and its quadratic stand-in.
_OUTLINE_ERROR = 4.0
#: Units of an em in the cut: coarser than the source's 1,000, so that most distances fit one byte and pack better.
#: At 9 pt a unit is 0.02 pt, far below what any printer shows.
_UNITS = 400


@dataclass(frozen=True, slots=True)
class FontFile:
    """One weight of the cut, ready to be named in a style sheet."""

    weight: int
    path: Path


def find_source(weight: int, directories: Sequence[Path] = FONT_DIRECTORIES) -> Path | None:
    """Find the installed file of the Chinese font in one weight.

    Parameters
    ----------
    weight : int
        400 (regular) or 700 (bold).
    directories : sequence of Path
        Folders searched, with everything below them.

    Returns
    -------
    Path or None
        The file; ``None`` where the font is not installed.
    """
    for directory in directories:
        for name in _SOURCE_FILES[weight]:
            found = next(iter(sorted(directory.rglob(name))), None) if directory.is_dir() else None
            if found is not None:
                return found
    return None


def prepare_fonts(cache: Path, directories: Sequence[Path] = FONT_DIRECTORIES) -> tuple[FontFile, ...]:
    """Give the cut fonts, making those that the cache lacks.

    Making takes about half a minute a weight, once for each version of the installed font. Two processes may do it
    at the same time: each writes beside the target and the last one to finish wins with the same bytes.

    Parameters
    ----------
    cache : Path
        Folder for the cuts; made if it is missing.
    directories : sequence of Path
        Folders searched for the installed font.

    Returns
    -------
    tuple of FontFile
        Regular and bold.

    Raises
    ------
    RendererMissing
        If the installed font is missing; the message is the line that installs it.
    """
    cache.mkdir(parents=True, exist_ok=True)
    files = []
    for weight in _SOURCE_FILES:
        target = _target(weight, cache, directories)
        if not target.exists():
            _write_cut(_source(weight, directories), target, weight)
        files.append(FontFile(weight=weight, path=target))
    return tuple(files)


def find_fonts(cache: Path, directories: Sequence[Path] = FONT_DIRECTORIES) -> tuple[FontFile, ...]:
    """Give the cut fonts if all of them are made already, else none; parameters as in `prepare_fonts`.

    Raises
    ------
    RendererMissing
        If the installed font is missing; the message is the line that installs it.
    """
    files = tuple(FontFile(weight, _target(weight, cache, directories)) for weight in _SOURCE_FILES)
    return files if all(file.path.exists() for file in files) else ()


def characters_of_cut() -> frozenset[int]:
    """Give the code points of the cut: GB 2312, Latin letters of Europe, the signs used in documents."""
    rows = range(0xA1, 0xF8)
    pairs = (bytes((row, cell)) for row in rows for cell in range(0xA1, 0xFF))
    chinese = {ord(character) for pair in pairs if (character := pair.decode("gb2312", errors="ignore"))}
    blocks = ((0x20, 0x7F), (0xA0, 0x250), (0x2010, 0x2052), (0x3000, 0x3030), (0xFF00, 0xFFF0))
    latin = {code for first, last in blocks for code in range(first, last)}
    return frozenset(chinese | latin | set(map(ord, "€№™←↑→↓−≈≠≤≥■□▲△▼▽◆○●★☆✓×÷±¹²³")))


def _source(weight: int, directories: Sequence[Path]) -> Path:
    source = find_source(weight, directories)
    if source is None:
        raise RendererMissing(f"No Chinese font ({SOURCE_FAMILY}) is installed: {_MEND}")
    return source


def _target(weight: int, cache: Path, directories: Sequence[Path]) -> Path:
    return cache / f"assay-sans-{weight}-{_key(_source(weight, directories))}.ttf"


def _key(source: Path) -> str:
    """Tell one version of the installed font from the next."""
    facts = source.stat()
    return hashlib.sha256(f"{CUT_VERSION}:{source}:{facts.st_size}:{facts.st_mtime_ns}".encode()).hexdigest()[:12]


def _write_cut(source: Path, target: Path, weight: int) -> None:
    with _open_source(source) as collection:
        font = _choose_family(getattr(collection, "fonts", [collection]), source)
        _subset(font)
        _convert_outlines(font)
        scale_upem(font, _UNITS)
        _rename(font, weight)
        handle, name = tempfile.mkstemp(dir=target.parent, suffix=".part")
        os.close(handle)
        font.save(name)
    Path(name).chmod(0o644)
    Path(name).replace(target)


def _open_source(source: Path) -> TTCollection | TTFont:
    return TTCollection(source, lazy=True) if source.suffix == ".ttc" else TTFont(source, lazy=True)


def _choose_family(fonts: Sequence[TTFont], source: Path) -> TTFont:
    for font in fonts:
        if SOURCE_FAMILY in (font["name"].getDebugName(1), font["name"].getDebugName(16)):
            return font
    raise RendererMissing(f"{source} holds no {SOURCE_FAMILY}: {_MEND}")


def _subset(font: TTFont) -> None:
    options = Options(
        hinting=False,
        desubroutinize=True,
        notdef_outline=True,
        glyph_names=False,
        recalc_timestamp=False,
        layout_features=["kern", "mark", "mkmk", "ccmp", "locl", "tnum", "lnum", "pwid"],
        name_IDs=[1, 2, 3, 4, 6],
        drop_tables=["BASE", "DSIG", "VORG", "vhea", "vmtx"],
    )
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=characters_of_cut())
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


def _rename(font: TTFont, weight: int) -> None:
    style = "Regular" if weight == 400 else "Bold"
    names = {1: FAMILY, 2: style, 3: f"{FAMILY} {style}", 4: f"{FAMILY} {style}", 6: f"AssaySans-{style}"}
    table = font["name"]
    table.names = []
    for number, text in names.items():
        table.setName(text, number, 3, 1, 0x409)
