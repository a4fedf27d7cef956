"""What the coaching room refuses, and why."""

from __future__ import annotations

from qa_app.models import ActionState

__all__ = [
    "ActionRefused",
    "FileRefused",
    "MovedSince",
    "NotEnough",
    "NotForThisPerson",
    "NotLater",
    "OwnCoaching",
    "ReasonMissing",
    "WrongActionState",
]


class ActionRefused(Exception):
    """Base of all refusals of this room."""


class WrongActionState(ActionRefused):
    """The step does not fit where the action stands."""

    def __init__(self, state: str) -> None:
        super().__init__(f"the action is {state}")
        self.state = ActionState(state)


class ReasonMissing(ActionRefused):
    """Dropping needs a reason."""


class NotForThisPerson(ActionRefused):
    """The person named may not coach this agent."""


class OwnCoaching(ActionRefused):
    """Somebody else sees to what is about oneself; one's own part is the reply."""


class NotEnough(ActionRefused):
    """Too little was inspected since to say anything."""

    def __init__(self, n: int) -> None:
        super().__init__(f"{n} later conversations")
        self.n = n


class NotLater(ActionRefused):
    """The day asked for is not later than the one in force."""


class MovedSince(ActionRefused):
    """What is to be taken back was changed again since."""


class FileRefused(ActionRefused):
    """A file too large, or of a kind that is not taken."""
