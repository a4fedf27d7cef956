"""What the services of calibration sessions refuse.

CalibrationRefused
├── SessionIncomplete   fewer than two inspectors, or no conversation
├── StillMissing        somebody has not submitted, and no reason was given
├── AlreadyRevealed     the answers lie open already
├── NotRevealed         nothing is discussed or ruled before everybody's answers lie open
├── NotMember           not one of the session
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


class NothingToWrite(CalibrationRefused):
    """No ruling with words waits."""
