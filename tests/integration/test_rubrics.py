"""Rubrics as rooms and commands use them: which is in force, files, rights, the back-test, the shipped ones."""

import re
from io import BytesIO
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import event, select

from qa_app import audit
from qa_app.access import get_rubric_version
from qa_app.clock import now
from qa_app.db import db
from qa_app.models import Answer, AuditEvent, Conversation, Inspection, RoleName, Rubric
from qa_app.rubrics import queries, service
from qa_app.rubrics.change_lines import _CHANGES
from qa_app.rubrics.finding_lines import _FINDINGS
from scoring.rubric import Criticality, Kind, lint_rubric, read_rubric, write_json, write_yaml
from tests.factories.people import create_agent, create_user
from tests.factories.rubrics import create_draft, create_published, small_rubric


def create_inspection(session, version, levels, *, score, agent=None):
    agent = agent or create_agent(session)
    conversation = Conversation(
        source="test",
        external_id=str(score) + agent.name,
        channel="chat",
        agent=agent,
        created_at=now(),
        updated_at=now(),
    )
    inspection = Inspection(
        conversation=conversation,
        agent=agent,
        inspector=create_user(session, RoleName.inspector),
        rubric_version=version,
        is_random=True,
        state="submitted",
        score=score,
        quality=score,
        started_at=now(),
        submitted_at=now(),
    )
    weights = {criterion.code: criterion.weight for criterion in queries.load_definition(version).criteria()}
    for code, level in levels.items():
        points = weights[code] * (level == "yes")
        inspection.answers.append(
            Answer(
                criterion=code,
                value={"level": level},
                points=points,
                lost_points=weights[code] - points,
                answered_at=now(),
            )
        )
    session.add(inspection)
    session.flush()
    return inspection


@pytest.mark.both_databases
def test_shipped_rubrics_are_installed_and_in_force(session):
    versions = service.install_presets(session, None)

    assert [version.rubric.name for version in versions] == [
        "Phone hotline",
        "Live chat",
        "E-commerce chat",
        "Complaint handling",
    ]
    in_force = {channel: queries.published_version_for(session, channel).rubric.name for channel in ("phone", "social")}
    assert in_force == {"phone": "Phone hotline", "social": "Complaint handling"}


@pytest.mark.parametrize("version_number", range(4))
def test_shipped_rubrics_follow_the_definition(session, version_number):
    definition = queries.load_definition(service.install_presets(session, None)[version_number])

    weights = [(section.title.en, section.weight) for section in definition.sections]
    critical = [criterion.criticality for criterion in definition.criteria() if criterion.is_critical_kind]
    assert weights == [
        ("Script compliance", 35),
        ("Resolution", 30),
        ("Attitude", 20),
        ("Duration", 15),
        ("Critical errors", 0),
    ]
    assert critical == [Criticality.compliance, Criticality.customer, Criticality.business]
    assert all(c.kind is Kind.measured for section in definition.sections[3:4] for c in section.criteria)
    assert lint_rubric(definition) == []


def test_nothing_published_means_no_rubric(session):
    create_draft(session)

    assert queries.published_version_for(session, "chat") is None


def test_named_channel_goes_before_every_channel(session):
    named = create_published(session, small_rubric("Named", channels=("chat",)))
    general = create_published(session, small_rubric("General", channels=()))

    assert queries.published_version_for(session, "chat") == named
    assert queries.published_version_for(session, "email") == general


def test_last_published_of_two_is_the_default(session):
    create_published(session, small_rubric("First"))
    second = create_published(session, small_rubric("Second"))

    assert queries.published_version_for(session, "chat") == second


def test_retired_version_is_no_default(session, sign_in):
    version = create_published(session)
    lead = sign_in(RoleName.qa_lead)

    lead.post(f"/rubrics/{version.rubric_id}/versions/1/retire")

    assert queries.published_version_for(session, "chat") is None
    assert "is not in force" in lead.post(f"/rubrics/{version.rubric_id}/versions/1/retire", follow_redirects=True).text


@pytest.mark.both_databases
def test_codes_settle_on_publishing(session):
    definition = read_rubric("""
        code: r
        title: {en: R, zh: 表}
        sections:
          - code: section_1
            title: {en: Opening, zh: 开场}
            criteria:
              - {code: criterion_1, kind: yes_no, title: {en: Says hello, zh: 问候}, weight: 50}
              - {code: criterion_2, kind: yes_no, title: {en: Says hello!, zh: 再问候}, weight: 50,
                 applies_if: {test: answer, criterion: criterion_1, values: [no]}}
        """)

    version = service.publish_draft(session, None, create_draft(session, definition))

    settled = queries.load_definition(version)
    assert next(settled.criteria()).code == "says_hello"
    assert settled.sections[0].code == "opening"
    assert [criterion.applies_if.criterion for criterion in settled.criteria() if criterion.applies_if] == [
        "says_hello"
    ]


@pytest.mark.both_databases
def test_back_test_and_usage_read_submitted_inspections(session):
    version = create_published(session)
    create_inspection(session, version, {"greeting": "no", "answer": "yes"}, score=40.0)
    create_inspection(session, version, {"greeting": "yes", "answer": "yes"}, score=100.0)
    draft = create_inspection(session, version, {"greeting": "no"}, score=1.0)
    draft.submitted_at = None
    create_inspection(session, create_published(session, small_rubric("Other")), {"greeting": "no"}, score=2.0)

    past = queries.past_inspections(session, version.rubric)
    uses = {use.code: (use.n, use.failed) for use in queries.criterion_uses(session, version.rubric)}

    assert sorted(inspection.score for inspection in past) == [40, 100]
    assert uses == {"greeting": (2, 1), "answer": (2, 0)}


def test_back_test_tab_shows_what_would_change(session, sign_in):
    version = create_published(session)
    create_inspection(
        session, version, {"greeting": "no", "answer": "yes"}, score=40.0, agent=create_agent(session, "Tobias Renn")
    )
    draft = service.start_draft(session, create_user(session, RoleName.qa_lead), version)
    changed = msgspec.structs.replace(
        small_rubric(),
        sections=(
            msgspec.structs.replace(small_rubric().sections[0], criteria=small_rubric().sections[0].criteria[1:]),
        ),
    )
    service.save_draft(session, create_user(session, RoleName.qa_lead), draft, changed, revision=0)

    page = sign_in(RoleName.qa_lead).get(f"/rubrics/{version.rubric_id}/edit/head?tab=backtest").text

    assert "1 of 1 past inspections would score differently." in page
    assert "Tobias Renn" in page


@pytest.fixture
def count_selects():
    """Return how many queries a call takes."""

    def count(call):
        statements = []

        def note(*args):
            statements.append(args[2])

        event.listen(db.engine, "before_cursor_execute", note)
        call()
        event.remove(db.engine, "before_cursor_execute", note)
        return len([statement for statement in statements if statement.startswith("SELECT")])

    return count


def test_list_costs_the_same_for_one_rubric_as_for_five(session, sign_in, count_selects):
    lead = sign_in(RoleName.qa_lead)
    create_published(session)
    session.commit()
    one = count_selects(lambda: lead.get("/rubrics"))
    service.install_presets(session, None)
    session.commit()
    session.expire_all()

    assert count_selects(lambda: lead.get("/rubrics")) == one


@pytest.mark.parametrize("form", ["yaml", "json"])
def test_exported_file_reads_back(session, sign_in, form):
    version = create_published(session)

    answer = sign_in(RoleName.inspector).get(f"/rubrics/{version.rubric_id}/versions/1/file.{form}")

    assert read_rubric(answer.data) == small_rubric()
    assert answer.headers["Content-Disposition"] == f"attachment; filename=small-v1.{form}"


def test_imported_file_becomes_a_draft_and_a_bad_one_says_where(session, sign_in):
    lead = sign_in(RoleName.qa_lead)

    bad = lead.post("/rubrics/import", data={"file": (BytesIO(b"code: small\nweights: 3"), "r.yaml")})
    none = lead.post("/rubrics/import", data={})
    good = lead.post("/rubrics/import", data={"file": (BytesIO(write_json(small_rubric()).encode()), "r.json")})

    assert "unknown field `weights`" in bad.text
    assert "Choose a file." in none.text
    assert good.status_code == 303
    assert session.scalars(select(Rubric.name)).all() == ["Small"]


def test_those_who_do_not_edit_see_no_draft(session, sign_in):
    draft = create_draft(session)
    published = create_published(session, small_rubric("Public"))
    inspector = sign_in(RoleName.inspector)

    assert "Public" in inspector.get("/rubrics").text
    assert "Small" not in inspector.get("/rubrics").text
    for path in (
        f"/rubrics/{draft.rubric_id}",
        f"/rubrics/{draft.rubric_id}/versions/1",
        f"/rubrics/{draft.rubric_id}/edit",
        "/rubrics/new",
    ):
        assert inspector.get(path).status_code == 404
    assert inspector.get(f"/rubrics/{published.rubric_id}", follow_redirects=True).status_code == 200
    assert sign_in(RoleName.hr).get("/rubrics").status_code == 404


def test_draft_of_a_published_rubric_is_for_editors_only(session, sign_in):
    version = create_published(session)
    lead, inspector = create_user(session, RoleName.qa_lead), create_user(session, RoleName.inspector)
    service.start_draft(session, lead, version)

    assert get_rubric_version(session, lead, version.rubric_id, 2).number == 2
    assert sign_in(inspector).get(f"/rubrics/{version.rubric_id}/versions/2").status_code == 404
    assert "Version 2" not in sign_in(inspector).get(f"/rubrics/{version.rubric_id}/versions").text


@pytest.mark.parametrize("language", ["en", "zh_Hans_CN"])
def test_every_reading_page_opens(session, sign_in, language):
    for version in service.install_presets(session, None):
        client = sign_in(RoleName.agent, language=language)
        for page in ("versions/1", "versions", "compare"):
            assert client.get(f"/rubrics/{version.rubric_id}/{page}").status_code == 200


def test_every_change_leaves_an_event_in_the_chain(session, sign_in):
    lead = sign_in(RoleName.qa_lead)
    lead.post("/rubrics/presets/phone_hotline")
    rubric = session.scalars(select(Rubric)).one()
    lead.post(f"/rubrics/{rubric.id}/edit/publish", data={"note": "n"})
    lead.post(f"/rubrics/{rubric.id}/versions/1/draft")
    lead.post(f"/rubrics/{rubric.id}/edit/discard")
    lead.post(f"/rubrics/{rubric.id}/versions/1/retire")

    actions = session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)).all()
    assert actions == [
        "rubric.create",
        "rubric.publish",
        "rubric.start_draft",
        "rubric.discard_draft",
        "rubric.retire",
    ]
    assert list(audit.verify_chain(session)) == []


def run(app, *words):
    return app.test_cli_runner().invoke(args=["rubric", *words])


def test_commands_exchange_and_publish(app, session, tmp_path):
    file = tmp_path / "r.yaml"
    file.write_text(write_yaml(small_rubric()), encoding="utf-8")

    linted, imported = run(app, "lint", str(file)), run(app, "import", str(file))
    published, listed = run(app, "publish", "Small", "--note", "Go"), run(app, "list")
    shown, exported = run(app, "show", "Small"), run(app, "export", "Small", "--format", "json")

    assert linted.output == "Nothing to mend.\n"
    assert "draft of version 1" in imported.output
    assert published.output == "Small: version 1 is in force.\n"
    assert "version 1 in force" in listed.output
    assert "1 Greets the customer  60  (yes_no)" in shown.output
    assert read_rubric(exported.output) == small_rubric()


def test_a_rubric_is_found_by_the_code_that_documents_print(app, session):
    create_published(session, small_rubric())
    code = small_rubric().code

    exported = run(app, "export", code)

    assert exported.exit_code == 0, exported.output
    assert read_rubric(exported.output) == small_rubric()


def test_of_two_rubrics_with_one_code_none_is_guessed(app, session):
    first, second = create_published(session, small_rubric()), create_published(session, small_rubric())
    second.rubric.name = "Small, copied"
    session.commit()

    result = run(app, "export", small_rubric().code)

    assert result.exit_code == 1
    assert f"{first.rubric_id}  {first.rubric.name}" in result.output
    assert f"{second.rubric_id}  Small, copied" in result.output


def test_commands_refuse_with_the_next_step(app, session, tmp_path):
    broken = tmp_path / "broken.yaml"
    broken.write_text(write_yaml(small_rubric()).replace("weight: 60", "weight: 50"), encoding="utf-8")

    lint, publish, unknown = (
        run(app, "lint", str(broken)),
        run(app, "import", str(broken), "--publish"),
        run(app, "show", "X"),
    )

    assert (lint.exit_code, publish.exit_code, unknown.exit_code) == (1, 1, 1)
    assert "The weights sum to 90 instead of 100." in lint.output
    assert "nothing was published" in publish.output
    assert "flask rubric list" in unknown.output
    assert session.scalars(select(Rubric)).all() == []


def test_every_finding_and_change_has_its_sentence():
    source = "".join(path.read_text("utf-8") for path in Path("scoring/rubric").glob("*.py"))
    findings = set(re.findall(r'(?:error|warning)\(\s*"(\w+)"', source))

    assert findings <= set(_FINDINGS)
    assert {"level_unnamed", "item_unnamed", "no_title"} <= set(_FINDINGS)
    assert set(re.findall(r'Change\("(\w+)"', source)) <= set(_CHANGES)
