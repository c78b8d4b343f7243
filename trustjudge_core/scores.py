"""Score distributions of responses and what can be read from them.

A sheet holds the scores that one judge gave on one criterion and scale, a row per response.
Rows are ragged, so labels and probabilities are padded to the longest row with probability 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from trustjudge_core.records import UNKNOWN, ScoreColumns
from trustjudge_core.settings import Method, Mode

SOFTMAX_TEMPERATURE: Final = 0.2
PAPER_SCALE: Final = (1.0, 5.0)
WIDE_SCALE: Final = (1.0, 100.0)

# Rounding may leave a gap that is zero on paper at 1e-16; reference mode compares as published.
ROUNDING: Final = 1e-12


@dataclass(frozen=True, eq=False)
class ScoreSheet:
    """Score distributions of M responses on one criterion and scale, labels ascending in each row."""

    criterion: str
    scale: tuple[float, float]
    response: NDArray[np.int64]  # (M,) response number, ascending
    values: NDArray[np.float64]  # (M, K) labels
    probs: NDArray[np.float64]  # (M, K) renormalised, rows sum to 1 (to 0 where no label has any probability)
    raw: NDArray[np.float64]  # (M, K) as observed
    mass: NDArray[np.float64]  # (M,) probability seen on allowed labels; 1 for samples
    emitted: NDArray[np.float64]  # (M,) the number written, by the most likely label where none was kept
    judgments: NDArray[np.int64]  # (M,) usable judgments behind the row
    sampled: NDArray[np.bool_]  # (M,) some answer behind the row came without probabilities
    draws: NDArray[np.int64]  # (M,) sampled answers behind the row; 0 where a judgment gave its own probabilities
    row: NDArray[np.int64]  # (M,) id of the first judgment behind the row


def score_sheets(scores: ScoreColumns) -> tuple[ScoreSheet, ...]:
    """One sheet per criterion and scale that has at least one usable judgment."""
    sheets = []
    for number, (criterion, scale) in enumerate(scores.sheets):
        usable = np.flatnonzero((scores.sheet == number) & (scores.failure < 0))
        if usable.size:
            sheets.append(_sheet(scores, usable, criterion, scale))
    return tuple(sheets)


def _sheet(scores: ScoreColumns, usable: NDArray[np.int64], criterion: str, scale: tuple[float, float]) -> ScoreSheet:
    usable = usable[np.argsort(scores.response[usable], kind="stable")]
    response, first, judgments = np.unique(scores.response[usable], return_index=True, return_counts=True)
    row_of = np.repeat(np.arange(len(response)), judgments)

    observed = np.diff(scores.label_offsets)[usable]
    mass = np.ones(len(usable))
    with_labels = observed > 0
    judgment_of = np.repeat(np.arange(len(usable)), observed)  # (L,) position in `usable` of every observed label
    starts = np.repeat(scores.label_offsets[:-1][usable] - np.concatenate([[0], np.cumsum(observed)[:-1]]), observed)
    labels = np.arange(len(judgment_of)) + starts
    mass[with_labels] = np.bincount(judgment_of, scores.label_probs[labels], len(usable))[with_labels]

    # A judgment without probabilities is one sample: all of its probability on the number written.
    samples = np.flatnonzero(~with_labels)
    entry_judgment = np.concatenate([judgment_of, samples])
    entry_value = np.concatenate([scores.label_values[labels], scores.emitted[usable[samples]]])
    entry_raw = np.concatenate([scores.label_probs[labels], np.ones(len(samples))])
    safe_mass = np.where(mass > 0, mass, 1.0)
    entry_prob = entry_raw / safe_mass[entry_judgment]

    values, (probs, raw) = _padded(row_of[entry_judgment], entry_value, (entry_prob, entry_raw), len(response))
    # An answer whose labels have no probability at all says nothing, so it does not weaken the others.
    weight = probs.sum(axis=1, keepdims=True)
    probs, raw = probs / np.where(weight > 0, weight, 1.0), raw / judgments[:, None]
    shares = np.zeros(len(usable), np.int64) if scores.samples is None else scores.samples[usable]
    draws = np.where(with_labels, shares, 1)
    of_draws = np.bincount(row_of, draws == 0, len(response)) == 0
    mode = _mode(values, probs)
    written = scores.emitted[usable]
    asked_once = np.where(np.isnan(written[first]), mode, written[first])
    return ScoreSheet(
        criterion=criterion,
        scale=scale,
        response=response,
        values=values,
        probs=probs,
        raw=raw,
        mass=np.bincount(row_of, mass, len(response)) / judgments,
        emitted=np.where(judgments == 1, asked_once, mode),
        judgments=judgments,
        sampled=np.bincount(row_of, ~with_labels, len(response)) > 0,
        draws=np.where(of_draws, np.bincount(row_of, draws, len(response)).astype(np.int64), 0),
        row=scores.row[usable][first],
    )


def _padded(
    row: NDArray[np.int64],
    value: NDArray[np.float64],
    weights: tuple[NDArray[np.float64], ...],
    rows: int,
) -> tuple[NDArray[np.float64], list[NDArray[np.float64]]]:
    """Sum weights that share row and value and lay rows out side by side, padded: values, weights, (rows, K) each."""
    order = np.lexsort((value, row))
    row, value = row[order], value[order]
    new = np.ones(len(row), np.bool_)
    new[1:] = (row[1:] != row[:-1]) | (value[1:] != value[:-1])
    group = np.cumsum(new) - 1
    row, value = row[new], value[new]
    counts = np.bincount(row, minlength=rows)
    column = np.arange(len(row)) - np.repeat(np.cumsum(counts) - counts, counts)
    width = int(counts.max(initial=1))
    values = np.zeros((rows, width))
    values[row, column] = value
    padded = []
    for weight in weights:
        target = np.zeros((rows, width))
        target[row, column] = np.bincount(group, weight[order], len(row))
        padded.append(target)
    return values, padded


def _mode(values: NDArray[np.float64], probs: NDArray[np.float64]) -> NDArray[np.float64]:
    """Most likely label of each row, (M, K) -> (M,); the smallest of several equally likely ones."""
    return _known(probs, values[np.arange(len(values)), np.argmax(probs, axis=1)])


def _known(probs: NDArray[np.float64], readout: NDArray[np.float64]) -> NDArray[np.float64]:
    """A readout where there is a distribution to read, NaN in rows without any probability, (M, K), (M,) -> (M,)."""
    return np.where((probs > 0).any(axis=1), readout, np.nan)


def _row_products(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sum over k of a[m, k] b[m, k], (M, K) and (M, K) -> (M,)."""
    products: NDArray[np.float64] = np.einsum("mk,mk->m", a, b)
    return products


def mode(sheet: ScoreSheet) -> NDArray[np.float64]:
    """Most likely label of each response, (M,); the smallest of several equally likely ones."""
    return _mode(sheet.values, sheet.probs)


def expectation(sheet: ScoreSheet) -> NDArray[np.float64]:
    """E = sum s p over renormalised label probabilities, (M,); paper section 4.1."""
    return _known(sheet.probs, _row_products(sheet.values, sheet.probs))


def variance(sheet: ScoreSheet) -> NDArray[np.float64]:
    """Variance of each score distribution in squared scale points, (M,)."""
    centred = sheet.values - expectation(sheet)[:, None]
    return _row_products(centred**2, sheet.probs)


def median(sheet: ScoreSheet) -> NDArray[np.float64]:
    """Smallest label at which the cumulative probability reaches one half, (M,)."""
    reached = np.cumsum(sheet.probs, axis=1) >= 0.5 - ROUNDING
    return _known(sheet.probs, sheet.values[np.arange(len(sheet.values)), np.argmax(reached, axis=1)])


def entropy(sheet: ScoreSheet) -> NDArray[np.float64]:
    """H = -sum p ln p in nats, (M,)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = np.where(sheet.probs > 0, sheet.probs * np.log(sheet.probs), 0.0)
    return _known(sheet.probs, np.abs(terms.sum(axis=1)))


def entropy_share(sheet: ScoreSheet) -> NDArray[np.float64]:
    """Entropy as a share of ln K, (M,) in [0, 1]; K = the whole numbers of the scale and whatever else was given."""
    low, high = sheet.scale
    seen = np.unique(sheet.values[sheet.probs > 0])
    between = int(np.count_nonzero(seen != np.round(seen)))
    labels = np.floor(high) - np.ceil(low) + 1 + between
    share: NDArray[np.float64] = entropy(sheet) / np.log(max(2.0, float(labels)))
    return share


def standard_error(sheet: ScoreSheet) -> NDArray[np.float64]:
    """Standard error of the expectation when it comes from n > 1 sampled answers, (M,); NaN otherwise.

    The multinomial variance of the mean of n draws: sqrt(V / n) with V taken with n - 1. A judgment whose
    probabilities are shares of k answers is k draws, an emitted number without probabilities is one.
    """
    n = sheet.draws.astype(np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        error = np.sqrt(variance(sheet) / (n - 1.0))
    return np.where(n > 1, error, np.nan)


def expectation_bounds(sheet: ScoreSheet) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Lowest and highest expectation that the unseen mass allows, (M,), (M,): M E + (1 - M) s_1 .. s_K."""
    seen = sheet.mass * _row_products(sheet.values, sheet.probs)
    missing = np.clip(1.0 - sheet.mass, 0.0, 1.0)
    return seen + missing * sheet.scale[0], seen + missing * sheet.scale[1]


def g_eval(sheet: ScoreSheet) -> NDArray[np.float64]:
    """Sum of label times probability over the labels seen, not renormalised, (M,); G-Eval, arXiv 2303.16634."""
    return _row_products(sheet.values, sheet.raw)


def g_eval_renormalised(sheet: ScoreSheet) -> NDArray[np.float64]:
    """G-Eval over the probability that was seen, (M,); NaN where none was.

    Of a response judged once this is its expectation. Of one judged more often it weighs judgments by
    their mass, where the expectation weighs them equally.
    """
    seen = sheet.raw.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(seen > 0, g_eval(sheet) / seen, np.nan)


def softmax_weighted(sheet: ScoreSheet) -> NDArray[np.float64]:
    """The published code's score at temperature 0.2, (M,); NaN where no label has 0 < p < 1.

    Weights proportional to exp(logit / 0.2) with logit = ln((p + 1e-8) / (1 - p + 1e-8)).
    """
    inside = (sheet.raw > 0) & (sheet.raw < 1)
    p = np.where(inside, sheet.raw, 0.5)
    logit = np.log((p + 1e-8) / (1.0 - p + 1e-8)) / SOFTMAX_TEMPERATURE
    logit = np.where(inside, logit, -np.inf)
    any_inside = inside.any(axis=1)
    highest = np.where(any_inside, logit.max(axis=1), 0.0)
    weight = np.exp(logit - highest[:, None])
    with np.errstate(invalid="ignore"):
        score = _row_products(sheet.values, weight) / weight.sum(axis=1)
    return np.where(any_inside, score, np.nan)


def readout(sheet: ScoreSheet, method: Method, mode: Mode) -> NDArray[np.float64]:
    """Score of each response by a method, in points of the judged scale, (M,); NaN where the method cannot say.

    G-Eval and the softmax weighting need probabilities; on samples they are NaN.
    """
    if method == "baseline":
        return sheet.emitted
    if method == "expectation":
        return expectation(sheet)
    if method == "geval":
        # The published code gives 0 where no label was seen.
        silent = sheet.sampled if mode == "reference" else sheet.sampled | (sheet.mass == 0)
        return np.where(silent, np.nan, g_eval(sheet))
    score = np.where(sheet.sampled, np.nan, softmax_weighted(sheet))
    # The published code gives 0.0 where no label is strictly between 0 and 1.
    return np.where(np.isnan(score) & ~sheet.sampled, 0.0, score) if mode == "reference" else score


def reported_scale(scale: tuple[float, float], mode: Mode) -> tuple[float, float]:
    """Scale on which scores are reported and compared: 1-100 becomes 1-5 except in reference mode."""
    return PAPER_SCALE if mode != "reference" and scale == WIDE_SCALE else scale


def rescaled(score: NDArray[np.float64], scale: tuple[float, float], mode: Mode) -> NDArray[np.float64]:
    """Scores in points of `reported_scale`, (M,) -> (M,).

    Corrected: affine, s = a + (e - a')(b - a)/(b' - a'). Paper: the factor b / b' as printed,
    which maps 1..100 to 0.05..5. Reference: unchanged.
    """
    a, b = reported_scale(scale, mode)
    low, high = scale
    if (a, b) == scale:
        return score
    return score * (b / high) if mode == "paper" else a + (score - low) * (b - a) / (high - low)


def gap_sign(gap: NDArray[np.float64], tolerance: float, mode: Mode) -> NDArray[np.int8]:
    """Sign of score gaps at a tolerance, (N,) -> (N,) in {-1, 0, 1}, UNKNOWN for NaN.

    Corrected and paper: a tie when |gap| <= tolerance; reference: when |gap| < tolerance.
    """
    size = np.abs(gap)
    tie = size < tolerance if mode == "reference" else size <= tolerance + ROUNDING
    with np.errstate(invalid="ignore"):
        sign = np.where(tie, 0, np.nan_to_num(np.sign(gap))).astype(np.int8)
    return np.where(np.isnan(gap), np.int8(UNKNOWN), sign)
