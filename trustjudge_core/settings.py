"""The choices an audit is made under."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, Literal, get_args

from trustjudge_core.errors import UsageError

Mode = Literal["corrected", "paper", "reference"]
Method = Literal["baseline", "geval", "softmax_weighted", "expectation"]
Aggregation = Literal["baseline", "ppl", "likelihood"]

MODES: Final[tuple[Mode, ...]] = get_args(Mode)
METHODS: Final[tuple[Method, ...]] = get_args(Method)
AGGREGATIONS: Final[tuple[Aggregation, ...]] = get_args(Aggregation)

MODE_IN_WORDS: Final[dict[Mode, str]] = {
    "corrected": "Corrected: renormalised probabilities, both orders averaged, every method on the same pairs",
    "paper": "Paper: the formulas of arXiv 2509.21117 as printed",
    "reference": "Reference: the published code, number for number",
}

AGGREGATION_IN_WORDS: Final[dict[Aggregation, str]] = {
    "likelihood": "averaged probabilities",
    "ppl": "lower perplexity",
    "baseline": "agreement of verdicts",
}

METHOD_IN_WORDS: Final[dict[Method, str]] = {
    "baseline": "emitted score",
    "geval": "G-Eval, raw sum",
    "softmax_weighted": "softmax at T = 0.2",
    "expectation": "expected score",
}

LOW_MASS: Final = 0.9
"""A score distribution with less probability than this on its labels is flagged."""


SOLVER_SECONDS: Final = 2.0
"""How long the solver may work on one question by default."""

SOLVER_BUDGET: Final = 60.0
"""How long the solver may work on all questions of a judge by default."""


@dataclass(frozen=True, slots=True)
class AuditSettings:
    """Mode, tolerances and chain lengths of one audit.

    A tolerance is how close still counts as a tie: scale points for score gaps, probability for
    preferences. The solver of fewest edits and Kemeny orders may take ``solver_seconds`` for one
    question and ``solver_budget`` seconds for a whole judge. Raises UsageError for a value outside what is allowed.
    """

    mode: Mode = "corrected"
    tolerances: tuple[float, ...] = (0.0,)
    ks: tuple[int, ...] = (3, 4, 5)
    resamples: int = 2000
    seed: int = 0
    solver_seconds: float = SOLVER_SECONDS
    solver_budget: float = SOLVER_BUDGET

    def __post_init__(self) -> None:
        if self.mode not in MODES:
            raise UsageError(f"mode {self.mode!r} does not exist; allowed: {', '.join(MODES)}; choose one of them")
        if not self.tolerances or any(not math.isfinite(t) or t < 0 for t in self.tolerances):
            raise UsageError(
                f"tolerance {', '.join(map(str, self.tolerances)) or 'missing'} cannot be used; "
                "allowed: one or more numbers >= 0; for example --tolerance 0 0.05"
            )
        if not self.ks or any(k < 3 for k in self.ks):
            raise UsageError(
                f"k {', '.join(map(str, self.ks)) or 'missing'} cannot be used; allowed: whole numbers >= 3; "
                "for example --k 3,4,5"
            )
        for name in ("solver_seconds", "solver_budget"):
            seconds = getattr(self, name)
            if not math.isfinite(seconds) or seconds < 0:
                raise UsageError(
                    f"{name} {seconds} cannot be used; allowed: seconds >= 0; for example {SOLVER_SECONDS:g}"
                )
