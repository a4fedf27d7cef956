"""What a save answers: the rubric as it now stands, as JSON for `scoring.js`."""

from __future__ import annotations

from typing import Any

from flask import render_template
from flask_babel import gettext

from qa_app.inspections.content import Content
from qa_app.inspections.page import Row, Standing
from qa_app.inspections.presenter import Presenter, spoken_points
from qa_app.inspections.service import score_of
from qa_app.inspections.wording import language
from qa_app.models import Inspection
from qa_app.web.filters import format_clock

NO_CONTENT = Content((), ())


def standing_of(inspection: Inspection, content: Content = NO_CONTENT) -> Standing:
    """Present an inspection; without its content where only sums and states are asked."""
    return Presenter(inspection, score_of(inspection), content).standing()


def state_of(inspection: Inspection, tokens: dict[str, int]) -> dict[str, Any]:
    """Everything the page repaints after a save."""
    standing = standing_of(inspection)
    proposed = {proposal.criterion for proposal in inspection.proposals}
    return {
        "revision": inspection.revision,
        "saved": format_clock(inspection.saved_at),
        "tokens": tokens,
        "rows": {
            row.code: _row_state(row) | _proposal_state(row, proposed)
            for block in standing.blocks
            for row in block.rows
        },
        "blocks": {block.code: block.sums for block in standing.blocks},
        "foot": render_template("inspections/_foot.html", foot=standing.foot),
        **next_of(standing),
    }


def next_of(standing: Standing) -> dict[str, Any]:
    """What the main button does next."""
    return {
        "next": {"text": standing.next_step.text, "code": standing.next_step.code},
        "share": standing.share,
        "started": standing.started,
    }


def answers_elsewhere(inspection: Inspection) -> dict[str, Any]:
    """The answers as the database has them, for the comparison after a conflict."""
    rows = {row.code: row for block in standing_of(inspection).blocks for row in block.rows}
    return {
        answer.criterion: {
            "at": answer.answered_at.timestamp() * 1000,
            "words": _words(rows[answer.criterion]),
            "reason": answer.reason,
        }
        for answer in inspection.answers
        if answer.criterion in rows
    }


def _words(row: Row) -> str:
    groups = (row.choices, *(item.choices for item in row.items))
    chosen = [choice.title for choices in groups for choice in choices if choice.chosen]
    joint = "、" if language() == "zh" else ", "
    if row.unscoreable:
        chosen.append(gettext("Not scoreable as written"))
    return joint.join([*chosen, *([row.reason] if row.reason else [])]) or "–"


def _proposal_state(row: Row, proposed: set[str]) -> dict[str, str]:
    """What of a rule's proposal may be seen now: nothing is said of one that may not."""
    if row.code not in proposed:
        return {}
    seen = row.proposal is not None
    return {"proposal": render_template("inspections/_proposal.html", proposal=row.proposal) if seen else ""}


def _row_state(row: Row) -> dict[str, Any]:
    return {
        "state": row.state,
        "points": row.points,
        "evidence_missing": row.evidence_missing,
        "disputed": row.disputed,
        "unscoreable": row.unscoreable,
        "spoken": spoken_points(row),
    }
