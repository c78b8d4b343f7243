"""Store a batch of answers: judgments, counts and the check of the lease in one transaction."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field
from typing import Final

from db import attempts, leases, pair_judgments, score_judgments
from db.asked_runs import AskedRun
from db.engine import writing
from db.leases import Progress
from db.response_sets import ResponseRows
from trustjudge_core.asking import Ask, judgment
from trustjudge_core.judge.contract import Answer
from trustjudge_core.judge.prompts import Protocol
from trustjudge_core.records import PairJudgment, ScoreJudgment
from trustjudge_core.services.hold_lease import Lease, LeaseLost, patiently

RATE_SECONDS: Final = 20.0
"""How far back "lately" reaches in judgments a second."""


@dataclass(slots=True)
class Batch:
    """Answers that will be stored together, and when the first of them was waited for."""

    answers: list[tuple[Ask, Answer]]
    begun: float = field(default_factory=time.monotonic)

    @property
    def age(self) -> float:
        """Seconds since it was begun."""
        return time.monotonic() - self.begun


class AnswerStore:
    """Stores the answers of one run while its lease is ours, and keeps count.

    ``done`` and ``failed`` count what is stored of the run in all, ``rate`` is judgments a second, lately.
    """

    def __init__(
        self, lease: Lease, run: AskedRun, protocol: Protocol, rows: ResponseRows, failed_before: set[bytes]
    ) -> None:
        self._lease, self._run, self._protocol, self._rows = lease, run, protocol, rows
        self._failed_before = failed_before
        self._last = time.monotonic()
        self.done, self.failed = run.done, run.failed
        self.rate = run.rate

    def store(self, batch: Batch) -> list[str]:
        """Store the answers; all of them or, when this raises, none. Returns the reasons of those that failed.

        Raises LeaseLost when somebody else has the run by now, DatabaseProblem when nothing can be stored.
        """
        scores: list[tuple[bytes, ScoreJudgment]] = []
        pairs: list[tuple[bytes, PairJudgment]] = []
        for ask, answer in batch.answers:
            made = judgment(ask, answer, self._protocol, self._run.judge)
            if isinstance(made, ScoreJudgment):
                scores.append((ask.key, made))
            else:
                pairs.append((ask.key, made))
        reasons = [score.failure for _, score in scores if score.failure is not None]
        reasons += [pair.failure for _, pair in pairs if pair.failure is not None]
        again = sum(ask.key in self._failed_before for ask, _ in batch.answers)
        self._measure(len(batch.answers))
        progress = Progress(
            scores=sum(key not in self._failed_before for key, _ in scores),
            pairs=sum(key not in self._failed_before for key, _ in pairs),
            failed=len(reasons) - again,
            rate=self.rate,
        )
        self._commit(progress, scores, pairs)
        self.done += progress.scores + progress.pairs
        self.failed += progress.failed
        return reasons

    def _measure(self, count: int) -> None:
        """Bring the rate up to date: an average that forgets with the seconds that pass."""
        now = time.monotonic()
        seconds, self._last = max(now - self._last, 1e-6), now
        current = count / seconds
        weight = 1.0 if self.rate is None else 1 - math.exp(-seconds / RATE_SECONDS)
        self.rate = weight * current + (1 - weight) * (self.rate or 0.0)

    def _commit(
        self, progress: Progress, scores: list[tuple[bytes, ScoreJudgment]], pairs: list[tuple[bytes, PairJudgment]]
    ) -> None:
        run_id, attempt, lease = self._run.run_id, self._run.attempt, self._lease
        some_key = (scores or pairs)[0][0]
        tried = False

        def once() -> None:
            nonlocal tried
            with writing(lease.engine) as connection:
                if tried and attempts.is_stored(connection, run_id, some_key, attempt):
                    return  # the connection broke after the commit had arrived
                tried = True
                if not leases.advance(connection, run_id, lease.owner, lease.timing.lease, progress):
                    raise LeaseLost
                score_judgments.store(connection, run_id, scores, self._rows, attempt)
                pair_judgments.store(connection, run_id, pairs, self._rows, attempt)

        patiently(once, lease.timing)
