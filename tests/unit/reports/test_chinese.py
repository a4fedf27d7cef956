"""Chinese inside a page of another language is marked; everything else stays as it was."""

from xml.etree.ElementTree import fromstring, tostring

import pytest

from reports.common.chinese import mark_chinese


def marked(page: str) -> str:
    root = fromstring(page)
    mark_chinese(root)
    return tostring(root, encoding="unicode")


@pytest.mark.parametrize(
    ("text", "runs"),
    [
        ("He said “您好，在吗？” twice", ["您好，在吗？"]),
        ("“退款”在哪里", ["退款”在哪里"]),
        ("OK，谢谢 and 再见", ["，谢谢", "再见"]),
        ("“plain” – words…", []),
        ("𠮷野 calls 李·明", ["𠮷野", "李·明"]),
    ],
)
def test_runs_of_chinese_are_found_and_no_letter_is_lost(text, runs):
    root = fromstring(f'<html lang="en"><p>{text}<b>{text}</b>{text}</p></html>')
    mark_chinese(root)

    assert [span.text for span in root.iter("span")] == runs * 3
    assert "".join(root.itertext()) == text * 3
    assert all(span.get("lang") == "zh-Hans" for span in root.iter("span"))


@pytest.mark.parametrize(
    "page",
    [
        '<html lang="zh-Hans-CN"><p>您好，在吗？</p></html>',
        '<html lang="en"><head><title>您好</title></head><svg><text>您好</text></svg><p title="您好">hello</p></html>',
    ],
)
def test_chinese_pages_titles_and_drawings_stay_as_they_are(page):
    assert marked(page) == page
