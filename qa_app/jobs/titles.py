"""What each kind of job is called, in the reader's language."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from qa_app.models import JobState

__all__ = ["job_state", "job_title"]

TITLES = {
    "conversations.check": _l("Check of an import"),
    "conversations.index": _l("Index of what was said"),
    "conversations.import": _l("Import of conversations"),
    "conversations.recognise": _l("Recognition of speech"),
    "conversations.measure": _l("Measuring of recordings"),
    "assessment.compute": _l("Computation of a month"),
    "simulation.run": _l("Simulation of the centre"),
    "people.import": _l("Import of people"),
    "trends.themes": _l("Search for themes of failures"),
    "retention.run": _l("Deletion of content whose time is over"),
    "reporting.export": _l("Export of appraisals"),
    "screening.rules": _l("Screening by rules"),
    "screening.test_rule": _l("Test of a rule"),
    "screening.score": _l("Learned scores of conversations"),
    "screening.train": _l("Training of the learned score"),
}
STATES = {
    JobState.waiting: _l("waiting"),
    JobState.running: _l("running"),
    JobState.done: _l("done"),
    JobState.failed: _l("failed"),
    JobState.stopped: _l("stopped"),
}


def job_title(kind: str) -> str:
    """Return the title of a kind; an unknown one shows its own name."""
    return str(TITLES.get(kind, kind))


def job_state(state: str) -> str:
    """Return the word for a state."""
    return str(STATES[JobState(state)])
