"""The head of the appraisal and the running lines of its pages: who, which month, how far, which paper."""

from reports.appraisal.room import FrontRoom, clip
from reports.appraisal.views import FrontTexts
from reports.appraisal.words import Words
from reports.documents import AppraisalDocument
from reports.formats import NONE

#: Half-width letters of what is repeated in the running lines; the sheet itself says it in full.
_RUNNING = 60


def head(document: AppraisalDocument, words: Words, room: FrontRoom) -> FrontTexts:
    """Write the head of the paper and the running lines."""
    _, formats, person, identity = words.text, words.formats, document.person, document.identity
    month = formats.month(document.month)
    revision = _("original (revision 0)") if identity.revision == 0 else _("revision %(number)s") % {
        "number": identity.revision}  # fmt: skip
    foot = _("Sheet %(number)s · %(revision)s · policy %(policy)s version %(version)s") % {
        "number": identity.number, "revision": revision, "policy": clip(identity.policy, _RUNNING),
        "version": identity.policy_version,
    }  # fmt: skip
    return FrontTexts(
        title=_("Appraisal, %(month)s") % {"month": month},
        subtitle=_("Sampled inspections, customers' ratings and work data in one score"),
        status=_status(document, words, room),
        draft=_("Draft 草稿: not published") if document.status.is_draft else "",
        facts=_facts(document, words, room),
        head_left=clip(f"{document.organisation} · {document.department}".strip(" ·"), _RUNNING),
        head_first=_("Confidential: for the person, their supervisor and HR"),
        head_right=f"{clip(person.name, _RUNNING // 2)} · {clip(person.number, _RUNNING // 2)} · {month}",
        foot_left=foot,
        page=_page_words(_("Page %(page)s of %(pages)s")),
        created=document.status.computed_at.isoformat(timespec="seconds"),
    )


def _page_words(message: str) -> tuple[str, str, str]:
    """Cut the message at its two numbers, which only the page itself knows."""
    before, rest = message.split("%(page)s")
    between, after = rest.split("%(pages)s")
    return before, between, after


def _status(document: AppraisalDocument, words: Words, room: FrontRoom) -> tuple[str, ...]:
    _, formats, status = words.text, words.formats, document.status
    lines = []
    if status.published_at:
        lines.append(_("Published %(day)s") % {"day": formats.day(status.published_at)})
    else:
        lines.append(_("Draft 草稿, computed %(day)s") % {"day": formats.day(status.computed_at)})
    if not status.is_month_over:
        lines.append(_("The month is not over: figures so far"))
    if status.locked_at:
        lines.append(_("Locked %(day)s") % {"day": formats.day(status.locked_at)})
    if document.identity.revision and document.identity.revision_reason:
        lines.append(_("Reason: %(reason)s") % {
            "reason": words.clip(document.identity.revision_reason, 2 * room.letters)})  # fmt: skip
    return tuple(lines)


def _facts(document: AppraisalDocument, words: Words, room: FrontRoom) -> tuple[tuple[str, str], ...]:
    _, formats, person = words.text, words.formats, document.person
    team = words.clip(person.team, room.letters)
    if person.leader:
        leader = words.clip(person.leader, room.letters)
        team = _("%(team)s (lead %(leader)s)") % {"team": team, "leader": leader}
    volume = _("%(all)s, %(answered)s answered") % {
        "all": formats.number(document.conversations), "answered": formats.number(document.answered),
    }  # fmt: skip
    return (
        (_("Name"), words.clip(person.name, room.letters)),
        (_("Number"), words.clip(person.number, room.letters)),
        (_("Team"), team),
        (_("Since"), formats.day(person.hired_on) if person.hired_on else NONE),
        (_("Conversations"), volume),
    )
