"""Signing in and out as people do: by the form and the button."""

from __future__ import annotations

from flask_security import hash_password
from playwright.sync_api import Page, expect

from qa_app.models import User
from tests.browser.conftest import Live
from tests.factories.people import PASSWORD


def give_password(live: Live, user: User) -> None:
    """Let a user of the factories sign in by password."""
    with live.session() as session:
        session.get_one(User, user.id).password = hash_password(PASSWORD)


def fill_in(page: Page, user: User, password: str = PASSWORD) -> None:
    """Fill in the sign-in form that is shown and send it."""
    page.get_by_label("E-mail").fill(user.email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def sign_in(live: Live, page: Page, user: User) -> None:
    """Sign in on the front page."""
    page.goto(live.url)
    fill_in(page, user)
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()


def sign_in_beside(page: Page, user: User) -> None:
    """Press “Sign in in a new window”, sign in there, close it and come back."""
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Sign in in a new window").click()
    fill_in(opened.value, user)
    expect(opened.value.get_by_role("heading", name="You are signed in")).to_be_visible()
    opened.value.close()
    page.bring_to_front()
