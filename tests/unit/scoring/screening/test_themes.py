"""Themes are found where there are some, and denied where there are none."""

from __future__ import annotations

import numpy as np
import pytest

from scoring.screening.themes import NoThemes, find_themes

ENGLISH = {
    "greeting": (
        "no greeting at the start",
        "forgot to greet the customer",
        "greeting missing",
        "did not greet by name",
    ),
    "refund": ("wrong refund amount promised", "refund rule explained wrongly", "refund deadline was wrong"),
    "waiting": ("customer waited without a word", "long silence while waiting", "no progress told while waiting"),
}
CHINESE = {
    "greeting": ("开头没有问候客户", "没有使用问候语", "缺少问候语和自我介绍"),
    "refund": ("退款金额说错了", "退款规则解释错误", "退款期限告知错误"),
    "waiting": ("让客户久等没有告知进度", "等待期间没有安抚", "久等之后没有道歉"),
}


def remarks(book: dict[str, tuple[str, ...]], size: int, seed: int = 1) -> tuple[list[str], np.ndarray]:
    random = np.random.default_rng(seed)
    kinds = random.integers(0, len(book), size)
    names = sorted(book)
    texts = []
    for number, kind in enumerate(kinds):
        first, second = random.choice(book[names[kind]], 2, replace=True)
        texts.append(f"{first}；{second} {chr(97 + number % 26)}{chr(97 + number // 26 % 26)}")
    return texts, kinds


@pytest.mark.parametrize(("book", "language"), [(ENGLISH, "en"), (CHINESE, "zh")])
@pytest.mark.parametrize("size", [150, 500])
def test_planted_themes_are_found(book, language, size) -> None:
    texts, kinds = remarks(book, size)

    found = find_themes(texts, language=language, seed="2026-10")

    assert found.reason is None
    assert found.stability >= 0.6
    for theme in found.themes:
        of_quotations = {int(kinds[place]) for place in theme.quotations}
        assert len(of_quotations) == 1  # what stands for a theme is about one thing
        assert 1 <= len(theme.terms) <= 6
    assert sum(theme.size for theme in found.themes) == found.texts


def test_the_same_texts_in_another_order_give_the_same_themes() -> None:
    texts, _ = remarks(ENGLISH, 120)

    forward = find_themes(texts, language="en", seed="m")
    backward = find_themes(texts[::-1], language="en", seed="m")

    assert [(one.size, one.terms) for one in forward.themes] == [(one.size, one.terms) for one in backward.themes]
    assert [texts[p] for p in forward.themes[0].quotations] == [texts[::-1][p] for p in backward.themes[0].quotations]


def test_few_texts_have_no_themes_and_repetitions_do_not_count() -> None:
    found = find_themes(["no greeting", "refund wrong", " "] * 100, language="en", seed="m")

    assert (found.reason, found.texts, found.stability, found.themes) == (NoThemes.few_texts, 2, None, ())


def test_remarks_about_nothing_in_common_are_unstable() -> None:
    random = np.random.default_rng(3)
    words = [f"{a}{b}{c}" for a in "bdfgk" for b in "aeiou" for c in "lmnrst"]
    texts = [" ".join(random.choice(words, 8, replace=False)) for _ in range(200)]

    found = find_themes(texts, language="en", seed="m")

    assert found.reason is NoThemes.unstable
    assert found.themes == ()
