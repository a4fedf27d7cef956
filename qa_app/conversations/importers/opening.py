"""Opening what people have: plain files, .gz, the one file of a .zip; and guessing how their text is encoded."""

import gzip
import io
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import BinaryIO, cast

from charset_normalizer import from_bytes

from qa_app.conversations.importers.problems import FileProblemCode, ImportFileError

SAMPLE_BYTES = 64 * 1024
_BYTE_ORDER_MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}


@contextmanager
def open_bytes(path: Path) -> Iterator[BinaryIO]:
    """Open a file for reading, unpacked on the way; nothing is unpacked to disk or held in memory.

    Raises
    ------
    ImportFileError
        If it is not there, the archive is damaged, or a .zip holds more than one file.
    """
    try:
        with path.open("rb") as packed:
            start = packed.read(4)
            packed.seek(0)
            if start[:2] == b"\x1f\x8b":
                with gzip.open(packed) as unpacked:
                    yield cast(BinaryIO, unpacked)
            elif start == b"PK\x03\x04" and path.suffix.lower() == ".zip":
                with zipfile.ZipFile(packed) as archive, archive.open(_only_member(archive)) as unpacked_member:
                    yield cast(BinaryIO, unpacked_member)
            else:
                yield packed
    except FileNotFoundError as error:
        raise ImportFileError(FileProblemCode.not_found, {"file": path.name}) from error
    except (zipfile.BadZipFile, gzip.BadGzipFile, EOFError) as error:
        raise ImportFileError(FileProblemCode.damaged_archive, {"file": path.name}) from error


def inner_name(path: Path) -> str:
    """Return the name of what is read: without `.gz`, or the member's name of a .zip."""
    if path.suffix.lower() == ".gz":
        return path.name[:-3]
    if path.suffix.lower() == ".zip" and zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            return PurePosixPath(_only_member(archive).filename).name
    return path.name


def guess_encoding(stream: BinaryIO) -> str:
    """Guess the encoding of text, from the first bytes and the first ones beyond ASCII wherever they are."""
    sample = stream.read(SAMPLE_BYTES)
    for mark, encoding in _BYTE_ORDER_MARKS.items():
        if sample.startswith(mark):
            return encoding
    while sample.isascii():
        block = stream.read(SAMPLE_BYTES)
        if not block:
            return "utf-8"
        sample = block
    # The block may begin inside a character: up to three bytes belong to the one before.
    sample += stream.read(SAMPLE_BYTES)
    if _decodes(sample, "utf-8"):
        return "utf-8"
    return "gb18030" if _looks_chinese(sample) else _best_guess(sample)


def read_text(stream: BinaryIO, encoding: str) -> io.TextIOWrapper:
    """Wrap bytes as text; bytes that do not belong there stay recognisable as lone surrogates."""
    return io.TextIOWrapper(stream, encoding=encoding, errors="surrogateescape", newline="")


def _only_member(archive: zipfile.ZipFile) -> zipfile.ZipInfo:
    members = [
        member for member in archive.infolist() if not member.is_dir() and not member.filename.startswith("__MACOSX/")
    ]
    if len(members) != 1:
        raise ImportFileError(
            FileProblemCode.archive_needs_one_file,
            {"file": Path(archive.filename or "").name, "count": str(len(members))},
        )
    return members[0]


def _decodes(sample: bytes, encoding: str) -> bool:
    """Tell whether the sample is in this encoding, a character cut at either end aside."""
    for start in range(4):
        try:
            sample[start:].decode(encoding)
        except UnicodeDecodeError as error:
            if error.start + start >= len(sample) - 4:
                return True
        else:
            return True
    return False


def _looks_chinese(sample: bytes) -> bool:
    """Tell whether GBK makes mostly common Chinese characters of what is beyond ASCII."""
    text = sample.decode("gb18030", errors="replace")
    beyond = [character for character in text if not character.isascii()]
    common = sum("\u4e00" <= character <= "\u9fff" or character in "，。；：？！、（）《》“”‘’" for character in beyond)
    return bool(beyond) and common / len(beyond) > 0.7 and text.count("\ufffd") < 3


def _best_guess(sample: bytes) -> str:
    best = from_bytes(sample).best()
    return best.encoding if best is not None else "cp1252"
