"""The script library as people use it: by scene, in versions, as a file; who reads and who writes."""

from io import BytesIO

import pytest
from msgspec.structs import replace

from qa_app.models import RoleName, VersionState
from qa_app.scripts import queries, service
from scoring.language.definition import Sentences
from scoring.language.files import read_scripts
from tests.factories.people import create_user
from tests.factories.rubrics import create_published, small_rubric
from tests.factories.rules import create_script_in_force, greeting_script

pytestmark = pytest.mark.both_databases


def test_the_shipped_scripts_speak_both_languages(session) -> None:
    versions = service.install_shipped(session, None)

    assert {version.script.scene for version in versions} == {
        "greeting", "need", "soothing", "progress", "closing", "polite", "sensitive", "forbidden",
    }  # fmt: skip
    for version in versions:
        script = queries.load_script(version)
        assert all((script.title.en, script.title.zh, script.purpose.en, script.purpose.zh))
        assert script.sentences.en
        assert script.sentences.zh
        assert script.cues.en
        assert script.cues.zh
    assert service.install_shipped(session, None) == []


def test_a_published_version_stays_and_the_next_one_takes_its_place(session) -> None:
    lead = create_user(session, RoleName.qa_lead)
    first = create_script_in_force(session)
    draft = service.start_draft(session, lead, first)
    changed = replace(greeting_script(), cues=Sentences(en=("hi",), zh=("您好",)))

    service.save_draft(session, lead, draft, changed, revision=0)
    service.publish_draft(session, lead, draft, note="shorter")

    assert (first.state, draft.state, draft.number) == (VersionState.retired, VersionState.published, 2)
    assert queries.load_script(first).cues.en == ("hello", "good morning")
    assert queries.cues_of(session)[("greeting", 1)] == ("hello", "good morning", "您好")
    assert queries.cues_of(session)[("greeting", 2)] == ("hi", "您好")
    with pytest.raises(service.NotADraft):
        service.save_draft(session, lead, first, changed, revision=0)


def test_two_editors_do_not_write_over_each_other(session) -> None:
    lead = create_user(session, RoleName.qa_lead)
    draft = service.start_draft(session, lead, create_script_in_force(session))
    one = replace(greeting_script(), cues=Sentences(en=("one",)))
    other = replace(greeting_script(), cues=Sentences(en=("other",)))

    service.save_draft(session, lead, draft, one, revision=0)

    with pytest.raises(service.DraftMoved):
        service.save_draft(session, lead, draft, other, revision=0)
    assert queries.load_script(draft).cues.en == ("one",)


def test_what_is_read_from_a_file_is_a_draft(session) -> None:
    lead = create_user(session, RoleName.qa_lead)
    in_force = create_script_in_force(session)
    changed = replace(greeting_script(), cues=Sentences(en=("good day",)))

    came = service.import_scripts(session, lead, [changed, greeting_script("closing")])
    again = service.import_scripts(session, lead, [changed, greeting_script("closing")])

    assert (came, again) == ((2, 0), (0, 2))
    assert in_force.state == VersionState.published
    assert queries.draft_of(in_force.script).number == 2


def test_the_library_says_which_criteria_point_at_a_script(session) -> None:
    create_script_in_force(session)
    rubric = small_rubric()
    section = rubric.sections[0]
    pointing = replace(section.criteria[0], script="greeting")
    create_published(session, replace(rubric, sections=(replace(section, criteria=(pointing, section.criteria[1])),)))

    criteria, rules = queries.points_here(session, "greeting")

    assert [(link.number, link.title["en"]) for link in criteria] == [(1, "Greets the customer")]
    assert rules == ()


def test_agents_and_inspectors_read_what_is_in_force_and_no_drafts(session, sign_in) -> None:
    create_script_in_force(session)
    draft = service.create_script(session, None, greeting_script("secret"), source="test")

    for role in (RoleName.agent, RoleName.inspector, RoleName.supervisor):
        client = sign_in(role)
        page = client.get("/scripts").text
        assert "Hello, this is …" in page
        assert "New script" not in page
        assert client.get(f"/scripts/{draft.id}").status_code == 404
        assert client.post("/scripts/new").status_code == 404


def test_a_criterion_leads_to_its_script(session, sign_in) -> None:
    script = create_script_in_force(session)
    client = sign_in(RoleName.inspector)

    assert client.get("/scripts/named/greeting").location == f"/scripts/{script.script_id}"
    assert client.get("/scripts/named/nothing").status_code == 404


def test_words_are_found_whatever_their_width(session, sign_in) -> None:
    create_script_in_force(session)
    client = sign_in(RoleName.agent)

    assert "Hello, this is …" in client.get("/scripts?q=ＨＥＬＬＯ").text
    assert "No script holds these words." in client.get("/scripts?q=refund").text
    assert "No script holds these words." in client.get("/scripts?scene=closing").text
    assert "data-dropped" in client.get("/scripts?scene=nowhere").text


def test_the_lead_writes_publishes_and_compares(session, sign_in) -> None:
    client = sign_in(RoleName.qa_lead)
    typed = {"scene": "closing", "title_en": "Say goodbye", "cues_en": "goodbye\n\n goodbye \nbye", "revision": "0"}

    made = client.post("/scripts/new", data=typed)
    edit = made.location
    client.post(edit.replace("/edit", "/publish"), data={"note": "first"})
    client.post(edit.replace("/edit", "/versions/1/draft"))
    saved = client.post(edit, data={**typed, "cues_en": "bye\nsee you"})
    client.post(edit.replace("/edit", "/publish"), data={"note": "fewer"})
    compared = client.get(edit.replace("/edit", "/compare")).text

    assert (made.status_code, saved.status_code) == (303, 303)
    assert "<del>goodbye</del>" in compared
    assert "<ins>see you</ins>" in compared
    assert "Version 2" in client.get(edit.replace("/edit", "")).text


def test_a_script_without_a_name_comes_back_with_what_was_typed(session, sign_in) -> None:
    client = sign_in(RoleName.qa_lead)

    page = client.post("/scripts/new", data={"scene": "closing", "cues_en": "see you soon", "revision": "0"})

    assert page.status_code == 200
    assert "Give it a name in one of the languages." in page.text
    assert "see you soon" in page.text


def test_the_library_goes_out_and_comes_in_as_a_file(session, sign_in) -> None:
    create_script_in_force(session)
    client = sign_in(RoleName.qa_lead)

    toml = client.get("/scripts/file.toml")
    json = client.get("/scripts/file.json")
    back = client.post("/scripts/import", data={"file": (BytesIO(toml.data), "scripts.toml")}, follow_redirects=True)
    bad = client.post("/scripts/import", data={"file": (BytesIO(b"format = 1\nscripts = 3"), "scripts.toml")})

    assert read_scripts(toml.data) == read_scripts(json.data) == (greeting_script(),)
    assert "0 scripts came as drafts, 1 were here already." in back.text
    assert "This is not a list of scripts" in bad.text
