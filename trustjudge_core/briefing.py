"""An audit for someone who has a minute: a few sentences made from its numbers, and what to do next."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from trustjudge_core.audit import Audit
from trustjudge_core.bootstrap import Ratio
from trustjudge_core.causes import CAUSES
from trustjudge_core.estimate import duration
from trustjudge_core.gate import default_comparison
from trustjudge_core.settings import Aggregation
from trustjudge_core.settling import Settling
from trustjudge_core.transitivity import Transitivity

NEARLY_ALL: Final = 0.9
MOSTLY: Final = 0.6
MANY_TIES: Final = 0.5

_BY: Final[dict[Aggregation, str]] = {
    "likelihood": "averaged probabilities",
    "ppl": "the likelier order",
    "baseline": "agreement of verdicts",
}

_COME: Final = {
    "missing_judgment": "from judgments that are missing",
    "leaked_mass": "from probability that leaked off the allowed labels",
    "order_flip": "from the order in which the two were shown",
    "near_tie": "from near ties",
}


_NO_EXCUSE: Final = "neither a missing judgment, leaked probability, the shown order nor a near tie explains that."
_ONE_ORDER: Final = (
    "no missing judgment and no leaked probability explains that; what the shown order did is not known."
)


def _percent(value: float) -> str:
    return f"{100 * value:z.1f} %"


def _sure(ratio: Ratio, named: str = "") -> str:
    """The interval in brackets, or nothing where there is none."""
    if math.isnan(ratio.low) or math.isnan(ratio.high):
        return ""
    return f" ({named}{100 * ratio.low:z.1f} to {100 * ratio.high:z.1f})"


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def triples_of(audit: Audit, aggregation: Aggregation) -> Transitivity | None:
    """NTR_3 by that aggregation at the first tolerance; None when it was not computed."""
    for entry in audit.transitivity:
        if entry.aggregation == aggregation and entry.k == 3 and entry.tolerance == audit.settings.tolerances[0]:
            return entry
    return None


def briefing(audit: Audit, aggregation: Aggregation) -> str:
    """How far this judge can be trusted, in one to four sentences. Plain text."""
    return " ".join(statements(audit, aggregation))


def statements(audit: Audit, aggregation: Aggregation) -> list[str]:
    """The briefing apart: on triples, on the shown order, on scores; what cannot be said is left out."""
    sentences: list[str] = []
    for sentence in (_on_triples(audit, aggregation), _on_position(audit), _on_scores(audit)):
        if sentence:
            # The first sentence names the judge; the others say "it".
            its, it = ("its", "it") if sentences else (f"{audit.judge}'s", audit.judge)
            text = sentence.replace("{its}", its).replace("{it}", it)
            named_first = not sentences and sentence.startswith("{it")
            sentences.append(text if named_first else text[0].upper() + text[1:])
    return sentences or [_nothing_compared(audit)]


def has_intervals(audit: Audit, aggregation: Aggregation) -> bool:
    """Whether any statement says how sure it is."""
    triples, scores = triples_of(audit, aggregation), default_comparison(audit)
    found = [audit.position.hard_flips, *(entry.ratio for entry in (triples, scores) if entry is not None)]
    return any(_sure(ratio) for ratio in found)


def _nothing_compared(audit: Audit) -> str:
    failed = sum(entry.count for entry in audit.ledger if entry.kind == "score")
    usable = audit.inputs.score_judgments - failed
    if audit.inputs.pairs or not usable:
        return f"There is not enough data to say how far {audit.judge} can be trusted."
    return (
        f"{audit.judge} gave {_counted(usable, 'usable score')} and compared no two answers, so whether it contradicts "
        "itself cannot be measured."
    )


def why(triples: Mapping[str, int], aggregation: Aggregation, *, both_orders: bool = True) -> str:
    """One sentence on what the contradicting triples come from, by counts of CAUSES; empty without any. Plain text.

    ``both_orders``: without them nobody can know what the shown order did, and firm says less.
    """
    total, firm = sum(triples.values()), triples[CAUSES[-1]]
    if not total:
        return ""
    if firm == total:
        subject = "It is" if total == 1 else f"All {total:,} contradicting triples are"
        return f"{subject} firm: " + (_NO_EXCUSE if both_orders else _ONE_ORDER)
    if total == 1:
        return f"It comes {_come(next(cause for cause in CAUSES if triples[cause]), aggregation)}."
    parts = [
        f"{_percent(triples[cause] / total)} {_come(cause, aggregation)}"
        for cause in sorted(_COME, key=lambda cause: -triples[cause])
        if triples[cause]
    ]
    parts[:1] = [part.replace(" % ", " % come ", 1) for part in parts[:1]]
    if firm:
        parts.append(f"{_percent(firm / total)} are firm: nothing of the kind explains them")
    said = ", ".join(parts)
    return f"Of the {total:,} contradicting triples {said}."


def _come(cause: str, aggregation: Aggregation) -> str:
    ties = cause == "order_flip" and aggregation == "baseline"
    return _COME[cause] + (" (a verdict that changes with it counts as a tie)" if ties else "")


def _on_triples(audit: Audit, aggregation: Aggregation) -> str:
    found = triples_of(audit, aggregation)
    if found is None or not found.ratio.total:
        return ""
    if not found.ratio.count:
        said = f"{{it}} contradicts itself on none of {_counted(found.ratio.total, 'triple')}."
        if found.tie_rate > MANY_TIES:
            said += (
                f" It says tie on {_percent(found.tie_rate)} of pairs, and who always ties never contradicts itself."
            )
        return said
    total, cycles = found.ratio.count, found.kinds["strict_cycle"]
    strict = {0: "none is a strict cycle", 1: "one is a strict cycle"}.get(cycles, f"{cycles:,} are strict cycles")
    if total == 1:
        what = "the only one is a strict cycle" if cycles else "the only one is a tie that does not add up"
    elif cycles == total:
        what = "all are strict cycles"
    elif not cycles:
        what = "all are ties that do not add up, none is a strict cycle"
    else:
        with_ties = 1 - cycles / total
        share = "nearly all" if with_ties >= NEARLY_ALL else "most" if with_ties >= MOSTLY else "some"
        what = f"{share} are ties that do not add up, {strict}"
    sure = _sure(found.ratio, "95 % interval ")
    return f"{{it}} gives contradicting answers on {_percent(found.ratio.value)} of triples{sure}; {what}."


def _on_position(audit: Audit) -> str:
    position = audit.position
    if position.order_unknown and not audit.inputs.both_orders:
        return "the files do not say which answer {it} was shown first, so position cannot be measured."
    if audit.inputs.pairs and not audit.inputs.both_orders:
        return "{it} was asked about every pair in one order only, so position cannot be measured."
    if not position.pairs:
        return ""
    flips = position.hard_flips
    if not flips.count:
        return "when the order of two answers is swapped {it} never changes its winner."
    toward, where = max((position.hard_first, "first"), (position.hard_second, "second"))
    return (
        f"when the order of two answers is swapped {{it}} changes its winner in {_percent(flips.value)} of pairs"
        f"{_sure(flips)}, {100 * toward / flips.count:z.0f} % of those towards the {where} shown."
    )


def _on_scores(audit: Audit) -> str:
    scores = default_comparison(audit)
    if scores is None or not scores.ratio.total:
        return ""
    tail = ""
    if scores.both_decide:
        tail = f" ({_percent(scores.reversal.count / scores.both_decide)} of the pairs that both decide)"
    return (
        f"{{its}} scores and comparisons disagree on {_percent(scores.ratio.value)} of pairs{_sure(scores.ratio)}; "
        f"they name different winners in {_percent(scores.reversal.value)}{tail}."
    )


@dataclass(frozen=True, slots=True)
class Step:
    """Something worth doing next: what, the page that does it, and what to change in the view on the way."""

    words: str
    page: str
    view: Mapping[str, str] = field(default_factory=dict)


def next_steps(
    audit: Audit, aggregation: Aggregation, settling: Settling | None = None, *, all_decided: bool = False
) -> list[Step]:
    """What the numbers suggest to do next, the most telling first; each is a door with a number on it.

    ``settling``: how many verdicts are expected to remove a share of the inconsistent triples, where that is known.
    ``all_decided``: people have decided every pair already, so that none is left to settle.
    """
    steps = []
    found = triples_of(audit, aggregation)
    if found and found.kinds["strict_cycle"]:
        cycles = _counted(found.kinds["strict_cycle"], "strict cycle")
        steps.append(Step(f"Open {cycles}", "inconsistencies", {"kind": "strict_cycle"}))
    if all_decided:
        steps.append(Step("People have decided every pair: compare their ranking with that of the judge", "ranking"))
    elif found and found.ratio.count:
        steps.append(Step(_settle(found.ratio.count, settling), "review"))
    scores = default_comparison(audit)
    if scores and scores.reversal.count:
        pairs = _counted(scores.reversal.count, "pair")
        words = f"Read {pairs} where scores and comparisons name different winners"
        steps.append(Step(words, "inconsistencies", {"kind": "reversal"}))
    better = _better_aggregation(audit, aggregation)
    if better:
        steps.append(better)
    if audit.inputs.score_judgments and not audit.inputs.pairs:
        steps.append(Step(f"Look at the scores of {_counted(audit.inputs.responses, 'response')}", "scores"))
        steps.append(Step("See how it uses its scale, and whether it says the same when asked again", "habits"))
    failed = sum(entry.count for entry in audit.ledger)
    if failed:
        steps.append(Step(f"{_counted(failed, 'judgment')} failed: see the reasons", "runs"))
    if found and found.tie_rate > MANY_TIES:
        steps.append(Step(f"{_percent(found.tie_rate)} of pairs tie: look at the preferences", "preferences"))
    return steps


def _settle(triples: int, settling: Settling | None) -> str:
    if settling is None:
        return f"Settle {_counted(triples, 'inconsistent triple')} by hand, the pairs that resolve most first"
    pairs = _between(f"{settling.fewest:,}", _counted(settling.most, "pair"), settling.fewest == settling.most)
    few, many = duration(60.0 * settling.fewest_minutes), duration(60.0 * settling.most_minutes)
    left = "" if settling.inconsistent == triples else " that verdicts have left"
    return (
        f"Settle about {pairs} to remove {100 * settling.share:z.0f} % of "
        f"{_counted(settling.inconsistent, 'inconsistent triple')}{left}: about {_between(few, many, few == many)}"
    )


def _between(low: str, high: str, same: bool) -> str:
    return high if same else f"{low} to {high}"


def _better_aggregation(audit: Audit, aggregation: Aggregation) -> Step | None:
    """The aggregation with the fewest inconsistent triples, if its interval lies below the current one's."""
    current = triples_of(audit, aggregation)
    if current is None or math.isnan(current.ratio.low):
        return None
    rivals = [t for t in audit.transitivity if t.k == 3 and t.tolerance == current.tolerance and t is not current]
    for rival in sorted(rivals, key=lambda t: t.ratio.value):
        if rival.ratio.high < current.ratio.low:
            words = (
                f"Make preferences by {_BY[rival.aggregation]}: inconsistent triples {_percent(current.ratio.value)} → "
                f"{_percent(rival.ratio.value)}, tie rate {_percent(current.tie_rate)} → {_percent(rival.tie_rate)}"
            )
            return Step(words, "overview", {"by": rival.aggregation})
    return None
