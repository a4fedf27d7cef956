"""A month in the fair mode: severity taken out, a standing beside the month, and older months as they were."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.assessment import policies, service
from qa_app.assessment.compute import frozen_inputs, verify_revision
from qa_app.assessment.content import SheetContent, decode_content, encode_content
from qa_app.assessment.errors import WeightsIgnored
from qa_app.assessment.inputs import freeze, inputs_digest, thaw
from qa_app.clock import travel
from qa_app.models import PeriodRevision, RoleName, ScreeningModel, Sheet
from qa_app.screening import service as screening
from scoring.assessment.centre_record import ModelRecord
from scoring.assessment.policy import Policy
from tests.factories.months import MONTH, create_inspection, create_month, create_work
from tests.factories.people import create_agent, create_user
from tests.factories.rubrics import create_published
from tests.factories.sampling import create_draw
from tests.factories.sampling import create_month as create_frame
from tests.factories.screening import create_inspected_centre

AFTERWARDS = datetime(2026, 11, 20, tzinfo=UTC)
pytestmark = pytest.mark.both_databases


@pytest.fixture
def hr(session: Session):
    return create_user(session, RoleName.hr, name="Han Qingyue")


def contents(session: Session, revision: PeriodRevision) -> dict[str, SheetContent]:
    """Sheets of a revision by employee number."""
    sheets = session.scalars(select(Sheet).where(Sheet.revision_id == revision.id))
    return {content.agent.number: content for content in (decode_content(sheet.content) for sheet in sheets)}


def publish_mode(session: Session, hr, mode: str) -> None:
    """Put the shipped policy in force in another mode."""
    policy = msgspec.structs.replace(policies.preset("service"), mode=mode)
    policies.publish_version(session, hr, policies.create_policy(session, hr, policy))


def test_the_shipped_policies_are_fair() -> None:
    assert {policies.preset(code).mode for code in policies.preset_codes()} == {"fair"}
    assert Policy(code="old").mode == "direct"


def test_a_sheet_shows_the_month_and_the_standing(session, hr):
    create_month(session)

    revision = service.compute_month(session, hr, MONTH)

    for content in contents(session, revision).values():
        standing = content.standing
        assert standing is not None
        assert standing.n == 5
        assert standing.months == 1
        month = content.trend[-1].qa
        assert month.method == "direct.v2"
        assert standing.total.method == "fair.v1"
        assert content.inputs.method == "fair.v1"
        # Shrunk towards the others: never further from their mean than the month itself, and surer.
        mean = revision.centre.quality_mean
        assert abs(standing.quality.value - mean) <= abs(content.components[0].basis["q"] - mean) + 1e-9
        assert encode_content(content) == encode_content(decode_content(encode_content(content)))
    assert verify_revision(session, revision).is_exact


def test_two_inspectors_are_too_few_to_correct_and_the_centre_says_so(session, hr):
    create_month(session)

    severity = service.compute_month(session, hr, MONTH).centre.severity

    assert severity.reason == "few_inspectors"
    assert {one.value for one in severity.inspectors.values()} == {0.0}


def test_a_month_of_the_direct_mode_keeps_its_bytes(session, hr):
    publish_mode(session, hr, "direct")
    create_month(session)

    revision = service.compute_month(session, hr, MONTH)

    assert all(content.standing is None for content in contents(session, revision).values())
    assert not any(
        b'"standing":' in data
        for data in session.scalars(select(Sheet.content).where(Sheet.revision_id == revision.id))
    )
    assert verify_revision(session, revision).is_exact


def test_samples_drawn_by_risk_need_the_fair_mode(session, hr):
    publish_mode(session, hr, "direct")
    create_frame(session, agents=2)
    sample = create_draw(session).samples[0]
    inspector = create_user(session, RoleName.inspector, name="Wei Lan")
    create_inspection(session, sample.conversation, inspector, create_published(session), sample=sample)
    service.compute_month(session, hr, MONTH)
    sample.weight = 0.5

    with pytest.raises(WeightsIgnored, match="1 samples were drawn by risk"):
        service.compute_month(session, hr, MONTH, reason="again")

    publish_mode(session, hr, "fair")
    assert service.compute_month(session, hr, MONTH, reason="again").number == 1


def test_inputs_frozen_before_there_were_learned_scores_are_read(session, hr):
    create_month(session, agents=2)
    parts = freeze(frozen_inputs(session, service.compute_month(session, hr, MONTH)))

    assert "machine" not in parts
    assert inputs_digest(freeze(thaw(parts))) == inputs_digest(parts)


def test_an_agent_whom_no_inspector_joins_to_the_others_gets_no_tier(session, hr):
    create_month(session)
    alone = create_agent(session, "Far Away", employee_number="Z001")
    hermit = create_user(session, RoleName.inspector, name="Only One")
    version = create_published(session)
    for conversation in create_work(session, alone, 40, happy=8, asked=10)[:5]:
        create_inspection(session, conversation, hermit, version)

    content = contents(session, service.compute_month(session, hr, MONTH))["Z001"]

    assert content.composite.value is not None
    assert content.composite.label == "not_comparable"
    assert content.tier.given is None
    assert content.tier.withheld == "not_comparable"


def test_learned_scores_sharpen_the_month_where_the_policy_lets_them(session, hr):
    with travel(AFTERWARDS):
        create_inspected_centre(session)
        screening.train_model(session, hr)
        screening.score_conversations(session, hr, checkpoint=session.flush)
        without = service.compute_month(session, hr, MONTH)
        policy = msgspec.structs.replace(policies.preset("service"), learned_scores=True)
        policies.publish_version(session, hr, policies.create_policy(session, hr, policy))
        with_them = service.compute_month(session, hr, MONTH, reason="with learned scores")

    assert without.centre.learned.reason == "switched_off"
    learned = with_them.centre.learned
    assert learned.reason == ""
    assert learned.scored == 160
    assert learned.gain > 1
    model = session.scalars(select(ScreeningModel)).one()
    assert with_them.centre.models == (ModelRecord(model.version, model.training_digest),)
    assert without.centre.models == ()
    for number, content in contents(session, with_them).items():
        plain = contents(session, without)[number].trend[-1].qa
        assert content.trend[-1].qa.upper - content.trend[-1].qa.lower < plain.upper - plain.lower
        assert content.components[0].basis["auto"] != 0
        assert (content.inputs.learned.version, content.inputs.learned.gain) == (model.version, learned.gain)
        assert not contents(session, without)[number].inputs.learned
    assert verify_revision(session, with_them).is_exact
