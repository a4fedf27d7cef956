"""What the page of one action is told: finished sentences, and the picture of prediction and outcome."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from qa_app.clock import now
from qa_app.coaching.effect import find_later
from qa_app.coaching.words import VERDICTS, describe_effect, describe_prediction, describe_progress
from qa_app.models import ActionState, CoachingAction
from scoring.values import Estimate, Label

__all__ = ["ActionPage", "EffectBox", "ListVerdict", "list_verdict", "make_action_page"]


@dataclass(frozen=True, slots=True)
class EffectBox:
    """Prediction and outcome: as one says them, and as bars on one scale."""

    prediction: str
    progress: str
    outcome: str
    verdict: str
    sign: str
    look: str
    kind: str
    high: float
    expected: Estimate | None
    after: float | None
    inspections: tuple[int, ...]
    can_measure: bool


@dataclass(frozen=True, slots=True)
class ActionPage:
    """Everything the page shows beside the action itself."""

    title: str
    effect: EffectBox


@dataclass(frozen=True, slots=True)
class ListVerdict:
    """The verdict in a list."""

    words: str
    sign: str
    look: str


def make_action_page(session: Session, action: CoachingAction, *, is_chinese: bool) -> ActionPage:
    """Gather what the page shows; two queries more for an action that waits to be measured."""
    title = (is_chinese and action.title_zh) or action.title
    return ActionPage(title, _effect(session, action))


def list_verdict(effect: Mapping[str, Any] | None) -> ListVerdict | None:
    """The verdict of a row; none where nothing was measured."""
    if not effect:
        return None
    look, sign, words = VERDICTS[effect["verdict"]]
    return ListVerdict(str(words), sign, look)


def _effect(session: Session, action: CoachingAction) -> EffectBox:
    prediction, effect = action.prediction, action.effect
    of = prediction["of"] if prediction else "score"
    progress, can_measure = "", False
    if action.state == ActionState.done and prediction is not None:
        later = find_later(session, action, at=now())
        progress, can_measure = describe_progress(later.n), later.is_enough
    look, sign, verdict = VERDICTS[effect["verdict"]] if effect else ("", "", "")
    return EffectBox(
        prediction=describe_prediction(prediction),
        progress=progress,
        outcome=describe_effect(effect, of) if effect else "",
        verdict=str(verdict),
        sign=sign,
        look=look,
        kind="share" if of == "share" else "points",
        high=1.0 if of == "share" else 100.0,
        expected=_expected(prediction, effect),
        after=effect["after"] if effect else None,
        inspections=tuple(effect["inspections"]) if effect else (),
        can_measure=can_measure,
    )


def _expected(prediction: Mapping[str, Any] | None, effect: Mapping[str, Any] | None) -> Estimate | None:
    """What was expected: of the measured months where they are known, else of the next one."""
    if prediction is None:
        return None
    if effect:
        value, lower, upper = effect["expected"], effect["expected_lower"], effect["expected_upper"]
    else:
        value, lower, upper = (prediction["next"][name] for name in ("value", "lower", "upper"))
    return Estimate(value, min(lower, value), max(upper, value), prediction["seen"], None, "prediction", Label.ok)
