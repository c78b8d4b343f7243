"""How far people agree with each other about pairs of responses, whatever any judge says.

Every pair counts from both sides, (i, j) and (j, i), in kappa and alpha: which response is called first must not
matter. Categories are win, tie and loss, without an order. Intervals resample questions.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from trustjudge_core.agreement import kappa_estimate
from trustjudge_core.bootstrap import QuestionBootstrap, Ratio
from trustjudge_core.records import UNKNOWN, SetIndex, VerdictColumns
from trustjudge_core.votes import newest_of_each

MOST_BETWEEN: Final = 200
"""Two people each that are compared: hundreds of people are tens of thousands of couples, most with a pair or two."""


@dataclass(frozen=True, eq=False)
class Opinions:
    """Pairs that anybody decided: P pairs i < j with what each of A people says, UNKNOWN where nothing.

    ``said`` (P, A) is 1 for i, -1 for j, 0 a tie; of each person the newest verdict.
    """

    question: NDArray[np.int64]  # (P,)
    i: NDArray[np.int64]  # (P,) response numbers
    j: NDArray[np.int64]  # (P,)
    said: NDArray[np.int8]
    people: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Between:
    """Two people on the pairs that both decided: how many they agree on, and Cohen's kappa with its interval."""

    one: str
    other: str
    agree: Ratio
    kappa: float
    low: float
    high: float


@dataclass(frozen=True, eq=False)
class PeopleAgreement:
    """Agreement of everybody. ``agree``: of all couples of verdicts about the same pair, those alike.

    ``alpha``: Krippendorff's alpha, NaN without two verdicts on any pair or when all say the same. ``between`` are
    the two people each, of ``couples`` who decided the same pair, that did so most often, MOST_BETWEEN at most.
    ``disagreements`` are rows of ``opinions`` on which not all say the same, most divided first.
    """

    opinions: Opinions
    pairs_with_several: int
    agree: Ratio
    alpha: float
    alpha_low: float
    alpha_high: float
    couples: int
    between: tuple[Between, ...]
    disagreements: NDArray[np.int64]


def opinions(index: SetIndex, verdicts: VerdictColumns) -> Opinions:
    """What everybody says about every pair that was decided; verdicts that leave it open are not in it."""
    responses = len(index.response_ids)
    low, high = np.minimum(verdicts.first, verdicts.second), np.maximum(verdicts.first, verdicts.second)
    says = np.where(verdicts.first == low, verdicts.verdict, -verdicts.verdict)
    keys, place = np.unique(low * responses + high, return_inverse=True)
    newest = newest_of_each(place, verdicts.annotator, verdicts.verdict != UNKNOWN)
    said = np.full((len(keys), len(verdicts.annotators)), UNKNOWN, np.int8)
    said[place[newest], verdicts.annotator[newest]] = says[newest]
    some = (said != UNKNOWN).any(axis=1)
    i = (keys // max(1, responses))[some]
    return Opinions(index.question_of[i], i, (keys % max(1, responses))[some], said[some], verdicts.annotators)


def people_agreement(found: Opinions, bootstrap: QuestionBootstrap) -> PeopleAgreement:
    """Raw agreement, alpha and kappa of everybody, with intervals over questions."""
    couples_met = _met(found)
    votes = np.stack([(found.said == v).sum(axis=1) for v in (-1, 0, 1)], axis=1)
    several = votes.sum(axis=1) >= 2
    total = votes.sum(axis=1)
    couples, alike = total * (total - 1) // 2, (votes * (votes - 1) // 2).sum(axis=1)
    divided = np.flatnonzero((votes > 0).sum(axis=1) > 1)
    share = alike[divided] / couples[divided]
    alpha, low, high = _alpha(found, votes, bootstrap)
    return PeopleAgreement(
        opinions=found,
        pairs_with_several=int(several.sum()),
        agree=bootstrap.ratio(_by_question(found, alike, bootstrap), _by_question(found, couples, bootstrap)),
        alpha=alpha,
        alpha_low=low,
        alpha_high=high,
        couples=len(couples_met),
        between=tuple(_between(found, a, b, bootstrap) for a, b in couples_met[:MOST_BETWEEN]),
        disagreements=divided[np.argsort(share, kind="stable")],
    )


def _met(found: Opinions) -> list[tuple[int, int]]:
    """Who decided some pair that the other decided too, those with most such pairs first."""
    known = (found.said != UNKNOWN).astype(np.float64)
    together = np.triu(known.T @ known, 1)
    one, other = np.nonzero(together)
    order = np.argsort(-together[one, other], kind="stable")
    return list(zip(one[order].tolist(), other[order].tolist(), strict=True))


def _by_question(found: Opinions, counts: NDArray[np.int64], bootstrap: QuestionBootstrap) -> NDArray[np.int64]:
    sums = np.bincount(found.question, counts, bootstrap.questions)
    return np.rint(sums).astype(np.int64)


def _between(found: Opinions, a: int, b: int, bootstrap: QuestionBootstrap) -> Between:
    one, other = found.said[:, a].astype(np.int64), found.said[:, b].astype(np.int64)
    both = (one != UNKNOWN) & (other != UNKNOWN)
    kappa = kappa_estimate(found.question[both], one[both], other[both], bootstrap)
    alike = (both & (one == other)).astype(np.int64)
    return Between(
        one=found.people[a],
        other=found.people[b],
        agree=bootstrap.ratio(
            _by_question(found, alike, bootstrap), _by_question(found, both.astype(np.int64), bootstrap)
        ),
        kappa=kappa.value,
        low=kappa.low,
        high=kappa.high,
    )


def krippendorff_alpha(coincidences: NDArray[np.floating]) -> NDArray[np.float64]:
    """Nominal alpha of coincidence matrices, (..., c, c) -> (...); NaN without values or without variation.

    alpha = 1 - (n - 1) (n - sum o_cc) / (n^2 - sum n_c^2), Krippendorff 2018. Own kernel because coincidences
    add up over questions, so that thousands of resamples are one product; the value itself is evalica's.
    """
    table = np.asarray(coincidences, np.float64)
    margins = table.sum(axis=-1)
    n = margins.sum(axis=-1)
    observed = n - np.trace(table, axis1=-2, axis2=-1)
    with np.errstate(invalid="ignore", divide="ignore"):
        alpha = 1.0 - (n - 1.0) * observed / (n**2 - (margins**2).sum(axis=-1))
    return np.where(np.isfinite(alpha), alpha, np.nan)


def _alpha(found: Opinions, votes: NDArray[np.int64], bootstrap: QuestionBootstrap) -> tuple[float, float, float]:
    """Krippendorff's alpha with its interval over questions."""
    import evalica  # 1.5 s, which a page that shows no alpha should not wait for
    import pandas as pd

    several = np.flatnonzero(votes.sum(axis=1) >= 2)
    if not len(several) or (votes[several].sum(axis=0) > 0).sum() < 2:
        return float("nan"), float("nan"), float("nan")
    ratings = np.where(found.said[several] == UNKNOWN, np.nan, found.said[several].astype(np.float64)).T
    value = evalica.alpha(pd.DataFrame(np.hstack([ratings, -ratings]))).alpha
    # Each pair adds its couples of verdicts over one less than its verdicts, from both sides.
    total = votes[several].sum(axis=1)
    outer = votes[several][:, :, None] * votes[several][:, None, :] - votes[several][:, :, None] * np.eye(3)
    shares = outer / (total - 1)[:, None, None]
    tables = np.zeros((bootstrap.questions, 3, 3))
    np.add.at(tables, found.question[several], shares + shares[:, ::-1, ::-1])
    own = bootstrap.estimate(
        tables.reshape(bootstrap.questions, 9), lambda sums: krippendorff_alpha(sums.reshape(*sums.shape[:-1], 3, 3))
    )
    return float(value), own.low, own.high
