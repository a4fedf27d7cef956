"""Page 2 of the appraisal: every inspected conversation, comments, proposals, signatures, where each number is from."""

from reports import sentences
from reports.appraisal.inspected import inspected_note, inspected_rows, left_out
from reports.appraisal.room import BackRoom, choose_columns
from reports.appraisal.verification import qr_picture, verification_lines
from reports.appraisal.views import BackView, SignatureView, SourceView
from reports.appraisal.words import Words
from reports.documents import AppraisalDocument, Comment, Signature, Source


def back(document: AppraisalDocument, words: Words, room: BackRoom) -> BackView:
    """Write the second page."""
    identity = document.identity
    return BackView(
        heading=_heading(document, words),
        inspected=inspected_rows(document, words, room),
        columns=choose_columns(document.inspected, room),
        inspected_note=words.formats.sentences(
            [left_out(document, words, room), inspected_note(document, words, room)]
        ),
        comments=tuple(_comment(comment, words, room) for comment in document.comments[: room.comments]),
        comments_note=_comments_note(len(document.comments) - room.comments, words),
        proposals=words.clip(words.sentences(document.proposals), 2 * room.comment),
        acknowledgement=_acknowledgement(document, words, room),
        signatures=tuple(_signature(line, words, room) for line in document.signatures),
        sources=tuple(_source(source, words, room) for source in document.sources),
        verification=verification_lines(document, words),
        qr=qr_picture(identity.verify_url or identity.code),
    )


def _heading(document: AppraisalDocument, words: Words) -> str:
    count = len(document.inspected)
    if count == 0:
        return words.text("No conversation was inspected this month")
    message = words.formats.catalogue.ngettext(
        "The %(count)s conversation inspected, of %(all)s", "The %(count)s conversations inspected, of %(all)s", count
    )
    return message % {"count": count, "all": words.formats.number(document.conversations)}


def _comment(comment: Comment, words: Words, room: BackRoom) -> tuple[str, str]:
    name = words.text(sentences.COMMENTS.get(comment.kind, comment.kind))
    if comment.author:
        author = words.clip(comment.author, room.name)
        name = words.text("%(kind)s (%(author)s)") % {"kind": name, "author": author}
    return name, words.clip(comment.text, room.comment)


def _comments_note(left: int, words: Words) -> str:
    if left <= 0:
        return ""
    message = words.formats.catalogue.ngettext(
        "and %(count)s more comment, on the sheet's page", "and %(count)s more comments, on the sheet's page", left
    )
    return message % {"count": left}


def _source(source: Source, words: Words, room: BackRoom) -> SourceView:
    return SourceView(
        name=words.clip(words.formats.list([words.component(code) for code in source.codes]), room.source // 2),
        data=words.clip(words.clauses(source.data), room.source),
        method=words.clip(words.clauses(source.method), room.source - room.source // 10),
    )


def _acknowledgement(document: AppraisalDocument, words: Words, room: BackRoom) -> str:
    _, said = words.text, document.acknowledgement
    lines = [_("Acknowledging means “I have read it”, not “I agree”.")]
    if said.until and not document.status.is_draft:
        lines.append(_("Acknowledge or object until %(day)s.") % {"day": words.formats.day(said.until)})
    if said.state == "acknowledged":
        lines.append(_("Acknowledged, no objection."))
    elif said.state == "lapsed":
        lines.append(_("The window ended without an answer."))
    elif said.objection:
        lines.append(_("Objected: %(reason)s") % {"reason": words.clip(said.objection, room.comment)})
    return words.formats.sentences(lines)


def _signature(line: Signature, words: Words, room: BackRoom) -> SignatureView:
    role, name = words.text(sentences.SIGNERS[line.signer]), words.clip(line.name, room.name)
    if line.signed_at is None:
        return SignatureView(name, words.text("%(role)s, date and signature") % {"role": role})
    below = words.text("%(role)s, %(moment)s, confirmed online")
    return SignatureView(name, below % {"role": role, "moment": words.formats.stamp(line.signed_at)})
