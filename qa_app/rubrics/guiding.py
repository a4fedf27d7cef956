"""Rulings written into the guidance of the next version: a draft is opened where there is none, and kept as any edit.

For the rooms that rule on how a criterion is read (calibration).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec.structs import replace
from sqlalchemy.orm import Session

from qa_app.models import RubricVersion, User
from qa_app.rubrics.drafting import replace_criterion
from qa_app.rubrics.queries import draft_of, latest_published, load_definition
from qa_app.rubrics.service import save_draft, start_draft
from scoring.rubric import Rubric, Text

__all__ = ["TO_TRANSLATE", "add_guidance"]

TO_TRANSLATE = Text(en="[to be translated]", zh="【待翻译】")
"""What stands before words that are in the guidance in the other language only."""


def add_guidance(
    session: Session, actor: User, version: RubricVersion, additions: Mapping[str, Sequence[Text]]
) -> tuple[RubricVersion, frozenset[str]]:
    """Append texts to the guidance of criteria in the rubric's draft; return it, and the criteria it does not have.

    Without a draft one is opened from the version in force, or from `version` where none is. What has one language only
    is put into the other one as well, marked as to be translated.
    """
    rubric = version.rubric
    draft = draft_of(rubric) or start_draft(session, actor, latest_published(rubric) or version)
    definition, unknown = load_definition(draft), set[str]()
    for code, texts in additions.items():
        if definition.criterion(code) is None:
            unknown.add(code)
            continue
        for text in texts:
            definition = _append(definition, code, text)
    save_draft(session, actor, draft, definition, revision=draft.revision)
    return draft, frozenset(unknown)


def _append(definition: Rubric, code: str, text: Text) -> Rubric:
    criterion = definition.criterion(code)
    assert criterion is not None
    before, added = criterion.guidance.text, _in_both(text)
    joined = Text(en=_join(before.en, added.en), zh=_join(before.zh, added.zh))
    guidance = replace(criterion.guidance, text=joined)
    return replace_criterion(definition, code, replace(criterion, guidance=guidance))


def _in_both(text: Text) -> Text:
    return Text(
        en=text.en or f"{TO_TRANSLATE.en} {text.zh}",
        zh=text.zh or f"{TO_TRANSLATE.zh}{text.en}",
    )


def _join(before: str, added: str) -> str:
    """One under the other; what stands there already is not said twice."""
    return before if added in before else f"{before}\n{added}".strip()
