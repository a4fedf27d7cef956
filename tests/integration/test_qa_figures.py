"""QA figures in tables of metrics: which inspections count, and how a rate is shrunk."""

from datetime import timedelta

import pytest

from qa_app.conversations.metrics import Grouping, metrics_table
from qa_app.models import Inspection, RoleName
from scoring.estimates.beta import fit_beta_prior
from tests.factories.conversations import OPENED_AT, create_conversation
from tests.factories.people import create_agent, create_user
from tests.factories.rubrics import create_published

pytestmark = pytest.mark.both_databases


@pytest.fixture
def inspect(session):
    """Inspect a conversation with a quality; any column of the inspection can be given."""
    inspector = create_user(session, RoleName.inspector)
    version = create_published(session)

    def run(conversation, quality, **values):
        defaults = {
            "conversation_id": conversation.id,
            "agent_id": conversation.agent_id,
            "inspector_id": inspector.id,
            "rubric_version_id": version.id,
            "state": "submitted",
            "is_random": True,
            "quality": quality,
            "score": quality,
            "started_at": OPENED_AT,
            "submitted_at": OPENED_AT,
        }
        session.add(Inspection(**{**defaults, **values}))
        session.flush()

    return run


def october(session, by="agent"):
    return {record[by]: record for record in metrics_table(session, "2026-10", Grouping(by)).records()}


def test_quality_is_the_mean_without_critical_conversations(session, inspect):
    ana = create_agent(session, employee_number="E-ana")
    for quality, is_critical in ((80, False), (90, False), (70, True)):
        inspect(create_conversation(session, ana), quality, is_critical=is_critical)

    line = october(session)["E-ana"]

    prior = fit_beta_prior([1], [3])
    rate = (prior.a + 1) / (prior.a + prior.b + 3)
    assert (line["qa_n"], line["qa_quality"]) == (3, 85)
    assert line["qa_critical_rate"] == pytest.approx(rate)
    assert line["qa_score"] == pytest.approx((1 - rate) * 85)


def test_conversation_scored_twice_counts_once_with_the_mean(session, inspect):
    ana = create_agent(session, employee_number="E-ana")
    twice = create_conversation(session, ana)
    inspect(twice, 70)
    inspect(twice, 90)
    inspect(create_conversation(session, ana), 100)

    line = october(session)["E-ana"]

    assert (line["qa_n"], line["qa_quality"]) == (2, 90)


def test_drafts_and_targeted_checks_do_not_count(session, inspect):
    ana = create_agent(session, employee_number="E-ana")
    inspect(create_conversation(session, ana), 80)
    inspect(create_conversation(session, ana), 10, is_random=False)
    inspect(create_conversation(session, ana), 10, submitted_at=None, state="draft")

    assert october(session)["E-ana"]["qa_quality"] == 80


def test_earlier_months_lend_the_rate_but_no_quality(session, inspect):
    ana, ben = create_agent(session, employee_number="E-ana"), create_agent(session, employee_number="E-ben")
    earlier = OPENED_AT - timedelta(days=31)
    inspect(create_conversation(session, ana), 80)
    inspect(create_conversation(session, ben, opened_at=earlier), 10, is_critical=True)
    inspect(create_conversation(session, ben, opened_at=OPENED_AT - timedelta(days=200)), 10, is_critical=True)

    line = october(session)["E-ana"]

    prior = fit_beta_prior([0, 0.9], [1, 0.9])
    assert line["qa_quality"] == 80
    assert line["qa_critical_rate"] == pytest.approx(prior.a / (prior.a + prior.b + 1))


def test_nothing_inspected_gives_no_value(session):
    create_conversation(session, create_agent(session, employee_number="E-ana"))

    line = october(session)["E-ana"]

    assert line["qa_n"] == 0
    assert line["qa_quality"] is line["qa_critical_rate"] is line["qa_score"] is None
