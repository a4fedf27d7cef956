"""Names and addresses that a source marks as personal, found wherever a conversation says them.

For `masking`. Nothing tells a name from any other word, so only what is marked is found: as a whole, and in the parts
people say of it.

* A name in Latin letters: each word of three letters or more ("Mara Lindqvist" hides "Mara" and "Lindqvist").
* A Chinese name: the whole, the given name of two characters, and the surname before a form of address (王女士).
* An address: the whole, and each part between commas that has a digit; in Chinese what follows the district.
* Anything else (a customer's number, an e-mail address): the whole.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from scoring.language.numbers import PersonalData

__all__ = ["Mark", "find_marks"]

_CHINESE = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
_CHINESE_NAME = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]{2,4}")
_TITLES = "(?:先生|女士|小姐|太太|老师|总)"
_DISTRICT = re.compile(r"^.*(?:省|市|(?<!小)区|县|州|镇|乡|街道)(?=.*\d)")
_FORM_OF_ADDRESS = re.compile(r"^(?:mrs?|ms|miss|dr|herr|frau)\b\.?\s*", re.IGNORECASE)
_LATIN_PART = re.compile(r"[^\W\d_]{3,}(?:['’-][^\W\d_]+)*")
_NO_NAMES = frozenset(["mrs", "miss", "herr", "frau", "von", "van", "der", "den", "the", "and"])
_FEWEST_ADDRESS_SIGNS = 5
_FEWEST_SIGNS = 2
_LONGEST_MARK = 300


@dataclass(frozen=True, slots=True)
class Mark:
    """One string that a source calls personal, and of what kind."""

    kind: PersonalData
    text: str


def find_marks(text: str, marks: Sequence[Mark]) -> Iterator[tuple[int, int, PersonalData]]:
    """Yield every place where a marked string, or a part people say of it, stands in the text.

    Parameters
    ----------
    text : str
        What was said.
    marks : sequence of Mark
        What is personal in this conversation.
    """
    for kind, pattern in _compile(tuple(marks)):
        for match in pattern.finditer(text):
            yield match.start(), match.end(), kind


@lru_cache(maxsize=512)
def _compile(marks: tuple[Mark, ...]) -> tuple[tuple[PersonalData, re.Pattern[str]], ...]:
    """One pattern a mark, the longest wording first; messages of one conversation share them."""
    compiled = []
    for mark in marks:
        wordings = sorted({*_wordings(mark)}, key=lambda wording: (-len(wording), wording))
        if wordings:
            compiled.append((mark.kind, re.compile("|".join(wordings), re.IGNORECASE)))
    return tuple(compiled)


def _wordings(mark: Mark) -> Iterator[str]:
    text = " ".join(mark.text[:_LONGEST_MARK].split())
    if mark.kind is PersonalData.name:
        text = _FORM_OF_ADDRESS.sub("", text)
    if len(text) >= _FEWEST_SIGNS:
        yield _written(text)
    if mark.kind is PersonalData.name:
        yield from _name_wordings(text)
    elif mark.kind is PersonalData.address:
        yield from (_written(part) for part in _address_parts(text))


def _name_wordings(name: str) -> Iterator[str]:
    for chinese in _CHINESE_NAME.findall(name):
        yield _written(chinese)
        yield f"{chinese[0]}{_TITLES}"
        if len(chinese) > _FEWEST_SIGNS:
            yield _written(chinese[-2:])
    yield from (_written(part) for part in _LATIN_PART.findall(name) if _is_name(part))


def _is_name(part: str) -> bool:
    return not _CHINESE.search(part) and part.casefold() not in _NO_NAMES


def _address_parts(address: str) -> Iterable[str]:
    parts = [part.strip() for part in re.split(r"[,，;；\n]", address)]
    parts += [_DISTRICT.sub("", part) for part in parts if _CHINESE.search(part)]
    return (part for part in parts if len(part) >= _FEWEST_ADDRESS_SIGNS and any(sign.isdigit() for sign in part))


def _written(text: str) -> str:
    """The text as a pattern: blanks and punctuation between its words may differ, Latin words end where they end."""
    words = [re.escape(word) for word in re.split(r"[\s,，.。;；]+", text) if word]
    joined = r"[\s,，.。;；]{0,3}".join(words) if _CHINESE.search(text) else r"[\s,，.。;；]{1,3}".join(words)
    before = r"(?<!\w)" if text[0].isascii() and text[0].isalnum() else ""
    after = r"(?!\w)" if text[-1].isascii() and text[-1].isalnum() else ""
    return f"{before}{joined}{after}"
