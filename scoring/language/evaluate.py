"""Asks rules of conversations: satisfied, not satisfied, or cannot tell, each with the exact places.

A `RuleBook` holds several rules ready for many conversations: their phrases are looked for once, in one pass over a
batch. "And", "or" and "not" are those of Kleene's three values, so that what is not known stays unknown only where it
matters.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import msgspec

from scoring.errors import RuleError
from scoring.language.conversation import ConversationFacts, Hit, Outcome, Verdict
from scoring.language.definition import AllOf, AnyOf, Condition, Measured, Not, Rule, Said, Speaker, leaves_of
from scoring.language.measures import judge_measured
from scoring.language.order import Mark, find_first
from scoring.language.phrases import PhraseBook

__all__ = ["NO_SCRIPTS", "RuleBook", "Scripts", "join_all", "join_any", "turn_round"]

Scripts = Mapping[tuple[str, int], Sequence[str]]
"""The cues of a script by its code and version."""
NO_SCRIPTS: Scripts = {}
_Places = Mapping[int, Sequence[tuple[int, int, int]]]
"""Of one conversation: place of an utterance → (phrase, start, end) found in it."""


class RuleBook:
    """Rules ready to be asked.

    Parameters
    ----------
    rules : iterable of Rule
        With every rule that another one names in `after` or `before`.
    scripts : mapping
        The cues of the script versions that are named.

    Raises
    ------
    RuleError
        If a rule names a script version or a rule that is not here, or rules wait for each other in a circle.
    """

    def __init__(self, rules: Iterable[Rule], scripts: Scripts = NO_SCRIPTS) -> None:
        self.rules = {rule.code: rule for rule in rules}
        self._phrases: dict[Said, tuple[str, ...]] = {}
        for rule in self.rules.values():
            for leaf in leaves_of(rule.condition):
                if isinstance(leaf, Said):
                    self._phrases[leaf] = _phrases_of(rule, leaf, scripts)
        self._order = _arrange(self.rules)
        self._book = PhraseBook(phrase for phrases in self._phrases.values() for phrase in phrases)
        self._wanted = {
            leaf: {self._book.index(phrase): phrase for phrase in phrases} for leaf, phrases in self._phrases.items()
        }

    @property
    def digest(self) -> str:
        """SHA-256 over the rules and the words they look for: another one asks something else."""
        asked = [(rule, [self._phrases.get(leaf, ()) for leaf in leaves_of(rule.condition)  # type: ignore[arg-type]
                         ]) for rule in sorted(self.rules.values(), key=lambda rule: rule.code)]  # fmt: skip
        return hashlib.sha256(msgspec.json.encode(asked, order="deterministic")).hexdigest()

    def judge(self, conversation: ConversationFacts) -> dict[str, Verdict]:
        """Ask every rule of one conversation."""
        return self.judge_all([conversation])[0]

    def judge_all(self, conversations: Sequence[ConversationFacts]) -> list[dict[str, Verdict]]:
        """Ask every rule of a batch of conversations.

        Parameters
        ----------
        conversations : sequence of ConversationFacts
            A few hundred at a time cost the least.

        Returns
        -------
        list of dict
            For each conversation the verdict of each rule by its code.
        """
        places = self._find(conversations)
        return [self._judge(facts, found) for facts, found in zip(conversations, places, strict=True)]

    def _find(self, conversations: Sequence[ConversationFacts]) -> list[dict[int, list[tuple[int, int, int]]]]:
        """Where which phrase stands, conversation by conversation and utterance by utterance."""
        owners = [(index, place) for index, facts in enumerate(conversations) for place in range(len(facts.utterances))]
        rows = self._book.find_columns([one.text for facts in conversations for one in facts.utterances])
        found: list[dict[int, list[tuple[int, int, int]]]] = [{} for _ in conversations]
        for text, phrase, start, end in rows.tolist():
            index, place = owners[text]
            found[index].setdefault(place, []).append((phrase, start, end))
        return found

    def _judge(self, facts: ConversationFacts, places: _Places) -> dict[str, Verdict]:
        verdicts: dict[str, Verdict] = {}
        looking = _Looking(facts, places, verdicts, self._wanted)
        for code in self._order:
            rule = self.rules[code]
            if rule.channels and facts.channel not in rule.channels:
                verdicts[code] = Verdict(Outcome.cannot_tell)
            else:
                verdicts[code] = looking.at(rule.condition)
        return {code: verdicts[code] for code in self.rules}


@dataclass(frozen=True, slots=True)
class _Looking:
    """One conversation being asked; `verdicts` are those of the rules asked before."""

    facts: ConversationFacts
    places: _Places
    verdicts: Mapping[str, Verdict]
    wanted: Mapping[Said, Mapping[int, str]]
    speakers: dict[Speaker, list[int]] = field(default_factory=dict)

    def at(self, condition: Condition) -> Verdict:
        match condition:
            case AllOf():
                return join_all([self.at(part) for part in condition.of])
            case AnyOf():
                return join_any([self.at(part) for part in condition.of])
            case Not():
                return turn_round(self.at(condition.of))
            case Measured():
                return judge_measured(condition, self.facts)
        return self._said(condition)

    def _said(self, condition: Said) -> Verdict:
        spoken = self._spoken(condition.speaker)
        marks = self._marks(condition)
        if not spoken or marks is None:
            return Verdict(Outcome.cannot_tell)
        judged = [
            (hit, _is_meant(condition, marks, (place, hit.start), hit))
            for place in self._among(condition, spoken)
            for hit in self._hits(condition, place)
        ]
        verdict = _count(condition, [hit for hit, is_meant in judged if is_meant])
        # Words without a time may have been said in time or not, before a stretch of the recording or after it.
        is_known = all(is_meant is not None for _, is_meant in judged)
        return verdict if is_known else Verdict(Outcome.cannot_tell, verdict.hits)

    def _spoken(self, speaker: Speaker) -> Sequence[int]:
        """The places of what a speaker said, looked up once a conversation."""
        if speaker not in self.speakers:
            utterances = enumerate(self.facts.utterances)
            everybody = speaker is Speaker.anyone
            self.speakers[speaker] = [place for place, one in utterances if everybody or one.speaker == speaker]
        return self.speakers[speaker]

    def _among(self, condition: Said, spoken: Sequence[int]) -> Sequence[int]:
        """The places with hits in the position asked for; with both ends, those among the first or among the last."""
        if condition.first or condition.last:
            last = max(condition.first, len(spoken) - condition.last) if condition.last else len(spoken)
            spoken = [*spoken[: condition.first], *spoken[last:]]
        allowed = set(spoken)
        return [place for place in self.places if place in allowed]

    def _hits(self, condition: Said, place: int) -> list[Hit]:
        wanted, one = self.wanted[condition], self.facts.utterances[place]
        return [
            Hit(one.number, start, end, wanted[phrase], one.start_seconds, one.end_seconds)
            for phrase, start, end in self.places[place]
            if phrase in wanted
        ]

    def _marks(self, condition: Said) -> list[tuple[Mark, bool]] | None:
        """What hits are to come after (true) or before (false); None where a rule that is named found nothing."""
        marks: list[tuple[Mark, bool]] = []
        for code, is_low in ((condition.after, True), (condition.before, False)):
            if not code:
                continue
            first = find_first(self.facts, self.verdicts[code].hits)
            if first is None:
                return None
            marks.append((first, is_low))
        return marks


def _is_meant(condition: Said, marks: Sequence[tuple[Mark, bool]], place: tuple[int, int], hit: Hit) -> bool | None:
    """Whether a hit stands where and when it is asked for; None where it has no time to tell by."""
    parts = [mark.is_before(place, hit) if is_low else mark.is_after(place, hit) for mark, is_low in marks]
    if condition.within_seconds is not None:
        parts.append(None if hit.start_seconds is None else hit.start_seconds <= condition.within_seconds)
    return False if False in parts else None if None in parts else True


def join_all(parts: Sequence[Verdict]) -> Verdict:
    """Every part: "no" as soon as one is "no", else unknown as soon as one is unknown; nothing at all is "yes"."""
    return Verdict(_worst(parts, Outcome.not_satisfied, Outcome.satisfied), _together(parts))


def join_any(parts: Sequence[Verdict]) -> Verdict:
    """At least one part: "yes" as soon as one is "yes", else unknown as soon as one is unknown; nothing is "no"."""
    return Verdict(_worst(parts, Outcome.satisfied, Outcome.not_satisfied), _together(parts))


def turn_round(part: Verdict) -> Verdict:
    """The opposite; what is unknown stays unknown, and the places stay."""
    opposite = {Outcome.satisfied: Outcome.not_satisfied, Outcome.not_satisfied: Outcome.satisfied}
    return Verdict(opposite.get(part.outcome, Outcome.cannot_tell), part.hits)


def _worst(parts: Sequence[Verdict], decisive: Outcome, otherwise: Outcome) -> Outcome:
    outcomes = {part.outcome for part in parts}
    if decisive in outcomes:
        return decisive
    return Outcome.cannot_tell if Outcome.cannot_tell in outcomes else otherwise


def _together(parts: Sequence[Verdict]) -> tuple[Hit, ...]:
    spoken = [part.hits for part in parts if part.hits]
    if len(spoken) < 2:
        return spoken[0] if spoken else ()
    return tuple(sorted({hit for part in parts for hit in part.hits}, key=_order_of))


def _in_order(hits: Sequence[Hit]) -> tuple[Hit, ...]:
    return tuple(sorted(set(hits), key=_order_of)) if len(hits) > 1 else tuple(hits)


def _order_of(hit: Hit) -> tuple[bool, int, int, int, str, float]:
    return (hit.message < 0, hit.message, hit.start, hit.end, hit.what, hit.start_seconds or 0.0)


def _count(condition: Said, hits: Sequence[Hit]) -> Verdict:
    enough = len(hits) >= condition.at_least and (condition.at_most is None or len(hits) <= condition.at_most)
    return Verdict(Outcome.satisfied if enough else Outcome.not_satisfied, _in_order(hits))


def _phrases_of(rule: Rule, leaf: Said, scripts: Scripts) -> tuple[str, ...]:
    if not leaf.script:
        return leaf.phrases
    cues = scripts.get((leaf.script, leaf.version))
    if cues is None:
        raise RuleError(f"Rule {rule.code}: there is no script {leaf.script!r} in version {leaf.version}")
    return (*leaf.phrases, *cues)


def _arrange(rules: Mapping[str, Rule]) -> list[str]:
    """The rules in an order in which each comes after those it names."""
    order: list[str] = []
    waiting: list[str] = []

    def visit(code: str) -> None:
        if code in order:
            return
        if code in waiting:
            raise RuleError(f"Rules wait for each other: {' → '.join([*waiting[waiting.index(code) :], code])}")
        waiting.append(code)
        for leaf in leaves_of(rules[code].condition):
            for other in (leaf.after, leaf.before) if isinstance(leaf, Said) else ():
                if other and other not in rules:
                    raise RuleError(f"Rule {code}: there is no rule {other!r}")
                if other:
                    visit(other)
        order.append(waiting.pop())

    for code in rules:
        visit(code)
    return order
