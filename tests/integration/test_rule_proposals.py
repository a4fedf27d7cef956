"""Proposals of rules on the scoring page: hidden until answered, or shown and confirmed; both sides are kept."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from qa_app.clock import now
from qa_app.inspections import service
from qa_app.inspections.drafts import AnswerChange, Save
from qa_app.models import Draw, RoleName, RuleProposal, SamplePurpose, SamplingPlan
from qa_app.screening.rule_comparing import Yardstick, default_yardstick
from qa_app.screening.rule_forms import TestForm
from qa_app.screening.rule_proposals import count_decisions
from qa_app.screening.rule_testing import Scope, choose_conversations, try_rule
from scoring.language.definition import Said
from scoring.rubric import Check
from tests.factories.conversations import create_chat
from tests.factories.inspections import create_assignment
from tests.factories.people import create_agent, create_user
from tests.factories.rubrics import create_published, small_rubric
from tests.factories.rules import MONTH, create_rule_in_use

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
    assert "data-confirm-proposal hidden" in confirmed["rows"]["greeting"]["proposal"]


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


def test_nothing_is_proposed_in_calibration(session, rule) -> None:
    inspector = create_user(session, RoleName.inspector)
    conversation = create_chat(session, create_agent(session), CHAT)
    assignment = create_assignment(session, inspector, create_published(session, checked_rubric()), conversation)
    assignment.sample.purpose = SamplePurpose.calibration
    session.flush()

    assert service.open_inspection(session, inspector, assignment).proposals == []


def test_only_decisions_of_daily_work_are_counted(session, rule) -> None:
    version = create_published(session, checked_rubric())
    for purpose in SamplePurpose:
        inspector, inspection = open_one(session, version=version)
        answer(session, inspector, inspection, greeting="no", answer="yes")
        submit(session, inspector, inspection)
        inspection.purpose = inspection.sample.purpose = purpose  # scored before sessions kept proposals away
    session.flush()

    assert count_decisions(session)[rule.rule_id].n == 1


def test_the_record_tells_a_false_hit_from_a_miss(session, rule) -> None:
    version = create_published(session, checked_rubric())
    silent = (("customer", 0, "Hi"), ("agent", 20, "What is it?"))
    for chat, level in ((CHAT, "yes"), (CHAT, "no"), (CHAT, "no"), (silent, "yes"), (silent, "no")):
        inspector, inspection = open_one(session, version=version, chat=chat)
        answer(session, inspector, inspection, greeting=level, answer="yes")
        submit(session, inspector, inspection)

    record = count_decisions(session)[rule.rule_id]

    assert (record.confirmed, record.false_hits, record.misses, record.agreed, record.n) == (1, 2, 1, 2, 5)
    assert record.confirmed_interval.lower == pytest.approx(0.0615, abs=1e-4)
    assert record.confirmed_interval.upper == pytest.approx(0.7923, abs=1e-4)


def test_a_test_is_held_against_what_inspectors_answered(session, rule, sign_in) -> None:
    version = create_published(session, checked_rubric())
    silent = (("customer", 0, "Hi"), ("agent", 20, "What is it?"))
    scored = []
    for chat, level in ((CHAT, "yes"), (CHAT, "no"), (silent, "yes"), (silent, "no"), (CHAT, "na"), (CHAT, None)):
        inspector, inspection = open_one(session, version=version, chat=chat)
        scored.append(inspection)
        if level is not None:
            answer(session, inspector, inspection, greeting=level, answer="yes")
            submit(session, inspector, inspection)
    calibration = open_one(session, version=version, chat=CHAT)
    answer(session, *calibration, greeting="no", answer="yes")
    submit(session, *calibration)
    calibration[1].purpose = SamplePurpose.calibration
    session.flush()
    yardstick = default_yardstick(session, rule.rule)
    assert yardstick == Yardstick(version.rubric_id, "greeting", "yes")

    scope = Scope(MONTH, sample=0, against=yardstick)
    kept = try_rule(session, None, rule, choose_conversations(session, scope), scope)

    assert Scope.from_plain(scope.to_plain()) == scope
    assert kept["compared"]["counts"] == {"confirmed": 1, "false_hit": 1, "miss": 1, "right_without": 1}
    wrong = scored[1]
    assert kept["compared"]["examples"]["false_hit"] == [[wrong.conversation_id, wrong.id]]
    session.commit()
    client, page = sign_in(RoleName.qa_lead), f"/rules/{rule.rule_id}/versions/{rule.number}/test"
    shown = client.get(page).text
    assert "confirmed 1, false hits 1" in " ".join(shown.split())
    assert f"{page}?people=miss" in shown
    listed = client.get(f"{page}?people=false_hit").text
    assert f'href="/inspections/{wrong.id}/view"' in listed
    assert f'href="/conversations/{wrong.conversation_id}"' in listed


def test_the_form_of_a_test_offers_the_criterion_that_names_the_rule(session, rule, sign_in) -> None:
    version = create_published(session, checked_rubric())
    client = sign_in(RoleName.qa_lead)
    client.post(f"/rules/{rule.rule_id}/draft")

    page = client.get(f"/rules/{rule.rule_id}/edit").text
    tried = f"/rules/{rule.rule_id}/versions/2/test"
    client.post(tried, data={"month": MONTH, "sample": "0", "against": f"{version.rubric_id}:greeting:no"})

    assert f'<option selected value="{version.rubric_id}:greeting:yes">' in page
    session.expire_all()
    draft = rule.rule.versions[-1]
    assert draft.test["scope"]["against"] == f"{version.rubric_id}:greeting:no"
    assert client.get(tried).status_code == 200
    client.post(tried, data={"month": MONTH, "sample": "0", "against": ""})
    session.expire_all()
    assert draft.test["compared"] is None


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"month": "1999-01"}, "Choose a month that has conversations."),
        ({"against": "9:nothing:no"}, "Choose again what the rule is held against: this answer is not offered."),
        ({"sample": "7"}, "Choose how many conversations to test on."),
        ({"channels": "pigeon"}, "Choose channels that there are."),
    ],
)
def test_a_test_that_cannot_begin_names_the_field(session, rule, sign_in, wrong, sentence) -> None:
    client = sign_in(RoleName.qa_lead)
    client.post(f"/rules/{rule.rule_id}/draft")

    sent = {"month": MONTH, "sample": "0", "against": ""} | wrong
    page = client.post(f"/rules/{rule.rule_id}/versions/2/test", data=sent, follow_redirects=True).text

    assert [said for said in map(str, TestForm.REFUSALS.values()) if said in page] == [sentence]


def test_a_proposal_made_before_says_what_a_rule_is_held_against(session, rule) -> None:
    version = create_published(session, checked_rubric())
    open_one(session, version=version)
    version.definition = create_published(session, replace(small_rubric(), code="other")).definition
    version.digest = None
    session.flush()

    assert default_yardstick(session, rule.rule) == Yardstick(version.rubric_id, "greeting", "yes")


def test_the_read_only_page_shows_what_was_proposed(session, rule, sign_in) -> None:
    inspector, inspection = open_one(session)
    answer(session, inspector, inspection, greeting="no", answer="yes")
    submit(session, inspector, inspection)

    assert "Rule proposed: Yes" in sign_in(RoleName.qa_lead).get(f"/inspections/{inspection.id}/view").text


def _save(revision: int, code: str, level: str) -> dict:
    change = {"kind": "answer", "key": f"answer:{code}", "code": code, "value": {"level": level}, "reason": "",
              "disputed": False, "at": 1}  # fmt: skip
    return {"token": f"token-{revision}", "revision": revision, "seconds": 1, "changes": [change]}
