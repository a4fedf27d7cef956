"""The documents' own catalogues, by Babel alone.

English is the source; `translations/<language>/LC_MESSAGES/reports.po` holds the others. The few hundred messages are
compiled in memory at first use, so that no step of a build can be forgotten and no compiled file can be stale.
"""

from functools import cache
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

from reports.errors import LanguageUnknown

DIRECTORY = Path(__file__).parent / "translations"
DOMAIN = "reports"
SOURCE_LANGUAGE = "en"

#: How a language is named inside a document (BCP 47).
TAGS = {"en": "en", "zh_Hans_CN": "zh-Hans-CN"}


def N_(message: str) -> str:  # noqa: N802 - the name by which Babel finds messages that are translated later
    """Mark a message for the catalogue where it is written and translated elsewhere."""
    return message


def available_languages() -> tuple[str, ...]:
    """Give the languages documents can be made in, the source language first."""
    return tuple(TAGS)


@cache
def load_catalogue(language: str) -> NullTranslations:
    """Give the messages of one language.

    Parameters
    ----------
    language : str
        ``en`` or ``zh_Hans_CN``.

    Returns
    -------
    NullTranslations
        Its ``gettext`` and ``ngettext`` answer in that language.

    Raises
    ------
    LanguageUnknown
        If there is no such catalogue; the message names those there are.
    """
    if language not in TAGS:
        raise LanguageUnknown(f"No documents in {language!r}; there are {', '.join(TAGS)}.")
    if language == SOURCE_LANGUAGE:
        return NullTranslations()
    with (DIRECTORY / language / "LC_MESSAGES" / f"{DOMAIN}.po").open("rb") as file:
        catalogue = read_po(file, locale=language, domain=DOMAIN)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Translations(compiled, domain=DOMAIN)
