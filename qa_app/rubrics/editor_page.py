"""What the three panes of the editor show: the list, the part that is open, and what is said about the draft."""

from __future__ import annotations

import enum
from collections import Counter
from dataclasses import dataclass
from math import fsum
from typing import cast

from flask_babel import gettext
from sqlalchemy.orm import Session

from qa_app.models import RubricVersion
from qa_app.rubrics import queries
from qa_app.rubrics.change_lines import ChangeLine, change_lines
from qa_app.rubrics.finding_lines import FindingLine, finding_lines
from qa_app.rubrics.words import FIELDS, in_my_language, title_of
from scoring.rubric import (
    BackTest,
    Criterion,
    Rubric,
    Section,
    back_test,
    diff_rubrics,
    lint_rubric,
    lint_usage,
)

__all__ = ["EditorPage", "Open", "Tab", "build_page", "condition_subjects"]


class Tab(enum.StrEnum):
    """What the right pane shows."""

    lint = "lint"
    diff = "diff"
    backtest = "backtest"


@dataclass(frozen=True, slots=True)
class Open:
    """Which part is open in the middle: the head (both None), a section, or a criterion."""

    section: str | None = None
    criterion: str | None = None


@dataclass(frozen=True, slots=True)
class ListLine:
    """One criterion of the list."""

    code: str
    number: int
    title: str
    criterion: Criterion
    findings: int
    is_open: bool


@dataclass(frozen=True, slots=True)
class ListSection:
    """One section of the list."""

    code: str
    title: str
    weight: float
    lines: tuple[ListLine, ...]
    is_open: bool


@dataclass(frozen=True, slots=True)
class EditorPage:
    """Everything the editor shows besides the form."""

    draft: RubricVersion
    definition: Rubric
    open: Open
    tab: Tab
    sections: tuple[ListSection, ...]
    weight_sum: float
    findings: tuple[FindingLine, ...]
    in_force: RubricVersion | None
    changes: tuple[ChangeLine, ...]
    backtest: BackTest | None

    @property
    def errors(self) -> int:
        """How many findings block publishing."""
        return sum(finding.is_error for finding in self.findings)

    @property
    def warnings(self) -> int:
        """How many findings deserve a second look."""
        return len(self.findings) - self.errors

    @property
    def titles(self) -> dict[str, str]:
        """The criteria's titles by code."""
        return {line.code: line.title for section in self.sections for line in section.lines}


def build_page(session: Session, draft: RubricVersion, opened: Open, tab: Tab) -> EditorPage:
    """Gather what the editor shows; the past is only asked where it is looked at."""
    definition = queries.load_definition(draft)
    in_force = queries.latest_published(draft.rubric)
    former = None if in_force is None else queries.load_definition(in_force)
    uses = queries.criterion_uses(session, draft.rubric) if former is not None else []
    found = finding_lines([*lint_rubric(definition), *lint_usage(definition, uses)], definition)
    changes = change_lines(diff_rubrics(former, definition), former, definition) if former is not None else []
    return EditorPage(
        draft=draft,
        definition=definition,
        open=opened,
        tab=tab,
        sections=_list_sections(definition, opened, found),
        weight_sum=fsum(criterion.weight for criterion in definition.criteria()),
        findings=tuple(found),
        in_force=in_force,
        changes=tuple(changes),
        backtest=back_test(definition, queries.past_inspections(session, draft.rubric))
        if tab is Tab.backtest
        else None,
    )


def _try_on_the_past(session: Session, draft: RubricVersion, definition: Rubric) -> BackTest:
    return back_test(definition, queries.past_inspections(session, draft.rubric))


def condition_subjects(rubric: Rubric, criterion: Criterion) -> list[tuple[str, list[tuple[str, str]]]]:
    """What a condition may ask, in groups: criteria that come earlier and can be answered, fields of a conversation."""
    earlier: list[tuple[str, str]] = []
    for other in rubric.criteria():
        if other.code == criterion.code:
            break
        if other.answer_levels:
            earlier.append((f"answer:{other.code}", title_of(rubric, other.code)))
    fields = [(f"field:{name}", str(title)) for name, title in FIELDS.items()]
    groups = [(cast(str, gettext("Earlier answers")), earlier), (cast(str, gettext("The conversation")), fields)]
    return [(title, choices) for title, choices in groups if choices]


def _list_sections(rubric: Rubric, opened: Open, found: list[FindingLine]) -> tuple[ListSection, ...]:
    counts = Counter(finding.place.criterion for finding in found)
    return tuple(_list_section(rubric, section, opened, counts) for section in rubric.sections)


def _list_section(rubric: Rubric, section: Section, opened: Open, counts: Counter[str | None]) -> ListSection:
    numbers = rubric.numbers()
    lines = tuple(
        ListLine(
            code=criterion.code,
            number=numbers[criterion.code],
            title=title_of(rubric, criterion.code),
            criterion=criterion,
            findings=counts[criterion.code],
            is_open=criterion.code == opened.criterion,
        )
        for criterion in section.criteria
    )
    title = in_my_language(section.title) or gettext("Section without a name")
    return ListSection(section.code, title, section.weight, lines, section.code == opened.section)
