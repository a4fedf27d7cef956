"""Whatever a service records in the audit trail can be read as words."""

import re

from qa_app.people.deeds import DEEDS
from tests.codebase.checkout import python_files

RECORDED = re.compile(r"""action=["']([a-z]+\.[a-z_]+)["']""")


def test_every_recorded_deed_has_words() -> None:
    recorded = {
        action for path in python_files("qa_app") for action in RECORDED.findall(path.read_text(encoding="utf-8"))
    }

    assert sorted(recorded - DEEDS.keys()) == [], "give these words in qa_app/people/deeds.py"
