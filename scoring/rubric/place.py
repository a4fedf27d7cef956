"""Where in a rubric something stands, so that a page can jump there and a command can print it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """A spot in a rubric; all None means the rubric as a whole.

    Attributes
    ----------
    section : str or None
        Code of the section.
    criterion : str or None
        Code of the criterion.
    part : str or None
        Which of its parts: ``title``, ``weight``, ``levels``, ``items``, ``measure``, ``applies_if``, ``guidance``…
    entry : str or None
        Code of the level or item within that part.
    """

    section: str | None = None
    criterion: str | None = None
    part: str | None = None
    entry: str | None = None

    def __str__(self) -> str:
        steps = [step for step in (self.section, self.criterion, self.part, self.entry) if step]
        return ".".join(steps) or "rubric"
