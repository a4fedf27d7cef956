"""What may be typed: a plan, a public part, a reason for a replacement or a targeted check."""

from __future__ import annotations

from typing import Any

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    FloatField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional, Regexp, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from qa_app.sampling.design import Chances, Design, Eligibility, Filters, RiskSigns, RiskSource, Sizing, Strata
from qa_app.sampling.plans import NewPlan
from qa_app.sampling.words import ALLOCATIONS, CHANCES, CHANNELS, REASONS, RISK_SOURCES, SIGNS, STRATA
from qa_app.web.forms import MONTH, BaseForm
from qa_app.web.i18n import named
from scoring.sampling.allocate import Allocation

__all__ = ["PlanForm", "PublicPartForm", "ReplaceForm", "TargetForm"]

_MONTH = Regexp(MONTH, message=_l("Write the month like 2026-11."))
PERCENT = 100


def _choices(titles: dict[str, LazyString]) -> list[SelectChoice]:
    return [SelectChoice(code, title) for code, title in titles.items()]


def _points_field(label: LazyString, sign: str) -> FloatField:
    """Ask how many points a sign adds; 0 leaves it out."""
    return FloatField(label, [Optional(), NumberRange(0, 100)], default=getattr(RiskSigns(), sign))


class CheckboxesField(SelectMultipleField):
    """Several of a few, each with its own box."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class PlanForm(BaseForm):
    """A plan. Teams, topics and rubrics to choose from come through the constructor."""

    name = StringField(_l("Name of the plan"), [InputRequired(_l("Give the plan a name.")), Length(max=120)])
    month = StringField(
        _l("Calendar month"), [InputRequired(_l("Choose a month.")), _MONTH], render_kw={"type": "month"}
    )
    channels = CheckboxesField(_l("Channels"), choices=_choices(CHANNELS))
    team_ids = CheckboxesField(_l("Teams"), coerce=int)
    topics = SelectMultipleField(_l("Topics"))
    answered = BooleanField(_l("Answered by an agent"), default=True)
    ended = BooleanField(_l("Ended: closed, resolved, or silent for a day"), default=True)
    min_agent_messages = IntegerField(_l("Agent messages, at least"), [InputRequired(), NumberRange(0, 1000)])
    min_audio_seconds = FloatField(_l("or seconds of speech, at least"), [InputRequired(), NumberRange(0, 36_000)])
    strata = SelectField(_l("Draw from"), choices=_choices(STRATA))
    chances = RadioField(_l("Chances"), choices=_choices(CHANCES), default=Chances.equal)
    risk_source = SelectField(_l("Where the risk comes from"), choices=_choices(RISK_SOURCES), default=RiskSource.signs)
    low_score = FloatField(
        _l("Learned: a score is low below, points"), [Optional(), NumberRange(1, 99)], default=Design().low_score
    )
    risk_rules = CheckboxesField(_l("Verdicts of rules that count"))
    low_rating = _points_field(_l("Rating of 1 or 2 of 5, points"), "low_rating")
    long_wait = _points_field(_l("Long wait, points"), "long_wait")
    unresolved = _points_field(_l("Not resolved, points"), "unresolved")
    transferred = _points_field(_l("Passed on, points"), "transferred")
    long_wait_seconds = FloatField(
        _l("A wait is long from, seconds"), [Optional(), NumberRange(1, 86_400)], default=RiskSigns().long_wait_seconds
    )
    even_percent = FloatField(
        _l("Spread evenly all the same, percent"),
        [Optional(), NumberRange(5, 100)],
        default=Design().even_share * PERCENT,
    )
    sizing = RadioField(
        _l("How many"),
        choices=[
            SelectChoice(Sizing.each, _l("A number from each")),
            SelectChoice(Sizing.precision, _l("As many as a precision needs")),
            SelectChoice(Sizing.total, _l("A total, spread over all")),
        ],
    )
    size = IntegerField(_l("Conversations from each"), [Optional(), NumberRange(1, 1000)])
    margin = FloatField(_l("Points above or below"), [Optional(), NumberRange(0.5, 50)])
    total = IntegerField(_l("Conversations in all"), [Optional(), NumberRange(0, 100_000)])
    allocation = SelectField(_l("Spread"), choices=_choices(ALLOCATIONS))
    minimum = IntegerField(_l("From each at least"), [Optional(), NumberRange(0, 1000)])
    rubric_version_id = SelectField(_l("Rubric"), coerce=int)
    double_percent = FloatField(_l("Scored twice, percent"), [InputRequired(), NumberRange(0, 100)])
    working_days = IntegerField(_l("Working days to score them"), [InputRequired(), NumberRange(1, 60)])
    proposals_shown = BooleanField(_l("Show what rules and the learned score propose before people have scored"))
    public_source = StringField(_l("Where the public part will come from"), [Length(max=200)])

    def __init__(
        self,
        *,
        teams: list[Any],
        topics: list[str],
        rubrics: list[tuple[int, str]],
        has_model: bool = False,
        verdicts: list[tuple[str, str]] | None = None,
        **values: Any,
    ) -> None:
        super().__init__(**values)
        self.risk_rules.choices = [SelectChoice(code, title) for code, title in verdicts or ()]
        self.has_model = has_model
        self.team_ids.choices = [SelectChoice(team.id, named(team.name, team.name_zh)) for team in teams]
        self.topics.choices = [SelectChoice(topic) for topic in topics]
        usual = SelectChoice(0, _("The one in force for each channel"))
        self.rubric_version_id.choices = [usual, *(SelectChoice(key, title) for key, title in rubrics)]

    def validate_sizing(self, field: RadioField) -> None:
        """Ask for the figure that the chosen way needs."""
        needed = {Sizing.each: self.size, Sizing.precision: self.margin, Sizing.total: self.total}
        if field.data in needed and not needed[field.data].data:
            raise ValidationError(_("Fill in the figure beside the way you chose."))

    def validate_chances(self, field: RadioField) -> None:
        """Ask for one sign at least where signs are to raise the chance."""
        if field.data != Chances.risk or self.risk_source.data != RiskSource.signs:
            return
        signs = self.read_signs()
        if not any(getattr(signs, sign) for sign in SIGNS):
            raise ValidationError(_("Give points to at least one sign."))

    def validate_risk_source(self, field: SelectField) -> None:
        """A learned probability needs a model in use, now and when the population is frozen."""
        if self.chances.data == Chances.risk and field.data == RiskSource.learned and not self.has_model:
            raise ValidationError(_("No learned score is in use. Train one first, or choose another source."))

    def validate_risk_rules(self, field: CheckboxesField) -> None:
        """Ask for one verdict at least where rules are to raise the chance."""
        if self.chances.data == Chances.risk and self.risk_source.data == RiskSource.rules and not field.data:
            raise ValidationError(_("Choose at least one verdict of a rule that is switched on."))

    def read_signs(self) -> RiskSigns:
        """Read the points of the signs; what was left empty keeps its default."""
        default = RiskSigns()
        typed = {name: getattr(self, name).data for name in RiskSigns.__slots__}
        return RiskSigns(**{name: getattr(default, name) if one is None else one for name, one in typed.items()})

    def to_plan(self, rubrics: dict[int, Any]) -> NewPlan:
        """Turn what was typed into a plan."""
        default = Design()
        return NewPlan(
            name=self.name.data or "",
            month=self.month.data or "",
            filters=Filters(
                tuple(self.channels.data or ()), tuple(self.team_ids.data or ()), tuple(self.topics.data or ())
            ),
            design=Design(
                strata=Strata(self.strata.data),
                chances=Chances(self.chances.data),
                risk_source=RiskSource(self.risk_source.data or RiskSource.signs),
                signs=self.read_signs(),
                low_score=self.low_score.data or default.low_score,
                risk_rules=tuple(self.risk_rules.data or ()),
                even_share=(self.even_percent.data or default.even_share * PERCENT) / PERCENT,
                sizing=Sizing(self.sizing.data),
                size=self.size.data or default.size,
                margin=self.margin.data or default.margin,
                total=self.total.data or 0,
                allocation=Allocation(self.allocation.data),
                minimum=default.minimum if self.minimum.data is None else self.minimum.data,
                double_share=(self.double_percent.data or 0.0) / PERCENT,
                working_days=self.working_days.data or default.working_days,
                proposals_shown=bool(self.proposals_shown.data),
                public_source=self.public_source.data or "",
                eligibility=Eligibility(
                    bool(self.answered.data),
                    bool(self.ended.data),
                    self.min_agent_messages.data or 0,
                    self.min_audio_seconds.data or 0.0,
                ),
            ),
            rubric_version=rubrics.get(self.rubric_version_id.data),
        )


class PublicPartForm(BaseForm):
    """The text that became known only after the freeze."""

    text = StringField(
        _l("What it said"), [InputRequired(_l("Write exactly what was thrown or published.")), Length(max=500)]
    )
    source = StringField(_l("Where it came from"), [InputRequired(_l("Name the source.")), Length(max=200)])

    def validate_text(self, field: StringField) -> None:
        """Refuse what cannot be typed again when someone verifies."""
        if not (field.data or "").isprintable():
            raise ValidationError(_("Use characters that can be printed."))


class ReplaceForm(BaseForm):
    """Why a sample is unusable, as the lead may say it."""

    reason = SelectField(_l("Reason"), choices=_choices(REASONS))
    note = StringField(_l("Note"), [Length(max=500)])


class TargetForm(BaseForm):
    """Why one conversation is sent to inspection by choice."""

    reason = TextAreaField(_l("Why this conversation"), [DataRequired(_l("Say why.")), Length(max=500)])
