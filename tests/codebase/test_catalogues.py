"""The catalogues of pages and documents hold every sentence of the code; their Chinese leaves none in English."""

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from tests.codebase.checkout import ROOT, run_tool

# What to extract, and the catalogue it must equal.
CATALOGUES = {
    "pages": (("-F", "pyproject.toml", "-k", "_l", "qa_app"), "qa_app/translations/zh_Hans_CN/LC_MESSAGES/messages.po"),
    "documents": (
        ("-F", "reports/translations/babel.cfg", "-k", "text", "-k", "words", "-k", "plural:1,2", "reports"),
        "reports/translations/zh_Hans_CN/LC_MESSAGES/reports.po",
    ),
}
PLACEHOLDER = re.compile(r"%\((\w+)\)|\{(\w+)\}")


def read(path: Path) -> Catalog:
    with path.open("rb") as stream:
        return read_po(stream, locale="zh_Hans_CN")


def sentences(catalogue: Catalog) -> dict[str, Message]:
    return {as_key(message.id): message for message in catalogue if message.id}


def as_key(identifier: str | tuple[str, ...] | list[str]) -> str:
    return identifier if isinstance(identifier, str) else identifier[0]


def placeholders(text: str) -> set[str]:
    return {first or second for first, second in PLACEHOLDER.findall(text)}


@pytest.fixture(scope="module", params=CATALOGUES, ids=str)
def catalogue(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[dict[str, Message], dict[str, Message]]:
    """The sentences in the code, and those in the Chinese catalogue."""
    extracted, translated = CATALOGUES[request.param]
    template = tmp_path_factory.mktemp("catalogue") / "messages.pot"
    result = run_tool("pybabel", "-q", "extract", "-o", str(template), *extracted)
    assert result.returncode == 0, result.stderr
    return sentences(read(template)), sentences(read(ROOT / translated))


def test_the_catalogue_is_fresh(catalogue) -> None:
    said, kept = catalogue

    assert sorted(said.keys() - kept.keys()) == []
    assert sorted(kept.keys() - said.keys()) == []


def test_every_sentence_has_its_chinese(catalogue) -> None:
    _, kept = catalogue

    def is_missing(message: Message) -> bool:
        texts = [message.string] if isinstance(message.string, str) else list(message.string)
        return message.fuzzy or not all(texts)

    assert sorted(key for key, message in kept.items() if is_missing(message)) == []


def test_translations_keep_the_placeholders(catalogue) -> None:
    _, kept = catalogue

    def keeps(message: Message) -> bool:
        texts = [message.string] if isinstance(message.string, str) else list(message.string)
        wanted = placeholders("".join([message.id] if isinstance(message.id, str) else message.id))
        # Chinese has one form for all counts, and "one agent" may go without its number.
        found = placeholders("".join(texts))
        return found == wanted if isinstance(message.id, str) else found <= wanted

    assert sorted(key for key, message in kept.items() if message.string and not keeps(message)) == []
