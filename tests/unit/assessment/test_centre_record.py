"""The centre's record: one canonical form, and what earlier versions wrote is still read."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.assessment.centre_record import (
    CENTRE_VERSION,
    AgentNames,
    CentreRecord,
    InspectorSeverity,
    LearnedRecord,
    ListsRecord,
    ModelRecord,
    NamedAgent,
    ProcessItem,
    SeverityRecord,
    SeverityVariances,
    StandingRecord,
    encode_centre,
    plain_centre,
    read_centre,
)
from scoring.errors import AssessmentError
from scoring.rubric.definition import Text

# As months computed before the record had a version have it.
FIRST = {
    "agents": 12,
    "within_sd": 11.25,
    "degrees_of_freedom": 48,
    "between_sd": 5.5,
    "quality_mean": 84.0,
    "critical_prior": [0.9, 40.0],
    "severity": {
        "reason": "",
        "variances": {"agent": 30.0, "conversation": 90.0, "inspector": 12.0, "residual": 25.0},
        "inspectors": {"7": {"value": 3.5, "se": 0.9, "n": 61, "component": 0}},
    },
    "learned": {
        "reason": "",
        "lambda": 0.75,
        "correlation": 0.6,
        "correlation_lower": 0.5,
        "scored": 240,
        "missing_share": 0.0,
        "gain": 1.5,
    },
    "standing": {
        "is_shrunk": True,
        "peers": 12,
        "correlation": 0.9,
        "months": [[0, 84.0], [1, None]],
        "groups": {"phone": -1.5},
        "reliability": 0.4,
    },
    "priors": {"csat": [0.8, 0.01]},
    "variance_shares": {"qa": 0.6, "csat": None},
    "tiers": {"B": 9, "between": 3},
    "lists": {
        "praise": {"names": [["A7", 0.93]], "error_share": 0.07, "withheld": ""},
        "coaching": {"names": [], "error_share": None, "withheld": "too_little_evidence"},
        "places": {"A7": 1},
        "at_the_ceiling": 0.2,
    },
    "process_items": [{"criterion": "chat.tags", "title": {"en": "Tags", "zh": "标签"}, "share": 0.3, "n": 60}],
}


def test_what_a_month_wrote_before_there_were_versions_is_read() -> None:
    record = read_centre(FIRST)

    assert record == CentreRecord(
        agents=12,
        within_sd=11.25,
        degrees_of_freedom=48,
        between_sd=5.5,
        quality_mean=84.0,
        critical_prior=(0.9, 40.0),
        severity=SeverityRecord(
            "", SeverityVariances(30.0, 90.0, 12.0, 25.0), {"7": InspectorSeverity(3.5, 0.9, 61, 0)}
        ),
        learned=LearnedRecord("", 0.75, 0.6, 0.5, 240, 0.0, 1.5),
        standing=StandingRecord(True, 12, 0.9, ((0, 84.0), (1, None)), {"phone": -1.5}, 0.4),
        priors={"csat": (0.8, 0.01)},
        variance_shares={"qa": 0.6, "csat": None},
        tiers={"B": 9, "between": 3},
        lists=ListsRecord(
            praise=AgentNames((NamedAgent("A7", 0.93),), 0.07),
            coaching=AgentNames(withheld="too_little_evidence"),
            places={"A7": 1},
            at_the_ceiling=0.2,
        ),
        process_items=(ProcessItem("chat.tags", Text(en="Tags", zh="标签"), 0.3, 60),),
    )
    assert record.severity is not None
    assert record.severity.leniency == {"7": 3.5}


def test_an_empty_object_is_a_month_that_knew_nothing() -> None:
    assert read_centre({}) == CentreRecord()


def test_severity_that_is_not_taken_out_takes_nothing_off() -> None:
    record = SeverityRecord("few_inspectors", inspectors={"7": InspectorSeverity(3.0, 1.0, 9, 0)})

    assert record.leniency == {}


@pytest.mark.parametrize(
    ("plain", "said"),
    [
        ({"version": CENTRE_VERSION + 1}, f"version {CENTRE_VERSION + 1}"),
        ({"agents": "twelve"}, "agents"),
        ({"severity": {"reason": "", "inspectors": {"7": {"value": 1.0}}}}, "se"),
    ],
)
def test_what_cannot_be_read_is_named(plain, said) -> None:
    with pytest.raises(AssessmentError, match=said):
        read_centre(plain)


NUMBERS = st.floats(-1e6, 1e6)
INSPECTORS = st.builds(InspectorSeverity, NUMBERS, NUMBERS, st.integers(0, 99), st.just(0))
RECORDS = st.builds(
    CentreRecord,
    agents=st.integers(0, 10_000),
    within_sd=st.none() | NUMBERS,
    critical_prior=st.none() | st.tuples(NUMBERS, NUMBERS),
    severity=st.none()
    | st.builds(
        SeverityRecord,
        reason=st.sampled_from(["", "few_inspectors"]),
        variances=st.none() | st.builds(SeverityVariances, NUMBERS, NUMBERS, NUMBERS, NUMBERS),
        inspectors=st.dictionaries(
            st.text("123456789", min_size=1),
            st.builds(InspectorSeverity, NUMBERS, NUMBERS, st.integers(0, 99), st.just(0)),
        ),
    ),
    models=st.lists(st.builds(ModelRecord, st.integers(1, 9), st.text("abcdef0123456789")), max_size=2).map(tuple),
    tiers=st.dictionaries(st.text(min_size=1), st.integers(0, 99)),
)


@given(RECORDS)
def test_writing_and_reading_give_the_same_record_and_the_same_bytes(record) -> None:
    content = encode_centre(record)

    again = read_centre(json.loads(content))

    assert again == record
    assert encode_centre(again) == content
    assert read_centre(plain_centre(record)) == record


def test_the_order_of_the_parts_does_not_change_the_bytes() -> None:
    turned = {key: FIRST[key] for key in reversed(FIRST)}
    turned["tiers"] = {"between": 3, "B": 9}

    assert encode_centre(read_centre(turned)) == encode_centre(read_centre(FIRST))
