"""Proposals of rules on the scoring page: hidden until answered, or shown and confirmed; both sides are kept."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from qa_app.clock import now
from qa_app.inspections import service
from qa_app.inspections.drafts import AnswerChange, Save
from qa_app.models import Draw, RoleName, RuleProposal, SamplingPlan
from qa_app.screening.rule_proposals import count_decisions
from scoring.language.definition import Said
from scoring.rubric import Check
from tests.factories.conversations import create_chat
from tests.factories.inspections import create_assignment
from tests.factories.people import create_agent, create_user
from tests.factories.rubrics import create_published, small_rubric
from tests.factories.rules import create_rule_in_use

pytestmark = pytest.mark.both_databases

CHAT = (
    ("customer", 0, "Hi, my number is 13812345678"),
    ("agent", 20, "My number is 13812345678, hello there."),
    ("agent", 60, "Bye."),
)


def checked_rubric():
    """The small rubric; its first criterion is proposed by the rule `greeted`."""
    rubric = small_rubric()
    section = rubric.sections[0]
    check = Check(rule="greeted", satisfied="yes", not_satisfied="no")
    criteria = (replace(section.criteria[0], check=check, na_allowed=True), section.criteria[1])
    return replace(rubric, sections=(replace(section, criteria=criteria),))


def show_proposals_of(session, sample) -> None:
    plan = SamplingPlan(
        name="Shown", month="2026-10", seed=b"", commitment="", committed_at=now(), is_committed_late=False,
        design={"proposals_shown": True},
    )  # fmt: skip
    sample.draw = Draw(public_id=f"d{sample.id}", plan=plan)
    session.add(plan)
    session.flush()


@pytest.fixture
def rule(session):
    create_chat(session, create_agent(session), CHAT)
    return create_rule_in_use(session, Said(phrases=("hello", "您好"), first=1))


def open_one(session, *, shown: bool = False, chat=CHAT, inspector=None, version=None):
    inspector = inspector or create_user(session, RoleName.inspector)
    conversation = create_chat(session, create_agent(session), chat)
    version = version or create_published(session, checked_rubric())
    assignment = create_assignment(session, inspector, version, conversation)
    if shown:
        show_proposals_of(session, assignment.sample)
    inspection = service.open_inspection(session, inspector, assignment)
    session.flush()
    return inspector, inspection


def answer(session, inspector, inspection, **levels) -> None:
    changes = [
        AnswerChange(code, {"na": True} if level == "na" else {"level": level}) for code, level in levels.items()
    ]
    kept = service.load_draft(session, inspection.id)
    service.save_answers(session, inspector, kept, Save(f"t{kept.revision}", kept.revision, answers=changes))


def submit(session, inspector, inspection) -> None:
    kept = service.load_draft(session, inspection.id)
    service.submit_inspection(session, inspector, kept, revision=kept.revision)


def test_a_proposal_is_made_with_its_place_in_the_masked_text(session, rule) -> None:
    _, inspection = open_one(session)

    proposal = session.get_one(RuleProposal, (inspection.id, "greeting"))

    assert (proposal.outcome, proposal.proposed, proposal.rule_version_id) == ("satisfied", "yes", rule.id)
    assert proposal.hits == [[2, 19, 24, 20.0, None]]  # of "My number is ••••, hello there."
    assert inspection.answers == []


def test_what_a_rule_cannot_tell_is_not_proposed(session, rule) -> None:
    _, inspection = open_one(session, chat=(("customer", 0, "Hello?"),))

    assert inspection.proposals == []


def test_hidden_proposals_stay_on_the_server_until_the_person_has_answered(session, rule, sign_in) -> None:
    inspector, inspection = open_one(session)
    client = sign_in(inspector)
    save = f"/inspections/{inspection.id}/save"

    before = client.get(f"/inspections/{inspection.id}").text
    other = client.post(save, json=_save(0, "answer", "yes")).json["rows"]["greeting"]["proposal"]
    differs = client.post(save, json=_save(1, "greeting", "no")).json["rows"]["greeting"]["proposal"]
    after = client.get(f"/inspections/{inspection.id}").text
    agrees = client.post(save, json=_save(2, "greeting", "yes")).json["rows"]["greeting"]["proposal"]

    assert "Rule proposed" not in before
    assert "Greeted" not in before
    assert other == ""
    assert "Rule proposed: Yes" in differs
    assert "hello" in differs
    assert "data-confirm-proposal" not in differs
    assert "Rule proposed: Yes" in after
    assert agrees == ""


def test_shown_proposals_can_be_confirmed(session, rule, sign_in) -> None:
    inspector, inspection = open_one(session, shown=True)
    client = sign_in(inspector)

    before = client.get(f"/inspections/{inspection.id}").text
    confirmed = client.post(f"/inspections/{inspection.id}/save", json=_save(0, "greeting", "yes")).json

    assert "Rule proposed: Yes" in before
    assert "data-confirm-proposal" in before
    assert "Rule proposed: Yes" in confirmed["rows"]["greeting"]["proposal"]
    assert "data-confirm-proposal" not in confirmed["rows"]["greeting"]["proposal"]


def test_what_was_proposed_and_what_was_decided_are_both_kept(session, rule) -> None:
    inspector, inspection = open_one(session)

    answer(session, inspector, inspection, greeting="no", answer="yes")
    answer(session, inspector, inspection, greeting="yes")
    submit(session, inspector, inspection)

    proposal = session.get_one(RuleProposal, (inspection.id, "greeting"), populate_existing=True)
    assert (proposal.proposed, proposal.first_answer, proposal.decided) == ("yes", "no", "yes")
    assert proposal.seen_at is not None
    assert proposal.decided_at is not None


def test_taking_a_submission_back_takes_the_decision_back(session, rule) -> None:
    inspector, inspection = open_one(session)
    answer(session, inspector, inspection, greeting="no", answer="yes")
    submit(session, inspector, inspection)

    service.undo_submit(session, inspector, service.load_draft(session, inspection.id))
    session.flush()

    proposal = session.get_one(RuleProposal, (inspection.id, "greeting"), populate_existing=True)
    assert (proposal.decided, proposal.decided_at, proposal.first_answer) == (None, None, "no")


def test_precision_counts_first_answers_of_hidden_and_last_ones_of_shown_proposals(session, rule) -> None:
    version = create_published(session, checked_rubric())
    for shown, first, last in (
        (False, "no", "yes"),  # saw the proposal and changed over: not independent, so it was wrong
        (False, "yes", "yes"),
        (True, "no", "yes"),
        (False, "na", "na"),
    ):
        inspector, inspection = open_one(session, shown=shown, version=version)
        answer(session, inspector, inspection, greeting=first, answer="yes")
        answer(session, inspector, inspection, greeting=last)
        submit(session, inspector, inspection)
    open_one(session, version=version)  # not decided yet

    record = count_decisions(session)[rule.rule_id]

    assert (record.n, record.agreed, record.is_few) == (3, 2, True)
    assert record.interval.lower == pytest.approx(0.2077, abs=1e-4)
    assert record.interval.upper == pytest.approx(0.9385, abs=1e-4)


def test_the_read_only_page_shows_what_was_proposed(session, rule, sign_in) -> None:
    inspector, inspection = open_one(session)
    answer(session, inspector, inspection, greeting="no", answer="yes")
    submit(session, inspector, inspection)

    assert "Rule proposed: Yes" in sign_in(RoleName.qa_lead).get(f"/inspections/{inspection.id}/view").text


def _save(revision: int, code: str, level: str) -> dict:
    change = {"kind": "answer", "key": f"answer:{code}", "code": code, "value": {"level": level}, "reason": "",
              "disputed": False, "at": 1}  # fmt: skip
    return {"token": f"token-{revision}", "revision": revision, "seconds": 1, "changes": [change]}
