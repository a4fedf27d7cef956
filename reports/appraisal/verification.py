"""How a printed appraisal is checked: its code in letters and as a picture, the digests, the draw."""

from base64 import b64encode
from io import BytesIO

from PIL import Image
from qrcode.constants import ERROR_CORRECT_M
from qrcode.main import QRCode

from reports.appraisal.words import Words
from reports.documents import AppraisalDocument


def verification_lines(document: AppraisalDocument, words: Words) -> tuple[str, ...]:
    """Write the code, the digests, and where both can be checked."""
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


def qr_picture(text: str) -> str:
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
