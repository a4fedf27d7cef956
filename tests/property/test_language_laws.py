"""Laws of phrases and rules: offsets lead back, nothing is missed, and/or/not are Kleene's."""

import re
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.language.conversation import ConversationFacts, Hit, Outcome, SoundFigures, Stretch, Utterance, Verdict
from scoring.language.definition import Measure, Measured, Rule, Said
from scoring.language.evaluate import RuleBook, join_all, join_any, turn_round
from scoring.language.marking import cut_at, to_masked
from scoring.language.masking import mask_personal_data
from scoring.language.phrases import PhraseBook, normalize

SIGNS = 'aAbBÉéＡａ1１ ，,。.！!？?“"「—-　\n\t中文您好😀Iiİß'
TEXTS = st.text(alphabet=SIGNS, max_size=30)
PHRASES = st.lists(st.text(alphabet=SIGNS, min_size=1, max_size=5).filter(str.strip), min_size=1, max_size=6)
VERDICTS = st.builds(
    Verdict,
    st.sampled_from(Outcome),
    st.lists(st.builds(Hit, st.integers(1, 3), st.integers(0, 5)), max_size=3).map(lambda hits: tuple(set(hits))),
)


def find_one_by_one(phrase: str, text: str) -> set[tuple[int, int]]:
    """Every place of a phrase, looked for character by character in the normal form of the text."""
    normal, plain = normalize(text), normalize(phrase).text.strip()

    def runs_on(sign: str, edge: str) -> bool:
        return all(ord(one) < 0x2E80 and one.isalnum() for one in (sign, edge)) if sign else False

    places = set()
    for match in re.finditer(f"(?={re.escape(plain)})", normal.text):
        start, end = match.start(), match.start() + len(plain)
        if runs_on(normal.text[start - 1 : start] if start else "", plain[0]):
            continue
        if runs_on(normal.text[end : end + 1], plain[-1]):
            continue
        places.add(normal.to_original(start, end))
    return places


@settings(deadline=None)
@given(TEXTS)
def test_every_character_of_the_normal_form_leads_back_to_its_own(text: str) -> None:
    normal = normalize(text)

    for at, sign in enumerate(normal.text):
        start, end = normal.to_original(at, at + 1)
        assert 0 <= start < end <= len(text)
        assert normalize(text[start:end]).text == sign


@settings(deadline=None)
@given(TEXTS)
def test_a_normal_form_is_its_own_normal_form(text: str) -> None:
    assert normalize(normalize(text).text).text == normalize(text).text


@settings(deadline=None)
@given(PHRASES, st.lists(TEXTS, min_size=1, max_size=5))
def test_no_hit_is_missed_and_none_is_made_up(phrases: list[str], texts: list[str]) -> None:
    book = PhraseBook(phrases)

    found = {(hit.text, book.phrases[hit.phrase], hit.start, hit.end) for hit in book.find_all(texts)}

    assert found == {
        (index, normalize(phrase).text.strip(), *place)
        for index, text in enumerate(texts)
        for phrase in phrases
        for place in find_one_by_one(phrase, text)
    }


@settings(deadline=None)
@given(PHRASES, st.lists(TEXTS, min_size=1, max_size=4))
def test_a_batch_finds_what_each_text_gives_alone(phrases: list[str], texts: list[str]) -> None:
    book = PhraseBook(phrases)

    alone = [hit._replace(text=index) for index, text in enumerate(texts) for hit in book.find(text)]

    assert book.find_all(texts) == alone


def test_and_and_or_follow_kleene() -> None:
    rank = {Outcome.not_satisfied: 0, Outcome.cannot_tell: 1, Outcome.satisfied: 2}
    for left, right in product(Outcome, repeat=2):
        pair = [Verdict(left), Verdict(right)]
        assert join_all(pair).outcome is min(left, right, key=rank.__getitem__)
        assert join_any(pair).outcome is max(left, right, key=rank.__getitem__)


@settings(deadline=None)
@given(VERDICTS, VERDICTS, VERDICTS)
def test_and_or_not_obey_their_laws(a: Verdict, b: Verdict, c: Verdict) -> None:
    assert join_all([a, b]) == join_all([b, a])
    assert join_any([a, b]) == join_any([b, a])
    assert join_all([join_all([a, b]), c]) == join_all([a, b, c]) == join_all([a, join_all([b, c])])
    assert turn_round(turn_round(a)).outcome is a.outcome
    assert turn_round(join_all([a, b])) == join_any([turn_round(a), turn_round(b)])
    assert turn_round(join_any([a, b])) == join_all([turn_round(a), turn_round(b)])
    assert join_any([a, join_all([a, b])]).outcome is a.outcome


@settings(deadline=None)
@given(
    st.lists(st.integers(0, 50), min_size=1, max_size=6),
    st.lists(st.tuples(st.integers(0, 50), st.integers(2, 9)), min_size=1, max_size=3),
)
def test_timed_words_are_either_before_or_after_the_first_stretch(starts: list[int], stretches) -> None:
    silences = tuple(Stretch(start, start + length) for start, length in stretches)
    spoken = [Utterance(number, "agent", "hello", float(start)) for number, start in enumerate(sorted(starts))]
    sound = SoundFigures(silence_seconds=9.0, silences=silences)
    facts = ConversationFacts(tuple(spoken), sound=sound, is_recorded=True)
    hello = {name: Said(phrases=("hello",), **{name: "silent"}) for name in ("before", "after")}
    silent = Measured(measure=Measure.silence_seconds, figure=1)
    rules = [Rule(code=code, condition=one) for code, one in {**hello, "silent": silent}.items()]

    verdicts = RuleBook(rules).judge(facts)

    first = min(one.start_seconds for one in silences)
    assert [hit.message for hit in verdicts["before"].hits] == [
        one.number for one in spoken if one.start_seconds < first
    ]
    assert [hit.message for hit in verdicts["after"].hits] == [
        one.number for one in spoken if one.start_seconds >= first
    ]
    for name in ("before", "after"):
        assert verdicts[name].outcome is (Outcome.satisfied if verdicts[name].hits else Outcome.not_satisfied)


NUMBERS = ("13812345678", "a@example.com", "", "x")


@settings(deadline=None)
@given(st.lists(st.tuples(TEXTS, st.sampled_from(NUMBERS)), max_size=4), st.data())
def test_a_stretch_beside_pills_reads_the_same_in_the_masked_text(parts: list[tuple[str, str]], data) -> None:
    text = "".join(f"{words} {number} " for words, number in parts)
    masked = mask_personal_data(text)
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))

    first, last = to_masked(masked, start, end)

    assert 0 <= first <= last <= len(masked.text)
    inside = [span for span in masked.spans if span.original_start < end and span.original_end > start]
    if start < end and not inside:
        assert masked.text[first:last] == text[start:end]
    for span in inside:
        assert first <= span.start
        assert span.end <= last


@settings(deadline=None)
@given(TEXTS, st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=4))
def test_the_pieces_of_a_cut_text_are_the_text(text: str, pairs: list[tuple[int, int]]) -> None:
    stretches = [(min(*pair, len(text)), min(max(pair), len(text))) for pair in pairs]

    pieces = cut_at(text, stretches)

    assert "".join(piece.text for piece in pieces) == text
    marked = sum(len(piece.text) for piece in pieces if piece.is_marked)
    assert marked == len({at for start, end in stretches for at in range(start, end)})
