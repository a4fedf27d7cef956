"""Why an export is refused."""

from __future__ import annotations

__all__ = ["ExportRefused", "NothingToExport"]


class ExportRefused(Exception):
    """Base of the refusals of this room."""


class NothingToExport(ExportRefused):
    """The month has no sheets, or none of those chosen belongs to it."""
