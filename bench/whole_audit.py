"""An audit of a million stored judgments: seconds on the clock and peak memory of a process of its own.

Everything that an audit shows but the solvers (fewest edits, Kemeny orders), which have a budget of their own: loading,
preferences, conflicts, NTR_k, chance, position, causes, agreement, all with both intervals and by category; the
profile of the judge; flows, mending and tangles of every question; rankings of systems, with intervals, and of
every question.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.memory import most_held

REPOSITORY = Path(__file__).resolve().parent.parent
JUDGE = "planted"


@dataclass(frozen=True)
class WholeAudit:
    """Size of what was audited, seconds on the clock by step, processor seconds, and peak memory in MiB."""

    pair_judgments: int
    score_judgments: int
    steps: dict[str, float]
    processor: float
    peak: float

    @property
    def seconds(self) -> float:
        """All steps together."""
        return sum(self.steps.values())


def measure_audit(questions: int, responses: int, seed: int, rounds: int = 1) -> WholeAudit:
    """Store planted judgments in a throwaway database and audit them in a fresh process; the best round counts."""
    with TemporaryDirectory() as folder:
        address = f"sqlite:///{folder}/bench.sqlite3"
        _store(address, questions, responses, seed)
        found = [_audited(address) for _ in range(rounds)]
    return min(found, key=lambda one: one.seconds)


def _store(address: str, questions: int, responses: int, seed: int) -> None:
    from trustjudge_core.planted import Dials, planted_run
    from trustjudge_core.planted_bundle import planted_bundle
    from trustjudge_core.services.import_bundle import import_bundle
    from trustjudge_core.services.open_database import open_database

    dials = Dials(noise=1.0, tie=0.7, position_bias=0.3, leak=0.02, question_effect=0.5)
    planted = planted_run(dials, questions=questions, responses=responses, scale=(1, 5), seed=seed)
    engine = open_database(address)
    import_bundle(engine, planted_bundle(planted), "bench")
    engine.dispose()


def _audited(address: str) -> WholeAudit:
    shown = subprocess.run(
        [sys.executable, "-m", "bench.whole_audit"],
        cwd=REPOSITORY,
        env={**os.environ, "DATABASE_URL": address},
        capture_output=True,
        text=True,
        check=False,
    )
    if shown.returncode:
        raise RuntimeError(f"the audit ended with an error; fix it first: {shown.stderr[-2000:]}")
    return WholeAudit(**json.loads(shown.stdout.splitlines()[-1]))


def _audit_everything() -> WholeAudit:
    from trustjudge_core.audit import audit_evidence
    from trustjudge_core.evidence import Evidence
    from trustjudge_core.judge_profile import judge_profile
    from trustjudge_core.leaderboard import leaderboards
    from trustjudge_core.ranking import RANKING_METHODS
    from trustjudge_core.services.load_run import load_run
    from trustjudge_core.services.open_database import open_database
    from trustjudge_core.settings import AuditSettings

    settings, steps = AuditSettings(), {}
    start = time.perf_counter()

    def done(step: str) -> None:
        nonlocal start
        now = time.perf_counter()
        steps[step], start = now - start, now

    run = load_run(open_database(os.environ["DATABASE_URL"]), 1)
    done("load")
    evidence = Evidence(run, settings.mode)
    audit = audit_evidence(evidence, settings)
    done("audit")
    judge_profile(evidence, settings)
    done("profile")
    _structure(evidence, audit.default_aggregation)
    done("structure")
    methods = [method for method in RANKING_METHODS if method != "kemeny"]
    boards = list(leaderboards(evidence, audit.default_aggregation, 0.0, methods=methods))
    done("rankings")
    assert len(boards) == (len(run.index.question_ids) + 1) * len(methods)
    return WholeAudit(
        pair_judgments=len(run.pairs.first),
        score_judgments=len(run.scores.response),
        steps=steps,
        processor=time.process_time(),
        peak=most_held(),
    )


@dataclass(frozen=True)
class Growth:
    """Seconds to audit planted judgments in memory, by how many questions, responses and judgments there are."""

    questions: int
    responses: int
    judgments: int
    seconds: float


def measure_growth(sizes: Sequence[tuple[int, int]], seed: int) -> Iterator[Growth]:
    """The audit alone (no database, no rankings) at several sizes, one after the other."""
    from trustjudge_core.audit import audit
    from trustjudge_core.planted import Dials, planted_run
    from trustjudge_core.settings import AuditSettings

    for questions, responses in sizes:
        run = planted_run(Dials(noise=1.0, tie=0.7), questions=questions, responses=responses, seed=seed).run
        start = time.perf_counter()
        audit(run, AuditSettings())
        seconds = time.perf_counter() - start
        yield Growth(questions, responses, len(run.pairs.first) + len(run.scores.response), seconds)


def _structure(evidence: object, aggregation: object) -> None:
    from trustjudge_core.cycles import tangled_groups_of_many
    from trustjudge_core.hodge import cyclicity_of_each
    from trustjudge_core.mending import mending
    from trustjudge_core.relations import relation_blocks
    from trustjudge_core.soft_transitivity import soft_deviation
    from trustjudge_core.structure import pair_matrices, preference_flow

    relation = evidence.relation(aggregation, 0.0)
    flow = preference_flow(evidence, aggregation, 0.0)
    for block in relation_blocks(evidence.index, evidence.table, relation):
        flows = pair_matrices(evidence, block.questions, flow, antisymmetric=True)
        cyclicity_of_each(flows)
        soft_deviation(flows)
        mended = mending(block.relations)
        for n in range(len(block.questions)):
            mended.best(n)
        tangled_groups_of_many(block.relations)


if __name__ == "__main__":
    found = _audit_everything()
    plain = {name: getattr(found, name) for name in ("pair_judgments", "score_judgments", "steps", "processor", "peak")}
    print(json.dumps(plain))
