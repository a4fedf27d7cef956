"""Words, vocabulary and figures: what a conversation is turned into, and what can never become a feature."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer

from scoring.recording.features import ChannelFeatures, RecordingFeatures
from scoring.screening.features import describe_transcripts, learn_features
from scoring.screening.folds import FOLDS, assign_folds
from scoring.screening.measures import MEASURES, learn_scale, scale_figures
from scoring.screening.sound import sound_figures
from scoring.screening.terms import TermIndex, weigh_terms
from scoring.screening.transcripts import GIVEN, Transcript, make_transcript
from scoring.screening.vocabulary import Vocabulary, learn_vocabulary
from scoring.screening.words import BREAK, language_of, split_words


def test_words_are_split_by_what_they_are_written_in() -> None:
    assert split_words("Don't worry, gladly!") == ["don't", "worry", ",", "gladly", "!"]
    assert split_words("Straße, naïve") == ["straße", ",", "naïve"]
    assert [word for word in split_words("请问 iPhone 什么时候发货？") if word.strip()] == [
        "请问", "iphone", "什么", "时候", "发货", "？",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "language"),
    [("您好", "zh"), ("Hello there", "en"), ("Thank you 谢谢 very very much", "en"), ("12:30", "")],
)
def test_language_is_told_by_its_letters(text: str, language: str) -> None:
    assert language_of(text) == language


def test_terms_weigh_what_scikit_learn_says() -> None:
    texts = [f"{a} {b} {c}" for a in ("red", "blue") for b in ("lamp", "chair") for c in ("ok", "no", "ok ok")] * 4
    vocabulary = learn_vocabulary(texts, [str(n // 12) for n in range(len(texts))])
    peer = TfidfVectorizer(ngram_range=(1, 2), token_pattern=r"\w+", sublinear_tf=True, min_df=5)

    expected = peer.fit_transform(texts).toarray()
    index = TermIndex(vocabulary)
    ours = weigh_terms(index.number(texts), index).toarray()

    names = [vocabulary.term(column) for column in range(len(vocabulary))]
    assert sorted(names) == sorted(peer.vocabulary_)
    assert ours == pytest.approx(expected[:, [peer.vocabulary_[name] for name in names]])


def test_no_name_and_no_number_becomes_a_word() -> None:
    # Twenty conversations each, but "lihua" is said by one agent alone and 4711 is a number.
    texts = ["my name is lihua order 4711"] * 20 + ["my name is secret order 4711"] * 20 + ["my order please"] * 20
    groups = ["A"] * 20 + ["B"] * 20 + ["C"] * 20

    words = learn_vocabulary(texts, groups).words

    assert words == ("my", "order")


def test_no_pair_reaches_over_two_messages_or_an_unknown_word() -> None:
    texts = [f"good day{BREAK}blue lamp", f"good day{BREAK}blue lamp please"] * 6
    vocabulary = learn_vocabulary(texts, [str(n % 3) for n in range(12)])

    pairs = [vocabulary.term(column) for column in range(len(vocabulary.words), len(vocabulary))]

    assert pairs == ["blue lamp", "good day", "lamp please"]


def test_a_text_without_known_words_is_a_row_of_zeros() -> None:
    index = TermIndex(learn_vocabulary(["one two"] * 6, ["A", "B", "C"] * 2))

    rows = weigh_terms(index.number(["", "three", "one"]), index).toarray()

    assert rows.sum(axis=1).tolist() == [0.0, 0.0, 1.0]


def test_every_pair_is_found_and_no_other() -> None:
    random = np.random.default_rng(1)
    pairs = np.unique(random.integers(0, 10**8, 30_000))
    index = TermIndex(Vocabulary(tuple("ab"), pairs, np.ones(2 + len(pairs))))
    others = np.setdiff1d(random.integers(0, 10**8, 30_000), pairs)

    assert np.array_equal(index.find_pairs(pairs), np.arange(len(pairs)))
    assert set(index.find_pairs(others).tolist()) == {-1}


def test_figures_are_counted_and_unknown_ones_stay_unknown() -> None:
    some = [
        make_transcript(f"t:{n}", [("customer", "a b"), ("agent", "c"), ("agent", "d e f")], given={"hold_seconds": n})
        for n in range(40)
    ]
    features = learn_features([*some, Transcript("t:none")])

    rows = describe_transcripts([Transcript("t:none")], features).toarray()[0]

    titles = [features.title(column) for column in range(len(features))]
    assert rows[titles.index(("figure", "hold_seconds=unknown"))] == 0.5
    assert rows[titles.index(("figure", "hold_seconds"))] == 0.0


def test_figures_are_set_in_relation_to_what_was_learned() -> None:
    figures = np.full((50, len(MEASURES)), np.nan)
    figures[:, 0] = np.arange(50)
    figures[:, 1] = 7.0  # the same everywhere: says nothing
    figures[:20, 2] = 1.0  # known too seldom

    scale = learn_scale(figures, [("channel=chat",)] * 35 + [("channel=phone",)] * 15)
    columns = scale_figures(np.vstack([figures, np.full((1, len(MEASURES)), 1e9)]), [()] * 51, scale)

    assert scale.names == (MEASURES[0],)
    assert scale.tags == ("channel=chat",)
    logs = np.log1p(np.arange(50))
    assert columns[:50, 0] == pytest.approx(0.5 * (logs - logs.mean()) / logs.std())
    assert columns[50, 0] == 2.0  # no further than four sds


def test_features_do_not_depend_on_the_order_of_conversations() -> None:
    some = [make_transcript(f"t:{n}", [("agent", f"word{'ab'[n % 2]} and more")], group=str(n % 7)) for n in range(60)]

    forward, backward = learn_features(some), learn_features(some[::-1])

    assert forward.agent.words == backward.agent.words
    assert np.array_equal(forward.agent.idf, backward.agent.idf)
    assert np.array_equal(forward.scale.mean, backward.scale.mean)


def test_the_fold_follows_from_the_id_alone() -> None:
    ids = [f"chat:{number}" for number in range(5000)]

    folds = assign_folds(ids)

    assert np.array_equal(folds[::-1], assign_folds(ids[::-1]))
    assert assign_folds(["star_chat:1"]).tolist() == [assign_folds(["x", "star_chat:1"])[1]]
    assert np.bincount(folds, minlength=FOLDS).min() > 400


def test_the_figures_of_the_sound_are_those_that_were_measured() -> None:
    agent = ChannelFeatures("agent", 30.0, 0.5, -20.0, 24.0, 0.0, -3.0)
    customer = ChannelFeatures("customer", 20.0, 0.4, None, None, 0.0, -6.0)
    stereo = RecordingFeatures(
        60.0, (agent, customer), 12.0, 0.2, 11.5, 1.5, 0.025, 0, 0.6, -21.0, 24.0, 0.0, silences=(), overlaps=()
    )
    mono = replace(stereo, channels=(replace(agent, side=""),), overlap_seconds=None, overlap_share=None)

    figures = sound_figures(stereo)

    assert figures == {
        "silence_share": 0.2,
        "longest_silence_seconds": 11.5,
        "overlap_share": 0.025,
        "agent_loudness": pytest.approx(0.1),
    }
    assert set(figures) <= set(GIVEN)
    assert sound_figures(mono) == {"silence_share": 0.2, "longest_silence_seconds": 11.5}
