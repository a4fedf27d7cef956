"""Answers on their way between the page, the tables and `scoring.rubric`: one form each, checked at the door."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from qa_app.models import Answer as AnswerRow
from scoring.rubric import Answer, Criterion, Kind, Rubric


class AnswerRefused(Exception):
    """The rubric does not offer this answer; the page and the version do not belong together."""


def check_answer(criterion: Criterion, value: Mapping[str, Any] | None) -> dict[str, Any]:
    """Bring what the page sent into the stored form, or refuse it. No value: the criterion is open again."""
    if not value:
        return {}
    if value.get("unscoreable"):
        return {"unscoreable": True}
    if value.get("na"):
        if not criterion.na_allowed:
            raise AnswerRefused(f"{criterion.code}: “not applicable” is not allowed")
        return {"na": True}
    if criterion.kind is Kind.checklist:
        return _check_items(criterion, value)
    level = value.get("level")
    if not isinstance(level, str) or criterion.level(level) is None:
        raise AnswerRefused(f"{criterion.code}: no answer {level!r}")
    return {"level": level}


def _check_items(criterion: Criterion, value: Mapping[str, Any]) -> dict[str, Any]:
    offered = {item.code: item for item in criterion.items}
    named = {part: [code for code in value.get(part) or () if isinstance(code, str)] for part in ITEM_PARTS}
    together = [code for codes in named.values() for code in codes]
    if len(set(together)) != len(together) or not set(together) <= set(offered):
        raise AnswerRefused(f"{criterion.code}: items {together!r} are not those of the checklist")
    if any(not offered[code].na_allowed for code in named["excluded"]):
        raise AnswerRefused(f"{criterion.code}: an item that always applies was excluded")
    return {"items": named["done"], "missed": named["missed"], "excluded": named["excluded"]} if together else {}


ITEM_PARTS = ("done", "missed", "excluded")


def to_scoring(criterion: Criterion, value: Mapping[str, Any]) -> Answer | None:
    """Turn a stored answer into the one that is scored; none while it is open or a checklist is half done."""
    if value.get("unscoreable"):
        return Answer(unscoreable=True)
    if value.get("na"):
        return Answer(na=True)
    if "level" in value:
        return Answer(level=str(value["level"]))
    if "items" not in value:
        return None
    done, excluded = frozenset(value["items"]), frozenset(value.get("excluded", ()))
    # History that was imported names the items done and nothing else: the others were missed.
    said = done | excluded | frozenset(value["missed"]) if "missed" in value else None
    if said is not None and said != {item.code for item in criterion.items}:
        return None
    return Answer(done=done, excluded=excluded)


def scoring_answers(rubric: Rubric, rows: Iterable[AnswerRow]) -> dict[str, Answer]:
    """Collect the answers that count; those to criteria the version does not have are left out."""
    answers: dict[str, Answer] = {}
    for row in rows:
        criterion = rubric.criterion(row.criterion)
        answer = to_scoring(criterion, row.value) if criterion else None
        if answer is not None:
            answers[row.criterion] = answer
    return answers
