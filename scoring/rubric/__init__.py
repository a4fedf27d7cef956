"""Rubrics: what they are, how they are written to files, what an inspection scores, whether they make sense."""

from scoring.rubric.backtest import BackTest, PastInspection, back_test
from scoring.rubric.definition import (
    AllOf,
    AnswerIs,
    AnyOf,
    Comparison,
    Condition,
    Criterion,
    Criticality,
    FieldIs,
    Guidance,
    Item,
    Kind,
    Level,
    Measure,
    Not,
    Rubric,
    Section,
    Step,
    Target,
    Text,
)
from scoring.rubric.diff import Change, diff_rubrics
from scoring.rubric.facts import FIELDS, METRICS, Facts, Field, FieldKind
from scoring.rubric.files import read_rubric, rubric_schema, write_json, write_yaml
from scoring.rubric.findings import Finding, Severity, has_errors
from scoring.rubric.lint import lint_rubric
from scoring.rubric.place import Place
from scoring.rubric.results import Answer, Answers, CriterionScore, InspectionScore, SectionScore, State
from scoring.rubric.score import score_inspection
from scoring.rubric.usage import CriterionUse, lint_usage

__all__ = [
    "FIELDS",
    "METRICS",
    "AllOf",
    "Answer",
    "AnswerIs",
    "Answers",
    "AnyOf",
    "BackTest",
    "Change",
    "Comparison",
    "Condition",
    "Criterion",
    "CriterionScore",
    "CriterionUse",
    "Criticality",
    "Facts",
    "Field",
    "FieldIs",
    "FieldKind",
    "Finding",
    "Guidance",
    "InspectionScore",
    "Item",
    "Kind",
    "Level",
    "Measure",
    "Not",
    "PastInspection",
    "Place",
    "Rubric",
    "Section",
    "SectionScore",
    "Severity",
    "State",
    "Step",
    "Target",
    "Text",
    "back_test",
    "diff_rubrics",
    "has_errors",
    "lint_rubric",
    "lint_usage",
    "read_rubric",
    "rubric_schema",
    "score_inspection",
    "write_json",
    "write_yaml",
]
