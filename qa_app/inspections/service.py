"""The services of this room, gathered for its views and for other rooms; each lives beside its like."""

from qa_app.inspections.closing import (
    can_undo,
    close_windows,
    enter_state,
    find_missing,
    score_of,
    submit_inspection,
    undo_submit,
    window_ends_at,
)
from qa_app.inspections.drafts import (
    DRAFT_PARTS,
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
from qa_app.inspections.revising import leave_to_nobody, list_revisions, revise_inspection, score_with
from qa_app.inspections.rulings import decide_critical, instruct, replace_unscoreable, rule_measurement

__all__ = [
    "DRAFT_PARTS",
    "AnswerChange",
    "AnswersExist",
    "EvidenceChange",
    "Place",
    "Save",
    "can_undo",
    "close_windows",
    "decide_critical",
    "detach_evidence",
    "enter_state",
    "facts_of",
    "find_missing",
    "instruct",
    "leave_to_nobody",
    "list_possible_inspectors",
    "list_revisions",
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
    "revise_inspection",
    "rule_measurement",
    "save_answers",
    "score_of",
    "score_with",
    "submit_inspection",
    "undo_submit",
    "window_ends_at",
]
