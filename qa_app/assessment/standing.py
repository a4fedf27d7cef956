"""Whether a sheet has a standing over months: it is learnt from all agents, and too few are nobody to learn from.

Also whether its month took inspectors' severity out of the scores.
"""

from __future__ import annotations

import msgspec

from qa_app.assessment.content import SheetContent, Standing
from qa_app.models import PeriodRevision

__all__ = ["is_severity_off", "shrunk_standing", "stands_alone"]


def shrunk_standing(content: SheetContent, revision: PeriodRevision) -> Standing | None:
    """Return the standing over the window; None in the direct mode, and where nothing could be learnt from others."""
    return None if stands_alone(content, revision) else content.standing


def stands_alone(content: SheetContent, revision: PeriodRevision) -> bool:
    """Tell whether the fair mode had too few agents, so that the month speaks for itself."""
    if content.standing is None:
        return False
    is_shrunk = content.standing.is_shrunk
    if is_shrunk is msgspec.UNSET:
        # Sheets of the first formulas do not say; the centre of their revision does.
        known = revision.centre.standing
        return known is not None and not known.is_shrunk
    return not is_shrunk


def is_severity_off(revision: PeriodRevision) -> bool:
    """Tell whether nothing was taken off or added for how strict inspectors are: in the direct mode, say."""
    severity = revision.centre.severity
    return severity is None or not severity.is_applied
