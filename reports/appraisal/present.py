"""From what the document is told to what its template prints."""

from reports.appraisal import back, front, lists
from reports.appraisal.views import AppraisalView
from reports.appraisal.words import Words
from reports.documents import AppraisalDocument
from reports.formats import formats_for
from reports.language import TAGS

#: Rows of components that page 1 has room for beside full lists; each further row costs two lines.
_ROWS = 5


def present(document: AppraisalDocument) -> AppraisalView:
    """Write every word and place every mark of the appraisal.

    Parameters
    ----------
    document : AppraisalDocument
        The month of one person.

    Returns
    -------
    AppraisalView
        Finished values for the template.

    Raises
    ------
    LanguageUnknown
        If there is no catalogue for the document's language.
    """
    words = Words(formats_for(document.language))
    praise = lists.patterns(document.praise, document.praise_notes, words)
    improve = lists.patterns(document.improve, document.improve_notes, words)
    room = lists.COLUMN_LINES - 2 * max(0, len(document.components) - _ROWS)
    return AppraisalView(
        tag=TAGS[document.language],
        front=front.head(document, words),
        overall=front.overall(document, words),
        trend=front.trend(document, words),
        rows=front.rows(document, words),
        total=words.formats.decimal(document.overall.figure.value),
        praise=praise,
        improve=improve,
        back=back.back(document, words),
        flows=max(lists.lines_of(praise), lists.lines_of(improve)) > room,
    )
