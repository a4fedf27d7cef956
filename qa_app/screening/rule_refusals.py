"""Why something about a rule cannot be done, in the reader's language."""

from __future__ import annotations

from flask_babel import gettext as _

from qa_app.screening import rules

__all__ = ["explain_rule_refusal"]


def explain_rule_refusal(refusal: Exception) -> str:
    """Return a sentence: what is in the way, and what to do."""
    if isinstance(refusal, rules.NeededByOthers):
        return str(_("Other rules wait for its hits: %(codes)s. Change them first.", codes=", ".join(refusal.codes)))
    sentences: dict[type[Exception], str] = {
        rules.EmptyRule: _("One of its conditions has no words to look for. Write some, or choose a script."),
        rules.NotADraft: _("This version is not a draft. Open a draft to change the rule."),
        rules.NotInUse: _("The rule is not switched on."),
        rules.NotTested: _("Test the rule as it stands now before you switch it on."),
        rules.RuleDraftExists: _("There is a draft already."),
        rules.RuleDraftMoved: _("Somebody else saved this draft meanwhile. Load the page again to see it."),
    }
    unknown = _("The rule cannot be asked: it names a script or a rule that is not there, or waits for itself.")
    return str(sentences.get(type(refusal), unknown))
