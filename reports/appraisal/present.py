"""From what the document is told to what its template prints."""

from reports.appraisal import lists
from reports.appraisal.back import back
from reports.appraisal.front import overall, rows
from reports.appraisal.head import head
from reports.appraisal.room import FRONT, Rooms, first_back_step
from reports.appraisal.trend import trend
from reports.appraisal.views import AppraisalView
from reports.appraisal.words import Words
from reports.documents import AppraisalDocument
from reports.formats import formats_for
from reports.language import TAGS


def present(document: AppraisalDocument, rooms: Rooms | None = None) -> AppraisalView:
    """Write every word and place every mark of the appraisal.

    Parameters
    ----------
    document : AppraisalDocument
        The month of one person.
    rooms : Rooms, optional
        What the pages hold; by default as much as is guessed to fit.

    Returns
    -------
    AppraisalView
        Finished values for the template.

    Raises
    ------
    LanguageUnknown
        If there is no catalogue for the document's language.
    """
    rooms = rooms or first_rooms(document)
    words, back_words = Words(formats_for(document.language)), Words(formats_for(document.language))
    room = rooms.front.beside(document)
    return AppraisalView(
        tag=TAGS[document.language],
        front=head(document, words, room),
        overall=overall(document, words),
        trend=trend(document, words),
        rows=rows(document, words, room),
        total=words.formats.decimal(document.overall.figure.value),
        praise=lists.patterns(document.praise, document.praise_notes, words, room),
        improve=lists.patterns(document.improve, document.improve_notes, words, room),
        back=back(document, back_words, rooms.back),
        front_density=room.density,
        back_density=rooms.back.density,
        front_note=_note(words),
        back_note=_note(back_words),
    )


def first_rooms(document: AppraisalDocument) -> Rooms:
    """Guess how tight the pages have to be set, so that few documents are laid out twice; nothing is left out by it.

    Raises
    ------
    LanguageUnknown
        If there is no catalogue for the document's language.
    """
    words = Words(formats_for(document.language))
    columns = ((document.praise, document.praise_notes), (document.improve, document.improve_notes))
    height = max(lists.height_of(entries, notes, words) for entries, notes in columns)
    step = sum(height > room.beside(document).lines for room in FRONT[:2])
    return Rooms(front_step=step, back_step=first_back_step(document))


def _note(words: Words) -> str:
    if not words.shortened:
        return ""
    return words.text("Texts that end in “…” are shortened; the sheet's page shows them in full.")
