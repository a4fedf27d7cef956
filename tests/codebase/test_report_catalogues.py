"""The documents' catalogues hold every message of the sources, translated, and nothing else."""

from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

REPORTS = Path(__file__).parents[2] / "reports"
KEYWORDS = {"_": None, "N_": None, "text": None, "words": None, "gettext": None, "ngettext": (1, 2), "plural": (1, 2)}
METHODS = [("**.py", "python"), ("**.html", "jinja2.ext.babel_extract")]


def messages_of_the_sources() -> set[str]:
    found = extract_from_dir(REPORTS, METHODS, {"**.html": {"trimmed": "true"}}, KEYWORDS, strip_comment_tags=True)
    return {message[0] if isinstance(message, tuple) else message for _, _, message, _, _ in found} - {""}


@pytest.mark.parametrize("language", ["zh_Hans_CN"])
def test_every_message_is_translated_and_none_is_stale(language):
    with (REPORTS / "translations" / language / "LC_MESSAGES" / "reports.po").open("rb") as file:
        catalogue = read_po(file, locale=language)
    translated = {
        message.id[0] if isinstance(message.id, tuple) else message.id
        for message in catalogue
        if message.id and all(message.string if isinstance(message.string, tuple) else (message.string,))
    }

    assert messages_of_the_sources() - translated == set()
    assert translated - messages_of_the_sources() == set()


@pytest.mark.parametrize("language", ["zh_Hans_CN"])
def test_translations_keep_the_placeholders(language):
    with (REPORTS / "translations" / language / "LC_MESSAGES" / "reports.po").open("rb") as file:
        catalogue = read_po(file, locale=language)

    assert [str(error) for _, errors in catalogue.check() for error in errors] == []
