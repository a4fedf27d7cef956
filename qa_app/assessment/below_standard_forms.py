"""What may be typed about the standard: the figures to try, who decides, why one agent begins anew."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import FloatField, IntegerField, StringField
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError

from qa_app.web.forms import BaseForm
from scoring.assessment.below_standard import StandardRule

__all__ = ["RestartForm", "StandardForm", "SwitchOnForm"]

PERCENT = 100
_LONGEST = 500


class _Figures(BaseForm):
    """A standard in figures."""

    score = FloatField(_l("Standard, points"), [InputRequired(_l("Write a number.")), NumberRange(1, 99)])
    critical_percent = FloatField(
        _l("Critical errors allowed, percent; empty: not judged"), [Optional(), NumberRange(0.1, 50)]
    )
    quality = FloatField(
        _l("Standard of conversations without a critical error, points; empty: learned scores stay out"),
        [Optional(), NumberRange(1, 99)],
    )
    months_running = IntegerField(_l("Customary rule: months running"), [InputRequired(), NumberRange(1, 12)])
    months = IntegerField(_l("Past months to try it on"), [InputRequired(), NumberRange(1, 36)])

    def rule(self) -> StandardRule:
        """Return the standard as the formulas take it."""
        percent = self.critical_percent.data
        return StandardRule(float(self.score.data), None if percent is None else percent / PERCENT, self.quality.data)

    def validate_quality(self, field: FloatField) -> None:
        """Critical errors need their own rate where the score's evidence leaves them out."""
        if field.data is not None and self.critical_percent.data is None:
            raise ValidationError(_("Write how many critical errors are allowed: this evidence leaves them out."))


class StandardForm(_Figures):
    """Figures to try; they stand in the address, so that a trial can be sent to somebody."""

    class Meta(_Figures.Meta):
        """Nothing is changed by trying."""

        csrf = False


class SwitchOnForm(_Figures):
    """Switch on what was tried."""

    who_decides = StringField(
        _l("Who decides about consequences"),
        [InputRequired(_l("Name the people who decide.")), Length(max=_LONGEST)],
    )


class RestartForm(BaseForm):
    """Begin anew for one agent."""

    reason = StringField(_l("Why the evidence begins anew"), [Length(max=_LONGEST)])
