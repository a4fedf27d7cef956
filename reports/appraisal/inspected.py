"""The inspected conversations on page 2: every one with its lost points, and what the points add up to."""

from collections import defaultdict
from collections.abc import Sequence

from reports.appraisal.room import ENDLESS, BackRoom, width_of
from reports.appraisal.views import InspectedView
from reports.appraisal.words import Words
from reports.documents import AppraisalDocument, Inspected, Loss
from reports.formats import MINUS, NONE

_ENDLESS = BackRoom()
#: Criteria that are named with their lost points below the table where room is scarce.
_NAMED = 6


def inspected_rows(document: AppraisalDocument, words: Words, room: BackRoom = _ENDLESS) -> tuple[InspectedView, ...]:
    """Write the inspected conversations with their lost points: all of them, or those that scored lowest."""
    return tuple(_inspected(document.inspected[index], words, room) for index in _listed(document.inspected, room))


def left_out(document: AppraisalDocument, words: Words, room: BackRoom) -> str:
    """Say how many conversations are not listed, what they scored, and where they stand."""
    listed = set(_listed(document.inspected, room))
    rest = [row.score for index, row in enumerate(document.inspected) if index not in listed]
    if not rest:
        return ""
    message = words.formats.catalogue.ngettext(
        "Listed are those that scored lowest; %(count)s more (average %(mean)s) stands on the sheet's page.",
        "Listed are those that scored lowest; %(count)s more (average %(mean)s) stand on the sheet's page.",
        len(rest),
    )
    return message % {"count": len(rest), "mean": words.formats.decimal(sum(rest) / len(rest))}


def _listed(rows: Sequence[Inspected], room: BackRoom) -> list[int]:
    """Choose as many as there is room for, the lowest scores first, and keep their order."""
    chosen = sorted(range(len(rows)), key=lambda index: (rows[index].score, rows[index].quality, index))
    return sorted(chosen[: room.rows])


def _inspected(row: Inspected, words: Words, room: BackRoom) -> InspectedView:
    topic = words.clip(row.topic, room.cell) or NONE
    if row.is_targeted:
        topic = words.text("%(topic)s (targeted, counts nowhere)") % {"topic": topic}
    return InspectedView(
        number=words.clip(row.number, room.cell + 2),
        opened=words.formats.short_moment(row.opened_at) if row.opened_at else NONE,
        topic=topic,
        inspector=words.clip(row.inspector, room.cell),
        score=words.formats.decimal(row.score, 0 if float(row.score).is_integer() else 1),
        losses=_losses(row.losses, words, room.losses) or words.text("none"),
        is_critical=any(loss.is_critical for loss in row.losses),
        reference=row.reference,
    )


def _losses(losses: Sequence[Loss], words: Words, letters: int) -> str:
    """Name the lost points, critical errors first; beyond the room for it, how many more and their sum."""
    ordered = sorted(losses, key=lambda loss: not loss.is_critical)
    whole = words.formats.list([_loss(loss, words) for loss in ordered])
    if width_of(whole) <= letters:
        return whole
    kept = len(ordered) - 1
    while kept > 1 and width_of(_first_losses(ordered, kept, words)) > letters:
        kept -= 1
    if kept and width_of(short := _first_losses(ordered, kept, words)) <= letters:
        return short
    # The first criterion alone is too long, or the only one.
    rest = _more_losses(ordered[1:], words)
    first = _loss(ordered[0], words, max(8, letters - width_of(rest)))
    return f"{first}{rest}"


def _first_losses(losses: Sequence[Loss], kept: int, words: Words) -> str:
    return words.formats.list([_loss(loss, words) for loss in losses[:kept]]) + _more_losses(losses[kept:], words)


def _more_losses(losses: Sequence[Loss], words: Words) -> str:
    if not losses:
        return ""
    values = {"count": len(losses), "points": f"{MINUS}{_points(sum(loss.points for loss in losses), words)}"}
    return words.text(" and %(count)s more (%(points)s)") % values


def _loss(loss: Loss, words: Words, letters: int = ENDLESS) -> str:
    if loss.is_critical:
        message = words.text("critical: %(criterion)s")
        return message % {"criterion": words.clip(loss.criterion, max(4, letters - width_of(message) + 13))}
    lost = f" {MINUS}{_points(loss.points, words)}"
    return words.clip(loss.criterion, max(4, letters - width_of(lost))) + lost


def _points(value: float, words: Words) -> str:
    return words.formats.decimal(value, 0 if abs(value - round(value)) < 0.05 else 1)


def inspected_note(document: AppraisalDocument, words: Words, room: BackRoom = _ENDLESS) -> str:
    """Write the sums of the lost points, and why they are not the score."""
    counted = [row for row in document.inspected if not row.is_targeted]
    if not counted:
        return ""
    lost: dict[str, float] = defaultdict(float)
    for row in counted:
        for loss in row.losses:
            lost[loss.criterion] += loss.points
    ordered = sorted((item for item in lost.items() if item[1]), key=lambda item: -item[1])
    shown = ordered if room.is_endless else ordered[:_NAMED]
    named = [f"{words.clip(name, room.source)} {_points(points, words)}" for name, points in shown]
    if rest := ordered[len(shown) :]:
        named.append(words.text("others %(points)s") % {"points": _points(sum(points for _, points in rest), words)})
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
