"""The appraisal's way of saying: names by code, score units, sources, lists."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from reports import sentences
from reports.appraisal.room import clip
from reports.appraisal.views import ScoreText
from reports.documents import ComponentRow, Tier
from reports.formats import Formats
from reports.values import Figure, Label, Note, Unit


@dataclass(frozen=True, slots=True)
class Words:
    """Writes what a document says in its language, and remembers what it had to shorten."""

    formats: Formats
    shortened: list[str] = field(default_factory=list)

    def text(self, message: str) -> str:
        """Give a marked message in the document's language."""
        return self.formats.catalogue.gettext(message)

    def clip(self, text: str, letters: int) -> str:
        """Shorten a text to so many half-width letters."""
        short = clip(text, letters)
        if short != text:
            self.shortened.append(text)
        return short

    def note(self, note: Note) -> str:
        """Give the sentence of a note."""
        return self.formats.note(note, sentences.SENTENCES)

    def clauses(self, notes: Sequence[Note]) -> str:
        """Give several notes as one line, parted by semicolons."""
        return self.text("; ").join(map(self.note, notes))

    def sentences(self, notes: Sequence[Note]) -> str:
        """Give several notes as sentences, one after the other."""
        return self.formats.sentences(list(map(self.note, notes)))

    def component(self, code: str, name: str | None = None) -> str:
        """Give a component's name."""
        return name or self.text(sentences.COMPONENTS.get(code, code))

    def tier(self, tier: Tier) -> str:
        """Give a tier's name."""
        return tier.name or self.text(sentences.TIERS.get(tier.code, tier.code))

    def verdict(self, row: ComponentRow) -> str:
        """Give sign and word of a verdict."""
        return f"{sentences.VERDICT_SIGNS[row.verdict]} {self.text(sentences.VERDICTS[row.verdict])}"

    def score(self, figure: Figure, unit: Unit) -> ScoreText:
        """Give the score unit."""
        return ScoreText(
            value=self.formats.figure(figure, unit),
            interval=self.formats.interval(figure, unit),
            count=self.formats.number(figure.n),
            label="" if figure.label is Label.ok else self.text(sentences.LABELS[figure.label]),
        )

    def counts(self, conversations: int, ratings: int) -> str:
        """Give what a composite rests on: 5 conversations, 38 ratings."""
        plural = self.formats.catalogue.ngettext
        parts = [
            plural("%(count)s conversation", "%(count)s conversations", conversations)
            % {"count": self.formats.number(conversations)},
            plural("%(count)s rating", "%(count)s ratings", ratings) % {"count": self.formats.number(ratings)},
        ]
        return self.formats.list(parts)
