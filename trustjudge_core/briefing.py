"""An audit for someone who has a minute: a few sentences made from its numbers, and what to do next."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from trustjudge_core.audit import Audit, Transitivity
from trustjudge_core.gate import default_comparison
from trustjudge_core.settings import Aggregation

NEARLY_ALL: Final = 0.9
MOSTLY: Final = 0.6


def _percent(value: float) -> str:
    return f"{100 * value:.1f} %"


def triples_of(audit: Audit, aggregation: Aggregation) -> Transitivity | None:
    """NTR_3 by that aggregation at the first tolerance; None when it was not computed."""
    for entry in audit.transitivity:
        if entry.aggregation == aggregation and entry.k == 3 and entry.tolerance == audit.settings.tolerances[0]:
            return entry
    return None


def briefing(audit: Audit, aggregation: Aggregation) -> str:
    """How far this judge can be trusted, in two to four sentences. Plain text."""
    sentences = [*_on_triples(audit, aggregation), *_on_position(audit), *_on_scores(audit)]
    if not sentences:
        return f"There is not enough data to say how far {audit.judge} can be trusted."
    return " ".join(sentences)


def _on_triples(audit: Audit, aggregation: Aggregation) -> list[str]:
    found = triples_of(audit, aggregation)
    if found is None or not found.ratio.total:
        return []
    if not found.ratio.count:
        said = f"{audit.judge} contradicts itself on none of {found.ratio.total:,} triples."
        ties = f" It says tie on {_percent(found.tie_rate)} of pairs, and who always ties never contradicts itself."
        return [said + (ties if found.tie_rate > 0.5 else "")]
    cycles = found.kinds["strict_cycle"]
    with_ties = 1 - cycles / found.ratio.count
    share = (
        "all are" if not cycles else "nearly all are" if with_ties >= NEARLY_ALL
        else "most are" if with_ties >= MOSTLY else "some are"
    )  # fmt: skip
    strict = {0: "none is a strict cycle", 1: "one is a strict cycle"}.get(cycles, f"{cycles:,} are strict cycles")
    ties = f"{share} ties that do not add up, {strict}" if cycles < found.ratio.count else "all are strict cycles"
    return [f"{audit.judge} gives contradicting answers on {_percent(found.ratio.value)} of triples; {ties}."]


def _on_position(audit: Audit) -> list[str]:
    position = audit.position
    if not audit.inputs.both_orders:
        return (
            ["Every pair was judged in one order only, so position cannot be measured."] if audit.inputs.pairs else []
        )
    if not position.pairs:
        return []
    flips = position.hard_flips
    if not flips.count:
        return ["When the order of two answers is swapped it never changes its winner."]
    toward, where = max((position.hard_first, "first"), (position.hard_second, "second"))
    return [
        f"When the order of two answers is swapped it changes its winner in {_percent(flips.value)} of pairs, "
        f"{100 * toward / flips.count:.0f} % of those towards the {where} shown."
    ]


def _on_scores(audit: Audit) -> list[str]:
    scores = default_comparison(audit)
    if scores is None or not scores.ratio.total:
        return []
    of_decided = scores.reversal.count / scores.both_decide if scores.both_decide else math.nan
    tail = "" if math.isnan(of_decided) else f", which is {_percent(of_decided)} of the pairs that both decide"
    return [
        f"Its scores and its comparisons disagree on {_percent(scores.ratio.value)} of pairs; "
        f"in {_percent(scores.reversal.value)} they name different winners{tail}."
    ]


@dataclass(frozen=True, slots=True)
class Step:
    """Something worth doing next: what, and the page and kind that open it."""

    words: str
    page: str
    kind: str | None = None


def next_steps(audit: Audit, aggregation: Aggregation) -> list[Step]:
    """What the numbers suggest to do next, the most telling first; each is a door with a number on it."""
    steps = []
    found = triples_of(audit, aggregation)
    if found and found.kinds["strict_cycle"]:
        count = found.kinds["strict_cycle"]
        steps.append(Step(f"Open {count:,} strict cycle{'s' if count > 1 else ''}", "inconsistencies", "strict_cycle"))
    scores = default_comparison(audit)
    if scores and scores.reversal.count:
        steps.append(Step(f"Read {scores.reversal.count:,} pairs where scores and comparisons name different winners",
                          "inconsistencies", "reversal"))  # fmt: skip
    better = _better_aggregation(audit, aggregation)
    if better:
        steps.append(better)
    failed = sum(entry.count for entry in audit.ledger)
    if failed:
        steps.append(Step(f"{failed:,} judgments failed: see the reasons", "runs"))
    if found and found.tie_rate > 0.5:
        steps.append(Step(f"{_percent(found.tie_rate)} of pairs tie: look at the preferences", "preferences"))
    return steps


def _better_aggregation(audit: Audit, aggregation: Aggregation) -> Step | None:
    """An aggregation with fewer inconsistent triples whose interval parts from the current one."""
    current = triples_of(audit, aggregation)
    if current is None or math.isnan(current.ratio.low):
        return None
    rivals = [t for t in audit.transitivity if t.k == 3 and t.tolerance == current.tolerance and t is not current]
    for rival in sorted(rivals, key=lambda t: t.ratio.value):
        if rival.ratio.high < current.ratio.low:
            name = {"likelihood": "averaged probabilities", "baseline": "agreement of verdicts"}.get(
                rival.aggregation, "the likelier order"
            )
            return Step(
                f"Preferences by {name}: inconsistent triples {_percent(current.ratio.value)} → "
                f"{_percent(rival.ratio.value)}, tie rate {_percent(current.tie_rate)} → {_percent(rival.tie_rate)}",
                "preferences",
            )
    return None
