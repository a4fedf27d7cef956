"""QA figures in tables of metrics: which inspections count, and how a rate is shrunk."""

import re
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


def test_no_estimate_stands_without_bounds_and_label(session, inspect):
    ana = create_agent(session, employee_number="E-ana")
    for quality, is_critical in ((80, False), (90, False), (70, True), (95, False)):
        inspect(create_conversation(session, ana), quality, is_critical=is_critical)

    line = october(session)["E-ana"]

    for name in ("qa_quality", "qa_critical_rate", "qa_score"):
        assert line[f"{name}_lower"] < line[name] < line[f"{name}_upper"]
        assert line[f"{name}_label"] == "ok"
    assert line["qa_quality_n"] == 3


def test_two_inspections_are_few_and_none_are_none(session, inspect):
    ana, ben = create_agent(session, employee_number="E-ana"), create_agent(session, employee_number="E-ben")
    for quality in (80, 90):
        inspect(create_conversation(session, ana), quality)
    create_conversation(session, ben)

    lines = october(session)

    assert (lines["E-ana"]["qa_score_label"], lines["E-ana"]["qa_critical_rate_label"]) == ("few", "few")
    assert lines["E-ben"]["qa_score_label"] == "none"
    assert lines["E-ben"]["qa_score_lower"] is lines["E-ben"]["qa_score_upper"] is None


def test_only_critical_conversations_tell_a_rate_but_no_score(session, inspect):
    ana = create_agent(session, employee_number="E-ana")
    for _ in range(3):
        inspect(create_conversation(session, ana), 70, is_critical=True)

    line = october(session)["E-ana"]

    assert (line["qa_score"], line["qa_score_label"], line["qa_quality_label"]) == (None, "prior_only", "none")
    assert line["qa_critical_rate_lower"] < line["qa_critical_rate"] < line["qa_critical_rate_upper"]


def test_more_inspections_narrow_the_interval_and_the_same_table_gives_the_same(session, inspect):
    ana, ben = create_agent(session, employee_number="E-ana"), create_agent(session, employee_number="E-ben")
    for agent, times in ((ana, 2), (ben, 10)):
        for quality in (80, 90) * times:
            inspect(create_conversation(session, agent), quality)

    lines = october(session)

    widths = {key: line["qa_score_upper"] - line["qa_score_lower"] for key, line in lines.items()}
    assert widths["E-ben"] < widths["E-ana"]
    assert october(session) == lines


def test_lines_that_mix_agents_are_as_wide_as_their_conversations_differ(session, inspect):
    for number, quality in enumerate((60, 62, 98, 100) * 9):
        inspect(create_conversation(session, create_agent(session, employee_number=f"E-{number}")), quality)

    (line,) = october(session, by="channel").values()

    # 36 conversations with an sd of 19 points: the mean is known to about ±6, not to what one agent's scores vary by.
    assert line["qa_quality_upper"] - line["qa_quality_lower"] == pytest.approx(2 * 1.96 * 19.3 / 6, rel=0.1)


def test_page_shows_value_interval_n_and_label_together(session, inspect, sign_in):
    ana, ben = create_agent(session, employee_number="E-ana"), create_agent(session, employee_number="E-ben")
    for quality in (80, 90, 85, 95):
        inspect(create_conversation(session, ana), quality)
    inspect(create_conversation(session, ben), 70)

    page = sign_in(RoleName.hr).get("/metrics?month=2026-10&by=agent").text

    assert re.search(r"\d+ \(\d+–\d+\), n 4", page)
    assert re.search(r"\d+ \(\d+–\d+\), few: 1", page)
    assert re.search(r"\d+% \(\d+–\d+%\), n 4", page)
    assert "QA score, before severity" in page
    assert "in the score of the sheet it has" in page
