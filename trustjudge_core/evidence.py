"""What one run's judgments say under a mode, before any tolerance: the ground every audit number stands on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from trustjudge_core.errors import UsageError
from trustjudge_core.preferences import MOST_COMMON, PairTable, Preferences, available, pair_table, preferences
from trustjudge_core.records import UNKNOWN, RunJudgments
from trustjudge_core.relations import relations
from trustjudge_core.scores import ScoreSheet, gap_sign, readout, rescaled, score_sheets
from trustjudge_core.settings import METHODS, Aggregation, Method, Mode

NO_CATEGORY = "no category"


@dataclass(frozen=True, eq=False)
class MethodScores:
    """Scores of all responses by one method on one sheet, in points of the reported scale, (R,) with NaN."""

    sheet: ScoreSheet
    method: Method
    scores: NDArray[np.float64]


class Evidence:
    """Score sheets, pairs and preferences of one run under one mode.

    Corrected and paper mode compare every aggregation on the pairs that all of them know, and
    every score method on the pairs that all of them know; reference mode lets each method
    drop what it cannot use, as the published code does.
    """

    def __init__(self, run: RunJudgments, mode: Mode) -> None:
        self.run = run
        self.mode: Mode = mode
        self.index = run.index
        self.question_of = run.index.question_of

    @cached_property
    def sheets(self) -> tuple[ScoreSheet, ...]:
        """Score sheets, one per criterion and scale."""
        return score_sheets(self.run.scores)

    @cached_property
    def table(self) -> PairTable:
        """Every pair the judge was asked about, both orders side by side."""
        return pair_table(self.run.pairs, self.question_of)

    @cached_property
    def preferences(self) -> dict[Aggregation, Preferences]:
        """Preferences by every aggregation that the judgments support."""
        return available(self.table, self.mode)

    @cached_property
    def default_aggregation(self) -> Aggregation:
        """Averaged probabilities where there are any, else agreement of verdicts."""
        wanted: tuple[Aggregation, ...] = ("likelihood", "baseline", "ppl")
        return next((name for name in wanted if name in self.preferences), "baseline")

    @cached_property
    def common_pairs(self) -> NDArray[np.bool_]:
        """Pairs that every supported aggregation has a preference for, (N,)."""
        common = np.ones(len(self.table), np.bool_)
        for preference in self.preferences.values():
            common &= preference.known
        return common

    def preference(self, aggregation: Aggregation) -> Preferences:
        """Preferences by that aggregation. Raises UsageError when the judgments do not support it."""
        if aggregation in self.preferences:
            return self.preferences[aggregation]
        if not self.preferences:  # nothing usable was judged: every pair is unknown, which is no error
            return preferences(self.table, aggregation, self.mode)
        allowed = ", ".join(self.preferences) or "none"
        raise UsageError(
            f"{self.run.judge} left nothing that the aggregation {aggregation!r} can use; allowed here: {allowed}; "
            "choose one of these"
        )

    def relation(self, aggregation: Aggregation, tolerance: float) -> NDArray[np.int8]:
        """Relation of every pair, (N,); UNKNOWN outside the common pairs unless the mode is reference."""
        decided = relations(self.preference(aggregation), tolerance, self.mode)
        if self.mode == "reference":
            return decided
        return np.where(self.common_pairs, decided, np.int8(UNKNOWN))

    @cached_property
    def method_scores(self) -> tuple[MethodScores, ...]:
        """Scores by every sheet and method that the judgments support."""
        found = []
        for sheet in self.sheets:
            usable: list[tuple[Method, NDArray[np.float64]]] = []
            for method in METHODS:
                if method == "expectation" and self.mode == "reference":
                    continue  # the published code has no such readout
                usable.append((method, readout(sheet, method, self.mode)))
            most = max(int(np.isfinite(score).sum()) for _, score in usable)
            for method, score in usable:
                if most and np.isfinite(score).sum() >= MOST_COMMON * most:
                    scores = np.full(len(self.question_of), np.nan)
                    scores[sheet.response] = rescaled(score, sheet.scale, self.mode)
                    found.append(MethodScores(sheet, method, scores))
        return tuple(found)

    @cached_property
    def default_scores(self) -> MethodScores | None:
        """Expected scores on the first sheet (the emitted scores in reference mode); None without scores."""
        wanted = "baseline" if self.mode == "reference" else "expectation"
        return next((m for m in self.method_scores if m.method == wanted), None)

    def scores_by(self, method: Method, sheet: ScoreSheet | None = None) -> MethodScores:
        """Scores by a method on a sheet (the first by default). Raises UsageError when there are none."""
        for scores in self.method_scores:
            if scores.method == method and sheet in (None, scores.sheet):
                return scores
        allowed = ", ".join(dict.fromkeys(m.method for m in self.method_scores)) or "none"
        raise UsageError(f"no scores by the method {method!r}; allowed here: {allowed}; choose one of these")

    def pairs_with_scores(self, scores: MethodScores) -> NDArray[np.bool_]:
        """Pairs of the table that take part in score against comparison, (N,)."""
        scored = np.ones(len(self.table), np.bool_)
        for other in self.method_scores:
            same_question = other.sheet.criterion == scores.sheet.criterion
            if other is scores or (self.mode != "reference" and same_question):
                has = np.isfinite(other.scores)
                scored &= has[self.table.i] & has[self.table.j]
        return scored

    def score_sign(self, scores: MethodScores, tolerance: float) -> NDArray[np.int8]:
        """Sign of the score gap of every pair at a tolerance, (N,); UNKNOWN where the pair takes no part."""
        gap = scores.scores[self.table.i] - scores.scores[self.table.j]
        gap = np.where(self.pairs_with_scores(scores), gap, np.nan)
        return gap_sign(gap, tolerance, self.mode)

    @cached_property
    def categories(self) -> tuple[tuple[str, ...], NDArray[np.int64]]:
        """Category names in order of appearance and the category number of every question, (Q,)."""
        names = [c if c else NO_CATEGORY for c in self.index.categories]
        order = tuple(dict.fromkeys(names))
        place = {name: number for number, name in enumerate(order)}
        return order, np.array([place[name] for name in names], np.int64)

    def per_question(self, mask: NDArray[np.bool_]) -> NDArray[np.int64]:
        """How many pairs of every question are marked, (N,) -> (Q,)."""
        return np.bincount(self.table.question[mask], minlength=len(self.index.question_ids))

    def by_category(self, *counts: NDArray[np.int64]) -> Iterator[tuple[str, tuple[int, ...]]]:
        """Sums of per-question counts (Q,) for every category, in order of appearance."""
        names, of_question = self.categories
        sums = [np.bincount(of_question, count, len(names)).astype(np.int64) for count in counts]
        for number, name in enumerate(names):
            yield name, tuple(int(total[number]) for total in sums)


def of_category(run: RunJudgments, category: str | None) -> RunJudgments:
    """The run with only the judgments and verdicts of one category; everything for None.

    Raises UsageError for a category that the set does not have.
    """
    if category is None:
        return run
    names = [c if c else NO_CATEGORY for c in run.index.categories]
    if category not in names:
        allowed = ", ".join(dict.fromkeys(names))
        raise UsageError(f"category {category!r} is not in this set; allowed: {allowed}; choose one of these")
    keep = np.array([name == category for name in names])[run.index.question_of]
    scores, pairs, verdicts = run.scores, run.pairs, run.verdicts
    s, p, v = keep[scores.response], keep[pairs.first], keep[verdicts.first]
    observed = np.diff(scores.label_offsets)
    labels = np.repeat(s, observed)
    return replace(
        run,
        scores=replace(
            scores,
            response=scores.response[s],
            sheet=scores.sheet[s],
            emitted=scores.emitted[s],
            label_values=scores.label_values[labels],
            label_probs=scores.label_probs[labels],
            label_offsets=np.concatenate([[0], np.cumsum(observed[s])]).astype(np.int64),
            failure=scores.failure[s],
            row=scores.row[s],
        ),
        pairs=replace(
            pairs,
            first=pairs.first[p],
            second=pairs.second[p],
            verdict=pairs.verdict[p],
            probs=pairs.probs[p],
            perplexity=pairs.perplexity[p],
            order_known=pairs.order_known[p],
            failure=pairs.failure[p],
            row=pairs.row[p],
        ),
        verdicts=replace(
            verdicts,
            first=verdicts.first[v],
            second=verdicts.second[v],
            verdict=verdicts.verdict[v],
            annotator=verdicts.annotator[v],
        ),
    )
