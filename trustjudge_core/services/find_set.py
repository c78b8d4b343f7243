"""The response set that somebody named on the command line: by number, by name, or by files that hold it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import Engine

from db import response_sets
from db.engine import reading
from trustjudge_core.errors import NotFound
from trustjudge_core.formats import read_files
from trustjudge_core.services.import_bundle import import_bundle


def find_set(engine: Engine, named: Sequence[str]) -> tuple[int, str]:
    """The number and name of a stored set; files are imported first, or recognised when they were before.

    Raises NotFound when nothing is called that, InputProblems for bad files.
    """
    with reading(engine) as connection:
        names = {found.set_id: found.name for found in response_sets.summaries(connection)}
    if len(named) == 1:
        for set_id, name in names.items():
            if named[0] in (name, str(set_id)):
                return set_id, name
    paths = [Path(text) for text in named]
    missing = [path for path in paths if not path.exists()]
    if missing:
        stored = ", ".join(f"{set_id} ({name})" for set_id, name in list(names.items())[:20]) or "none is stored"
        raise NotFound(
            f"{str(missing[0])!r} is neither a stored response set nor a file; allowed: {stored}, or a path; "
            "correct the name"
        )
    outcome = import_bundle(engine, read_files(paths).bundle, paths[0].resolve().stem)
    return outcome.set_id, outcome.set_name
