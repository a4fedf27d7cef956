"""Finds personal numbers and e-mail addresses in what was said: phones, identity cards, bank cards.

For `masking`, which hides them. A number is recognised by what its kind demands of it (check digit, numbering plan,
grouping), or by the words that announce it: just before it, or in the question it answers.
"""

import re
from collections.abc import Iterator
from enum import StrEnum

import phonenumbers
from stdnum import luhn
from stdnum.cn import ric

__all__ = ["PersonalData", "find_numbers"]


class PersonalData(StrEnum):
    """What kind of personal data a pill stands for."""

    phone = "phone"
    id_card = "id_card"
    bank_card = "bank_card"
    email = "email"
    name = "name"
    address = "address"


Find = tuple[int, int, PersonalData]

# Every repetition of these has an end: a text of a hundred thousand signs, whatever they are, is read in one pass.
_EMAIL = re.compile(r"[A-Za-z0-9][\w.+-]{0,127}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}", re.ASCII)
_PROVIDERS = r"(?:gmail|g\ mail|hotmail|yahoo(?:mail)?|outlook|icloud|foxmail|rediffmail|proton(?:mail)?|qq|163|126)"
# As speech recognition and old chat systems leave them: "lee dot mara at gmail dot com", "mara 342 gmailcom".
_SPOKEN_EMAIL = re.compile(
    rf"""\b[a-z0-9]{{1,40}}(?:(?:\ dot\ |\ underscore\ |[._])[a-z0-9]{{1,40}}|\ \d{{1,9}}){{0,4}}
        \ (?:at|@)\ {_PROVIDERS}\ ?(?:dot|\.)\ ?[a-z]{{2,3}}\b
      | (?:\b[a-z][\w.]{{0,40}}\ (?=\d))?(?:\b\d{{1,9}}\ )?\b\w{{0,60}}(?:mail|yahoo|outlook|icloud)\ ?com\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
_EMAIL_HINT = re.compile(r"mail|yahoo|outlook|icloud|\bqq\b|163|126", re.IGNORECASE)
_DATE = r"(?:19|20)\d\d[-/.]\d{1,2}[-/.]\d{1,2}"
_DIGIT_RUN = re.compile(
    rf"(?<![A-Za-z0-9_-])(?!{_DATE})[+＋(（]?\d(?:[\s().（）-]{{0,2}}\d){{3,22}}[Xx]?(?![A-Za-z_])",
)
_ID_CARD = r"\bssn\b|social\ security|\bid\ (?:card|number|no)\b|身份证|证件号"
_BANK_CARD = (
    r"\b(?:card|credit|debit|cc|account|acc?t?|a/c|checking|savings)\ (?:number|numb?ver|num|nbr|no|id)\b"
    r"|\baccounts?\ (?:is|are)\b|卡号|账号|帐号|尾号"
)
_PHONE = r"\b(?:phone|mobile|cell|contact|tel|ph)\b|手机|电话|联系方式|座机"
_KINDS = rf"(?: (?P<id_card>{_ID_CARD}) | (?P<bank_card>{_BANK_CARD}) | (?P<phone>{_PHONE}) )"
_CUE = re.compile(rf"{_KINDS}\D{{0,16}}$", re.IGNORECASE | re.VERBOSE)
_QUESTION = re.compile(_KINDS, re.IGNORECASE | re.VERBOSE)
_CARD_WORD = re.compile(r"(?:\b(?:card|credit|debit|cc|visa|mastercard)\b|银行卡|信用卡)\D{0,16}$", re.IGNORECASE)
_CUE_REACH = 40
_ANSWER_REACH = 30
"""Characters into an answer; further in it is about something else."""
_DIGIT_WORD = r"(?:zero|oh|one|two|three|four|five|six|seven|eight|nine)"
_SPOKEN_RUN = re.compile(
    rf"""\b(?:double\ |triple\ )?{_DIGIT_WORD}\b(?:[\s,.、-]{{1,3}}(?:double\ |triple\ )?{_DIGIT_WORD}\b){{5,}}
      | (?:[零〇一二三四五六七八九幺][\s,，、-]{{0,2}}){{6,}}[零〇一二三四五六七八九幺]""",
    re.IGNORECASE | re.VERBOSE,
)
_CARD_SHAPE = re.compile(r"\d{4}([ -])\d{4}\1\d{4}\1\d{4}")
_PHONE_SHAPE = re.compile(r"\(?\d{3}\)?[ .-]\d{3}[ .-]\d{4}|1\d\d([ -])\d{4}\1\d{4}")
_CARD_LENGTHS = range(13, 20)
_FEWEST_CARD_DIGITS = 12
_IDENTITY_LENGTH = 18
_FEWEST_PHONE_DIGITS = 7
_ASCII_DIGIT = str.maketrans("０１２３４５６７８９＋（）", "0123456789+()")


def find_numbers(text: str, regions: tuple[str, ...], asked: str) -> Iterator[Find]:
    """Yield every e-mail address and personal number as (start, end, kind).

    A run of digits is tried by check digit, as a phone, by its grouping, then by the words before it.

    Parameters
    ----------
    text : str
        What was said.
    regions : tuple of str
        ISO 3166 countries whose phone numbers are known without a country code.
    asked : str
        What the other side said just before; empty: nothing, or not known.
    """
    if "@" in text:
        for match in _EMAIL.finditer(text):
            yield match.start(), match.end(), PersonalData.email
    if _EMAIL_HINT.search(text):
        for match in _SPOKEN_EMAIL.finditer(text):
            yield match.start(), match.end(), PersonalData.email
    for match in _SPOKEN_RUN.finditer(text):
        yield match.start(), match.end(), _cued_kind(_words_before(text, match)) or PersonalData.phone
    for match in _DIGIT_RUN.finditer(text):
        yield from _name_run(text, match, regions, asked)


def _name_run(text: str, match: re.Match[str], regions: tuple[str, ...], asked: str) -> Iterator[Find]:
    run = match.group().translate(_ASCII_DIGIT)
    kind = None if run.startswith("+") else _kind_by_check_digit(run)
    phones = [] if kind else _find_phones(run, match.start(), regions)
    if phones:
        yield from phones
        return
    kind = kind or (PersonalData.phone if _PHONE_SHAPE.fullmatch(run) else None)
    kind = kind or _kind_by_cue(run, _words_before(text, match))
    if kind is None and match.start() <= _ANSWER_REACH:
        kind = _kind_by_question(run, asked)
    if kind:
        yield match.start(), match.end(), kind


def _words_before(text: str, match: re.Match[str]) -> str:
    return text[max(0, match.start() - _CUE_REACH) : match.start()]


def _kind_by_check_digit(run: str) -> PersonalData | None:
    digits = "".join(sign for sign in run if sign.isalnum())
    if len(digits) == _IDENTITY_LENGTH and ric.is_valid(digits):
        return PersonalData.id_card
    if len(digits) in _CARD_LENGTHS and digits.isdecimal() and luhn.is_valid(digits):
        return PersonalData.bank_card
    return PersonalData.bank_card if _CARD_SHAPE.fullmatch(run) else None


def _kind_by_cue(run: str, before: str) -> PersonalData | None:
    if _CARD_WORD.search(before) and _count_digits(run) >= _FEWEST_CARD_DIGITS:
        return PersonalData.bank_card
    return _unless_short(_cued_kind(before), run)


def _kind_by_question(run: str, asked: str) -> PersonalData | None:
    """The kind of number that the other side asked for last."""
    cues = list(_QUESTION.finditer(asked[-200:])) if asked else []
    return _unless_short(PersonalData(cues[-1].lastgroup), run) if cues and cues[-1].lastgroup else None


def _unless_short(kind: PersonalData | None, run: str) -> PersonalData | None:
    # "my phone broke in 2019": a cue for phones is an everyday word, so it needs a number of a phone's length.
    return None if kind is PersonalData.phone and _count_digits(run) < _FEWEST_PHONE_DIGITS else kind


def _cued_kind(before: str) -> PersonalData | None:
    """The kind of number that the words before it announce."""
    cue = _CUE.search(before)
    return PersonalData(cue.lastgroup) if cue and cue.lastgroup else None


def _find_phones(run: str, offset: int, regions: tuple[str, ...]) -> list[Find]:
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
