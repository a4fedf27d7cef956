"""What the services of this room refuse, each with what the page needs to say why.

Refusal
├── Changed             the page stands on an older revision than the answers
├── Closed              submitted, handed over, replaced or with the lead: no more answers
├── Incomplete          something is missing before it can be submitted
├── CriticalUnconfirmed a critical error was not confirmed yet
├── NotScoreable        nothing with weight applies; the lead decides
├── PlaceRefused        the evidence points at words or seconds that are not there
├── TooLate             the submission can no longer be taken back
├── NotLater            the new due date is not later than the one in force
└── NotAllowed          this person may not get this sample
"""

from __future__ import annotations

from typing import Literal

Why = Literal["submitted", "handed_over", "replaced", "with_lead", "withdrawn", "revealed"]
What = Literal["answer", "evidence", "reason"]


class Refusal(Exception):
    """Base of all."""


class Changed(Refusal):
    """Somebody, perhaps the same person on another device, saved in between."""


class Closed(Refusal):
    """The inspection takes no more answers; `why` says which way it went."""

    def __init__(self, why: Why) -> None:
        super().__init__(why)
        self.why: Why = why


class Incomplete(Refusal):
    """A criterion lacks its answer, its evidence or its reason."""

    def __init__(self, criterion: str, what: What) -> None:
        super().__init__(f"{criterion}: {what} is missing")
        self.criterion = criterion
        self.what: What = what


class CriticalUnconfirmed(Refusal):
    """The score would be 0; the inspector has not said yet that this is meant. `criteria` made it so."""

    def __init__(self, criteria: tuple[str, ...]) -> None:
        super().__init__(", ".join(criteria))
        self.criteria = criteria


class NotScoreable(Refusal):
    """Nothing with weight applies to this conversation."""


class PlaceRefused(Refusal):
    """The place named does not exist in the text or the recording."""


class TooLate(Refusal):
    """The ten minutes have passed, or something was built on the submission."""


class NotLater(Refusal):
    """The due date asked for is not later than the one in force, or that one was changed since."""


class NotAllowed(Refusal):
    """An inspector never scores their own team, and never both halves of a double scoring."""
