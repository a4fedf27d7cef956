"""What `scoring` refuses, as one family.

::

    ScoringError
    ├── FrameError        a population that cannot be frozen (double id, control character, nothing in it)
    ├── DrawError         a draw that cannot be made (unknown stratum, more asked than there is, bad seed)
    ├── AllocationError   a total that cannot be spread over strata
    └── AssignmentError   samples that nobody may score

Messages name the value that was wrong and what would be right.
"""


class ScoringError(ValueError):
    """Something given to `scoring` breaks a declared limit."""


class FrameError(ScoringError):
    """The population cannot be frozen as it was given."""


class DrawError(ScoringError):
    """The draw cannot be made or read as asked."""


class AllocationError(ScoringError):
    """The samples cannot be spread over the strata as asked."""


class AssignmentError(ScoringError):
    """The samples cannot be handed out as asked."""
