"""The QA lead writes a rubric in the browser: begin, edit, put in order, publish."""

import pytest
from sqlalchemy import select

from qa_app.models import AuditEvent, RoleName, Rubric, RubricVersion
from qa_app.rubrics.queries import load_definition
from scoring.rubric import FieldIs, Kind, Not
from tests.factories.rubrics import create_draft, create_published


@pytest.fixture
def lead(sign_in):
    return sign_in(RoleName.qa_lead)


def criterion_form(**values):
    usual = {
        "title_en": "Greets the customer",
        "title_zh": "问候客户",
        "kind": "yes_no",
        "weight": "60",
        "criticality": "none",
        "metric": "handle_seconds",
        "joining": "always",
        "revision": "0",
    }
    return {**usual, **values}


def save(lead, draft, code, **values):
    return lead.post(f"/rubrics/{draft.rubric_id}/edit/criteria/{code}", data=criterion_form(**values))


def stored(session, draft):
    session.refresh(draft)
    return load_definition(draft)


def test_blank_rubric_opens_with_one_criterion(lead, session):
    answer = lead.post("/rubrics/new", data={"title_en": "Our chat", "title_zh": "我们的会话"}, follow_redirects=True)

    assert answer.status_code == 200
    rubric = session.scalars(select(Rubric)).one()
    assert (rubric.name, rubric.name_zh) == ("Our chat", "我们的会话")
    assert [criterion.weight for criterion in load_definition(rubric.versions[0]).criteria()] == [100]


def test_copied_preset_gets_a_number_when_its_name_is_taken(lead, session):
    for _ in range(2):
        lead.post("/rubrics/presets/live_chat")

    assert session.scalars(select(Rubric.name).order_by(Rubric.id)).all() == ["Live chat", "Live chat (2)"]


@pytest.mark.both_databases
def test_saved_criterion_is_stored_and_audited(lead, session):
    draft = create_draft(session)

    answer = save(lead, draft, "greeting", weight="55,5", na_allowed="y", good_en="“Hello”")

    assert answer.status_code == 303
    criterion = stored(session, draft).criterion("greeting")
    assert (criterion.weight, criterion.na_allowed, criterion.guidance.good.en) == (55.5, True, "“Hello”")
    event = session.scalars(select(AuditEvent).where(AuditEvent.action == "rubric.save_draft")).one()
    assert "weight_changed all.greeting.weight" in event.data["changes"]


def test_same_content_again_is_no_change(lead, session):
    draft = create_draft(session)
    save(lead, draft, "greeting", weight="50")
    session.refresh(draft)

    save(lead, draft, "greeting", weight="50", revision="1")

    session.refresh(draft)
    assert draft.revision == 1


@pytest.mark.both_databases
def test_two_editors_cannot_overwrite_each_other(lead, session):
    draft = create_draft(session)
    save(lead, draft, "greeting", weight="50")

    answer = save(lead, draft, "greeting", weight="40")

    assert "changed elsewhere" in answer.text
    assert stored(session, draft).criterion("greeting").weight == 50


def test_failed_form_keeps_what_was_typed(lead, session):
    draft = create_draft(session)

    answer = save(lead, draft, "greeting", weight="much", title_en="Kept title")

    assert answer.status_code == 200
    assert "Kept title" in answer.text
    assert "Write a number." in answer.text
    assert stored(session, draft).criterion("greeting").weight == 60


def test_scale_begins_with_the_usual_three_levels(lead, session):
    draft = create_draft(session)

    save(lead, draft, "greeting", kind="scale")

    levels = stored(session, draft).criterion("greeting").levels
    assert [(level.code, level.value) for level in levels] == [("met", 1), ("partly", 0.5), ("not_met", 0)]


def test_levels_are_written_added_and_dropped(lead, session):
    draft = create_draft(session)
    rows = {
        "levels-0-code": "met",
        "levels-0-text_en": "Fully",
        "levels-0-text_zh": "完全",
        "levels-0-value": "1",
        "levels-1-code": "",
        "levels-1-text_en": "Not",
        "levels-1-text_zh": "没有",
        "levels-1-value": "0",
        "levels-2-code": "",
        "levels-2-text_en": "Gone",
        "levels-3-code": "",
        "levels-3-text_en": "",
    }

    answer = save(lead, draft, "greeting", kind="scale", do="drop:levels:2", **rows)

    assert answer.status_code == 303
    levels = stored(session, draft).criterion("greeting").levels
    assert [(level.code, level.text.en) for level in levels] == [("met", "Fully"), ("level_2", "Not")]


def test_measure_takes_targets_and_steps(lead, session):
    draft = create_draft(session)
    rows = {
        "metric": "handle_seconds",
        "targets-0-channels": "chat",
        "targets-0-steps": "600: 1\n900：0.5\nrest: 0",
        "targets-1-target": "360",
        "targets-1-limit": "1080",
        "targets-2-target": "",
    }

    save(lead, draft, "greeting", kind="measured", **rows)

    measure = stored(session, draft).criterion("greeting").measure
    assert [(t.channels, t.target, t.limit, len(t.steps)) for t in measure.targets] == [
        (("chat",), None, None, 3),
        ((), 360, 1080, 0),
    ]


def test_step_that_cannot_be_read_is_named(lead, session):
    draft = create_draft(session)

    answer = save(lead, draft, "greeting", kind="measured", **{"targets-0-steps": "fast: good"})

    assert "“fast: good” is not a step" in answer.text


def test_condition_is_built_from_rows(lead, session):
    draft = create_draft(session)
    rows = {
        "joining": "all",
        "clauses-0-subject": "answer:greeting",
        "clauses-0-comparison": "one_of",
        "clauses-0-values": "no",
        "clauses-1-subject": "field:hold_seconds",
        "clauses-1-comparison": "not_known",
    }

    save(lead, draft, "answer", title_en="Complete answer", title_zh="答复完整", weight="40", **rows)

    first, second = stored(session, draft).criterion("answer").applies_if.of
    assert first.values == ("no",)
    assert second == Not(of=FieldIs(field="hold_seconds", comparison="known"))


def test_condition_written_by_hand_is_read_or_refused(lead, session):
    draft = create_draft(session)
    written = "test: not\nof: {test: field, field: channel, values: [phone]}"

    broken = save(lead, draft, "greeting", joining="written", joining_shown="written", written="test: maybe")
    save(lead, draft, "greeting", joining="written", joining_shown="written", written=written)

    assert "not a condition" in broken.text
    assert stored(session, draft).criterion("greeting").applies_if == Not(
        of=FieldIs(field="channel", values=("phone",))
    )


def test_background_save_answers_with_list_and_revision(lead, session):
    draft = create_draft(session)
    address = f"/rubrics/{draft.rubric_id}/edit/criteria/greeting"

    answer = lead.post(address, data=criterion_form(weight="50"), headers={"HX-Request": "true"})

    assert answer.headers["X-Revision"] == "1"
    assert "Saved" in answer.text
    assert 'id="rubric-list"' in answer.text
    assert "90 of 100" in answer.text


def test_background_save_draws_the_form_anew_when_its_shape_changes(lead, session):
    draft = create_draft(session)
    address = f"/rubrics/{draft.rubric_id}/edit/criteria/greeting"
    background = {"HX-Request": "true"}

    same = lead.post(address, data=criterion_form(weight="50"), headers=background)
    other = lead.post(address, data=criterion_form(kind="scale", revision="1"), headers=background)

    assert 'id="part-form"' not in same.text
    assert "Not met" in other.text


@pytest.mark.parametrize(
    ("deed", "order"),
    [
        ("criterion_down:greeting", ["answer", "greeting"]),
        ("criterion_up:greeting", ["greeting", "answer"]),
        ("remove_criterion:greeting", ["answer"]),
        ("add_criterion:all", ["greeting", "answer", "criterion_3"]),
        ("duplicate:greeting", ["greeting", "criterion_3", "answer"]),
        ("remove_section:all", []),
    ],
)
def test_list_is_put_in_order(lead, session, deed, order):
    draft = create_draft(session)

    answer = lead.post(f"/rubrics/{draft.rubric_id}/edit/arrange", data={"do": deed, "revision": "0"})

    assert answer.status_code == 303
    assert [criterion.code for criterion in stored(session, draft).criteria()] == order


def test_dragged_order_must_name_everything_once(lead, session):
    draft = create_draft(session)
    address = f"/rubrics/{draft.rubric_id}/edit/arrange"

    lead.post(address, data={"order": '[["all",["answer"]]]', "revision": "0"})
    lost = stored(session, draft)
    lead.post(address, data={"order": '[["all",["answer","greeting"]]]', "revision": "0"})
    kept = stored(session, draft)

    assert [criterion.code for criterion in lost.criteria()] == ["greeting", "answer"]
    assert [criterion.code for criterion in kept.criteria()] == ["answer", "greeting"]


@pytest.mark.both_databases
def test_published_draft_is_in_force_and_never_changes(lead, session):
    draft = create_draft(session)

    answer = lead.post(f"/rubrics/{draft.rubric_id}/edit/publish", data={"note": "First."}, follow_redirects=True)

    assert "in force" in answer.text
    session.refresh(draft)
    assert (draft.state, draft.note, len(draft.digest)) == ("published", "First.", 64)
    assert lead.get(f"/rubrics/{draft.rubric_id}/edit").status_code == 404


def test_draft_with_errors_is_not_published(lead, session):
    draft = create_draft(session)
    save(lead, draft, "greeting", weight="10")

    answer = lead.post(f"/rubrics/{draft.rubric_id}/edit/publish", data={}, follow_redirects=True)

    assert "found errors (1)" in answer.text
    session.refresh(draft)
    assert draft.state == "draft"


def test_new_version_retires_the_old_one_and_says_what_changed(lead, session):
    first = create_published(session)
    session.commit()

    lead.post(f"/rubrics/{first.rubric_id}/versions/1/draft")
    draft = session.scalars(select(RubricVersion).where(RubricVersion.number == 2)).one()
    save(lead, draft, "greeting", weight="50")
    save(lead, draft, "answer", weight="50", title_en="Complete answer", title_zh="答复完整", revision="1")
    lead.post(f"/rubrics/{first.rubric_id}/edit/publish", data={})
    compared = lead.get(f"/rubrics/{first.rubric_id}/compare?old=1&new=2")

    session.refresh(first)
    assert first.state == "retired"
    assert "1 Greets the customer: weight 60 → 50." in compared.text


@pytest.mark.both_databases
def test_discarded_first_draft_takes_the_rubric_with_it(lead, session):
    draft = create_draft(session)

    lead.post(f"/rubrics/{draft.rubric_id}/edit/discard")

    assert session.scalars(select(Rubric)).all() == []


@pytest.mark.parametrize("tab", ["lint", "diff", "backtest", "nonsense"])
def test_every_tab_opens(lead, session, tab):
    draft = create_draft(session)

    assert lead.get(f"/rubrics/{draft.rubric_id}/edit/criteria/greeting?tab={tab}").status_code == 200


@pytest.mark.parametrize("part", ["head", "sections/all", "criteria/answer"])
def test_every_part_opens_and_saves(lead, session, part):
    draft = create_draft(session)
    address = f"/rubrics/{draft.rubric_id}/edit/{part}"

    assert lead.get(address).status_code == 200
    assert lead.post(address, data=criterion_form(channels="phone")).status_code == 303


def test_part_that_does_not_exist_is_not_found(lead, session):
    draft = create_draft(session)

    assert lead.get(f"/rubrics/{draft.rubric_id}/edit/criteria/never").status_code == 404
    assert lead.get(f"/rubrics/{draft.rubric_id}/edit/sections/never").status_code == 404


@pytest.mark.parametrize("kind", list(Kind))
def test_form_of_every_kind_says_back_what_is_stored(lead, session, kind):
    draft = create_draft(session)
    save(lead, draft, "greeting", kind=kind.value, **{"targets-0-target": "1", "targets-0-limit": "2"})

    answer = lead.get(f"/rubrics/{draft.rubric_id}/edit/criteria/greeting")

    assert f'<option selected value="{kind.value}">' in answer.text
