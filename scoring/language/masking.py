"""Hides personal data in what was said: phone, identity-card and bank-card numbers, e-mail addresses.

For every page, export and inspection that shows text. Each find is replaced by one pill of four dots whatever its
length, so that the length gives nothing away. All offsets that others store (evidence above all) count characters
of the *masked* text; `MaskedText.to_original` leads back for the few who may unmask.

Numbers read out digit by digit ("one three eight…", 一三八…) are found by their length, as transcripts of calls are
full of them. Names and addresses are not found: neither check digit nor cue tells them from other words.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

import phonenumbers
from stdnum import luhn
from stdnum.cn import ric

PILL = "••••"
DEFAULT_REGIONS = ("CN", "US")
"""Countries whose numbers are known without a country code."""

_EMAIL = re.compile(r"[A-Za-z0-9][\w.+-]*@[\w-]+(?:\.[\w-]+)+", re.ASCII)
_DATE = r"(?:19|20)\d\d[-/.]\d{1,2}[-/.]\d{1,2}"
_DIGIT_RUN = re.compile(
    rf"(?<![A-Za-z0-9_-])(?!{_DATE})[+＋(（]?\d(?:[\s().（）-]{{0,2}}\d){{3,22}}[Xx]?(?![A-Za-z_])",
)
_CUE = re.compile(
    r"""(?: (?P<id_card>\bssn\b|social\ security|\bid\ (?:card|number|no)\b|身份证|证件号)
          | (?P<bank_card>\b(?:card|account|acc?t?)\ (?:number|num|no)\b|卡号|账号|帐号|尾号)
          | (?P<phone>\b(?:phone|mobile|cell|contact|tel|ph)\b|手机|电话|联系方式)
        )\D{0,16}$""",
    re.IGNORECASE | re.VERBOSE,
)
_CUE_REACH = 40
_SPOKEN_RUN = re.compile(
    r"""\b(?:double\ |triple\ )?(?:zero|oh|one|two|three|four|five|six|seven|eight|nine)\b
        (?:[\s,.、-]{1,3}(?:double\ |triple\ )?(?:zero|oh|one|two|three|four|five|six|seven|eight|nine)\b){5,}
      | (?:[零〇一二三四五六七八九幺][\s,，、-]{0,2}){6,}[零〇一二三四五六七八九幺]""",
    re.IGNORECASE | re.VERBOSE,
)
_CARD_SHAPE = re.compile(r"\d{4}([ -])\d{4}\1\d{4}\1\d{4}")
_CARD_LENGTHS = range(13, 20)
_IDENTITY_LENGTH = 18
_FEWEST_PHONE_DIGITS = 7
_ASCII_DIGIT = str.maketrans("０１２３４５６７８９＋（）", "0123456789+()")


class PersonalData(StrEnum):
    """What kind of personal data a pill stands for."""

    phone = "phone"
    id_card = "id_card"
    bank_card = "bank_card"
    email = "email"


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


def mask_personal_data(text: str, *, regions: tuple[str, ...] = DEFAULT_REGIONS) -> MaskedText:
    """Replace personal data by pills.

    Phone numbers are those that their country's numbering plan has; identity cards are Chinese resident numbers with
    a right check digit; bank cards are 13–19 digits that pass Luhn's check, or four groups of four; all of them with
    blanks, hyphens or full-width digits. A number that fits two kinds is named after the stricter check. Digits that
    fit none are hidden where the words before them announce such a number ("card number", 身份证): people mistype,
    and read out the last four. Six and more digits in words are taken for a phone number unless the words before say
    otherwise. Other digits stay: most are orders and tickets, which the inspector needs.

    Parameters
    ----------
    text : str
        What was said.
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
    """
    found = sorted(_find(text, regions))
    parts: list[str] = []
    spans: list[MaskedSpan] = []
    read = written = 0
    for start, end, kind in found:
        if start < read:
            continue
        written += start - read
        parts += (text[read:start], PILL)
        spans.append(MaskedSpan(written, written + len(PILL), kind, start, end))
        written += len(PILL)
        read = end
    return MaskedText("".join((*parts, text[read:])), tuple(spans))


def _find(text: str, regions: tuple[str, ...]) -> Iterator[tuple[int, int, PersonalData]]:
    """Every find with its place; a run of digits is tried by check digit, as a phone, then by the words before it."""
    if "@" in text:
        for match in _EMAIL.finditer(text):
            yield match.start(), match.end(), PersonalData.email
    for match in _SPOKEN_RUN.finditer(text):
        before = text[max(0, match.start() - _CUE_REACH) : match.start()]
        yield match.start(), match.end(), _cued_kind(before) or PersonalData.phone
    for match in _DIGIT_RUN.finditer(text):
        run = match.group().translate(_ASCII_DIGIT)
        kind = None if run.startswith("+") else _kind_by_check_digit(run)
        phones = [] if kind else _find_phones(run, match.start(), regions)
        if phones:
            yield from phones
            continue
        kind = kind or _kind_by_cue(run, text[max(0, match.start() - _CUE_REACH) : match.start()])
        if kind:
            yield match.start(), match.end(), kind


def _kind_by_check_digit(run: str) -> PersonalData | None:
    digits = "".join(sign for sign in run if sign.isalnum())
    if len(digits) == _IDENTITY_LENGTH and ric.is_valid(digits):
        return PersonalData.id_card
    if len(digits) in _CARD_LENGTHS and digits.isdecimal() and luhn.is_valid(digits):
        return PersonalData.bank_card
    return PersonalData.bank_card if _CARD_SHAPE.fullmatch(run) else None


def _kind_by_cue(run: str, before: str) -> PersonalData | None:
    kind = _cued_kind(before)
    # "my phone broke in 2019": a cue for phones is an everyday word, so it needs a number of a phone's length.
    return None if kind is PersonalData.phone and _count_digits(run) < _FEWEST_PHONE_DIGITS else kind


def _cued_kind(before: str) -> PersonalData | None:
    """The kind of number that the words before it announce."""
    cue = _CUE.search(before)
    return PersonalData(cue.lastgroup) if cue and cue.lastgroup else None


def _find_phones(run: str, offset: int, regions: tuple[str, ...]) -> list[tuple[int, int, PersonalData]]:
    """Phone numbers inside one run of digits, which is much shorter than the text: the library is slow."""
    if _count_digits(run) < _FEWEST_PHONE_DIGITS:
        return []
    for region in regions:
        matches = list(phonenumbers.PhoneNumberMatcher(run, region))
        if matches:
            return [(offset + match.start, offset + match.end, PersonalData.phone) for match in matches]
    return []


def _count_digits(run: str) -> int:
    return sum(sign.isdecimal() for sign in run)
