"""What can go wrong while a document is made.

ReportError
├── RendererMissing        the machine cannot make PDF files at all (no Pango, no font for Chinese)
├── LanguageUnknown        a document asks for a language without a catalogue
└── DocumentFailed         one document could not be rendered; the others go on
"""


class ReportError(Exception):
    """Base of everything that `reports` raises."""


class RendererMissing(ReportError):
    """PDF files cannot be made on this machine; the message is the one line that mends it."""


class LanguageUnknown(ReportError):
    """There is no catalogue for the language the document asks for."""


class DocumentFailed(ReportError):
    """One document could not be rendered; the message says which and why."""
