"""Page 2 of the appraisal: every inspected conversation, comments, proposals, signatures, where each number is from."""

from base64 import b64encode
from collections import defaultdict
from io import BytesIO

from PIL import Image
from qrcode.constants import ERROR_CORRECT_M
from qrcode.main import QRCode

from reports import sentences
from reports.appraisal.views import BackView, InspectedView, SignatureView, SourceView
from reports.appraisal.words import Words
from reports.documents import AppraisalDocument, Inspected, Loss, Signature
from reports.formats import MINUS, NONE


def back(document: AppraisalDocument, words: Words) -> BackView:
    """Write the second page."""
    _, identity = words.text, document.identity
    return BackView(
        heading=_heading(document, words),
        inspected=inspected_rows(document, words),
        inspected_note=inspected_note(document, words),
        comments=tuple(
            (_commenter(comment.kind, comment.author, words), comment.text) for comment in document.comments
        ),
        proposals=words.sentences(document.proposals),
        acknowledgement=_acknowledgement(document, words),
        signatures=tuple(_signature(line, words) for line in document.signatures),
        sources=tuple(
            SourceView(
                name=words.formats.list([words.component(code) for code in source.codes]),
                data=words.clauses(source.data),
                method=words.clauses(source.method),
            )
            for source in document.sources
        ),
        verification=_verification(document, words),
        qr=_qr(identity.verify_url or identity.code),
    )


def _heading(document: AppraisalDocument, words: Words) -> str:
    count = len(document.inspected)
    if count == 0:
        return words.text("No conversation was inspected this month")
    message = words.formats.catalogue.ngettext(
        "The %(count)s conversation inspected, of %(all)s", "The %(count)s conversations inspected, of %(all)s", count
    )
    return message % {"count": count, "all": words.formats.number(document.conversations)}


def inspected_rows(document: AppraisalDocument, words: Words) -> tuple[InspectedView, ...]:
    """Write every inspected conversation with its lost points."""
    return tuple(_inspected(row, words) for row in document.inspected)


def _inspected(row: Inspected, words: Words) -> InspectedView:
    topic = row.topic or NONE
    if row.is_targeted:
        topic = words.text("%(topic)s (targeted, counts nowhere)") % {"topic": topic}
    return InspectedView(
        number=row.number,
        opened=words.formats.short_moment(row.opened_at) if row.opened_at else NONE,
        topic=topic,
        inspector=row.inspector,
        score=words.formats.decimal(row.score, 0 if float(row.score).is_integer() else 1),
        losses=words.formats.list([_loss(loss, words) for loss in row.losses]) or words.text("none"),
        is_critical=any(loss.is_critical for loss in row.losses),
        reference=row.reference,
    )


def _loss(loss: Loss, words: Words) -> str:
    if loss.is_critical:
        return words.text("critical: %(criterion)s") % {"criterion": loss.criterion}
    return f"{loss.criterion} {MINUS}{_points(loss.points, words)}"


def _points(value: float, words: Words) -> str:
    return words.formats.decimal(value, 0 if abs(value - round(value)) < 0.05 else 1)


def inspected_note(document: AppraisalDocument, words: Words) -> str:
    """Write the sums of the lost points, and why they are not the score."""
    counted = [row for row in document.inspected if not row.is_targeted]
    if not counted:
        return ""
    lost: dict[str, float] = defaultdict(float)
    for row in counted:
        for loss in row.losses:
            lost[loss.criterion] += loss.points
    named = [f"{name} {_points(points, words)}" for name, points in sorted(lost.items(), key=lambda item: -item[1])
             if points]  # fmt: skip
    values = {
        "mean": words.formats.decimal(sum(row.score for row in counted) / len(counted)),
        "lost": _points(sum(lost.values()), words),
        "all": words.formats.number(100 * len(counted)),
        "named": words.formats.list(named) or words.text("none"),
    }
    return (
        words.text(
            "Average of the inspected %(mean)s. Lost %(lost)s of %(all)s points: %(named)s. The average is not the QA "
            "score: that one estimates all conversations and treats critical errors apart."
        )
        % values
    )


def _commenter(kind: str, author: str, words: Words) -> str:
    name = words.text(sentences.COMMENTS.get(kind, kind))
    return words.text("%(kind)s (%(author)s)") % {"kind": name, "author": author} if author else name


def _acknowledgement(document: AppraisalDocument, words: Words) -> str:
    _, said = words.text, document.acknowledgement
    lines = [_("Acknowledging means “I have read it”, not “I agree”.")]
    if said.until and not document.status.is_draft:
        lines.append(_("Acknowledge or object until %(day)s.") % {"day": words.formats.day(said.until)})
    if said.state == "acknowledged":
        lines.append(_("Acknowledged, no objection."))
    elif said.state == "lapsed":
        lines.append(_("The window ended without an answer."))
    elif said.objection:
        lines.append(_("Objected: %(reason)s") % {"reason": said.objection})
    return words.formats.sentences(lines)


def _signature(line: Signature, words: Words) -> SignatureView:
    role = words.text(sentences.SIGNERS[line.signer])
    if line.signed_at is None:
        return SignatureView(line.name, words.text("%(role)s, date and signature") % {"role": role})
    below = words.text("%(role)s, %(moment)s, confirmed online")
    return SignatureView(line.name, below % {"role": role, "moment": words.formats.stamp(line.signed_at)})


def _verification(document: AppraisalDocument, words: Words) -> tuple[str, ...]:
    _, identity, draw = words.text, document.identity, document.draw
    lines = [
        _("Verification code %(code)s, revision %(revision)s; content digest sha256 %(digest)s.") % {
            "code": _grouped(identity.code), "revision": identity.revision, "digest": _short(identity.digest),
        }
    ]  # fmt: skip
    if identity.verify_url:
        lines.append(identity.verify_url)
    if draw is not None:
        drawn = _("Sample drawn from %(population)s conversations, digest %(digest)s; anyone can draw it again.") % {
            "population": words.formats.number(draw.population), "digest": _short(draw.digest),
        }  # fmt: skip
        late = _("The seed was committed late, after the period had begun.") if draw.is_late else ""
        lines.append(words.formats.sentences([drawn, late]))
    lines.append(_("A correction is a new revision that names its reason; earlier ones are kept."))
    return tuple(lines)


def _grouped(code: str) -> str:
    return " ".join(code[start : start + 5] for start in range(0, len(code), 5))


def _short(digest: str) -> str:
    return digest if len(digest) <= 24 else f"{digest[:12]}…{digest[-8:]}"


def _qr(text: str) -> str:
    """Give a QR code as a picture: a path of a thousand squares would take longer than the rest of the page."""
    code = QRCode(border=0, error_correction=ERROR_CORRECT_M)
    code.add_data(text)
    code.make()
    size = len(code.modules)
    picture = Image.new("1", (size, size), 1)
    picture.putdata([0 if dark else 1 for row in code.modules for dark in row])
    target = BytesIO()
    picture.save(target, "PNG")
    return f"data:image/png;base64,{b64encode(target.getvalue()).decode()}"
