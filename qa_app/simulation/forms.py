"""The numbers of a centre that may be changed before it is simulated."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import FloatField, IntegerField
from wtforms.validators import InputRequired, NumberRange, ValidationError

from qa_app.web.forms import BaseForm

__all__ = ["SimulationForm"]


class SimulationForm(BaseForm):
    """What the lead may try; spreads come from the centre's own months."""

    agents = IntegerField(_l("Agents"), validators=[InputRequired(), NumberRange(2, 1000)])
    inspectors = IntegerField(_l("Inspectors"), validators=[InputRequired(), NumberRange(1, 200)])
    frame = IntegerField(_l("Conversations per agent and month"), validators=[InputRequired(), NumberRange(1, 5000)])
    samples = IntegerField(_l("Inspected per agent and month"), validators=[InputRequired(), NumberRange(1, 100)])
    double_percent = FloatField(_l("Scored twice, in percent"), validators=[InputRequired(), NumberRange(0, 100)])
    agent_sd = FloatField(_l("Agents differ by (sd), points"), validators=[InputRequired(), NumberRange(0, 25)])
    within_sd = FloatField(
        _l("Scores of one agent differ by (sd), points"), validators=[InputRequired(), NumberRange(2, 40)]
    )
    severity_sd = FloatField(_l("Inspectors differ by (sd), points"), validators=[InputRequired(), NumberRange(0, 20)])
    auto_correlation = FloatField(
        _l("Learned score’s correlation with people (0: none)"), validators=[InputRequired(), NumberRange(0, 0.9)]
    )

    def validate_samples(self, field: IntegerField) -> None:
        """Nobody can inspect more than there is."""
        if self.frame.data is not None and field.data is not None and field.data > self.frame.data:
            raise ValidationError(_l("There are not so many conversations."))

    def numbers(self, known: dict[str, Any]) -> dict[str, Any]:
        """The centre's numbers with what was typed in their place."""
        typed = {name: value for name, value in self.data.items() if name in known}
        return known | typed | {"double_share": float(self.double_percent.data or 0) / 100}
