"""What reviewing leaves behind, as frozen records: presentations, the history of verdicts, rubrics, activity."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from trustjudge_core.records import Shown, VerdictColumns

VerdictKind = Literal["decide", "revise", "withdraw"]

NO_RUBRIC: Final = 0
"""Version of the rubric before anybody wrote one."""


@dataclass(frozen=True, slots=True)
class Rubric:
    """What people judge by. ``version`` counts from 1; version 0 with no text is the time before."""

    version: int
    text: str
    person: str | None
    created_at: datetime | None


@dataclass(frozen=True, slots=True)
class Presentation:
    """A case as one person saw it: a pair in its shown order, or one response. ``token`` lets one verdict through."""

    presentation_id: int
    token: str
    set_id: int
    run_id: int
    person: str
    question_id: str
    first: str | None
    second: str | None
    response_id: str | None
    rubric_id: int | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class RecordedVerdict:
    """One row of the history of verdicts.

    ``verdict`` None is "cannot tell" (or nothing, for a score or a withdrawal). ``stands``: no later row
    supersedes it and it is no withdrawal. ``seconds`` from showing to deciding, None for a verdict recorded
    elsewhere; ``reviewed`` says whether it was given here.
    """

    verdict_id: int
    set_id: int
    kind: VerdictKind
    supersedes: int | None
    stands: bool
    person: str
    question_id: str
    first: str | None
    second: str | None
    verdict: Shown | None
    response_id: str | None
    score: float | None
    scale: tuple[float, float] | None
    criterion: str | None
    rubric: int
    reviewed: bool
    seconds: float | None
    note: str | None
    created_at: datetime


@dataclass(frozen=True, eq=False)
class ReviewColumns:
    """Standing pair verdicts with what the queue needs, (V,) each; ``verdicts.verdict`` UNKNOWN is "cannot tell".

    ``row`` is the id of each, ``rubric`` the version it was given under, ``seconds`` NaN when not known.
    """

    verdicts: VerdictColumns
    row: NDArray[np.int64]
    rubric: NDArray[np.int64]
    seconds: NDArray[np.float64]

    def only(self, which: NDArray[np.bool_]) -> ReviewColumns:
        """Some of them, (V,) marks."""
        v = self.verdicts
        some = VerdictColumns(v.first[which], v.second[which], v.verdict[which], v.annotator[which], v.annotators)
        return ReviewColumns(some, self.row[which], self.rubric[which], self.seconds[which])


@dataclass(frozen=True, slots=True)
class ActivityEntry:
    """Who did what, when, to what; ``detail`` holds further facts by name."""

    entry_id: int
    created_at: datetime
    person: str
    action: str
    subject: str
    set_id: int | None
    run_id: int | None
    detail: dict[str, Any]
