"""The condition of `audit --fail-on`: when an audit is not good enough.

    ntr_3 > 0.1
    cr > 0.3 or position_flips > 0.15
    failed > 0 and reversal >= 0.05

Each name is the worst value over all audited judges, by the default readout and aggregation at
the first tolerance.
"""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Sequence
from typing import Final

from trustjudge_core.audit import Audit
from trustjudge_core.errors import UsageError
from trustjudge_core.score_comparison import ScoreComparison

_COMPARE: Final[dict[type[ast.cmpop], Callable[[float, float], bool]]] = {
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
}

NAMES_IN_WORDS: Final = {
    "cr": "conflict ratio, scores against comparisons",
    "reversal": "share of pairs in which scores and comparisons name different winners",
    "ntr_K": "share of K-subsets with an inconsistent triple, K as audited, e.g. ntr_3",
    "tie_rate": "share of compared pairs that tie",
    "position_flips": "share of pairs whose winner changes with the order",
    "position_inconsistency": "share of pairs whose verdict changes with the order",
    "failed": "number of failed judgments",
}


def values(audits: Sequence[Audit]) -> dict[str, float]:
    """The worst value of every name over the audits; NaN where no audit has enough data."""
    found: dict[str, list[float]] = {}

    def note(name: str, value: float) -> None:
        found.setdefault(name, []).append(value)

    for audit in audits:
        tolerance = audit.settings.tolerances[0]
        scores = default_comparison(audit)
        note("cr", scores.ratio.value if scores else math.nan)
        note("reversal", scores.reversal.value if scores else math.nan)
        for k in audit.settings.ks:
            note(f"ntr_{k}", math.nan)
        note("tie_rate", math.nan)
        for entry in audit.transitivity:
            if entry.aggregation == audit.default_aggregation and entry.tolerance == tolerance:
                note(f"ntr_{entry.k}", entry.ratio.value)
                note("tie_rate", entry.tie_rate)
        note("position_flips", audit.position.hard_flips.value)
        note("position_inconsistency", 1.0 - audit.position.consistent.value)
        note("failed", float(sum(entry.count for entry in audit.ledger)))
    return {name: max((v for v in seen if not math.isnan(v)), default=math.nan) for name, seen in found.items()}


def default_comparison(audit: Audit) -> ScoreComparison | None:
    """The score comparison an audit is summed up by: expectation (else emitted) at the first tolerance."""
    for method in ("expectation", "baseline"):
        for entry in audit.score_comparison:
            if entry.method == method and entry.tolerance == audit.settings.tolerances[0]:
                return entry
    return None


class Gate:
    """A parsed condition. Raises UsageError where the text is not one."""

    def __init__(self, text: str) -> None:
        self.text = text
        try:
            self._tree = ast.parse(text.strip(), mode="eval").body
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            raise self._wrong("cannot be read") from error
        self._check(self._tree)

    def fails(self, measured: dict[str, float]) -> bool:
        """Whether the condition holds. Raises UsageError for a name without a value.

        A measure without enough data fails the gate: nobody showed that it is good enough.
        """
        return self._evaluate(self._tree, measured)

    def missing(self, measured: dict[str, float]) -> list[str]:
        """Names in the condition that were measured but have not enough data."""
        names = sorted({node.id for node in ast.walk(self._tree) if isinstance(node, ast.Name)})
        return [name for name in names if math.isnan(measured.get(name, 0.0))]

    def _wrong(self, found: str) -> UsageError:
        return UsageError(
            f"--fail-on {self.text!r} {found}; allowed: comparisons such as ntr_3 > 0.1, joined by 'and' / 'or', "
            f"of {', '.join(NAMES_IN_WORDS)}; write one of these"
        )

    def _check(self, node: ast.expr) -> None:
        if isinstance(node, ast.BoolOp):
            for part in node.values:
                self._check(part)
            return
        plain = isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in _COMPARE
        if not plain:
            raise self._wrong("is not a comparison")
        assert isinstance(node, ast.Compare)
        left, right = node.left, node.comparators[0]
        limit = isinstance(right, ast.Constant) and type(right.value) in (int, float)
        if not isinstance(left, ast.Name) or not limit:
            raise self._wrong("does not compare a name with a number")

    def _evaluate(self, node: ast.expr, measured: dict[str, float]) -> bool:
        if isinstance(node, ast.BoolOp):
            parts = [self._evaluate(part, measured) for part in node.values]
            return all(parts) if isinstance(node.op, ast.And) else any(parts)
        assert isinstance(node, ast.Compare) and isinstance(node.left, ast.Name)
        limit = node.comparators[0]
        assert isinstance(limit, ast.Constant) and isinstance(limit.value, (int, float))
        if node.left.id not in measured:
            raise self._wrong(f"names {node.left.id!r}, which was not measured ({', '.join(measured)})")
        value = measured[node.left.id]
        return True if math.isnan(value) else _COMPARE[type(node.ops[0])](value, float(limit.value))
