"""Criteria as people know them: by rubric and code, across its versions, with the newest title."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy.orm import Session

from qa_app.keys import read_key
from qa_app.trends import queries
from scoring.rubric.definition import Text

__all__ = ["Criteria", "read_criteria", "split_key"]


class _Criterion(msgspec.Struct):
    code: str
    title: Text = Text()


class _Section(msgspec.Struct):
    criteria: tuple[_Criterion, ...] = ()


class _Definition(msgspec.Struct):
    """The parts of a rubric that name things."""

    title: Text = Text()
    sections: tuple[_Section, ...] = ()


@dataclass(frozen=True, slots=True)
class Criteria:
    """Titles by key (`rubric.criterion`), and the rubric each version belongs to."""

    titles: Mapping[str, str]
    rubrics: Mapping[int, int]

    def key(self, version_id: int, criterion: str) -> str:
        """Name a criterion across the versions of its rubric."""
        return f"{self.rubrics[version_id]}.{criterion}"

    def title(self, key: str) -> str:
        """What it is called now."""
        return self.titles.get(key, split_key(key)[1])


def split_key(key: str) -> tuple[int | None, str]:
    """Rubric and criterion of a key; no rubric where there is none in it."""
    rubric, _dot, criterion = key.partition(".")
    return (read_key(rubric), criterion) if rubric.isdecimal() else (None, key)


def read_criteria(session: Session, versions: Iterable[int], language: str) -> Criteria:
    """Read the names of the criteria of some rubric versions: one query.

    Two rubrics may ask the same: then the title says which rubric is meant.
    """
    rows = queries.list_definitions(session, sorted(set(versions)))
    named = dict(pair for row in rows for pair in _names(row, language))
    titles = Counter(title for title, _rubric in named.values())
    return Criteria(
        titles={key: f"{title} ({rubric})" if titles[title] > 1 else title for key, (title, rubric) in named.items()},
        rubrics={row.id: row.rubric_id for row in rows},
    )


def _names(row: Any, language: str) -> list[tuple[str, tuple[str, str]]]:
    definition = msgspec.convert(row.definition, _Definition)
    rubric = definition.title.in_language(language)
    return [
        (f"{row.rubric_id}.{criterion.code}", (criterion.title.in_language(language) or criterion.code, rubric))
        for section in definition.sections
        for criterion in section.criteria
    ]
