"""The response set that somebody named on the command line: by number, by name, or by files that hold it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from sqlalchemy import Engine

from db import response_sets
from db.engine import reading
from trustjudge_core.errors import NotFound
from trustjudge_core.formats import stage_files
from trustjudge_core.services.import_bundle import import_bundle


def stored_set(engine: Engine, named: str) -> tuple[int, str]:
    """The number and name of the stored set of that number or name. Raises NotFound."""
    names = _names(engine)
    found = _called(names, named)
    if found is None:
        raise NotFound(f"{named!r} is not a stored response set; allowed: {_listed(names)}; correct the name")
    return found


def find_set(engine: Engine, named: Sequence[str]) -> tuple[int, str]:
    """The number and name of a stored set; files are imported first, or recognised when they were before.

    Raises NotFound when nothing is called that, InputProblems for bad files.
    """
    names = _names(engine)
    found = _called(names, named[0]) if len(named) == 1 else None
    if found is not None:
        return found
    paths = [Path(text) for text in named]
    missing = [path for path in paths if not path.exists()]
    if missing:
        raise NotFound(
            f"{str(missing[0])!r} is neither a stored response set nor a file; allowed: {_listed(names)}, or a path; "
            "correct the name"
        )
    with closing(stage_files(paths)) as staged:
        outcome = import_bundle(engine, staged, paths[0].resolve().stem)
    return outcome.set_id, outcome.set_name


def _names(engine: Engine) -> dict[int, str]:
    with reading(engine) as connection:
        return {found.set_id: found.name for found in response_sets.summaries(connection)}


def _called(names: dict[int, str], named: str) -> tuple[int, str] | None:
    return next(((set_id, name) for set_id, name in names.items() if named in (name, str(set_id))), None)


def _listed(names: dict[int, str]) -> str:
    return ", ".join(f"{set_id} ({name})" for set_id, name in list(names.items())[:20]) or "none is stored"
