"""The severity model written out with its full covariance matrix: slow, and without any of our algebra."""

from __future__ import annotations

import numpy as np

from scoring.agreement.severity import Scorings, Variances


def dummies(codes):
    return (codes[:, None] == np.unique(codes)[None, :]).astype(float)


def covariance(scorings: Scorings, variances: Variances) -> np.ndarray:
    """V = σ_u² ZZ' + σ_c² CC' + σ_s² SS' + σ_e² I."""
    agents, chats, seats = (
        dummies(codes) for codes in (scorings.agent_month, scorings.conversation, scorings.inspector)
    )
    return (
        variances.agent * agents @ agents.T
        + variances.conversation * chats @ chats.T
        + variances.inspector * seats @ seats.T
        + variances.residual * np.eye(len(scorings))
    )


def deviance(scorings: Scorings, fixed: np.ndarray, variances: Variances) -> float:
    """−2 log of the restricted likelihood: log|V| + log|X'V⁻¹X| + y'Py + (R − c) log 2π (Searle et al. 1992, 6.66)."""
    matrix = covariance(scorings, variances)
    precision = np.linalg.inv(matrix)
    information = fixed.T @ precision @ fixed
    projection = precision - precision @ fixed @ np.linalg.solve(information, fixed.T @ precision)
    return (
        np.linalg.slogdet(matrix)[1]
        + np.linalg.slogdet(information)[1]
        + scorings.score @ projection @ scorings.score
        + (len(scorings) - fixed.shape[1]) * np.log(2 * np.pi)
    )


def predict(scorings: Scorings, fixed: np.ndarray, variances: Variances):
    """β̂, ŝ = σ_s² S'Py and the root of the variance of ŝ − s, σ_s² I − σ_s⁴ S'PS (Searle et al. 1992, 7.4)."""
    precision = np.linalg.inv(covariance(scorings, variances))
    information = fixed.T @ precision @ fixed
    effects = np.linalg.solve(information, fixed.T @ precision @ scorings.score)
    projection = precision - precision @ fixed @ np.linalg.solve(information, fixed.T @ precision)
    seats = dummies(scorings.inspector)
    leniency = variances.inspector * seats.T @ projection @ scorings.score
    spread = variances.inspector * np.eye(seats.shape[1])
    spread -= variances.inspector**2 * seats.T @ projection @ seats
    return effects, leniency, np.sqrt(np.diag(spread))
