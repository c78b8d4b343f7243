"""Bradley-Terry strengths with ties of many tables at once: resampled leaderboards, all questions of a run.

The likelihood of davidson.py, maximised by Newton's method with halved steps on all tables side by
side; 2,000 resamples of 20 systems take about as long as a handful of single fits. Written in the
array API standard: the library follows from the arguments, so the same source runs on NumPy and on torch.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from array_api_compat import array_namespace
from numpy.typing import NDArray

from trustjudge_core.davidson import NO_TIES
from trustjudge_core.ranking import all_reach_all, has_cycle

EXACT: Final = 1e-9
FOR_INTERVALS: Final = 1e-6
"""Strengths are then right to about five digits, far more than the ends of a resampled interval are."""

_MOST_STEPS: Final = 60
_SURE_STEP: Final = 0.5  # shorter steps along these curves, whose third derivatives are below the second, always gain
_MOST_HALVINGS: Final = 30
_IN_CACHE: Final = 50_000  # entries of the largest arrays, so that a processor need not fetch them again for every step
_AT_ONCE: Final = 2_000_000  # the same on a GPU, which has to be kept busy

Tables = NDArray[np.float64]


def davidson_many(
    wins: Tables, ties: Tables, start: NDArray[np.float64] | None = None, tolerance: float = EXACT
) -> NDArray[np.float64]:
    """Log-strengths, mean 0, of B tables, (B, n, n), (B, n, n) -> (B, n); NaN where no finite maximum exists.

    ``wins[b, i, j]`` counts, or weighs, wins of i over j; ``ties`` is symmetric. ``start`` (n,) is a guess.
    ``tolerance`` is how far points won may be from points expected, as a share of all comparisons.
    """
    xp = array_namespace(wins)
    tables, n, _ = wins.shape
    found: NDArray[np.float64] = xp.full((tables, n), xp.nan, dtype=xp.float64, device=wins.device)
    if n < 2:
        return found
    solvable = xp.nonzero(has_maximum(wins, ties))[0]
    step = max(1, (_IN_CACHE if isinstance(wins, np.ndarray) else _AT_ONCE) // (n * n))
    for begin in range(0, solvable.shape[0], step):
        some = solvable[begin : begin + step]
        found[some] = _newton(xp, wins[some], ties[some], start, tolerance)
    return found


def has_maximum(wins: Tables, ties: Tables) -> NDArray[np.bool_]:
    """Whether a finite maximum exists, (B, n, n), (B, n, n) -> (B,).

    It does if a path of wins and ties leads from everyone to everyone and ties are bounded, as they
    are where wins alone lead in a circle, or where nobody ties.
    """
    xp = array_namespace(wins)
    possible = all_reach_all((wins > 0) | (ties > 0))
    # A cycle of wins alone bounds ties by itself, and most tables have one.
    open_ended = xp.nonzero(possible & xp.any(ties > 0, axis=(1, 2)) & ~has_cycle(wins > 0))[0]
    if open_ended.shape[0]:
        possible[open_ended] = _ties_are_bounded(xp, wins[open_ended], ties[open_ended])
    return possible


def _ties_are_bounded(xp: Any, wins: Any, ties: Any) -> Any:
    """davidson.ties_are_bounded of many tables, (B, n, n), (B, n, n) -> (B,): does relaxation still lower anything?"""
    # x[j] <= x[i] + bound[i, j]
    one = xp.ones_like(wins)
    bound = xp.where(wins > 0, -one, xp.where(ties > 0, one, xp.inf * one))
    x = xp.zeros(wins.shape[:2], dtype=xp.float64, device=wins.device)
    lowering = xp.ones(wins.shape[0], dtype=xp.bool, device=wins.device)
    for _ in range(wins.shape[1]):
        lowered = xp.minimum(x, xp.min(x[:, :, None] + bound, axis=1))
        lowering = xp.any(lowered != x, axis=1)
        x = lowered
        if not xp.any(lowering):
            break
    return lowering


def _newton(xp: Any, wins: Any, ties: Any, start: NDArray[np.float64] | None, tolerance: float) -> Any:
    tables, n, _ = wins.shape
    tied = xp.any(ties > 0, axis=(1, 2))
    x = xp.zeros((tables, n + 1), dtype=xp.float64, device=wins.device)
    if start is not None:
        x[:, :n] = start - xp.mean(start)
    x[:, n] = xp.where(tied, x[:, n], xp.full_like(x[:, n], NO_TIES))
    points = wins + ties / 2.0
    enough = tolerance * xp.clip(xp.sum(points, axis=(1, 2)), min=1.0)
    active, own = xp.arange(tables, device=wins.device), (points, ties, tied)
    for _ in range(_MOST_STEPS):
        gradient, curvature = _derivatives(xp, x[active], *own)
        going = xp.nonzero(xp.max(xp.abs(gradient), axis=1) > enough[active])[0]
        if going.shape[0] < active.shape[0]:
            active, gradient, curvature = active[going], gradient[going], curvature[going]
            own = (points[active], ties[active], tied[active])
        if not active.shape[0]:
            break
        step = xp.linalg.solve(curvature, -gradient[:, :, None])[:, :, 0]
        x[active] = _shortened(xp, x[active], step, *own[:2])
    x[active] = xp.nan
    strength = x[:, :n]
    return strength - xp.mean(strength, axis=1, keepdims=True)


def _shortened(xp: Any, x: Any, step: Any, points: Any, ties: Any) -> Any:
    """A step that lowers the loss of every table, halved where the whole one does not."""
    if xp.max(xp.abs(step)) < _SURE_STEP:
        return x + step
    size = xp.ones((x.shape[0], 1), dtype=xp.float64, device=x.device)
    loss = _loss(xp, x, points, ties)
    enough = loss + 1e-12 * xp.abs(loss)
    for _ in range(_MOST_HALVINGS):
        # A step that leads out of what numbers can hold gives NaN, which is no gain either.
        worse = ~(_loss(xp, x + size * step, points, ties) <= enough)
        if not xp.any(worse):
            break
        size = xp.where(worse[:, None], size / 2.0, size)
    return x + size * step


def _odds(xp: Any, x: Any) -> tuple[Any, Any, Any, Any]:
    """Half the gap h between strengths, |h|, exp(-|h|) and the odds of a tie times that, (B, n, n) each.

    With strengths taken from the mean of both, the odds are exp(h), exp(-h) and nu = exp(eta). Over exp(|h|), so that
    no gap overflows, they are 1 and s^2, or s^2 and 1, and nu s with s = exp(-|h|), and add up to 1 + s (s + nu).
    """
    strength, eta = x[:, :-1], x[:, -1][:, None, None]
    half = (strength[:, :, None] - strength[:, None, :]) / 2.0
    size = xp.abs(half)
    small = xp.exp(-size)
    # Without ties eta is NO_TIES, and its odds are nothing.
    return half, size, small, xp.exp(eta) * small


def _loss(xp: Any, x: Any, points: Any, ties: Any) -> Any:
    """Negative log-likelihood, (B,), of points: wins, and half of the ties.

    A win costs ln(total) - h, a tie ln(total) - eta; of both halves of a tie the h cancel.
    """
    half, size, small, tie = _odds(xp, x)
    total = size + xp.log1p(small * small + tie)
    return xp.sum(points * (total - half), axis=(1, 2)) - x[:, -1] * xp.sum(ties, axis=(1, 2)) / 2.0


def _derivatives(xp: Any, x: Any, points: Any, ties: Any, tied: Any) -> tuple[Any, Any]:
    """Gradient (B, n+1) and curvature (B, n+1, n+1) of the loss, made regular in what the data leave open."""
    tables, n, _ = points.shape
    half, _, small, tie = _odds(xp, x)
    square = small * small
    total = 1.0 + square + tie
    p_win, p_tie = xp.where(half > 0.0, xp.ones_like(square), square) / total, tie / total
    compared = points + xp.matrix_transpose(points)
    share = p_win + p_tie / 2.0  # expected points of the row entry
    weight = xp.astype(tied, xp.float64)
    gradient = xp.zeros_like(x)
    gradient[:, :n] = xp.sum(compared * share - points, axis=2)
    expected_ties = compared * p_tie
    gradient[:, n] = xp.sum(expected_ties - ties, axis=(1, 2)) / 2.0 * weight
    spread = compared * (p_win + p_tie / 4.0 - share**2)
    degree = xp.sum(spread, axis=2)
    curvature = xp.zeros((tables, n + 1, n + 1), dtype=xp.float64, device=points.device)
    # Only differences matter: the constant added to every entry holds the mean.
    held = xp.sum(degree, axis=1)[:, None, None] / n**2
    curvature[:, :n, :n] = held - spread + degree[:, :, None] * xp.eye(n, dtype=xp.float64, device=points.device)
    cross = xp.sum(expected_ties * (0.5 - share), axis=2) * weight[:, None]
    curvature[:, :n, n] = cross
    curvature[:, n, :n] = cross
    of_ties = xp.sum(expected_ties * (1.0 - p_tie), axis=(1, 2)) / 2.0
    curvature[:, n, n] = xp.where(tied, of_ties, xp.ones_like(of_ties))
    return gradient, curvature
