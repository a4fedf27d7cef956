"""Which language and which time zone a page is written in."""

from __future__ import annotations

from typing import Any

from babel import Locale
from flask import Flask, g, request, session
from flask_babel import Babel, get_domain, get_locale
from flask_security import current_user

from qa_app.db import db
from qa_app.models import Organisation

__all__ = ["LANGUAGES", "configure_i18n", "current_language", "current_organisation", "html_language", "named"]

LANGUAGES = {"en": "English", "zh_Hans_CN": "简体中文"}


def current_organisation() -> Organisation | None:
    """Return the organisation, looked up once a request; none before the first-run page."""
    if "organisation" not in g:
        with db.session.no_autoflush:
            g.organisation = db.session.get(Organisation, 1)
    found: Organisation | None = g.organisation
    return found


def current_language() -> str:
    """Choose the language: the person's, the session's, the browser's, the organisation's."""
    if current_user and current_user.is_authenticated and current_user.language in LANGUAGES:
        return str(current_user.language)
    if session.get("language") in LANGUAGES:
        return str(session["language"])
    for tag in request.accept_languages.values():
        if tag.lower().startswith("zh"):
            return "zh_Hans_CN"
        if tag.lower().startswith("en"):
            return "en"
    organisation = current_organisation()
    return organisation.language if organisation else "en"


def current_time_zone() -> str:
    """Return the organisation's zone: times are the same for everybody who talks about them."""
    organisation = current_organisation()
    return organisation.time_zone if organisation else "UTC"


def html_language() -> str:
    """Return the tag for `<html lang>`."""
    locale = get_locale()
    return "zh-CN" if locale and locale.language == "zh" else "en"


def named(name: str | None, name_zh: str | None) -> str:
    """Return the name in the language of the page; where it has none in that language, the one it has."""
    return (name_zh if html_language() == "zh-CN" else None) or name or ""


_CATALOGUES: dict[Locale | None, Any] = {}


def _catalogue() -> Any:
    """Return the catalogue of this request; a scoring page asks 120 times, so it is found by the locale alone."""
    locale = get_locale()
    found = _CATALOGUES.get(locale)
    if found is None:
        found = _CATALOGUES[locale] = get_domain().get_translations()
    return found


def _translate(text: str) -> str:
    translated: str = _catalogue().ugettext(text)
    return translated


def _translate_number(singular: str, plural: str, number: int) -> str:
    translated: str = _catalogue().ungettext(singular, plural, number)
    return translated


def configure_i18n(app: Flask) -> None:
    """Bind Babel; templates look their sentences up by a shorter way than its own."""
    Babel(
        app,
        default_domain="messages",
        default_translation_directories="translations",
        locale_selector=current_language,
        timezone_selector=current_time_zone,
    )
    app.jinja_env.install_gettext_callables(_translate, _translate_number, newstyle=True)  # type: ignore[attr-defined]
    app.jinja_env.globals.update(html_language=html_language, named=named, LANGUAGES=LANGUAGES, get_locale=get_locale)
