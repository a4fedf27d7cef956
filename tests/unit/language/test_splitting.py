"""Text cut into what it can be found by: Latin words as they are, Chinese by words and by pairs of characters."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.language.splitting import Term, split_for_index, split_question


def holds(text: str, question: str) -> bool:
    """Ask the way a database does: every term is a token, or the beginning of one."""
    tokens = split_for_index(text).split()
    terms = split_question(question)
    return bool(terms) and all(
        any(token.startswith(term.text) if term.is_beginning else token == term.text for token in tokens)
        for term in terms
    )


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("客户要求退款处理", "退款"),
        ("客户要求退款处理", "求退"),
        ("客户要求退款处理", "理"),
        ("客户要求退款处理", "客户 处理"),
        ("我的iPhone15坏了", "iphone15"),
        ("我的iPhone15坏了", "坏了"),
        ("订单LH-88271请退款", "LH-88271 退款"),
        ("A refund, please", "REFU"),
        ("Überweisung erhalten", "uberweisung"),
        ("ＶＩＰ客户", "vip客户"),
        ("2026-10-A001-003", "A001-003"),
    ],
)
def test_what_is_said_is_found(text, question):
    assert holds(text, question)


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("客户要求退款处理", "款退"),
        ("客户要求退款处理", "退货"),
        ("a refund", "fund"),
        ("a refund", "refund 退款"),
        ("call ••••", "••••"),
        ("anything", "  ,.！"),
    ],
)
def test_what_is_not_said_is_not_found(text, question):
    assert not holds(text, question)


def test_a_question_asks_for_the_pairs_of_a_long_word():
    assert split_question("退款流程") == tuple(Term(pair, is_beginning=False) for pair in ("退款", "款流", "流程"))


@given(st.text(max_size=80))
def test_every_text_finds_itself_and_nothing_of_it_needs_escaping(text):
    tokens = split_for_index(text)

    assert all(part.isalnum() for part in tokens.split())
    assert all(term.text.isalnum() for term in split_question(text))
    if split_question(text):
        assert holds(text, text)
