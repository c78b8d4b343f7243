"""Kill workers at random moments until every run was hit, then let each finish. A program of its own, without torch.

Every run has a slot: a forked worker process works on it, is killed (SIGKILL) after a random time,
and is followed by another. Several slots go on at once, so workers also wait for each other's
writes. Prints one JSON line: how often workers of each run were killed while the run was theirs.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from dataclasses import dataclass

from sqlalchemy import Engine

from db import asked_runs
from db.asked_runs import AskedRun
from db.engine import reading
from tests.core.asked_set import CHOICE, stored_set
from tests.core.fake_judge import FakeJudge
from trustjudge_core.judge.prompts import Protocol
from trustjudge_core.plan import Plan
from trustjudge_core.services.hold_lease import Timing
from trustjudge_core.services.open_database import open_database
from trustjudge_core.services.open_judge import OpenJudge
from trustjudge_core.services.start_run import start_run
from trustjudge_core.services.work import Pace, Worker, work

SLOTS = 4
TIMING = Timing(lease=0.1, heartbeat=0.02, patience=60.0)


def work_on(engine: Engine, run_id: int) -> None:
    """Work on one run, storing three answers at a time."""
    judge = FakeJudge(seconds=0.0005)
    work(Worker(engine, OpenJudge(lambda choice: judge), TIMING, Pace(prompts=10, answers=3)), run_id)


def work_as_a_process_of_its_own(engine: Engine, run_id: int) -> int:
    """Fork a worker for one run; it ends when the run does. Returns its process id."""
    engine.dispose()  # a connection must not be shared with a forked process; what was compiled is
    process = os.fork()
    if not process:
        work_on(engine, run_id)
        os._exit(0)
    return process


@dataclass
class Slot:
    """One run with the process that works on it now and when that will be killed (never: it may finish)."""

    run_id: int
    process: int = 0
    dies_at: float = float("inf")
    kills: int = 0


def campaign(url: str, count: int, seed: int) -> dict[int, int]:
    """Kills by run, of ``count`` runs that were hit while they were worked on.

    The first run of all is not among them: it is done undisturbed, and says how long a run takes. Nor is one that
    ended before anything could hit it; another takes its place.
    """
    rng = random.Random(seed)
    engine = open_database(url)
    set_id = stored_set(engine)

    def started() -> int:
        return start_run(engine, set_id, CHOICE, Protocol(), Plan(), again=True).run_id

    first, *waiting = (started() for _ in range(count + 1))
    begun = time.monotonic()
    work_on(engine, first)
    longest = time.monotonic() - begun
    busy: list[Slot] = []
    finished: dict[int, int] = {}
    spared: set[int] = set()
    until = time.monotonic() + 150
    while (waiting or busy) and time.monotonic() < until:
        while waiting and len(busy) < SLOTS:
            busy.append(Slot(waiting.pop(0)))
        for slot in busy:
            if slot.process and os.waitpid(slot.process, os.WNOHANG)[0]:
                slot.process = 0
            if slot.process and time.monotonic() >= slot.dies_at:
                os.kill(slot.process, signal.SIGKILL)
                os.waitpid(slot.process, 0)
                slot.kills += f":{slot.process}:" in (_run(engine, slot.run_id).lease_owner or "")
                slot.process = 0
            elif not slot.process and _run(engine, slot.run_id).state == "complete":
                if slot.kills:
                    finished[slot.run_id] = slot.kills
                else:
                    spared.add(slot.run_id)
                    waiting.append(started())
            elif not slot.process:
                slot.process = work_as_a_process_of_its_own(engine, slot.run_id)
                # Once it was hit, it may finish, or be hit again.
                mercy = slot.kills and rng.random() < 0.7
                slot.dies_at = float("inf") if mercy else time.monotonic() + rng.uniform(0, longest)
        busy = [slot for slot in busy if slot.run_id not in finished and slot.run_id not in spared]
        time.sleep(0.005)
    return finished


def _run(engine: Engine, run_id: int) -> AskedRun:
    with reading(engine) as connection:
        return asked_runs.read(connection, run_id)


if __name__ == "__main__":
    hit = campaign(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
    print(json.dumps({"kills": hit, "model_library_loaded": "torch" in sys.modules}))
