"""Pages hold no inline script, style or handler: the content-security policy would refuse them."""

import re
from pathlib import Path

from tests.codebase.checkout import relative, tracked_files

INLINE = re.compile(
    r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")"  # a script without a file; data for one is allowed
    r"|<style\b"
    r"|\sstyle="
    r"|\son[a-z]+="
    r"|\shx-on"  # htmx would need eval for it
    r"|javascript:",
    re.IGNORECASE,
)
ELSEWHERE = re.compile(r"(?:src|href)=[\"'](?:https?:)?//", re.IGNORECASE)


def page_templates() -> list[Path]:
    return [path for path in tracked_files() if path.suffix == ".html" and "qa_app" in path.parts]


def test_templates_hold_no_inline_script_style_or_handler() -> None:
    assert relative(path for path in page_templates() if INLINE.search(path.read_text(encoding="utf-8"))) == []


def test_templates_load_nothing_from_elsewhere() -> None:
    assert relative(path for path in page_templates() if ELSEWHERE.search(path.read_text(encoding="utf-8"))) == []


def test_every_form_that_posts_carries_a_token() -> None:
    form = re.compile(r"<form\b[^>]*method=\"post\".*?(?:</form>|\Z)", re.IGNORECASE | re.DOTALL)
    without = [
        path
        for path in page_templates()
        for found in form.finditer(path.read_text(encoding="utf-8"))
        if "csrf_token" not in found.group() and "hidden_tag()" not in found.group()
    ]

    assert relative(without) == []
