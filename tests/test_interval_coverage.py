"""Nominal 95 % intervals hold the truth in 93 to 97 % of audits of planted judges whose questions differ.

300 audits leave a coverage of 95 % uncertain by sqrt(.95 * .05 / 300) = 1.3 points (one standard error); the mean over
the measures of one kind, which share their audits, by a little less. The full table, from 1,000 audits of more
judges and question counts, is in docs/validity.md.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from bench.interval_coverage import JUDGES, Coverage, Size, ratio_coverage
from trustjudge_core.bootstrap import Estimate, QuestionBootstrap, Statistic

ERROR = np.sqrt(0.95 * 0.05 / 300)


@pytest.fixture(scope="module")
def covered() -> list[Coverage]:
    """Two judges, 300 audits of 40 questions each."""
    return [
        found
        for judge in ("noisy", "tying")
        for found in ratio_coverage(judge, JUDGES[judge], Size(300, 40, resamples=500), seed=1)
    ]


@pytest.mark.parametrize("interval", ["percentile", "bca"])
@pytest.mark.parametrize("kind", ["ratio", "difference", "other"])
def test_95_percent_intervals_hold_the_truth_in_93_to_97_percent_of_audits(
    covered: list[Coverage], kind: str, interval: str
) -> None:
    shares = np.array([getattr(found, interval) for found in covered if found.kind == kind])
    assert 0.93 <= shares.mean() <= 0.97
    # No single measure is further outside than chance takes it: three of its standard errors.
    assert shares.min() >= 0.93 - 3 * ERROR
    assert shares.max() <= 0.97 + 3 * ERROR


def test_every_audit_has_both_intervals(covered: list[Coverage]) -> None:
    assert {found.missing for found in covered} == {0.0}
    assert len(covered) == 2 * (9 + 8 + 2)


# A pair says less than its own: it shares its question's noise with 14 others and a response with 8. Pairs resampled as
# if they were independent (which leaves a binomial count) give intervals that are too narrow, and this check sees it.
def test_intervals_from_resampled_pairs_would_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)

    def of_pairs(self: QuestionBootstrap, tables: Sequence[np.ndarray], statistic: Statistic) -> list[Estimate]:
        found = []
        for columns in tables:
            count, total = columns.sum(axis=0)
            low, high = np.quantile(rng.binomial(total, count / total, 500) / total, [0.025, 0.975])
            found.append(Estimate(count / total, low, high, low, high, np.nan, len(columns)))
        return found

    monkeypatch.setattr(QuestionBootstrap, "estimates", of_pairs)
    for judge in ("noisy", "tying"):
        found = ratio_coverage(judge, JUDGES[judge], Size(100, 40), seed=1, kinds=["ratio"])
        assert np.mean([one.percentile for one in found]) < 0.85
