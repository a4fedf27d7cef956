"""What the month refuses.

    AssessmentRefused
    ├── WrongState          the month or sheet is not where this step begins
    ├── MonthNotOver        a month that still runs can be computed, not approved
    ├── ReasonNeeded        a new revision, or approving while work is open, needs a reason
    ├── NotReviewed         sheets are not reviewed, held back, or two inspectors disagree
    ├── NoSuchMonth         nothing is known of the month
    ├── WeightsIgnored      samples drawn by risk under a policy that cannot weigh them
    ├── InputsChanged       the frozen inputs are damaged: their digest differs
    ├── StandardNotTried    a standard cannot be switched on before it was tried on past months
    └── PolicyUnsound       the draft has findings, or somebody else saved it meanwhile

Each carries what a message needs; the page or the command puts it into words (`qa_app.assessment.wording`).
"""

from __future__ import annotations

from collections.abc import Sequence

from scoring.assessment.policy import PolicyFinding


class AssessmentRefused(Exception):
    """Base of all refusals of this room."""


class WrongState(AssessmentRefused):
    """The step does not begin where the month or sheet stands."""

    def __init__(self, state: str, needed: str) -> None:
        super().__init__(f"it is {state}; this step begins at {needed}")
        self.state = state
        self.needed = needed


class MonthNotOver(AssessmentRefused):
    """The revision was computed before the month ended."""

    def __init__(self, month: str) -> None:
        super().__init__(f"{month} was computed before it ended; compute it again once it is over")
        self.month = month


class ReasonNeeded(AssessmentRefused):
    """A reason must be written: `why` is ``revision``, ``open_work``, ``hold_back``, ``objection`` or ``restart``."""

    def __init__(self, why: str, count: int = 0) -> None:
        text = {
            "revision": "a new revision needs a reason",
            "hold_back": "say why the sheet is held back",
            "objection": "say what you do not agree with",
            "restart": "say why the evidence begins anew",
            "open_work": f"{count} samples or appeals are still open: give a reason to approve all the same",
        }
        super().__init__(text[why])
        self.why = why
        self.count = count


class NotReviewed(AssessmentRefused):
    """Something keeps the month from being reviewed."""

    def __init__(self, *, unreviewed: int, held_back: int, undecided: int) -> None:
        super().__init__(
            f"{unreviewed} sheets are not reviewed, {held_back} are held back, "
            f"{undecided} conversations wait for the lead's word on “critical”"
        )
        self.unreviewed = unreviewed
        self.held_back = held_back
        self.undecided = undecided


class NoSuchMonth(AssessmentRefused):
    """There is no month of that name, or no revision of it."""

    def __init__(self, month: str) -> None:
        super().__init__(f"nothing was computed for {month}")
        self.month = month


class WeightsIgnored(AssessmentRefused):
    """The month holds samples drawn by risk, and the `direct` mode would take them as drawn with equal chances."""

    def __init__(self, samples: int) -> None:
        super().__init__(f"{samples} samples were drawn by risk; only a policy of the fair mode weighs them")
        self.samples = samples


class InputsChanged(AssessmentRefused):
    """Frozen inputs do not have the digest they were stored with."""


class StandardNotTried(AssessmentRefused):
    """There are no past inspections on which it could be tried."""


class PolicyUnsound(AssessmentRefused):
    """The draft cannot be published or saved."""

    def __init__(self, message: str, findings: Sequence[PolicyFinding] = ()) -> None:
        super().__init__(message)
        self.findings = tuple(findings)
