"""A large import is told as it goes, stopped at any time without a trace, and stays small in memory."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import Engine

from db.engine import open_engine
from tests.databases import row_counts
from trustjudge_core.errors import Cancelled
from trustjudge_core.formats import stage_files
from trustjudge_core.services.import_bundle import import_bundle
from trustjudge_core.services.open_database import open_database
from trustjudge_core.services.read_left_out import read_left_out

IMPORT = """
import sys, time
from pathlib import Path
from bench.memory import most_held
from trustjudge_core.formats import stage_files
from trustjudge_core.services.import_bundle import import_bundle
from trustjudge_core.services.open_database import open_database

folder, stop_in = Path(sys.argv[1]), sys.argv[2]
engine = open_database()
before = most_held()

def progress(what, done, total):
    if what == stop_in and done > 0.6 * total:
        print("now", flush=True)
        time.sleep(60)

staged = stage_files([folder], progress=progress)
print(import_bundle(engine, staged, "large", progress=progress).stored["pair_judgments"])
print(most_held() - before)
"""


def write_set(folder: Path, judgments: int, said: str = "because it is better") -> Path:
    """A native bundle of one question with so many pair judgments."""
    folder.mkdir()
    responses = [{"response_id": name, "text": f"text {name}"} for name in "abcd"]
    row = {"question_id": "q", "question": "?", "responses": responses}
    (folder / "responses.jsonl").write_text(json.dumps(row) + "\n")
    pair = {"question_id": "q", "first": "a", "second": "b", "judge": "j", "verdict": "tie", "text": said}
    with (folder / "comparisons.jsonl").open("w") as file:
        for number in range(judgments):
            file.write(json.dumps({**pair, "token_count": number + 1}) + "\n")
    return folder


def start(folder: Path, stop_in: str, tmp_path: Path) -> subprocess.Popen[str]:
    """The import in a process of its own, with its own folder for what it keeps on disk."""
    (tmp_path / "kept").mkdir()
    environment = {
        **os.environ,
        "DATABASE_URL": f"sqlite:///{tmp_path / 'db.sqlite3'}",
        "TMPDIR": str(tmp_path / "kept"),
        "PYTHONPATH": str(Path(__file__).parents[3]),
    }
    command = [sys.executable, "-c", IMPORT, str(folder), stop_in]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)


@pytest.mark.parametrize("stop_in", ["reading", "storing"])
def test_an_import_that_is_killed_leaves_nothing(tmp_path: Path, stop_in: str) -> None:
    folder = write_set(tmp_path / "files", 30_000, "x" * 200)
    with start(folder, stop_in, tmp_path) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "now\n"
        process.send_signal(signal.SIGKILL)
    engine = open_engine(f"sqlite:///{tmp_path / 'db.sqlite3'}")
    assert set(row_counts(engine).values()) == {0}
    engine.dispose()
    assert list((tmp_path / "kept").iterdir()) == []
    again = open_database(f"sqlite:///{tmp_path / 'db.sqlite3'}")
    assert import_bundle(again, stage_files([folder]), "again").stored["pair_judgments"] == 30_000
    again.dispose()


def test_memory_does_not_grow_with_what_is_imported(tmp_path: Path) -> None:
    folder = write_set(tmp_path / "files", 40_000, "x" * 3_000)  # 120 MB
    with start(folder, "never", tmp_path) as process:
        output = process.communicate()[0].split()
    assert output[0] == "40000"
    assert float(output[1]) < 90, "MiB more than before; 64 of them are SQLite's"


@pytest.mark.parametrize("stop_in", ["reading", "storing"])
def test_a_progress_callback_can_stop_the_import(engine: Engine, tmp_path: Path, stop_in: str) -> None:
    def stop(what: str, done: int, total: int) -> None:
        if what == stop_in and done * 2 >= total:
            raise Cancelled("stopped")

    folder = write_set(tmp_path / "files", 20_000)
    with pytest.raises(Cancelled):
        import_bundle(engine, stage_files([folder], progress=stop), "set", progress=stop)
    assert set(row_counts(engine).values()) == {0}


def test_progress_only_goes_forward_and_arrives(engine: Engine, tmp_path: Path) -> None:
    told: dict[str, list[float]] = {"reading": [], "storing": []}

    def tell(what: str, done: int, total: int) -> None:
        told[what].append(done / total)

    staged = stage_files([write_set(tmp_path / "files", 20_000)], progress=tell)
    import_bundle(engine, staged, "set", progress=tell)
    for shares in told.values():
        assert len(shares) > 3
        assert shares == sorted(shares)
        assert shares[0] >= 0
        assert shares[-1] <= 1
    assert told["storing"][-1] == 1.0


def test_what_was_left_out_is_kept_with_the_set(engine: Engine, tmp_path: Path) -> None:
    folder = write_set(tmp_path / "files", 3)
    with (folder / "comparisons.jsonl").open("a") as file:
        file.write('{"question_id": "q", "first": "a", "second": "z", "judge": "j", "verdict": "tie"}\n')
    staged = stage_files([folder], leave_out=True)
    set_id = import_bundle(engine, staged, "set").set_id
    assert read_left_out(engine, set_id) == staged.left_out
    assert [(one.field, one.rows) for one in staged.left_out] == [("second", 1)]
    assert import_bundle(engine, stage_files([folder], leave_out=True), "again").already_there
