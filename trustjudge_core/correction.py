"""Verdicts in place of preferences: the same evidence with people's word where they gave it.

Nothing of the judge's is changed or stored: a correction is computed from the judgments and the verdicts
that stand, so that without its verdict a pair is exactly what the judge says again.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from trustjudge_core.errors import UsageError
from trustjudge_core.evidence import Evidence
from trustjudge_core.preferences import Preferences, likeliest
from trustjudge_core.records import UNKNOWN
from trustjudge_core.relations import relations
from trustjudge_core.settings import Aggregation
from trustjudge_core.votes import majority

DECIDES: Final = 1.0
"""Weight of a verdict that leaves nothing to the judge."""


class CorrectedEvidence(Evidence):
    """Evidence in which people's verdicts count with a weight.

    Where people decided, the preference is (1 - weight) * the judge's + weight * the share of people who
    said each; alone where the judge gave none. At weight 1 the relation is what most people said, a
    split being a tie, and no tolerance applies; below, the relation follows from the mixed
    preference as for any other. Pairs without a verdict are the judge's, number for number.
    """

    def __init__(self, evidence: Evidence, votes: NDArray[np.int64], weight: float = DECIDES) -> None:
        """``votes`` (N, 3) as `votes.count_votes` gives them. Raises UsageError for a weight outside 0 to 1."""
        if not 0.0 <= weight <= 1.0:
            raise UsageError(f"weight {weight:g} of a verdict cannot be used; allowed: 0 to 1; for example 1 (decides)")
        super().__init__(evidence.run, evidence.mode)
        # What the judge said is the same object in both, computed once whichever needs it first.
        for name in ("sheets", "table", "preferences", "common_pairs", "method_scores", "default_scores", "categories"):
            self.__dict__[name] = getattr(evidence, name)
        self.votes = votes
        self.weight = weight
        # At weight 0 nobody is listened to.
        self.decided: NDArray[np.bool_] = (votes.sum(axis=1) > 0) & (weight > 0.0)
        self._mixed: dict[Aggregation, Preferences] = {}

    def preference(self, aggregation: Aggregation) -> Preferences:
        """Preferences by that aggregation, with people's word in them. Raises UsageError as for the judge's own."""
        if aggregation not in self._mixed:
            self._mixed[aggregation] = self._mix(super().preference(aggregation))
        return self._mixed[aggregation]

    def relation(self, aggregation: Aggregation, tolerance: float) -> NDArray[np.int8]:
        """Relation of every pair, (N,)."""
        judged = super().relation(aggregation, tolerance)
        if self.weight == DECIDES:
            said = majority(self.votes)
        else:
            said = relations(self.preference(aggregation), tolerance, self.mode)
        return np.where(self.decided, said, judged)

    def _mix(self, judged: Preferences) -> Preferences:
        where = self.decided
        people = self.votes[where][:, [2, 0, 1]].astype(np.float64)  # i, j, tie, as preferences have them
        people /= people.sum(axis=1, keepdims=True)
        before = judged.probs[where]
        # Perplexity has no probabilities; its choice is as good as a probability of one.
        bare = np.isnan(before).any(axis=1) & (judged.choice[where] != UNKNOWN)
        before[bare] = judged.choice[where][bare, None] == np.array([1, -1, 0])
        total = before.sum(axis=1, keepdims=True)  # the other modes do not normalise; their unit is kept
        silent = np.isnan(total)
        scaled = people * np.where(silent, 1.0, total)
        mixed = np.where(silent, scaled, (1.0 - self.weight) * before + self.weight * scaled)
        probs, choice, lead = judged.probs.copy(), judged.choice.copy(), judged.lead.copy()
        probs[where] = mixed
        choice[where] = likeliest(mixed) if self.weight < DECIDES else majority(self.votes[where])
        lead[where] = self._lead(judged, mixed, choice)
        return Preferences(judged.aggregation, probs, choice, lead)

    def _lead(self, judged: Preferences, mixed: NDArray[np.float64], choice: NDArray[np.int8]) -> NDArray[np.float64]:
        """How far the choice of each decided pair is ahead, in the unit of the aggregation's tolerance."""
        if judged.aggregation == "ppl":  # a gap of perplexities; where people turned the choice, none is close
            same = choice[self.decided] == judged.choice[self.decided]
            return np.where(same, judged.lead[self.decided], np.inf)
        ranked = np.sort(mixed, axis=1)
        lead: NDArray[np.float64] = ranked[:, 2] - ranked[:, 1]
        return lead / 2.0 if judged.aggregation == "likelihood" and self.mode == "reference" else lead
