"""Runs straight from files, through a database that is thrown away afterwards."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from trustjudge_core.errors import UsageError
from trustjudge_core.formats import Staged, stage_files
from trustjudge_core.records import Bundle, RunJudgments
from trustjudge_core.services.import_bundle import import_bundle
from trustjudge_core.services.load_run import load_run
from trustjudge_core.services.open_database import open_database


def load_files(paths: Sequence[Path]) -> tuple[Bundle, list[RunJudgments]]:
    """What the files hold, and the judgments of every judge in them.

    The files take the same way through the database as an import, so that the command line and
    the app cannot differ. Raises InputProblems for bad files, UsageError when they hold no judgments.
    """
    with judged_files(paths) as staged:
        return staged.bundle(), runs_of(staged)


@contextmanager
def judged_files(paths: Sequence[Path], **reading: Any) -> Iterator[Staged]:
    """The files as a set that waits on disk; ``reading`` are options of `stage_files`.

    Raises InputProblems, and UsageError when they hold no judgments.
    """
    with closing(stage_files(paths, **reading)) as staged:
        if not staged.judges:
            raise UsageError(
                f"{', '.join(map(str, paths))}: holds responses but no judgments; allowed: files with scores or "
                "comparisons of at least one judge; add the files that hold them"
            )
        yield staged


def runs_of(bundle: Bundle | Staged) -> list[RunJudgments]:
    """The judgments of every judge of a bundle, in the order of `Bundle.judges`."""
    with tempfile.TemporaryDirectory(prefix="trustjudge-") as folder:
        engine = open_database(f"sqlite:///{Path(folder) / 'files.sqlite3'}")
        try:
            stored = import_bundle(engine, bundle, "files")
            return [load_run(engine, run_id) for run_id in stored.run_ids]
        finally:
            engine.dispose()
