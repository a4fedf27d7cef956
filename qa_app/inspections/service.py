"""The services of this room, gathered for its views and for other rooms; each lives beside its like."""

from qa_app.inspections.closing import can_undo, close_windows, find_missing, score_of, submit_inspection, undo_submit
from qa_app.inspections.drafts import (
    AnswerChange,
    EvidenceChange,
    Save,
    load_draft,
    note_opening,
    open_inspection,
    require_open,
    save_answers,
)
from qa_app.inspections.evidence import Place, detach_evidence, make_evidence
from qa_app.inspections.facts import facts_of
from qa_app.inspections.handover import (
    AnswersExist,
    list_possible_inspectors,
    mark_unusable,
    may_inspect,
    reassign,
    refer_to_lead,
)
from qa_app.inspections.rulings import decide_critical, instruct, replace_unscoreable, rule_measurement

__all__ = [
    "AnswerChange",
    "AnswersExist",
    "EvidenceChange",
    "Place",
    "Save",
    "can_undo",
    "close_windows",
    "decide_critical",
    "detach_evidence",
    "facts_of",
    "find_missing",
    "instruct",
    "list_possible_inspectors",
    "load_draft",
    "make_evidence",
    "mark_unusable",
    "may_inspect",
    "note_opening",
    "open_inspection",
    "reassign",
    "refer_to_lead",
    "replace_unscoreable",
    "require_open",
    "rule_measurement",
    "save_answers",
    "score_of",
    "submit_inspection",
    "undo_submit",
]
