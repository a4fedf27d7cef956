"""The rubric editor in a real browser: it saves by itself, is put in order by key and mouse, and is accessible."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from qa_app.models import RoleName, RubricVersion
from qa_app.rubrics import service
from qa_app.rubrics.queries import load_definition
from tests.browser.conftest import LOOKS, Live
from tests.factories.people import create_user
from tests.factories.rubrics import create_draft, create_published

pytestmark = pytest.mark.browser


class Editor:
    """The editor of one draft, as a person uses it."""

    def __init__(self, live: Live, page: Page) -> None:
        self.live, self.page = live, page
        with live.session() as session:
            lead = create_user(session, RoleName.qa_lead, name="Ada Brook")
            draft = create_draft(session)
            self.draft_id, self.rubric_id = draft.id, draft.rubric_id
        live.enter(page, lead)

    def open(self, code: str = "greeting") -> None:
        self.page.goto(f"{self.live.url}/rubrics/{self.rubric_id}/edit/criteria/{code}")

    def stored(self):
        with self.live.session() as session:
            return load_definition(session.get_one(RubricVersion, self.draft_id))

    def expect_saved(self) -> None:
        expect(self.page.get_by_role("status").filter(has_text="Saved")).to_be_visible()


@pytest.fixture
def editor(live: Live, page: Page) -> Editor:
    return Editor(live, page)


def test_what_is_typed_saves_itself_and_updates_list_and_lint(editor: Editor, page: Page) -> None:
    editor.open()

    page.get_by_label("Weight").fill("50")
    page.get_by_label("Name in English").fill("Says hello")

    editor.expect_saved()
    expect(page.locator("#rubric-list")).to_contain_text("90 of 100")
    expect(page.locator("#rubric-pane")).to_contain_text("The weights sum to 90 instead of 100.")
    expect(page.get_by_role("button", name="Publish version")).to_have_attribute("aria-disabled", "true")
    expect(page.get_by_role("link", name="Says hello")).to_be_visible()
    assert editor.stored().criterion("greeting").title.en == "Says hello"


def test_leaving_at_once_loses_nothing(editor: Editor, page: Page) -> None:
    editor.open()

    page.get_by_label("Name in English").fill("Typed in haste")
    page.locator("#rubric-list").get_by_role("link", name="Complete answer").click()

    expect(page.get_by_role("heading", name="2 Complete answer")).to_be_visible()
    assert editor.stored().criterion("greeting").title.en == "Typed in haste"


def test_closing_the_page_loses_nothing(editor: Editor, page: Page) -> None:
    editor.open()
    other = page.context.new_page()

    page.get_by_label("Name in English").fill("Typed and closed")
    page.close(run_before_unload=False)
    other.goto(f"{editor.live.url}/rubrics")
    other.wait_for_timeout(500)

    assert editor.stored().criterion("greeting").title.en == "Typed and closed"


def test_kind_shows_its_own_fields_and_the_usual_levels(editor: Editor, page: Page) -> None:
    editor.open()

    page.get_by_label("Kind").select_option("scale")
    expect(page.get_by_label("English, level 3")).to_have_value("Not met")
    page.get_by_role("button", name="Level", exact=True).click()
    page.get_by_label("English, level 4").fill("Rude")
    editor.expect_saved()
    expect(page.locator("#rubric-pane")).to_contain_text("The text in Chinese is missing.")

    assert [level.text.en for level in editor.stored().criterion("greeting").levels][-1] == "Rude"


def test_what_is_typed_while_the_form_is_drawn_anew_is_kept(editor: Editor, page: Page) -> None:
    editor.open()
    page.evaluate("""document.body.addEventListener("htmx:beforeSend", () => {
        const field = document.getElementById("title_en");
        field.value = "Typed meanwhile";
        field.dispatchEvent(new Event("input", {bubbles: true}));
    }, {once: true})""")

    page.get_by_label("Kind").select_option("scale")

    expect(page.get_by_label("English, level 3")).to_have_value("Not met", timeout=10_000)
    expect(page.get_by_label("Name in English")).to_have_value("Typed meanwhile")
    assert editor.stored().criterion("greeting").title.en == "Typed meanwhile"


def test_condition_is_asked_in_rows(editor: Editor, page: Page) -> None:
    editor.open("answer")

    page.get_by_label("When it applies").select_option("all")
    page.get_by_label("What is asked, question 1").select_option(label="Greets the customer")
    page.get_by_label("With what, question 1").fill("no")

    editor.expect_saved()
    assert page.get_by_label("With what, question 1").get_attribute("list") == "values-answer-greeting"
    expect(page.locator("#rubric-pane")).to_contain_text("Nothing to mend.")
    assert editor.stored().criterion("answer").applies_if.values == ("no",)


def test_condition_can_be_written_as_in_a_file(editor: Editor, page: Page) -> None:
    editor.open("answer")

    page.get_by_label("When it applies").select_option("written")
    expect(page.locator("#joining_shown")).to_have_value("written")
    page.get_by_label("Condition as in a file").fill(
        "test: not\nof: {test: field, field: channel, values: [chat, email]}"
    )
    expect(page.locator("#rubric-pane")).to_contain_text("never be met")

    assert editor.stored().criterion("answer").applies_if.of.values == ("chat", "email")


def test_order_changes_by_key_by_button_and_by_mouse(editor: Editor, page: Page) -> None:
    editor.open()

    page.keyboard.press("Alt+ArrowDown")
    expect(page.locator("[data-criterion-link]").first).to_contain_text("Complete answer")
    page.get_by_role("button", name="Move Greets the customer up").click()
    expect(page.locator("[data-criterion-link]").first).to_contain_text("Greets the customer")
    with page.expect_response("**/arrange*"):
        second = page.locator("[data-grip]").nth(1)
        second.drag_to(page.locator("[data-code]").nth(0), target_position={"x": 20, "y": 2})

    expect(page.locator("[data-criterion-link]").first).to_contain_text("Complete answer")
    assert [criterion.code for criterion in editor.stored().criteria()] == ["answer", "greeting"]


def test_two_windows_do_not_overwrite_each_other(editor: Editor, page: Page) -> None:
    editor.open()
    other = page.context.new_page()
    other.goto(page.url)
    other.get_by_label("Weight").fill("55")
    expect(other.get_by_role("status").filter(has_text="Saved")).to_be_visible()

    page.get_by_label("Weight").fill("45")

    expect(page.get_by_role("status").filter(has_text="changed elsewhere")).to_be_visible()
    expect(page.get_by_label("Weight")).to_have_value("45")
    assert editor.stored().criterion("greeting").weight == 55


def test_version_is_published_with_a_note(editor: Editor, page: Page) -> None:
    editor.open()

    page.get_by_role("button", name="Publish version").click()
    page.get_by_label("What changed, and why").fill("Our first rubric.")
    page.get_by_role("dialog").get_by_role("button", name="Publish version").click()

    expect(page.get_by_text("Version 1 is in force from the next draw on.")).to_be_visible()
    expect(page.get_by_text("Our first rubric.")).to_be_visible()


def test_keys_walk_the_criteria(editor: Editor, page: Page) -> None:
    editor.open()

    page.keyboard.press("j")
    expect(page.get_by_role("heading", name="2 Complete answer")).to_be_visible()
    page.wait_for_load_state()
    page.keyboard.press("k")
    expect(page.get_by_role("heading", name="1 Greets the customer")).to_be_visible()
    page.wait_for_load_state()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_contain_text("Duplicate the criterion")


def test_duplicate_by_key_waits_for_what_was_typed(editor: Editor, page: Page) -> None:
    editor.open()

    page.get_by_label("Name in English").fill("Says hello")
    page.keyboard.press("Control+d")

    expect(page.get_by_role("heading", name="2 Says hello")).to_be_visible()
    assert [criterion.title.en for criterion in editor.stored().criteria()][:2] == ["Says hello", "Says hello"]


@pytest.mark.parametrize(("language", "theme"), LOOKS)
def test_every_page_is_accessible(
    live: Live, page: Page, axe: Callable[[Page], None], language: str, theme: str
) -> None:
    with live.session() as session:
        lead = create_user(session, RoleName.qa_lead)
        chat = service.install_presets(session, lead)[1]
        service.start_draft(session, lead, chat)
        create_published(session)
        rubric_id = chat.rubric_id
    live.enter(page, lead, language=language, theme=theme)

    edit = f"{rubric_id}/edit"
    for path in (
        "",
        "/new",
        f"/{rubric_id}/versions/1",
        f"/{rubric_id}/versions",
        f"/{rubric_id}/compare",
        f"/{edit}/head?tab=backtest",
        f"/{edit}/sections/script?tab=diff",
        f"/{edit}/criteria/progress_told",
        f"/{edit}/criteria/first_response",
    ):
        page.goto(f"{live.url}/rubrics{path}")
        axe(page)
