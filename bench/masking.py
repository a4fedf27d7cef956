"""How much personal data is hidden, and how much is hidden by mistake, in sentences with the truth written beside them.

Run: python -m bench.masking [folder of multidogo_pii]. Prints recall and precision; exits 1 if a goal is missed.

The sentences are customers' only, in lower case and without punctuation, with invented numbers of no numbering plan:
a hard case. The agent's question, by which our masking knows a bare number for what it is, is not in the data. Truth
and finds are counted word by word. Three runs: nothing marked, as a source without a mapping; names and addresses
marked as they stand, as a mapping does; and only the first mention marked, so that the others show what a mark
catches.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from time import perf_counter

from scoring.language.masking import Mark, PersonalData, mask_personal_data

KINDS = {
    "phone_number": "phone",
    "phonenumber": "phone",
    "email_address": "email",
    "ssn": "id_card",
    "card_number": "bank_card",
    "account_number": "bank_card",
    "target_account_number": "bank_card",
    "name": "name",
    "username": "name",
    "address": "address",
}
"""Which label is to be found as which kind."""
NOT_LOOKED_FOR = ("account_id", "booking_confirmation_number", "claimid", "password", "policyid")
"""Personal too, but not for masking: hiding one of them is no mistake, missing one counts for nothing."""
MARKED = {PersonalData.name, PersonalData.address}
GOALS = {
    "phone": 0.82,
    "phone, whole": 0.72,
    "email": 0.9,
    "bank_card": 0.42,
    "bank_card, whole": 0.73,
    "id_card": 0.27,
}
GOALS_WITH_MARKS = {"name": 0.96, "address": 0.91}
GOAL_PRECISION = 0.94
"""Below what is reached by less than a few words: a change that loses more is noticed."""
WHOLE_NUMBER = 7
"""Digits from which on a number says by itself what it is; fewer are the last four, or a slip."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence: its words with their labels."""

    conversation: str
    words: tuple[str, ...]
    labels: tuple[str, ...]

    @property
    def text(self) -> str:
        """The sentence as it was written."""
        return " ".join(self.words)

    def marks(self) -> list[Mark]:
        """Names and addresses in it, as a source would mark them."""
        found = []
        for label, run in groupby(zip(self.words, self.labels, strict=True), key=lambda pair: pair[1]):
            kind = KINDS.get(label)
            if kind in MARKED:
                found.append(Mark(PersonalData(kind), " ".join(word for word, _ in run)))
        return found


@dataclass(slots=True)
class Figures:
    """Counts of words by kind."""

    labelled: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    hidden: Counter[str] = field(default_factory=Counter)
    rightly: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0

    def recall(self, kind: str) -> float:
        """Share of the words of a kind that were hidden, 0–1."""
        return self.found[kind] / max(1, self.labelled[kind])

    def precision(self, kind: str) -> float:
        """Share of the words hidden as a kind that are personal data of any kind, 0–1."""
        return self.rightly[kind] / max(1, self.hidden[kind])


def read_sentences(folder: Path) -> Iterator[Sentence]:
    """Read the labelled sentences of all domains."""
    for path in sorted(folder.glob("*.tsv")):
        with path.open(newline="", encoding="utf-8") as file:
            for row in csv.DictReader(file, delimiter="\t"):
                words, labels = row["utterance"].split(" "), row["slot-labels"].split(" ")
                yield Sentence(row["conversationId"], tuple(words), tuple(labels))


def marks_of(sentences: Sequence[Sentence], *, first_only: bool) -> Mapping[str, list[Mark]]:
    """Names and addresses of each conversation; with `first_only`, of the first sentence that has any of a kind."""
    marks: dict[str, list[Mark]] = defaultdict(list)
    for sentence in sentences:
        known = {mark.kind for mark in marks[sentence.conversation]} if first_only else set()
        marks[sentence.conversation] += [mark for mark in sentence.marks() if mark.kind not in known]
    return marks


def measure(sentences: Sequence[Sentence], marks: Mapping[str, Sequence[Mark]]) -> Figures:
    """Mask every sentence and count its words."""
    figures = Figures()
    for sentence in sentences:
        started = perf_counter()
        masked = mask_personal_data(sentence.text, marks=marks.get(sentence.conversation, ()))
        figures.seconds += perf_counter() - started
        start = 0
        for word, label in zip(sentence.words, sentence.labels, strict=True):
            end = start + len(word)
            pill = next((s for s in masked.spans if s.original_start < end and s.original_end > start), None)
            _count(figures, label, word, pill.kind if pill else None)
            start = end + 1
    return figures


def below_goal(figures: Figures, *, with_marks: bool) -> list[str]:
    """Name what falls below its goal."""
    goals = GOALS | (GOALS_WITH_MARKS if with_marks else {})
    recall = [f"recall of {kind}" for kind, goal in goals.items() if figures.recall(kind) < goal]
    return recall + [f"precision of {kind}" for kind in figures.hidden if figures.precision(kind) < GOAL_PRECISION]


def _count(figures: Figures, label: str, word: str, hidden_as: PersonalData | None) -> None:
    kind = KINDS.get(label)
    names = [kind] if kind else []
    if kind in {"phone", "id_card", "bank_card"} and sum(sign.isdecimal() for sign in word) >= WHOLE_NUMBER:
        names.append(f"{kind}, whole")
    for name in names:
        figures.labelled[name] += 1
        figures.found[name] += hidden_as is not None
    if hidden_as is not None:
        figures.hidden[hidden_as] += 1
        figures.rightly[hidden_as] += label in KINDS or label in NOT_LOOKED_FOR


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, nargs="?", default=Path("../shared/data/multidogo_pii"))
    sentences = list(read_sentences(parser.parse_args().folder))
    missed = []
    runs = {
        "nothing marked": {},
        "names and addresses marked": marks_of(sentences, first_only=False),
        "first mention marked": marks_of(sentences, first_only=True),
    }
    characters = sum(len(sentence.text) for sentence in sentences)
    print(f"{len(sentences)} sentences, {characters} characters")
    for title, marks in runs.items():
        figures = measure(sentences, marks)
        print(f"\n{title}: {characters / figures.seconds / 1e6:.2f} million characters a second")
        print(f"{'kind':18} {'labelled':>8} {'hidden':>7} {'recall':>7}   {'hidden as':>9} {'precision':>9}")
        for kind in sorted(figures.labelled):
            shown = f"{figures.hidden[kind]:9} {figures.precision(kind):9.1%}" if figures.hidden[kind] else ""
            print(f"{kind:18} {figures.labelled[kind]:8} {figures.found[kind]:7} {figures.recall(kind):7.1%}   {shown}")
        hidden, rightly = figures.hidden.total(), figures.rightly.total()
        print(f"of {hidden} words hidden, {rightly} are personal data ({rightly / max(1, hidden):.1%})")
        missed += [f"{title}: {name}" for name in below_goal(figures, with_marks=bool(marks))]
    print("\nevery goal is met" if not missed else "\nbelow the goal: " + "; ".join(missed))
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
