"""What `scoring` refuses, as one family.

::

    ScoringError
    ├── InputError            an argument outside its documented range
    │   ├── CountError        negative or contradicting counts
    │   ├── LevelError        a coverage level outside 0–1
    │   ├── WeightError       negative weights, or none above zero
    │   └── UnitError         a number that is not finite or comes in the wrong unit
    ├── RubricError
    │   ├── RubricFileError   a rubric file that cannot be read; names the place
    │   └── AnswerError       an answer its criterion does not offer; names both
    ├── FrameError            a population that cannot be frozen (double id, control character, nothing in it)
    ├── DrawError             a draw that cannot be made (unknown stratum, more asked than there is, bad seed)
    ├── AllocationError       a total that cannot be spread over strata
    ├── AssignmentError       samples that nobody may score
    ├── AssessmentError       a policy or its inputs that contradict each other
    ├── SurveyAnswerError     a survey answer that its scale does not have
    ├── RecordingError        a file that is no readable recording
    ├── LanguageFileError     a file of scripts or rules that cannot be read; names the place
    ├── RuleError             a rule that names what is not there, or rules that wait for each other
    └── ScreeningFileError    a file that is no model of ours

Messages name the value that was wrong and what would be right.
"""

from __future__ import annotations


class ScoringError(ValueError):
    """Something given to `scoring` breaks a declared limit."""


class InputError(ScoringError):
    """An argument lies outside its documented range."""


class CountError(InputError):
    """Counts are negative or contradict each other."""


class LevelError(InputError):
    """A coverage level does not lie between 0 and 1."""


class WeightError(InputError):
    """Weights are negative, or none is above zero."""


class UnitError(InputError):
    """A number is not finite or comes in the wrong unit."""


class RubricError(ScoringError):
    """Something about a rubric or the answers to it is wrong."""


class RubricFileError(RubricError):
    """A rubric file cannot be read; the message names the place in the file."""


class AnswerError(RubricError):
    """An answer is not among those its criterion offers."""

    def __init__(self, message: str, *, criterion: str) -> None:
        super().__init__(message)
        self.criterion = criterion


class FrameError(ScoringError):
    """The population cannot be frozen as it was given."""


class DrawError(ScoringError):
    """The draw cannot be made or read as asked."""


class AllocationError(ScoringError):
    """The samples cannot be spread over the strata as asked."""


class AssignmentError(ScoringError):
    """The samples cannot be handed out as asked."""


class AssessmentError(ScoringError):
    """A policy or the figures given to it contradict each other."""


class SurveyAnswerError(ScoringError):
    """The survey answer does not exist on its scale."""


class RecordingError(ScoringError):
    """The file is no recording that can be read."""


class ScreeningFileError(ScoringError):
    """The file is no model that this version can read."""


class ScreeningFormatError(ScreeningFileError):
    """The file is a model of another format than this version reads."""


class LanguageFileError(ScoringError):
    """A file of scripts or rules cannot be read; the message names the place in the file."""


class RuleError(ScoringError):
    """A rule names a script or a rule that is not there, or rules wait for each other in a circle."""
