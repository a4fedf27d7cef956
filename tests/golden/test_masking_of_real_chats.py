"""Masking against sentences of real people with the truth written beside each word (MultiDoGO)."""

from bench.masking import below_goal, marks_of, measure, read_sentences


def test_recall_and_precision_stay_above_their_floor(data_dir):
    sentences = list(read_sentences(data_dir / "multidogo_pii"))

    plain = measure(sentences, {})
    marked = measure(sentences, marks_of(sentences, first_only=True))

    assert len(sentences) == 11_970
    assert plain.labelled["email"] == 360
    assert plain.labelled["phone"] == 253
    assert below_goal(plain, with_marks=False) == []
    assert below_goal(marked, with_marks=True) == []
    # Nothing tells a name without a mark: the page says so, and this holds it to that.
    assert plain.recall("name") < 0.01
