"""The card "What do failures have in common?": themes with terms and quotations, or why there are none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from qa_app.models import JobRun, JobState
from qa_app.trends.criteria import Criteria
from qa_app.trends.themes import FEWEST_TEXTS, FailureText, count_texts, digest_of, find_run
from qa_app.web.filters import format_number

__all__ = ["Quotation", "ThemeCard", "ThemesBox", "make_themes_box"]


@dataclass(frozen=True, slots=True)
class Quotation:
    """One piece of evidence as said, with the inspector's remark; leads to the inspection."""

    words: str
    remark: str
    criterion: str
    url: str


@dataclass(frozen=True, slots=True)
class ThemeCard:
    """One theme."""

    terms: str
    size: str
    language: str
    quotations: tuple[Quotation, ...]


@dataclass(frozen=True, slots=True)
class ThemesBox:
    """The whole card: themes, sentences where there are none, and the search that runs or can be started."""

    themes: tuple[ThemeCard, ...]
    sentences: tuple[str, ...]
    run: JobRun | None
    can_start: bool


def make_themes_box(session: Session, texts: Sequence[FailureText], criteria: Criteria) -> ThemesBox:
    """Prepare what was found in these texts: at most one query."""
    counts = count_texts(texts)
    if max(counts.values()) < FEWEST_TEXTS:
        return ThemesBox((), (_few(max(counts.values())),), None, can_start=False)
    run = find_run(session, digest_of(texts))
    if run is None or run.state == JobState.failed:
        note = _("%(num)s pieces of evidence wait to be looked through; it takes some seconds.", num=len(texts))
        return ThemesBox((), (str(note),), run, can_start=True)
    if run.state != JobState.done:
        return ThemesBox((), (), run, can_start=False)
    by_key = {one.key: one for one in texts}
    found = run.result["languages"]
    return ThemesBox(
        themes=tuple(
            _theme(theme, language, by_key, criteria) for language, one in found.items() for theme in one["themes"]
        ),
        sentences=tuple(_said(one, language) for language, one in found.items()),
        run=None,
        can_start=False,
    )


def _few(texts: int) -> str:
    return str(
        ngettext(
            "Themes need %(needed)s different texts of one language; there is %(num)s.",
            "Themes need %(needed)s different texts of one language; there are %(num)s.",
            texts,
            needed=FEWEST_TEXTS,
        )
    )


def _said(found: Mapping[str, Any], language: str) -> str:
    """Say of one language what came out."""
    name = _("Chinese") if language == "zh" else _("English")
    match found["reason"]:
        case "few_texts":
            return str(_("%(language)s: %(few)s", language=name, few=_few(found["texts"])))
        case "unstable":
            return str(
                _(
                    "%(language)s: no stable themes. Without a fifth of the %(texts)s texts they fall apart.",
                    language=name,
                    texts=found["texts"],
                )
            )
        case _:
            return str(
                _(
                    "%(language)s: %(themes)s themes in %(texts)s texts; without a fifth of them the groups agree by "
                    "%(stability)s (1 is the same, 0 is chance).",
                    language=name,
                    themes=len(found["themes"]),
                    texts=found["texts"],
                    stability=format_number(found["stability"], 2),
                )
            )


def _theme(theme: Mapping[str, Any], language: str, by_key: Mapping[str, FailureText], criteria: Criteria) -> ThemeCard:
    shown = [by_key[key] for key in theme["evidence"] if key in by_key]
    return ThemeCard(
        terms=("、" if language == "zh" else ", ").join(theme["terms"]),
        size=ngettext("%(num)s text", "%(num)s texts", theme["size"]),
        language="zh" if language == "zh" else "en",
        quotations=tuple(
            Quotation(
                words=one.quote or one.remark,
                remark=one.remark if one.quote else "",
                criterion=criteria.title(criteria.key(one.version_id, one.criterion)),
                url=url_for("inspections.view", inspection_id=one.inspection_id),
            )
            for one in shown
        ),
    )
