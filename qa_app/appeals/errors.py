"""What the services of this room refuse, each with what the page needs to say why.

AppealRefused
├── WindowClosed     the time to appeal is over, or the inspection is not the agent's to appeal
├── NothingDisputed  an appeal names at least one answer (wrong agent: says who)
├── SameAnswer       the answer proposed or decided is the one that stands
├── AnswerNotOffered the rubric does not offer this answer for the criterion
├── ReasonMissing    a disputed answer, or a decision about one, has no reason
├── OwnWork          whoever scored the sample never decides about it
├── NotYours         this person may not decide this appeal (escalated by them, or not escalated to them)
├── NobodyElse       escalated, nobody could decide it
├── NotLater         it is due then or later already
├── AlreadySettled   it was decided or withdrawn in the meantime
└── AlsoAnswer       with this decision another criterion applies and has no answer yet
"""

from __future__ import annotations

__all__ = [
    "AlreadySettled",
    "AlsoAnswer",
    "AnswerNotOffered",
    "AppealRefused",
    "NobodyElse",
    "NotLater",
    "NotYours",
    "NothingDisputed",
    "OwnWork",
    "ReasonMissing",
    "SameAnswer",
    "WindowClosed",
]


class AppealRefused(Exception):
    """Base of all; `criterion` is where it happened, empty for the whole."""

    def __init__(self, criterion: str = "") -> None:
        super().__init__(criterion)
        self.criterion = criterion


class WindowClosed(AppealRefused):
    """The inspection is final, appealed already, or not shown to its agent."""


class NothingDisputed(AppealRefused):
    """No answer was named."""


class SameAnswer(AppealRefused):
    """What is proposed or decided is what stands already."""


class AnswerNotOffered(AppealRefused):
    """No answer was chosen, or one the rubric does not have."""


class ReasonMissing(AppealRefused):
    """Every disputed answer and every decision says why."""


class OwnWork(AppealRefused):
    """One of the inspectors of the sample, or the agent whose inspection it is."""


class NotYours(AppealRefused):
    """An escalated appeal is decided by somebody else than who escalated it; HR decides escalated ones only."""


class NobodyElse(AppealRefused):
    """There is no other QA lead and nobody of HR who may decide it."""


class NotLater(AppealRefused):
    """More time would not be more: it is due then or later already."""


class AlreadySettled(AppealRefused):
    """Decided, withdrawn or escalated by somebody a moment ago."""


class AlsoAnswer(AppealRefused):
    """The change switches a criterion on: it needs its answer too."""
