"""Titles of whole files, in the language of the documents inside."""

from datetime import date

from reports.formats import formats_for


def title_of_many(month: date, language: str) -> str:
    """Give the title of the joined appraisals of a month.

    Parameters
    ----------
    month : date
        Any day of the month.
    language : str
        ``en`` or ``zh_Hans_CN``.

    Returns
    -------
    str
        Such as "Appraisals, October 2026".

    Raises
    ------
    LanguageUnknown
        If there is no catalogue for the language.
    """
    formats = formats_for(language)
    return formats.catalogue.gettext("Appraisals, %(month)s") % {"month": formats.month(month)}
