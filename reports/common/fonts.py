"""The fonts of the documents: a small cut of the system's Chinese font, made once and kept.

WeasyPrint reads a font whole for every file it embeds it in. The system's Noto Sans CJK weighs 20 MB a weight and
has PostScript outlines; a cut to GB 2312 and Latin with TrueType outlines weighs 2 MB and renders 1.3 times as fast.

Characters outside the cut (rare names) come from cuts of their own, made when they are first met and kept: one for each
block of 256 code points, so that a document has the same bytes whatever was rendered before it. What the source font
lacks as well is taken from whatever the system has, last in the font list.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from reports.common.cutting import write_cut
from reports.errors import RendererMissing

#: Name of the cut in style sheets; never the name of an installed font, or the two would be mixed up.
FAMILY = "Assay Sans"
#: Stands for the cuts of rare characters in style sheets. Each has a family of its own, or WeasyPrint would take two
#: files for one and print the glyphs of the first.
RARE_FAMILY = "Assay Sans Rare"

#: Change it whenever the cut changes: old files in the cache are then left alone and new ones made.
CUT_VERSION = 8

#: Where Linux distributions and people put fonts.
FONT_DIRECTORIES = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path.home() / ".local/share/fonts")

#: The family wanted inside a collection, and the file names it comes under.
SOURCE_FAMILY = "Noto Sans CJK SC"
_SOURCE_FILES = {
    400: ("NotoSansCJK-Regular.ttc", "NotoSansCJKsc-Regular.otf"),
    700: ("NotoSansCJK-Bold.ttc", "NotoSansCJKsc-Bold.otf"),
}

_STYLES = {400: "Regular", 700: "Bold"}
_FEATURES = ("kern", "mark", "mkmk", "ccmp", "locl", "tnum", "lnum", "pwid")
#: Code points of a block are alike without so many last bits.
_BLOCK_BITS = 8
_MEND = "apt-get install -y fonts-noto-cjk"


@dataclass(frozen=True, slots=True)
class FontFile:
    """One weight of a cut, ready to be named in a style sheet."""

    weight: int
    path: Path
    family: str = FAMILY


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
            write_cut(_source(weight, directories), target, characters_of_cut(), family=SOURCE_FAMILY,
                      names=(FAMILY, _STYLES[weight]), features=_FEATURES)  # fmt: skip
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


def rare_blocks(text: str) -> frozenset[int]:
    """Give the blocks of 256 code points that hold characters of `text` outside the cut."""
    return frozenset(code >> _BLOCK_BITS for code in set(map(ord, text)) - characters_of_cut() if code >= 0x20)


def family_of_block(block: int) -> str:
    """Name the family of the cut of one block; a number alone would be read as a size."""
    return f"{RARE_FAMILY} U{block:04x}"


def prepare_block(block: int, cache: Path, directories: Sequence[Path] = FONT_DIRECTORIES) -> tuple[FontFile, ...]:
    """Give the cut fonts of a block of rare characters, making those that the cache lacks, a second a weight.

    Parameters
    ----------
    block : int
        Number of the block: its code points without their last eight bits.
    cache : Path
        Folder for the cuts.
    directories : sequence of Path
        Folders searched for the installed font.

    Returns
    -------
    tuple of FontFile
        Regular and bold; none where the installed font has no character of the block.

    Raises
    ------
    RendererMissing
        If the installed font is missing; the message is the line that installs it.
    """
    files = []
    for weight in _SOURCE_FILES:
        target = _target(weight, cache, directories, f"-{block:04x}")
        if not target.exists():
            wanted = set(range(block << _BLOCK_BITS, (block + 1) << _BLOCK_BITS)) - characters_of_cut()
            write_cut(_source(weight, directories), target, wanted, family=SOURCE_FAMILY,
                      names=(family_of_block(block), _STYLES[weight]), features=())  # fmt: skip
        if target.stat().st_size:
            files.append(FontFile(weight, target, family_of_block(block)))
    return tuple(files)


@cache
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


def _target(weight: int, cache: Path, directories: Sequence[Path], part: str = "") -> Path:
    return cache / f"assay-sans-{weight}{part}-{_key(_source(weight, directories))}.ttf"


def _key(source: Path) -> str:
    """Tell one version of the installed font from the next."""
    facts = source.stat()
    return hashlib.sha256(f"{CUT_VERSION}:{source}:{facts.st_size}:{facts.st_mtime_ns}".encode()).hexdigest()[:12]
