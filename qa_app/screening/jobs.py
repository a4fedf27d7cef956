"""Training and scoring as jobs: leave the page, come back, find them done; and the hourly look for what is new."""

from __future__ import annotations

import contextlib
from typing import Any

from sqlalchemy.orm import Session

from qa_app.jobs import Progress, duty, follow, job, start_job
from qa_app.models import JobRun, RuleVersion, User
from qa_app.screening.errors import AlreadyRunning, ModelFileLost, ModelOutdated, NoActiveModel
from qa_app.screening.rule_book import load_rules_in_use
from qa_app.screening.rule_screening import count_unscreened, screen_conversations
from qa_app.screening.rule_testing import TEST_RULE, Scope, choose_conversations, try_rule
from qa_app.screening.service import (
    SCORE,
    TRAIN,
    active_model,
    count_coverage,
    running_job,
    score_conversations,
    start_scoring,
    train_model,
)
from qa_app.screening.store import load_model

__all__ = [
    "run_scoring",
    "run_screening",
    "run_test",
    "run_training",
    "score_hourly",
    "score_what_is_new",
    "screen_hourly",
    "screen_what_is_new",
    "start_screening",
]

SCREEN = "screening.rules"

_PAGE = "/screening"


@job(TRAIN)
def run_training(session: Session, run: JobRun, progress: Progress) -> dict[str, Any]:
    """Train; the scoring that follows is a job of its own, so that the new version can be seen meanwhile."""
    model = train_model(session, run.actor, progress=progress)
    return {"version": model.version, "conversations": model.training_size, "url": _PAGE}


@job(SCORE)
def run_scoring(session: Session, run: JobRun, progress: Progress) -> dict[str, Any]:
    """Score what has no score; started again, it goes on."""
    scored = score_conversations(session, run.actor, checkpoint=session.commit, progress=progress)
    return {"conversations": scored, "url": _PAGE}


@follow(TRAIN)
@follow("conversations.import")
@follow("conversations.measure")
def score_what_is_new(session: Session, run: JobRun) -> None:
    """Score after a training, an import and the measuring of sound, where there is a model and nobody is at it."""
    with contextlib.suppress(NoActiveModel, AlreadyRunning):
        start_scoring(session, run.actor, locale=str(run.params.get("locale", "en")))


@duty("screening.score")
def score_hourly(session: Session) -> str:
    """Score what came by a command or changed since; without a model that can be read there is nothing to do."""
    model = active_model(session)
    if model is None or not count_coverage(session, model).missing:
        return ""
    try:
        load_model(model)
    except ModelOutdated:
        # A job could only fail, every hour again, until somebody trains.
        return "the model was made by an earlier version: train it again"
    except ModelFileLost:
        pass  # the job fails and says so
    with contextlib.suppress(AlreadyRunning):
        return f"job {start_scoring(session, None).id}"
    return ""


@job(SCREEN)
def run_screening(session: Session, run: JobRun, progress: Progress) -> dict[str, Any]:
    """Ask the rules in use about what they have not seen; started again, it goes on."""
    screened = screen_conversations(session, run.actor, checkpoint=session.commit, progress=progress)
    return {"conversations": screened, "url": "/rules"}


@job(TEST_RULE)
def run_test(session: Session, run: JobRun, progress: Progress) -> dict[str, Any]:
    """Test a rule on many conversations."""
    version, scope = session.get_one(RuleVersion, run.params["version_id"]), Scope.from_plain(run.params["scope"])
    ids = choose_conversations(session, scope)
    try_rule(session, run.actor, version, ids, scope, progress=progress)
    return {"conversations": len(ids), "url": f"/rules/{version.rule_id}/versions/{version.number}/test"}


def start_screening(session: Session, actor: User | None, *, locale: str = "en") -> JobRun:
    """Put the screening into the queue; one that waits is enough, one that runs may have passed what is new."""
    waiting = running_job(session, SCREEN)
    if waiting is not None and waiting.started_at is None:
        return waiting
    return start_job(session, actor, SCREEN, {"locale": locale})


@follow("conversations.import")
@follow("conversations.measure")
def screen_what_is_new(session: Session, run: JobRun) -> None:
    """Screen after an import, and again when the sound of calls was measured, where a rule is in use."""
    if load_rules_in_use(session).versions:
        start_screening(session, run.actor, locale=str(run.params.get("locale", "en")))


@duty("screening.rules")
def screen_hourly(session: Session) -> str:
    """Screen what came by a command or changed since; without a rule in use there is nothing to do."""
    if not load_rules_in_use(session).versions or not count_unscreened(session):
        return ""
    return f"job {start_screening(session, None).id}"
