"""What a mail of notices looks like: plain words and simple HTML in the reader's language; no figure of anybody."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import current_app
from flask_babel import force_locale, ngettext
from flask_babel import gettext as _
from flask_mailman import EmailMultiAlternatives

from qa_app.clock import now
from qa_app.models import Delivery, Notice
from qa_app.notices.kinds import page_of, sentence_of
from qa_app.web.filters import format_day, format_moment

__all__ = ["Reader", "write_letter", "write_trial"]

HEADERS = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}
"""A machine wrote it: no answer of another machine, no word of absence (RFC 3834)."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Whom a mail is for."""

    name: str
    email: str
    language: str


@dataclass(frozen=True, slots=True)
class Line:
    """One notice in a mail; `address` is a path where nobody told the installation its own address."""

    sentence: str
    address: str
    told: str


def write_letter(reader: Reader, organisation: str, notices: Sequence[Notice]) -> EmailMultiAlternatives:
    """Write one mail of several notices, the oldest first."""
    with force_locale(reader.language):
        lines = [_line(notice) for notice in notices]
        is_digest = all(notice.delivery == Delivery.digest for notice in notices)
        facts = {
            "name": reader.name,
            "organisation": organisation,
            "lines": lines,
            "is_digest": is_digest,
            "page": _address("notices.index"),
            "account": _address("account.show"),
        }
        return _letter(reader, _subject(lines, is_digest=is_digest), "letter", facts, _letter_id(notices))


def write_trial(reader: Reader, organisation: str) -> EmailMultiAlternatives:
    """Write the mail by which an administrator sees that mail goes out."""
    with force_locale(reader.language):
        facts = {"organisation": organisation, "page": _address("notices.index"), "moment": format_moment(now())}
        return _letter(reader, str(_("Test of e-mail from %(name)s", name=organisation)), "trial", facts, "")


def _letter(
    reader: Reader, subject: str, template: str, facts: dict[str, Any], letter_id: str
) -> EmailMultiAlternatives:
    has_links = bool(current_app.config["ASSAY_PUBLIC_URL"])
    # Straight from the environment: a mail has nothing of a request, and the context of pages asks for one.
    texts = {
        form: current_app.jinja_env.get_template(f"notices/mail/{template}.{form}").render(
            facts, subject=subject, has_links=has_links
        )
        for form in ("txt", "html")
    }
    headers = {**HEADERS, "Message-ID": letter_id} if letter_id else dict(HEADERS)
    letter = EmailMultiAlternatives(" ".join(subject.split()), texts["txt"], to=[reader.email], headers=headers)
    letter.attach_alternative(texts["html"], "text/html")
    return letter


def _subject(lines: Sequence[Line], *, is_digest: bool) -> str:
    """What the first is about, and how many more there are; the mail of a day names it."""
    first, more = lines[0].sentence, len(lines) - 1
    if not more:
        return first
    if is_digest:
        day = format_day(now())
        return str(
            ngettext(
                "%(day)s: %(first)s, and %(num)s more",
                "%(day)s: %(first)s, and %(num)s more",
                more,
                day=day,
                first=first,
            )
        )
    return str(ngettext("%(first)s, and %(num)s more", "%(first)s, and %(num)s more", more, first=first))


def _line(notice: Notice) -> Line:
    if current_app.config["ASSAY_PUBLIC_URL"]:
        address = _address("notices.open_notice", notice_id=notice.id)
    else:
        endpoint, arguments = page_of(notice.kind, notice.params)
        address = _address(endpoint, **arguments)
    return Line(sentence_of(notice.kind, notice.params), address, format_moment(notice.created_at))


def _address(endpoint: str, **arguments: Any) -> str:
    path = current_app.url_map.bind("").build(endpoint, arguments)
    return f"{current_app.config['ASSAY_PUBLIC_URL']}{path}"


def _letter_id(notices: Sequence[Notice]) -> str:
    """The same for the same notices: a mail box that gets a letter twice after a broken line keeps one of them."""
    ids = ",".join(str(notice.id) for notice in notices)
    sender = str(current_app.config["MAIL_DEFAULT_SENDER"])
    domain = sender.rpartition("@")[2].strip(" >") or "localhost"
    return f"<notices.{hashlib.sha256(ids.encode()).hexdigest()[:24]}.{notices[0].id}@{domain}>"
