"""What the search shows: groups of hits in the reader's words, each with its address and the words around the hit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qa_app import access
from qa_app.access import Permission
from qa_app.conversations.forms import channel_title
from qa_app.conversations.turns import marks_from, mask_said, read_spoken, read_written
from qa_app.lists.pages import titles_of_lists
from qa_app.lists.queries import find_filters
from qa_app.models import Conversation, RoleName, User
from qa_app.search.highlights import Part, choose_excerpt, mark_words
from qa_app.search.queries import find_conversations, find_people, find_samples
from qa_app.web.filters import format_day
from qa_app.web.i18n import named
from qa_app.web.navigation import navigation_for
from qa_app.web.pagination import Page, paginate_rows
from scoring.language.splitting import fold

__all__ = ["GROUPS", "FoundGroup", "Hit", "find_group", "find_groups"]

PER_PAGE = 20
GROUPS: dict[str, LazyString] = {
    "people": _l("People"),
    "conversations": _l("Conversations"),
    "samples": _l("Samples and inspections"),
    "pages": _l("Pages"),
}


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing found: its name, what kind of thing it is, and the words around what was asked for."""

    url: str
    title: tuple[Part, ...]
    facts: tuple[str, ...] = ()
    excerpt: tuple[Part, ...] = ()
    icon: str = "message"


@dataclass(frozen=True, slots=True)
class FoundGroup:
    """The hits of one group: all of a page of it, or the first few."""

    name: str
    title: str
    hits: list[Hit]
    total: int


def find_groups(session: Session, actor: User, question: str, *, at_most: int) -> list[FoundGroup]:
    """Return the first few of every group that has any."""
    groups = []
    for name, make in _QUERIES.items():
        query = make(session, actor, question)
        if query is None:
            continue
        total = session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
        rows = session.execute(query.limit(at_most)).all() if total else []
        groups.append(FoundGroup(name, str(GROUPS[name]), _HITS[name](session, actor, rows, question), total))
    pages = [*_pages(actor, question), *_kept_filters(session, actor, question)]
    groups.append(FoundGroup("pages", str(GROUPS["pages"]), pages[:at_most], len(pages)))
    return [group for group in groups if group.total]


def find_group(session: Session, actor: User, question: str, name: str) -> tuple[FoundGroup, Page[Any]] | None:
    """Return the page of one group that the address names; `None` where there is no such group for this person."""
    query = _QUERIES[name](session, actor, question) if name in _QUERIES else None
    if query is None:
        return None
    page = paginate_rows(session, query, per_page=PER_PAGE)
    return FoundGroup(name, str(GROUPS[name]), _HITS[name](session, actor, page.rows, question), page.total), page


def _conversation_hits(session: Session, _actor: User, rows: Sequence[Any], question: str) -> list[Hit]:
    texts = _texts(session, {row.id: row.personal for row in rows})
    icons = {"phone": "phone", "chat": "message-2", "email": "mail"}
    return [
        Hit(
            url_for("conversations.show", conversation_id=row.id),
            mark_words(row.external_id, question),
            _facts(channel_title(row.channel), row.agent_name, row.opened_at and format_day(row.opened_at), row.topic),
            choose_excerpt(texts.get(row.id, ()), question),
            icons.get(row.channel, "message"),
        )
        for row in rows
    ]


def _texts(session: Session, personal: dict[int, Any]) -> dict[int, list[str]]:
    """What was said in these conversations, masked."""
    keys = list(personal)
    written, spoken = read_written(session, keys), read_spoken(session, keys)
    erased = set(
        session.scalars(select(Conversation.id).where(Conversation.id.in_(keys), Conversation.erased_at.is_not(None)))
    )
    return {
        key: [text.text for text in mask_said(written.get(key) or spoken.get(key, []), marks_from(marks))]
        for key, marks in personal.items()
        if key not in erased
    }


def _people_hits(_session: Session, actor: User, rows: Sequence[Any], question: str) -> list[Hit]:
    return [
        Hit(
            _person_url(actor, row),
            mark_words(row.name or row.number, question),
            _facts(row.number if row.name else "", named(row.team, row.team_zh))
            if row.kind == "agent"
            else _facts(row.number if row.name else ""),
            icon="user-circle" if row.kind == "user" else "headset",
        )
        for row in rows
    ]


def _person_url(actor: User, row: Any) -> str:
    if row.kind == "user":
        return url_for("people.show", user_id=row.id)
    if access.has_permission(actor, Permission.view_people):
        return url_for("people.show_agent", agent_id=row.id)
    if actor.role_names == {RoleName.agent}:
        return url_for("scorecard.index")
    return url_for("conversations.index", agent=row.id)


def _sample_hits(session: Session, actor: User, rows: Sequence[Any], question: str) -> list[Hit]:
    texts = _texts(session, {row.conversation_id: row.personal for row in rows})
    states = {"drawn": _("drawn"), "assigned": _("handed out"), "inspected": _("inspected"), "replaced": _("replaced")}
    return [
        Hit(
            _sample_url(actor, row),
            mark_words(row.external_id, question),
            _facts(row.plan or _("Targeted"), row.agent_name, states[row.state]),
            choose_excerpt(texts.get(row.conversation_id, ()), question),
            "clipboard-check" if row.submitted_at else "clipboard",
        )
        for row in rows
    ]


def _sample_url(actor: User, row: Any) -> str:
    if row.submitted_at is not None:
        return url_for("inspections.view", inspection_id=row.inspection_id)
    if row.inspection_id is not None and row.inspector_id == actor.id:
        return url_for("inspections.score", inspection_id=row.inspection_id)
    if RoleName.qa_lead not in actor.role_names:
        return url_for("inspections.queue")
    if row.draw_id is not None:
        return url_for("sampling.samples", draw_id=row.draw_id)
    return url_for("conversations.show", conversation_id=row.conversation_id)


def _pages(actor: User, question: str) -> list[Hit]:
    """Pages of the left bar whose title holds the words."""
    asked = " ".join(fold(question).split())
    entries = [(group.title, entry) for group in navigation_for(actor) for entry in group.entries]
    return [
        Hit(url_for(entry.endpoint), mark_words(str(entry.title), question), (str(title),), icon=entry.icon)
        for title, entry in entries
        if asked and asked in fold(str(entry.title))
    ]


def _kept_filters(session: Session, actor: User, question: str) -> list[Hit]:
    """Filters of one's own whose name holds the words: they are pages one made."""
    titles = titles_of_lists(actor)
    return [
        Hit(f"{url_for(one.page)}?{one.query}", mark_words(one.name, question), (str(titles[one.page]),), icon="star")
        for one in find_filters(session, actor, question)
        if one.page in titles
    ]


def _facts(*facts: str | None) -> tuple[str, ...]:
    return tuple(fact for fact in facts if fact)


_QUERIES: dict[str, Callable[[Session, User, str], Any]] = {
    "people": find_people,
    "conversations": find_conversations,
    "samples": find_samples,
}
_HITS: dict[str, Callable[[Session, User, Sequence[Any], str], list[Hit]]] = {
    "conversations": _conversation_hits,
    "people": _people_hits,
    "samples": _sample_hits,
}
