"""An audit as a few lines of text for a terminal."""

from __future__ import annotations

import math
from collections.abc import Iterator

from trustjudge_core.audit import Audit
from trustjudge_core.bootstrap import FEWEST, Ratio
from trustjudge_core.causes import CAUSE_IN_WORDS
from trustjudge_core.inconsistencies import KIND_IN_WORDS


def percent(value: float) -> str:
    """A share with one decimal, or the words for too little data."""
    return "not enough data" if math.isnan(value) else f"{100 * value:z.1f} %"


def ratio_line(ratio: Ratio, unit: str) -> str:
    """`24.1 % · 1,175 of 4,883 triples · 21.4 to 26.7`, the interval only where there is one."""
    if not ratio.total:
        return f"not enough data (0 {unit})"
    text = f"{percent(ratio.value)} · {ratio.count:,} of {ratio.total:,} {unit}"
    return text if math.isnan(ratio.low) else f"{text} · {100 * ratio.low:z.1f} to {100 * ratio.high:z.1f}"


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def subset_unit(k: int) -> str:
    """What k responses together are called."""
    return "triples" if k == 3 else f"groups of {k}"


def summary(audit: Audit) -> Iterator[str]:
    """The lines that a person reads after `audit`, for one judge."""
    seen = audit.inputs
    yield (
        f"{audit.judge} · {audit.settings.mode} mode · {_counted(seen.questions, 'question')} · "
        f"{_counted(seen.responses, 'response')} · {seen.pairs_compared:,} of {_counted(seen.pairs, 'pair')} compared"
    )
    if seen.questions < FEWEST:
        yield f"  no intervals: they take at least {FEWEST} questions"
    for entry in audit.score_comparison:
        scale = f"{entry.scale[0]:g}-{entry.scale[1]:g}"
        yield (
            f"  score against comparison  {entry.method} on {scale}, tolerance {entry.tolerance:g}: "
            f"{ratio_line(entry.ratio, 'pairs')}"
        )
        if entry.ratio.total:
            yield (
                f"    {_counted(entry.reversal.count, 'reversal')} "
                f"({_counted(entry.both_decide, 'pair')} decided by both), "
                f"{entry.score_tie.count:,} only the scores tie, "
                f"{entry.comparison_tie.count:,} only the comparison ties"
            )
    for step in audit.transitivity:
        yield (
            f"  transitivity  {step.aggregation}, k = {step.k}, tolerance {step.tolerance:g}: "
            f"{ratio_line(step.ratio, subset_unit(step.k))}"
        )
        if not step.exact:
            yield (
                f"    too many groups to count: {step.drawn:,} were drawn, which leaves "
                f"{100 * step.drawing_low:z.2f} to {100 * step.drawing_high:z.2f} % open"
            )
        kinds = ", ".join(f"{count:,} with a {KIND_IN_WORDS[kind]}" for kind, count in step.kinds.items())
        yield f"    {kinds}; tie rate {percent(step.tie_rate)}, chance level {percent(step.chance)}"
    yield from _causes(audit)
    position = audit.position
    if seen.both_orders:
        yield f"  position  consistent: {ratio_line(position.consistent, 'pairs')}"
        yield (
            f"    winner changes: {ratio_line(position.hard_flips, 'pairs')}; "
            f"{position.hard_first:,} to the first shown, {position.hard_second:,} to the second"
        )
        if position.order_unknown:
            yield f"    without {position.order_unknown:,} pairs of which the shown order is not known"
    elif position.order_unknown:
        yield f"  position  cannot be measured: the shown order of {position.order_unknown:,} pairs is not known"
    elif seen.pairs:
        yield "  position  cannot be measured: every pair was judged in one order only"
    for person in audit.agreement:
        found = person[1]
        yield (
            f"  people  {found.annotator}: same winner in {found.agree:,} of {found.both_decisive:,} pairs both decided"
            + ("" if math.isnan(found.kappa) else f"; kappa {found.kappa:z.2f} on {found.pairs:,} pairs")
        )
    failed = sum(entry.count for entry in audit.ledger)
    reasons = ", ".join(f"{entry.count:,} {entry.kind} judgments: {entry.reason}" for entry in audit.ledger)
    yield f"  ledger  {failed:,} failed judgments" + (f" ({reasons})" if reasons else "")


def _causes(audit: Audit) -> Iterator[str]:
    """What the inconsistencies come from, most frequent first; nothing where there are none."""
    for what, counts in (("triples", audit.causes.triples), ("conflicts", audit.causes.conflicts)):
        most = sorted(((count, name) for name, count in counts.items() if count), reverse=True)
        if most:
            said = ", ".join(f"{count:,} {CAUSE_IN_WORDS[name]}" for count, name in most)
            yield f"  causes of {what}, {audit.causes.aggregation}, tolerance {audit.causes.tolerance:g}: {said}"
