"""Importing judgments from JSON Lines into SQLite, parsing included, against SQLAlchemy's ORM ``add_all``.

The peer is given the same rows as objects of a mapped class to be made and added in one session, into the same
tables with the same indexes and references; nothing is parsed on its side. Processor time of one thread.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import Engine, select
from sqlalchemy.orm import DeclarativeBase, Session

from bench.memory import most_held
from db.engine import reading, writing
from db.tables import metadata, pair_judgments, runs, score_judgments
from trustjudge_core.formats import Staged, stage_files
from trustjudge_core.services.import_bundle import import_bundle
from trustjudge_core.services.open_database import open_database

QUESTIONS, RESPONSES, JUDGES = 500, 20, 3
WORDS = "the answer is complete and names its sources while the other one repeats what was asked before it says why"


class Mapped(DeclarativeBase):
    """Tables as classes, for the peer."""

    metadata = metadata


class PairRow(Mapped):
    """A pair judgment."""

    __table__ = pair_judgments


class ScoreRow(Mapped):
    """A score judgment."""

    __table__ = score_judgments


@dataclass(frozen=True)
class Imported:
    """Seconds of processor time for both ways, how many judgments, and whether both stored as many."""

    judgments: int
    seconds: float
    orm_seconds: float
    equal: bool

    @property
    def ratio(self) -> float:
        """How many times as fast the import is."""
        return self.orm_seconds / self.seconds


def write_bundle(folder: Path, judgments: int, seed: int) -> None:
    """A native bundle of half scores, half comparisons, each with a rationale: about 480 bytes a judgment."""
    rng = random.Random(seed)
    words = WORDS.split()

    def said() -> str:
        return " ".join(rng.choices(words, k=34))

    def responses() -> Iterator[dict[str, Any]]:
        for q in range(QUESTIONS):
            given = [
                {"response_id": f"system-{r:02d}", "system": f"system-{r:02d}", "text": said()}
                for r in range(RESPONSES)
            ]
            yield {"question_id": f"question-{q:05d}", "category": f"c{q % 8}", "question": said(), "responses": given}

    def about(n: int) -> dict[str, Any]:
        return {"question_id": f"question-{rng.randrange(QUESTIONS):05d}", "judge": f"judge-{n % JUDGES}"}

    def comparisons() -> Iterator[dict[str, Any]]:
        for n in range(judgments // 2):
            first, second = rng.sample(range(RESPONSES), 2)
            one, other = sorted((rng.random(), rng.random()))
            probs = {"first": one, "second": other - one, "tie": 1.0 - other}
            yield {
                **about(n), "first": f"system-{first:02d}", "second": f"system-{second:02d}",
                "verdict": max(probs, key=probs.__getitem__), "probs": probs, "token_count": rng.randrange(20, 90),
                "cumulative_logprob": -50.0 * rng.random(), "text": said(),
            }  # fmt: skip

    def scores() -> Iterator[dict[str, Any]]:
        for n in range(judgments - judgments // 2):
            masses = [rng.random() for _ in range(5)]
            probs = {str(label): mass / sum(masses) for label, mass in enumerate(masses, start=1)}
            yield {
                **about(n), "response_id": f"system-{rng.randrange(RESPONSES):02d}", "criterion": "overall",
                "scale": [1, 5], "probs": probs, "emitted": rng.randrange(1, 6), "text": said(),
            }  # fmt: skip

    for name, rows in (("responses", responses()), ("comparisons", comparisons()), ("scores", scores())):
        with (folder / f"{name}.jsonl").open("wb") as file:
            file.writelines(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE) for row in rows)


def measure_import(judgments: int, seed: int) -> Imported:
    """Both ways, one after the other."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "files"
        folder.mkdir()
        write_bundle(folder, judgments, seed)
        engine = open_database(f"sqlite:///{name}/import.sqlite3")
        begun = time.process_time()
        staged = stage_files([folder])
        outcome = import_bundle(engine, staged, "measured")
        seconds = time.process_time() - begun
        staged.close()
        stored = outcome.stored["score_judgments"] + outcome.stored["pair_judgments"]
        rows = _stored_rows(engine)
        peer = open_database(f"sqlite:///{name}/orm.sqlite3")
        _copy_set(engine, peer)
        begun = time.process_time()
        with Session(peer) as session:
            session.add_all([PairRow(**row) for row in rows[0]])
            session.add_all([ScoreRow(**row) for row in rows[1]])
            session.commit()
        orm_seconds = time.process_time() - begun
        equal = stored == judgments == sum(map(len, _stored_rows(peer)))
        engine.dispose()
        peer.dispose()
    return Imported(judgments, seconds, orm_seconds, equal)


def _stored_rows(engine: Engine) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """All judgments without their row numbers."""
    found = []
    with reading(engine) as connection:
        for table in (pair_judgments, score_judgments):
            kept = [column for column in table.columns if column.name != "id"]
            found.append([dict(row) for row in connection.execute(select(*kept)).mappings()])
    return found[0], found[1]


def _copy_set(source: Engine, target: Engine) -> None:
    """Everything the judgments refer to."""
    judged = {pair_judgments.name, score_judgments.name}
    with reading(source) as old, writing(target) as new:
        for table in metadata.sorted_tables:
            rows = [dict(row) for row in old.execute(select(table)).mappings()] if table.name not in judged else []
            if rows:
                new.execute(table.insert(), rows)
        assert new.execute(select(runs.c.id)).all()


def main(judgments: int) -> None:
    """`python -m bench.imports 1000000`: one import alone, with its peak of memory."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "files"
        folder.mkdir()
        write_bundle(folder, judgments, seed=0)
        size = sum(path.stat().st_size for path in folder.iterdir())
        engine = open_database(f"sqlite:///{name}/import.sqlite3")
        begun, cpu = time.perf_counter(), time.process_time()
        staged: Staged = stage_files([folder])
        read = time.perf_counter() - begun
        import_bundle(engine, staged, "measured")
        seconds, used = time.perf_counter() - begun, time.process_time() - cpu
        peak = most_held()
    print(
        f"{judgments:,} judgments, {size / 1e6:,.0f} MB: read and checked {read:.1f} s, stored after {seconds:.1f} s "
        f"({used:.1f} s of processor time), peak {peak:,.0f} MiB"
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
