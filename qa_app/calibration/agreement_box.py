"""The card "Do inspectors agree?": finished values and sentences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask_babel import gettext as _

from qa_app.calibration.agreement import Judged
from qa_app.calibration.doubles import CRITICAL, Question
from qa_app.calibration.plots import Bar, agreement_scale
from qa_app.calibration.words import Verdict, agreement_verdict, format_range, format_signed
from qa_app.web.filters import format_number

if TYPE_CHECKING:
    from scoring.agreement.criterion import CriterionAgreement
    from scoring.agreement.differences import TotalAgreement
    from scoring.values import Estimate

__all__ = ["AgreementBox", "AgreementLine", "make_agreement_box", "question_title"]

ENOUGH = 0.8  # as scoring.agreement.criterion has it, which would load SciPy here


@dataclass(frozen=True, slots=True)
class AgreementLine:
    """One criterion; no bar and no figures below ten conversations."""

    code: str
    title: str
    value: str
    interval: str
    n: int
    bar: Bar | None
    verdict: Verdict
    alike: str
    failed: int
    failures: str
    alpha: str
    differing: int


@dataclass(frozen=True, slots=True)
class AgreementBox:
    """The whole card; without lines nothing was scored twice."""

    doubles: int
    lines: tuple[AgreementLine, ...]
    critical: AgreementLine | None
    totals: tuple[str, ...]
    ticks: tuple[tuple[float, str], ...]
    target: float
    formula: tuple[str, ...]


def question_title(question: Question, language: str) -> str:
    """Name a question; with its rubric where the code stands for several questions."""
    if question.key == CRITICAL.key:
        return str(_("Critical error"))
    title = question.title.in_language(language) or question.code
    rubric = question.rubric.in_language(language)
    return f"{title} ({rubric})" if rubric else title


def make_agreement_box(
    judged: Sequence[Judged], critical: Judged | None, totals: TotalAgreement | None, language: str, *, is_own: bool
) -> AgreementBox:
    """Prepare the rows, in the order given, and the row of "critical" apart from them."""
    everything = [*judged, *([critical] if critical else [])]
    estimates = [one.figures.corrected.estimate for one in everything]
    scale = agreement_scale(estimate.lower for estimate in estimates if estimate.lower is not None)

    def line(one: Judged) -> AgreementLine:
        figures, estimate = one.figures, one.figures.corrected.estimate
        bar = None
        if estimate.value is not None and estimate.lower is not None and estimate.upper is not None:
            bar = scale.bar(estimate.value, estimate.lower, estimate.upper)
        return AgreementLine(
            code=one.question.code,
            title=question_title(one.question, language),
            value=_value(estimate),
            interval=_interval(estimate),
            n=figures.n,
            bar=bar,
            verdict=agreement_verdict(figures),
            alike=_("%(k)s of %(n)s", k=format_number(figures.unanimous), n=format_number(figures.n)),
            failed=figures.failures.conversations,
            failures=_with_interval(figures.failures.share.estimate),
            alpha=_with_interval(figures.alpha.estimate),
            differing=one.differing,
        )

    return AgreementBox(
        doubles=critical.figures.n if critical else 0,
        lines=tuple(line(one) for one in judged),
        critical=line(critical) if critical else None,
        totals=tuple(_total_sentences(totals, is_own=is_own)) if totals else (),
        ticks=tuple((scale.place(tick), format_number(tick, 1)) for tick in scale.ticks),
        target=scale.place(ENOUGH),
        formula=tuple(_formula(judged, language)),
    )


def _value(estimate: Estimate) -> str:
    return format_number(estimate.value, 2)


def _interval(estimate: Estimate) -> str:
    if estimate.lower is None or estimate.upper is None:
        return ""
    return format_range(estimate.lower, estimate.upper)


def _with_interval(estimate: Estimate) -> str:
    """Write value and interval as one, a dash where there is none."""
    return _value(estimate) if estimate.value is None else f"{_value(estimate)} ({_interval(estimate)})"


def _total_sentences(totals: TotalAgreement, *, is_own: bool) -> list[str]:
    limits, icc = totals.limits, totals.icc
    if limits is None or icc is None:
        return [str(_("Total score: too few conversations for a figure, %(n)s of at least 10.", n=totals.n))]
    sentences = []
    if icc.estimate.value is not None:
        sentences.append(
            _(
                "Total score before critical errors: agreement ICC(A,1) %(icc)s, n %(n)s.",
                icc=_with_interval(icc.estimate),
                n=totals.n,
            )
        )
    values = {
        "mean": format_signed(limits.mean.value or 0.0),
        "range": format_range(limits.mean.lower or 0.0, limits.mean.upper or 0.0, places=1, signed=True),
        "limits": format_range(limits.lower.value or 0.0, limits.upper.value or 0.0, places=1, signed=True),
    }
    if is_own:
        sentences.append(_("You minus the other: %(mean)s points (%(range)s); 95 in 100 lie at %(limits)s.", **values))
    else:
        sentences.append(
            _("Second minus first scoring: %(mean)s points (%(range)s); 95 in 100 lie at %(limits)s.", **values)
        )
    return [str(sentence) for sentence in sentences]


def _formula(judged: Sequence[Judged], language: str) -> list[str]:
    sentences = [
        _("AC1 = (alike − by chance) / (1 − by chance); for levels a near miss counts in part (AC2)."),
        _(
            "Agreed: at least 0.8 with the interval above 0.6, and at least 0.3 agreement on failures where ten or "
            "more conversations were failed by somebody."
        ),
    ]
    lowest = next(((one, line) for one in judged if (line := _fill(one.figures))), None)
    if lowest is not None:
        one, line = lowest
        sentences.append(_("%(title)s: %(formula)s", title=question_title(one.question, language), formula=line))
    return [str(sentence) for sentence in sentences]


def _fill(figures: CriterionAgreement) -> str:
    bare = figures.corrected.coefficient
    if bare.value is None or bare.observed is None or bare.expected is None:
        return ""
    seen, chance = format_number(bare.observed, 3), format_number(bare.expected, 3)
    return f"({seen} − {chance}) / (1 − {chance}) = {format_number(bare.value, 3)}"
