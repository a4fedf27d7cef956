"""Severity against published variance components, against statsmodels, and against the model written out in full."""

from __future__ import annotations

import csv
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import optimize
from statsmodels.regression.mixed_linear_model import MixedLM

from scoring.agreement.severity import ScoringRecord, Scorings, Variances, fit_severity, scorings_from_records
from tests.factories.scorings import Centre, create_scorings
from tests.golden.dense_severity import deviance, dummies, predict


@pytest.fixture(scope="module")
def penicillin(data_dir):
    """24 plates (agents) × 6 samples (inspectors), each pair once: every diameter is a conversation of its own."""
    with (data_dir.parent / "stats_data" / "penicillin.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return scorings_from_records(
        ScoringRecord(row["plate"], "", str(number), row["sample"], float(row["diameter"]))
        for number, row in enumerate(rows)
    )


def test_penicillin_equals_the_published_reml_fit(penicillin):
    # lme4's own example, lmer(diameter ~ 1 + (1|plate) + (1|sample), Penicillin), as printed in Bates, *lme4:
    # Mixed-effects modeling with R* (2010), chapter 2: standard deviations of plate 0.8467, sample 1.9316, residual
    # 0.5499; intercept 22.972; REML criterion 330.9.
    fit = fit_severity(penicillin)

    assert np.sqrt(fit.variances.agent) == pytest.approx(0.8467, abs=5e-5)
    assert np.sqrt(fit.variances.inspector) == pytest.approx(1.9316, abs=5e-5)
    assert np.sqrt(fit.variances.residual) == pytest.approx(0.5499, abs=5e-5)
    assert fit.variances.conversation == 0
    assert fit.intercept == pytest.approx(22.972, abs=5e-4)
    assert fit.deviance == pytest.approx(330.9, abs=0.05)


def test_penicillin_equals_the_mean_squares_of_a_balanced_table(penicillin):
    # In a balanced crossed table the restricted likelihood has its top where the mean squares say (Searle et al. 1992,
    # section 4.7): no search is needed, so this gives all digits.
    table = np.full((24, 6), np.nan)
    table[penicillin.agent_month, penicillin.inspector] = penicillin.score
    plates, samples = table.mean(axis=1) - table.mean(), table.mean(axis=0) - table.mean()
    rest = table - table.mean() - plates[:, None] - samples[None, :]
    residual = (rest**2).sum() / (23 * 5)
    of_plate, of_sample = 6 * (plates**2).sum() / 23, 24 * (samples**2).sum() / 5

    fit = fit_severity(penicillin)

    assert fit.variances.residual == pytest.approx(residual, rel=2e-6)
    assert fit.variances.agent == pytest.approx((of_plate - residual) / 6, rel=2e-6)
    assert fit.variances.inspector == pytest.approx((of_sample - residual) / 24, rel=2e-6)
    # The prediction of a crossed effect shrinks its mean by 24σ_s²/(24σ_s² + σ_e²).
    assert fit.leniency == pytest.approx(samples * (1 - residual / of_sample), abs=1e-4)


def with_triples(scorings: Scorings) -> Scorings:
    """Let a third inspector score every second of the conversations that two have scored."""
    chats, times = np.unique(scorings.conversation, return_counts=True)
    rows = [np.flatnonzero(scorings.conversation == chat) for chat in chats[times == 2][::2]]
    first = np.array([pair[0] for pair in rows])
    third = [min(set(range(len(scorings.inspectors))) - set(scorings.inspector[pair].tolist())) for pair in rows]

    def longer(codes, more):
        return np.concatenate([codes, more])

    return replace(
        scorings,
        agent_month=longer(scorings.agent_month, scorings.agent_month[first]),
        conversation=longer(scorings.conversation, scorings.conversation[first]),
        inspector=longer(scorings.inspector, third),
        score=longer(scorings.score, np.clip(scorings.score[first] + np.arange(len(first)) % 7 - 3, 0, 100)),
        queue=longer(scorings.queue, scorings.queue[first]),
        auto=None if scorings.auto is None else longer(scorings.auto, scorings.auto[first]),
    )


def fixed_effects(scorings: Scorings) -> np.ndarray:
    """Intercept, queues without the largest, auto-score; every queue is taken to have its 30 scorings."""
    largest = np.argmax(np.bincount(scorings.queue))
    columns = [np.ones((len(scorings), 1)), np.delete(dummies(scorings.queue), largest, axis=1)]
    if scorings.auto is not None:
        columns.append(scorings.auto[:, None])
    return np.hstack(columns)


CENTRES = {
    "single scorings": (Centre(double=0.0), False),
    "doubles": (Centre(double=0.3), False),
    "doubles, queues, auto": (Centre(double=0.3, queues=3, has_auto=True), False),
    "doubles and triples": (Centre(double=0.4, queues=2, has_auto=True), True),
    "bound to teams": (Centre(double=0.3, bound=True), False),
}


@pytest.mark.parametrize("name", CENTRES)
def test_fit_equals_the_model_written_out_in_full(name):
    centre, has_triples = CENTRES[name]
    scorings = create_scorings(centre, seed=11)[0]
    scorings = with_triples(scorings) if has_triples else scorings
    fixed = fixed_effects(scorings)

    fit = fit_severity(scorings)

    effects, leniency, error = predict(scorings, fixed, fit.variances)
    assert fit.deviance == pytest.approx(deviance(scorings, fixed, fit.variances), rel=1e-10)
    assert fit.leniency == pytest.approx(leniency, abs=2e-6)
    assert fit.standard_error == pytest.approx(error, abs=2e-6)
    assert fit.intercept == pytest.approx(effects[0], abs=2e-6)
    if centre.has_auto:
        assert fit.lambda_ == pytest.approx(effects[-1], rel=1e-6)
    if centre.queues > 1:
        smaller = np.flatnonzero(fit.queue_effect)
        assert fit.queue_effect[smaller] == pytest.approx(effects[1 : centre.queues], abs=2e-6)


@pytest.mark.parametrize("name", CENTRES)
def test_no_other_variances_are_likelier(name):
    # An independent search over the full matrix, without our slope, from where ours ended: nothing is gained.
    centre, has_triples = CENTRES[name]
    scorings = create_scorings(replace(centre, agents=16, per_agent=4), seed=12)[0]
    scorings = with_triples(scorings) if has_triples else scorings
    scorings = replace(scorings, queue=np.zeros_like(scorings.queue))
    fixed, fit = fixed_effects(scorings), fit_severity(scorings)
    has_doubles = len(np.unique(scorings.conversation)) < len(scorings)
    begin = np.array([fit.variances.agent, fit.variances.conversation, fit.variances.inspector, fit.variances.residual])
    free = np.flatnonzero([True, has_doubles, True, True])

    def objective(logs):
        values = np.zeros(4)
        values[free] = np.exp(logs)
        return deviance(scorings, fixed, Variances(*values))

    found = optimize.minimize(
        objective, np.log(begin[free]), method="Nelder-Mead", options={"xatol": 1e-7, "fatol": 1e-9, "maxiter": 2000}
    )

    assert fit.deviance == pytest.approx(objective(np.log(begin[free])), rel=1e-10)
    assert fit.deviance <= found.fun + 1e-6


@pytest.mark.parametrize(("double", "parts"), [(0.0, ("agent", "inspector")), (0.3, ("agent", "chat", "inspector"))])
def test_statsmodels_finds_the_same_variances(double, parts):
    scorings = create_scorings(Centre(agents=24, double=double, has_auto=True), seed=5)[0]
    data = pd.DataFrame(
        {
            "score": scorings.score,
            "auto": scorings.auto,
            "agent": scorings.agent_month,
            "chat": scorings.conversation,
            "inspector": scorings.inspector,
            "centre": 0,  # crossed effects: one group, everything a variance component
        }
    )
    model = MixedLM.from_formula(
        "score ~ auto",
        data,
        groups="centre",
        re_formula="0",
        vc_formula={part: f"0 + C({part})" for part in parts},
    )

    theirs = model.fit(reml=True, method="lbfgs")
    ours = fit_severity(scorings)

    variances = dict(zip(model.exog_vc.names, theirs.vcomp, strict=True))
    assert ours.deviance == pytest.approx(-2 * theirs.llf, abs=1e-4)
    assert ours.variances.agent == pytest.approx(variances["agent"], rel=2e-3)
    assert ours.variances.inspector == pytest.approx(variances["inspector"], rel=2e-3)
    assert ours.variances.conversation == pytest.approx(variances.get("chat", 0.0), rel=2e-3)
    assert ours.variances.residual == pytest.approx(theirs.scale, rel=2e-3)
    assert ours.lambda_ == pytest.approx(theirs.fe_params["auto"], rel=1e-4)
