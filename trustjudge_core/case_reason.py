"""Why a case stood where it did in the queue, for who asks after deciding it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from trustjudge_core.cases import Cases
from trustjudge_core.review import Queue, review_queue


@dataclass(frozen=True, slots=True)
class CaseReason:
    """A case before anybody had decided anything.

    ``triples`` inconsistent ones it sat in by the judge alone, ``expected`` of which a verdict was expected
    to resolve in ``seconds`` of reading; ``place`` from 1 of ``cases`` by expected gain per minute.
    """

    triples: int
    expected: float
    seconds: float
    place: int
    cases: int


def untouched_queue(cases: Cases) -> Queue:
    """The queue as it is before the first verdict."""
    return review_queue(cases, np.zeros((len(cases), 3), np.int64), np.ones(len(cases), np.bool_))


def case_reason(cases: Cases, queue: Queue, case: int) -> CaseReason:
    """The reason for a case, from the `untouched_queue`."""
    return CaseReason(
        triples=int(queue.gain.present[case]),
        expected=float(queue.gain.triples[case]),
        seconds=float(cases.seconds[case]),
        place=int(np.flatnonzero(queue.order == case)[0]) + 1,
        cases=len(cases),
    )
