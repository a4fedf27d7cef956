"""Each figure as its formula with the numbers filled in, so that anybody can compute it again on paper.

Formulas are language-free: symbols, signs and numbers. What the symbols mean stands in `docs/methods.md`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

Basis = Mapping[str, float | None]


@dataclass(frozen=True, slots=True)
class FormulaStep:
    """One line of a computation.

    Attributes
    ----------
    symbol : str
        What it gives, such as ``p``.
    formula : str
        In symbols.
    filled : str
        The same with numbers.
    result : float
        Unrounded.
    """

    symbol: str
    formula: str
    filled: str
    result: float

    @property
    def line(self) -> str:
        """The whole line: symbol, formula, numbers, result."""
        return f"{self.symbol} = {self.formula} = {self.filled} = {_number(self.result)}"


def explain_figure(method: str, basis: Basis, value: float | None) -> tuple[FormulaStep, ...]:
    """Lines that lead to a figure.

    Parameters
    ----------
    method : str
        Code of the formula, as the estimate carries it.
    basis : mapping of str to float or None
        The numbers of the formula, by symbol.
    value : float or None
        The figure itself; None = there is nothing to explain.

    Returns
    -------
    tuple of FormulaStep
        Empty for a method without a formula of its own, such as the mean of parts.
    """
    function = _EXPLANATIONS.get(method)
    if function is None or value is None or not basis:
        return ()
    return function(basis, value)


def explain_points(
    value: float, floor: float, target: float, points: float, *, haste: float | None = None
) -> FormulaStep:
    """Line from a figure to its points; what the clipping changed shows in the result.

    The figure is printed finer than elsewhere: close to a mark, the difference keeps few of its digits. `haste` is the
    limit below which being faster earns nothing more; it takes the figure's place where that lies below.
    """
    x, earns = ("max(x, haste)", haste) if haste is not None and value < haste else ("x", value)
    filled = f"100 · ({_fine_number(earns)} − {_fine_number(floor)}) / ({_fine_number(target)} − {_fine_number(floor)})"
    return FormulaStep("s", f"100 · ({x} − floor) / (target − floor), 0…100", filled, points)


def explain_sum(terms: Sequence[tuple[float, float]], total: float) -> FormulaStep:
    """Line from points and weights (percent) to the composite."""
    filled = " + ".join(f"{_number(weight / 100)} · {_number(points)}" for weight, points in terms)
    return FormulaStep("C", "Σ w · s", filled, total)


def _explain_two_part(basis: Basis, value: float) -> tuple[FormulaStep, ...]:
    k, n, q, p = (basis.get(symbol) or 0.0 for symbol in ("k", "n", "q", "p"))
    rate = _found_rate(k, n, basis, p) if _is_everything_inspected(basis) else _posterior_share("p", basis, p)
    return rate, _total(p, q, value)


def _explain_plain_two_part(basis: Basis, value: float) -> tuple[FormulaStep, ...]:
    """The same, and how sure the plain mean of the qualities is."""
    k, n, frame, sigma = (basis.get(symbol) for symbol in ("k", "n", "N", "sigma"))
    if sigma is None or k is None or n is None or n <= k:
        return _explain_two_part(basis, value)
    share = min(n / frame, 1.0) if frame else 0.0
    variance = sigma**2 / (n - k) * (1 - share)
    return (_sampling_variance(sigma**2, n - k, n, frame, variance), *_explain_two_part(basis, value))


def _explain_direct(basis: Basis, value: float) -> tuple[FormulaStep, ...]:
    two_parts = _explain_two_part(basis, value)
    raw = basis.get("raw")
    if raw is None:
        return two_parts
    return (_corrected_mean(raw, basis), *_interval_of_quality(basis), *two_parts)


def explain_standing(basis: Basis, value: float) -> tuple[FormulaStep, ...]:
    """Lines that lead to a standing over the window, from the numbers a sheet keeps with it.

    Once everything of the month is inspected, nothing is inferred from other months or agents: q is the month's own and
    p what was found. Sheets of the first formulas do not know whether it was; where their numbers do not give their
    rate, only the last line is left.
    """
    a, b, k, n, p, q, prior = (basis.get(name) or 0.0 for name in ("a", "b", "k", "n", "p", "q", "prior_mean"))
    quality = FormulaStep("q", "μ + c′S⁻¹(q − μ)", f"{_number(prior)} + {_signed(q - prior)}", q)
    rate, total = _posterior_share("p", basis, p), _total(p, q, value)
    if "N" not in basis:
        return (quality, rate, total) if abs((a + k) - p * (a + b + n)) < 1e-6 * (a + b + n) else (total,)
    if not _is_everything_inspected(basis):
        return quality, rate, total
    raw, found, of = basis.get("raw"), basis.get("month_k") or 0.0, basis.get("month_n") or 0.0
    return (
        quality if raw is None else _corrected_mean(raw, basis),
        _found_rate(found, of, basis, p),
        total,
    )


def explain_entry(basis: Basis, weight: float, value: float, recoverable: float) -> tuple[FormulaStep, ...]:
    """Lines of an entry of the praise or the improvement list: the share that loses points, and what it is worth.

    Parameters
    ----------
    basis : mapping of str to float or None
        a, b, k, n; empty on sheets of the first formulas.
    weight : float
        Of the criterion, percent.
    value : float
        p̃, the share of conversations that lose points.
    recoverable : float
        Points a conversation would gain; 0 = there is nothing to be won, and no line for it.
    """
    lines = []
    if basis:
        lines.append(_posterior_share("p̃", basis, value))
    if weight and recoverable:
        best = value - recoverable / weight
        filled = f"{_number(weight)} · ({_number(value)} − {_number(best)})"
        lines.append(FormulaStep("Δ", "w · (p̃ − Q25)", filled, recoverable))
    return tuple(lines)


def _is_everything_inspected(basis: Basis) -> bool:
    # Under weights n is an effective number, below that of the conversations; earlier sheets know no other.
    inspected, frame = basis.get("inspected", basis.get("n")), basis.get("N")
    return frame is not None and bool(inspected) and (inspected or 0.0) >= frame


def _found_rate(k: float, n: float, basis: Basis, p: float) -> FormulaStep:
    return FormulaStep("p", "k / N" if n == basis.get("N") else "k / n", f"{_number(k)} / {_number(n)}", p)


def _posterior_share(symbol: str, basis: Basis, share: float) -> FormulaStep:
    a, b, k, n = (basis.get(name) or 0.0 for name in ("a", "b", "k", "n"))
    filled = f"({_number(a)} + {_number(k)}) / ({_number(a)} + {_number(b)} + {_number(n)})"
    return FormulaStep(symbol, "(a + k) / (a + b + n)", filled, share)


def _total(p: float, q: float, value: float) -> FormulaStep:
    return FormulaStep("θ", "(1 − p) · q", f"(1 − {_number(p)}) · {_number(q)}", value)


def _corrected_mean(raw: float, basis: Basis) -> FormulaStep:
    leniency, auto = basis.get("leniency") or 0.0, basis.get("auto") or 0.0
    terms = [(f"− {_signed(leniency)}", leniency), (f"− {_signed(auto)}", auto)]
    filled = " ".join([_number(raw), *(text for text, points in terms if points)])
    corrected = raw - leniency - auto
    within = min(max(corrected, 0.0), 100.0)
    limits = "" if within == corrected else ", 0…100"
    return FormulaStep("q", f"y̅ − s̅ − λ(f̅ − F){limits}", filled, within)


def _interval_of_quality(basis: Basis) -> tuple[FormulaStep, ...]:
    """How q's interval arises: the variance of the corrected mean, and how far the interval reaches to either side."""
    n, spread, variance, reach = (basis.get(name) for name in ("quality_n", "spread", "variance", "reach"))
    if not n or spread is None or variance is None or reach is None:
        return ()
    others = [("Σ(n_r/n)²·se(s̅_r)²", basis.get("leniency_variance")), ("σ_e²/n₀ · n/N", basis.get("rater_variance"))]
    inspected, frame = basis.get("n") or 0.0, basis.get("N")
    if _is_everything_inspected(basis):
        inspected = frame or 0.0
    return (
        _sampling_variance(spread, n, inspected, frame, variance, [(name, term) for name, term in others if term]),
        FormulaStep("±q", "z · √v", f"{_number(reach)} · √{_number(variance)}", reach * variance**0.5),
    )


def _sampling_variance(
    spread: float,
    n: float,
    inspected: float,
    frame: float | None,
    variance: float,
    others: Sequence[tuple[str, float]] = (),
) -> FormulaStep:
    """Line for v; `n` are conversations without critical error, `inspected` all, of the `frame` where it is known."""
    formula, filled = "σ² / n₀", f"{_number(spread)} / {_number(n)}"
    if frame:
        formula += " · (1 − n / N)"
        filled += f" · (1 − {_number(min(inspected, frame))} / {_number(frame)})"
    formula = " + ".join([formula, *(name for name, _ in others)])
    filled = " + ".join([filled, *(_number(term) for _, term in others)])
    return FormulaStep("v", formula, filled, variance)


def _explain_beta_share(basis: Basis, value: float) -> tuple[FormulaStep, ...]:
    return (_posterior_share("x", basis, value),)


def _explain_raw_share(basis: Basis, value: float) -> tuple[FormulaStep, ...]:
    k, n = basis.get("k") or 0.0, basis.get("n") or 0.0
    return (FormulaStep("x", "k / n", f"{_number(k)} / {_number(n)}", value),)


def _explain_case_mix(basis: Basis, value: float) -> tuple[FormulaStep, ...]:
    return (FormulaStep("x", "exp(r)", f"exp({_number(basis.get('log_ratio') or 0.0)})", value),)


def _explain_per_day(basis: Basis, value: float) -> tuple[FormulaStep, ...]:
    answered, days, reference = (basis.get(symbol) or 0.0 for symbol in ("answered", "days", "reference"))
    filled = f"{_number(answered)} / {_number(days)} / {_number(reference)}"
    return (FormulaStep("x", "answered / days / reference", filled, value),)


def _explain_test(basis: Basis, value: float) -> tuple[FormulaStep, ...]:
    total, n = basis.get("sum") or 0.0, basis.get("n") or 0.0
    return (FormulaStep("x", "Σt / n", f"{_number(total)} / {_number(n)}", value),)


def _explain_ratings(basis: Basis, value: float) -> tuple[FormulaStep, ...]:
    means = [mean for mean in (basis.get("supervisor"), basis.get("peer")) if mean is not None]
    filled = " + ".join(_number(mean) for mean in means)
    return (FormulaStep("x", "Σr̅ / G", f"({filled}) / {len(means)}", value),)


def _signed(value: float) -> str:
    """A number that may be negative, inside a formula."""
    return f"({_number(value)})" if value < 0 else _number(value)


def _number(value: float) -> str:
    """Four significant digits at least, whole numbers as they are; a true minus sign."""
    text = f"{value:.0f}" if value == round(value) else f"{value:.4g}" if abs(value) < 1000 else f"{value:.1f}"
    return text.replace("-", "−")


def _fine_number(value: float) -> str:
    """Six significant digits."""
    return f"{value:.6g}".replace("-", "−")


_EXPLANATIONS: dict[str, Callable[[Basis, float], tuple[FormulaStep, ...]]] = {
    "two_part.v1": _explain_plain_two_part,
    "direct.v2": _explain_direct,
    "beta_share.v1": _explain_beta_share,
    "wilson_share.v1": _explain_raw_share,
    "case_mix.v1": _explain_case_mix,
    "per_day.v1": _explain_per_day,
    "test_result.v1": _explain_test,
    "mean_rating.v1": _explain_ratings,
}
