"""Taking a step on a page of this room: what a service refuses becomes a notice, and nothing of it stays."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash

from qa_app.assessment.errors import AssessmentRefused
from qa_app.assessment.wording import refusal_sentence
from qa_app.db import db

__all__ = ["attempt"]


def attempt(step: Callable[[], object], *, done: str = "") -> bool:
    """Take a step and say `done`; tell whether it was taken."""
    try:
        with db.session.begin_nested():
            step()
    except AssessmentRefused as refusal:
        flash(refusal_sentence(refusal), "error")
        return False
    if done:
        flash(done, "success")
    return True
