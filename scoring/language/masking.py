"""Hides personal data in what was said: phone, identity-card and bank-card numbers, e-mail addresses, marked names.

For every page, export, search and inspection that shows text. Each find is replaced by one pill of four dots whatever
its length, so that the length gives nothing away. All offsets that others store (evidence above all) count characters
of the *masked* text; `MaskedText.to_original` leads back for the few who may unmask.

Numbers read out digit by digit ("one three eight…", 一三八…) are found by their length, as transcripts of calls are
full of them. Names and addresses are found only where the source marks them: neither check digit nor cue tells them
from other words. How much is found, and how much is hidden by mistake, is measured by ``bench/masking.py``.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from scoring.language.marks import Mark, find_marks
from scoring.language.numbers import PersonalData, find_numbers

__all__ = ["DEFAULT_REGIONS", "PILL", "Mark", "MaskedSpan", "MaskedText", "PersonalData", "mask_personal_data"]

PILL = "••••"
DEFAULT_REGIONS = ("CN", "US")
"""Countries whose numbers are known without a country code."""


@dataclass(frozen=True, slots=True)
class MaskedSpan:
    """One pill: where it stands in the masked text, and which characters of the original it hides."""

    start: int
    end: int
    kind: PersonalData
    original_start: int
    original_end: int


@dataclass(frozen=True, slots=True)
class MaskedText:
    """A text as it may be shown, with its pills in order."""

    text: str
    spans: tuple[MaskedSpan, ...]

    def to_original(self, offset: int) -> int:
        """Lead an offset of the masked text back to the original.

        Parameters
        ----------
        offset : int
            ``0 <= offset <= len(text)``. Inside a pill: the start of what it hides.

        Returns
        -------
        int
            Offset into the original text.
        """
        shift = 0
        for span in self.spans:
            if offset < span.end:
                return span.original_start if offset > span.start else offset + shift
            shift = span.original_end - span.end
        return offset + shift


def mask_personal_data(
    text: str, *, marks: Sequence[Mark] = (), asked: str = "", regions: tuple[str, ...] = DEFAULT_REGIONS
) -> MaskedText:
    """Replace personal data by pills.

    Phone numbers are those that their country's numbering plan has, or that are grouped as phone numbers are; identity
    cards are Chinese resident numbers with a right check digit; bank cards are 13–19 digits that pass Luhn's check, or
    four groups of four; all of them with blanks, hyphens or full-width digits. A number that fits two kinds is named
    after the stricter check. Digits that fit none are hidden where the words before them announce such a number
    ("card number", 身份证), or the question they answer: people mistype, and read out the last four. Six and more
    digits in words are taken for a phone number unless the words before say otherwise. Other digits stay: most are
    orders and tickets, which the inspector needs. Names and addresses are those of `marks`.

    Parameters
    ----------
    text : str
        What was said.
    marks : sequence of Mark, default=()
        Strings that the source calls personal; hidden wherever they occur, in full or in part
        (`scoring.language.marks`).
    asked : str, default=""
        What the other side said just before, if that is known: a number may be the answer to it.
    regions : tuple of str
        ISO 3166 countries whose phone numbers are known without a country code.

    Returns
    -------
    MaskedText
        The text with one `PILL` for each find, and where they stand.

    Examples
    --------
    >>> mask_personal_data("请拨 13812345678 找我").text
    '请拨 •••• 找我'
    >>> mask_personal_data("I am Mara.", marks=[Mark(PersonalData.name, "Mara Lindqvist")]).text
    'I am ••••.'
    """
    found = sorted(_merge([*find_numbers(text, regions, asked), *(find_marks(text, marks) if marks else ())]))
    parts: list[str] = []
    spans: list[MaskedSpan] = []
    read = written = 0
    for start, end, kind in found:
        written += start - read
        parts += (text[read:start], PILL)
        spans.append(MaskedSpan(written, written + len(PILL), kind, start, end))
        written += len(PILL)
        read = end
    return MaskedText("".join((*parts, text[read:])), tuple(spans))


def _merge(found: list[tuple[int, int, PersonalData]]) -> list[tuple[int, int, PersonalData]]:
    """Join finds that overlap: everything that any of them hides stays hidden; the first gives the kind."""
    merged: list[tuple[int, int, PersonalData]] = []
    for start, end, kind in sorted(found, key=lambda find: (find[0], -find[1])):
        if merged and start < merged[-1][1]:
            first, last, named = merged[-1]
            merged[-1] = (first, max(last, end), named)
        else:
            merged.append((start, end, kind))
    return merged
