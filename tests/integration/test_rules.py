"""Rules as people use them: written, tested on real conversations, switched on, asked of every conversation."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest
from sqlalchemy import func, select

from qa_app.clock import now
from qa_app.jobs import NoProgress
from qa_app.jobs.registry import followers_of
from qa_app.models import AuditEvent, CallFeatures, JobRun, RoleName, RuleResult, RuleState, TranscriptSegment
from qa_app.screening import rules
from qa_app.screening.jobs import run_screening, screen_hourly, screen_what_is_new
from qa_app.screening.rule_book import load_rules_in_use
from qa_app.screening.rule_facts import read_facts
from qa_app.screening.rule_queries import count_results
from qa_app.screening.rule_screening import count_unscreened, screen_conversations
from qa_app.screening.rule_testing import Scope, choose_conversations, try_rule
from qa_app.scripts import service as scripts
from scoring.errors import RuleError
from scoring.language.definition import AllOf, Measure, Measured, Not, Rule, Said
from scoring.language.files import read_rules
from scoring.rubric import Text
from tests.factories.conversations import create_chat, create_conversation
from tests.factories.people import create_agent, create_user
from tests.factories.rules import MONTH, create_rule_in_use, create_script_in_force, greeting_script

pytestmark = pytest.mark.both_databases

FRIENDLY = (("customer", 0, "Hi"), ("agent", 20, "Hello, this is Tobias."), ("agent", 60, "Goodbye."))
CURT = (("customer", 0, "Hi"), ("agent", 200, "What is it?"))


def screen(session) -> int:
    return screen_conversations(session, None, checkpoint=session.flush)


def outcomes(session) -> list[tuple[int, str, int]]:
    rows = session.execute(
        select(RuleResult.conversation_id, RuleResult.outcome, RuleResult.hit_count).order_by(
            RuleResult.conversation_id, RuleResult.rule_version_id
        )
    )
    return [tuple(row) for row in rows]


def test_nothing_is_switched_on_that_was_not_tested_as_it_stands(session) -> None:
    lead = create_user(session, RoleName.qa_lead)
    create_chat(session, create_agent(session), FRIENDLY)
    draft = rules.create_rule(session, lead, Rule(code="hi", condition=Said(phrases=("hello",))), source="t").versions[
        0
    ]

    with pytest.raises(rules.NotTested):
        rules.switch_on(session, lead, draft)
    scope = Scope(MONTH)
    try_rule(session, lead, draft, choose_conversations(session, scope), scope)
    rules.save_rule_draft(session, lead, draft, Rule(code="hi", condition=Said(phrases=("hallo",))), revision=0)
    with pytest.raises(rules.NotTested):
        rules.switch_on(session, lead, draft)

    try_rule(session, lead, draft, choose_conversations(session, scope), scope)
    rules.switch_on(session, lead, draft)

    assert draft.state == RuleState.on
    with pytest.raises(rules.NotADraft):
        rules.save_rule_draft(session, lead, draft, Rule(code="hi", condition=Said()), revision=1)


def test_a_test_counts_and_keeps_no_words(session) -> None:
    agent = create_agent(session)
    friendly, curt = create_chat(session, agent, FRIENDLY), create_chat(session, agent, CURT)
    empty = create_conversation(session, agent)

    version = create_rule_in_use(session)

    assert version.test["counts"] == {"satisfied": 1, "not_satisfied": 1, "cannot_tell": 1}
    assert version.test["examples"] == {
        "satisfied": [friendly.id],
        "not_satisfied": [curt.id],
        "cannot_tell": [empty.id],
    }
    assert "hello" not in str(version.test).lower()


def test_a_rule_without_words_cannot_be_tested(session) -> None:
    blank = rules.create_rule(session, None, Rule(code="blank", condition=AllOf(of=(Said(),))), source="t").versions[0]
    lost = Rule(code="lost", condition=Said(script="nowhere", version=3))
    naming = rules.create_rule(session, None, lost, source="t").versions[0]

    with pytest.raises(rules.EmptyRule):
        try_rule(session, None, blank, [], Scope(MONTH))
    with pytest.raises(RuleError):
        try_rule(session, None, naming, [], Scope(MONTH))


def test_every_conversation_is_screened_once(session) -> None:
    agent = create_agent(session)
    friendly, curt = create_chat(session, agent, FRIENDLY), create_chat(session, agent, CURT)
    create_rule_in_use(session)

    first, again = screen(session), screen(session)

    assert (first, again, count_unscreened(session)) == (2, 0, 0)
    assert outcomes(session) == [(friendly.id, "satisfied", 1), (curt.id, "not_satisfied", 0)]
    hits = session.scalar(select(RuleResult.hits).where(RuleResult.conversation_id == friendly.id))
    assert hits == [[2, 0, 5, 20.0, None]]


def test_what_changed_is_screened_again(session) -> None:
    chat = create_chat(session, create_agent(session), CURT)
    create_rule_in_use(session)
    screen(session)

    chat.messages[1].text = "Hello, what is it?"
    chat.updated_at = now() + timedelta(seconds=1)
    session.flush()

    assert count_unscreened(session) == 1
    screen(session)
    assert outcomes(session) == [(chat.id, "satisfied", 1)]


def test_a_new_version_is_asked_of_everything_and_the_old_one_forgotten(session) -> None:
    lead = create_user(session, RoleName.qa_lead)
    chat = create_chat(session, create_agent(session), FRIENDLY)
    first = create_rule_in_use(session)
    screen(session)

    draft = rules.start_rule_draft(session, lead, first)
    rules.save_rule_draft(session, lead, draft, Rule(code="x", condition=Said(phrases=("bye now",))), revision=0)
    scope = Scope(MONTH)
    try_rule(session, lead, draft, choose_conversations(session, scope), scope)
    rules.switch_on(session, lead, draft)
    screen(session)

    assert (first.state, draft.state) == (RuleState.off, RuleState.on)
    assert outcomes(session) == [(chat.id, "not_satisfied", 0)]
    assert list(count_results(session)) == [draft.id]


def test_a_killed_run_goes_on_where_it_ended(session, monkeypatch) -> None:
    agent = create_agent(session)
    chats = [create_chat(session, agent, FRIENDLY) for _ in range(5)]
    create_rule_in_use(session)
    monkeypatch.setattr("qa_app.screening.rule_screening.BATCH", 2)
    kept = []

    def stop_after_two() -> None:
        kept.append(session.scalar(select(func.count()).select_from(RuleResult)))
        if len(kept) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        screen_conversations(session, None, checkpoint=stop_after_two)

    assert kept == [2, 4]
    assert screen(session) == 1
    assert len(outcomes(session)) == len(chats)


def test_a_rule_may_wait_for_another_one_in_use(session) -> None:
    lead = create_user(session, RoleName.qa_lead)
    create_chat(session, create_agent(session), FRIENDLY)
    greeted = create_rule_in_use(session)
    create_rule_in_use(session, Said(phrases=("goodbye",), after="greeted"), code="parted")

    screen(session)

    assert {outcome for _, outcome, _ in outcomes(session)} == {"satisfied"}
    with pytest.raises(rules.NeededByOthers, match="parted"):
        rules.switch_off(session, lead, greeted)


def test_the_words_of_a_script_version_stay_those_of_that_version(session) -> None:
    lead = create_user(session, RoleName.qa_lead)
    script = create_script_in_force(session)
    create_chat(session, create_agent(session), FRIENDLY)
    create_rule_in_use(session, Said(script="greeting", version=1))

    draft = scripts.start_draft(session, lead, script)
    changed = greeting_script(cues=greeting_script().cues.__class__(en=("servus",)))
    scripts.save_draft(session, lead, draft, changed, revision=0)
    scripts.publish_draft(session, lead, draft)
    screen(session)

    assert [outcome for _, outcome, _ in outcomes(session)] == ["satisfied"]


def test_the_rule_says_that_a_newer_version_of_its_script_is_in_force(session, sign_in) -> None:
    lead = create_user(session, RoleName.qa_lead)
    script = create_script_in_force(session)
    create_chat(session, create_agent(session), FRIENDLY)
    version = create_rule_in_use(session, Said(script="greeting", version=1))
    client = sign_in(lead)
    before = client.get(f"/rules/{version.rule_id}").text

    draft = scripts.start_draft(session, lead, script)
    scripts.save_draft(session, lead, draft, greeting_script(title=Text(en="Hail")), revision=0)
    scripts.publish_draft(session, lead, draft)

    assert "is in force. Copy the rule" not in before
    assert "version 1 of the script “Hail”; version 2 is in force." in client.get(f"/rules/{version.rule_id}").text


def test_an_import_is_followed_by_the_screening(session) -> None:
    run = JobRun(kind="conversations.import", params={"locale": "en"}, created_at=now())
    session.add(run)
    session.flush()
    assert screen_what_is_new in followers_of("conversations.import")

    screen_what_is_new(session, run)
    assert session.scalars(select(JobRun).where(JobRun.kind == "screening.rules")).all() == []
    create_chat(session, create_agent(session), FRIENDLY)
    create_rule_in_use(session)
    screen_what_is_new(session, run)
    screen_what_is_new(session, run)

    started = session.scalars(select(JobRun).where(JobRun.kind == "screening.rules")).all()
    assert len(started) == 1  # one that waits is enough
    assert run_screening(session, started[0], NoProgress())["conversations"] == 1
    assert count_unscreened(session) == 0


def test_the_sound_of_a_call_is_asked_where_it_was_measured(session) -> None:
    measured, silent = (
        create_conversation(session, create_agent(session), channel="phone", audio_seconds=60.0) for _ in range(2)
    )
    measured.transcript = [
        TranscriptSegment(sequence=1, speaker="agent", start_seconds=2.0, end_seconds=4.0, text="Hello, Lantern Home.")
    ]
    session.add(
        CallFeatures(
            conversation_id=measured.id,
            method=1,
            measured_at=now(),
            duration_seconds=60.0,
            silence_seconds=12.0,
            silence_share=0.2,
            longest_silence_seconds=11.5,
            clipping_share=0.0,
            silences=[[20.0, 31.5]],
        )
    )
    session.flush()
    create_rule_in_use(session, Measured(measure=Measure.silence_seconds, figure=10), code="silent")

    screen(session)

    assert [outcome for _, outcome, _ in outcomes(session)] == ["satisfied", "cannot_tell"]
    found = session.scalar(select(RuleResult.hits).where(RuleResult.conversation_id == measured.id))
    assert found == [[-1, 0, 0, 20.0, 31.5]]
    assert read_facts(session, [silent.id])[silent.id].sound is None
    assert count_unscreened(session) == 0
    session.get_one(CallFeatures, measured.id).measured_at = now() + timedelta(minutes=1)
    session.flush()
    assert count_unscreened(session) == 1  # and nobody else is asked again


def test_the_duty_starts_a_job_only_where_there_is_something_to_do(session) -> None:
    assert screen_hourly(session) == ""
    create_chat(session, create_agent(session), FRIENDLY)
    create_rule_in_use(session)

    assert screen_hourly(session).startswith("job ")
    screen(session)
    assert screen_hourly(session) == ""


def test_a_version_in_use_is_prepared_once(session) -> None:
    create_chat(session, create_agent(session), FRIENDLY)
    create_rule_in_use(session)

    assert load_rules_in_use(session).book is load_rules_in_use(session).book


def test_the_lead_writes_a_nested_rule_in_the_form(session, sign_in) -> None:
    create_chat(session, create_agent(session), FRIENDLY)
    client = sign_in(RoleName.qa_lead)
    head = {"title_en": "Greeted and not rude", "revision": "0"}
    one = {"n0-kind": "said", "n0-kind_shown": "said", "n0-size": "0", "n0-phrases": "hello", "n0-speaker": "agent"}

    grouped = client.post("/rules/new", data={**head, **one, "do": "wrap:0"}).text
    assert 'name="n0-0-phrases"' in grouped
    tree = {
        "n0-kind": "all", "n0-size": "2", "n0-0-kind": "said", "n0-0-phrases": "hello\nhi there", "n0-0-first": "1",
        "n0-0-speaker": "agent", "n0-1-kind": "not", "n0-1-size": "1", "n0-1-0-kind": "said",
        "n0-1-0-phrases": "shut up", "n0-1-0-speaker": "agent",
    }  # fmt: skip
    made = client.post("/rules/new", data={**head, **tree, "do": "save"})
    exported = client.get(made.location.replace("/edit", "/versions/1/file.json"))

    assert read_rules(exported.data)[0] == Rule(
        code="greeted_and_not_rude",
        title=Text(en="Greeted and not rude"),
        condition=AllOf(of=(Said(phrases=("hello", "hi there"), first=1), Not(of=Said(phrases=("shut up",))))),
    )


def test_the_lead_tests_a_rule_and_switches_it_on(session, sign_in) -> None:
    chat = create_chat(session, create_agent(session), FRIENDLY, external_id="C-FRIENDLY")
    create_chat(session, create_agent(session), CURT, external_id="C-CURT")
    client = sign_in(RoleName.qa_lead)
    asked = {"title_en": "Greeted", "revision": "0", "n0-kind": "said", "n0-phrases": "hello", "n0-speaker": "agent"}
    place = client.post("/rules/new", data={**asked, "do": "save"}).location.replace("/edit", "")

    refused = client.post(f"{place}/versions/1/on", follow_redirects=True).text
    tested = client.post(f"{place}/versions/1/test", data={"month": MONTH, "sample": "50"}, follow_redirects=True).text
    missed = client.get(f"{place}/versions/1/test?outcome=not_satisfied").text
    client.post(f"{place}/versions/1/on")
    screen(session)
    shown = client.get(place).text
    results = client.get(f"{place}/results?hits=1").text

    assert "Test the rule as it stands now before you switch it on." in refused
    assert "<mark>Hello</mark>, this is Tobias." in tested
    assert "C-FRIENDLY" in tested
    assert "C-CURT" not in tested
    assert "C-CURT" in missed
    assert "What is it?" in missed
    assert "Switched on" in shown
    assert f"/conversations/{chat.id}" in results
    assert session.scalar(select(func.count()).where(AuditEvent.action == "rule.switch_on")) == 1


def test_personal_data_stays_hidden_where_words_are_marked(session, sign_in) -> None:
    create_chat(session, create_agent(session), [("agent", 1, "您好，请拨 13812345678，您好")])
    version = create_rule_in_use(session, Said(phrases=("您好",)))
    client = sign_in(RoleName.qa_lead)

    page = client.get(f"/rules/{version.rule_id}/versions/1/test").text

    assert "13812345678" not in page
    assert "<mark>您好</mark>，请拨 ••••，<mark>您好</mark>" in page


def test_rules_go_out_and_come_in_as_a_file(session, sign_in) -> None:
    create_chat(session, create_agent(session), FRIENDLY)
    create_rule_in_use(session)
    client = sign_in(RoleName.qa_lead)

    out = client.get("/rules/file.json").data
    back = client.post("/rules/import", data={"file": (BytesIO(out), "r.json")}, follow_redirects=True).text
    changed = out.replace(b'"hello"', b'"hallo"')
    came = client.post("/rules/import", data={"file": (BytesIO(changed), "r.json")}, follow_redirects=True).text
    bad = client.post("/rules/import", data={"file": (BytesIO(b"{}"), "r.json")}).text

    assert "1 was here already." in back
    assert "1 rule came as a draft." in came
    assert "This is not a rule" in bad


def test_nobody_but_the_lead_sees_rules(session, sign_in) -> None:
    for role in set(RoleName) - {RoleName.qa_lead}:
        assert sign_in(role).get("/rules").status_code == 404
