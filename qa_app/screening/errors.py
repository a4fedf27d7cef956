"""Why screening refuses; the page and the command put it into words."""

from __future__ import annotations

__all__ = [
    "AlreadyRunning",
    "ModelFileLost",
    "ModelOutdated",
    "NoActiveModel",
    "NothingToAudit",
    "ScreeningError",
    "TooFewInspections",
]


class ScreeningError(Exception):
    """Screening cannot do what was asked."""


class TooFewInspections(ScreeningError):
    """Nothing can be learned yet: `have` inspected conversations, `needed` of them."""

    def __init__(self, have: int, needed: int) -> None:
        super().__init__(f"{have} inspected conversations, {needed} needed")
        self.have, self.needed = have, needed

    @property
    def missing(self) -> int:
        """How many more it takes."""
        return max(0, self.needed - self.have)


class NoActiveModel(ScreeningError):
    """No model is in use."""


class ModelFileLost(ScreeningError):
    """The file of a model is not there, or is not the one that was written."""


class ModelOutdated(ScreeningError):
    """The file of a model was written by another version of the product, in a format this one does not read."""


class NothingToAudit(ScreeningError):
    """No inspected conversation has a machine score."""


class AlreadyRunning(ScreeningError):
    """A job of this kind waits or runs; its id is `job_id`."""

    def __init__(self, job_id: int) -> None:
        super().__init__(f"job {job_id} is at it")
        self.job_id = job_id
