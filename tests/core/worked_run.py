"""A run small enough to be audited by hand; the numbers are derived in test_audit.py.

p (category X): a > b > c > a, both orders agreeing.
r (category Y): a > b; b = c; a against c flips, the first shown wins both times.
s (category Y): a against b judged in one order, the other failed; the score of b failed.
"""

from __future__ import annotations

from tests.core.small_runs import both_orders, decided, pair, run_of, score
from trustjudge_core.records import RunJudgments


def worked_run() -> RunJudgments:
    """Samples as scores, verdicts as comparisons, one annotator on p."""
    scores = {"p": (5, 4, 3), "r": (4, 4, 2)}
    return run_of(
        {"p": "abc", "r": "abc", "s": "ab"},
        categories={"p": "X", "r": "Y", "s": "Y"},
        scores=[
            *(score(r, s, question=q) for q, row in scores.items() for r, s in zip("abc", row, strict=True)),
            score("a", 3, question="s"),
            score("b", failure="refused", question="s"),
        ],
        pairs=[
            *both_orders("a", "b", "first", question="p"),
            *both_orders("b", "c", "first", question="p"),
            *both_orders("c", "a", "first", question="p"),
            *both_orders("a", "b", "first", question="r"),
            *both_orders("b", "c", "tie", question="r"),
            pair("a", "c", "first", question="r"),
            pair("c", "a", "first", question="r"),
            pair("a", "b", "first", question="s"),
            pair("b", "a", failure="unparsed", question="s"),
        ],
        verdicts=[decided("a", "b", "first", question="p"), decided("a", "c", "first", question="p")],
    )
