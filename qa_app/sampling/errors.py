"""What this room refuses.

::

    SamplingError
    ├── StageError          the draw is not at the stage this step belongs to
    ├── EmptyPopulation     no conversation is eligible
    ├── NoRubric            no published rubric fits a channel
    ├── NoInspectors        nobody may score one of the samples
    ├── SizesTooSmall       the total does not give every stratum its minimum
    ├── NoModelForRisk      chances by learned probability, and no model is in use
    ├── ReplacementRefused  the reason, the person or the state of the sample does not allow it
    └── TargetRefused       this conversation cannot be sent to inspection, or taken back from it

Each carries values, no sentences: the pages word them.
"""


class SamplingError(Exception):
    """A step of sampling that cannot be taken."""


class StageError(SamplingError):
    """The draw is not at the stage this step belongs to."""


class EmptyPopulation(SamplingError):
    """No conversation of the month is eligible under the plan."""


class NoRubric(SamplingError):
    """No published rubric fits the channel that is named."""


class NoInspectors(SamplingError):
    """There is no active inspector, or none who may score one of the samples."""


class SizesTooSmall(SamplingError):
    """The total does not give every stratum its minimum."""


class NoModelForRisk(SamplingError):
    """The plan draws by learned probability, and no model is in use."""


class ReplacementRefused(SamplingError):
    """The reason, the person or the state of the sample does not allow a replacement."""


class TargetRefused(SamplingError):
    """A conversation cannot be sent to inspection or taken back; `why` is a code."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why
