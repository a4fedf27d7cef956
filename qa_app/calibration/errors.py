"""What the services of calibration sessions refuse.

CalibrationRefused
├── SessionIncomplete   fewer than two inspectors, or no conversation
├── StillMissing        somebody has not submitted, and no reason was given
├── AlreadyRevealed     the answers lie open already
├── NotRevealed         nothing is discussed or ruled before everybody's answers lie open
├── NotMember           not one of the session
├── NotRunning          revealed or cancelled: it is changed no more
├── ReasonMissing       cancelling says why
├── NotLater            it is due then or later already
├── AlreadyOver         nobody scores until a moment that has passed
├── NothingToGive       this person scores every conversation of it already, or may not inspect
├── NothingToTake       this person has nothing of it left to score
└── NothingToWrite      no ruling with words waits for the guidance
"""

from __future__ import annotations

from collections.abc import Mapping


class CalibrationRefused(Exception):
    """Base of all."""


class SessionIncomplete(CalibrationRefused):
    """It takes two inspectors and a conversation."""


class StillMissing(CalibrationRefused):
    """Somebody has not submitted everything; `names` by user id."""

    def __init__(self, names: Mapping[int, str]) -> None:
        super().__init__(", ".join(names.values()))
        self.names = names


class AlreadyRevealed(CalibrationRefused):
    """Somebody else was faster."""


class NotRevealed(CalibrationRefused):
    """The answers are still closed."""


class NotMember(CalibrationRefused):
    """Only its inspectors and the QA lead take part."""


class NotRunning(CalibrationRefused):
    """Revealed or cancelled, perhaps a moment ago by somebody else."""


class ReasonMissing(CalibrationRefused):
    """Its inspectors are told why."""


class NotLater(CalibrationRefused):
    """More time would not be more."""


class AlreadyOver(CalibrationRefused):
    """The day asked for has passed."""


class NothingToGive(CalibrationRefused):
    """This person is in it, or is no active inspector."""


class NothingToTake(CalibrationRefused):
    """This person is not in it, or has submitted everything."""


class NothingToWrite(CalibrationRefused):
    """No ruling with words waits."""
