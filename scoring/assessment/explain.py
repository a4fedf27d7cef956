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


def explain_points(value: float, floor: float, target: float, points: float) -> FormulaStep:
    """Line from a figure to its points; what the clipping or a limit on haste changed shows in the result."""
    filled = f"100 · ({_number(value)} − {_number(floor)}) / ({_number(target)} − {_number(floor)})"
    return FormulaStep("s", "100 · (x − floor) / (target − floor), 0…100", filled, points)


def explain_sum(terms: Sequence[tuple[float, float]], total: float) -> FormulaStep:
    """Line from points and weights (percent) to the composite."""
    filled = " + ".join(f"{_number(weight / 100)} · {_number(points)}" for weight, points in terms)
    return FormulaStep("C", "Σ w · s", filled, total)


def _explain_two_part(basis: Basis, value: float) -> tuple[FormulaStep, ...]:
    a, b, k, n, q, p = (basis.get(symbol) or 0.0 for symbol in ("a", "b", "k", "n", "q", "p"))
    if basis.get("N") is not None and n >= (basis["N"] or 0) and n:
        rate = FormulaStep("p", "k / N", f"{_number(k)} / {_number(n)}", p)
    else:
        filled = f"({_number(a)} + {_number(k)}) / ({_number(a)} + {_number(b)} + {_number(n)})"
        rate = FormulaStep("p", "(a + k) / (a + b + n)", filled, p)
    return rate, FormulaStep("θ", "(1 − p) · q", f"(1 − {_number(p)}) · {_number(q)}", value)


def _explain_direct(basis: Basis, value: float) -> tuple[FormulaStep, ...]:
    raw, leniency, auto = basis.get("raw"), basis.get("leniency") or 0.0, basis.get("auto") or 0.0
    two_parts = _explain_two_part(basis, value)
    if raw is None:
        return two_parts
    terms = [(f"− {_signed(leniency)}", leniency), (f"− {_signed(auto)}", auto)]
    filled = " ".join([_number(raw), *(text for text, points in terms if points)])
    corrected = raw - leniency - auto
    return (FormulaStep("q", "y̅ − s̅ − λ(f̅ − F)", filled, corrected), *two_parts)


def explain_standing(basis: Basis, value: float) -> tuple[FormulaStep, ...]:
    """Lines that lead to a standing over the window, from the numbers a sheet keeps with it."""
    a, b, k, n, p, q, prior = (basis.get(name) or 0.0 for name in ("a", "b", "k", "n", "p", "q", "prior_mean"))
    rate = f"({_number(a)} + {_number(k)}) / ({_number(a)} + {_number(b)} + {_number(n)})"
    return (
        FormulaStep("q", "μ + c′S⁻¹(q − μ)", f"{_number(prior)} + {_signed(q - prior)}", q),
        FormulaStep("p", "(a + k) / (a + b + n)", rate, p),
        FormulaStep("θ", "(1 − p) · q", f"(1 − {_number(p)}) · {_number(q)}", value),
    )


def _explain_beta_share(basis: Basis, value: float) -> tuple[FormulaStep, ...]:
    a, b, k, n = (basis.get(symbol) or 0.0 for symbol in ("a", "b", "k", "n"))
    filled = f"({_number(a)} + {_number(k)}) / ({_number(a)} + {_number(b)} + {_number(n)})"
    return (FormulaStep("x", "(a + k) / (a + b + n)", filled, value),)


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


_EXPLANATIONS: dict[str, Callable[[Basis, float], tuple[FormulaStep, ...]]] = {
    "two_part.v1": _explain_two_part,
    "direct.v2": _explain_direct,
    "beta_share.v1": _explain_beta_share,
    "wilson_share.v1": _explain_raw_share,
    "case_mix.v1": _explain_case_mix,
    "per_day.v1": _explain_per_day,
    "test_result.v1": _explain_test,
    "mean_rating.v1": _explain_ratings,
}
