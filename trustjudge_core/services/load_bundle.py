"""The facts of a response set back as a bundle, for export."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine

from db import pair_judgments, response_sets, runs, score_judgments, verdicts
from db.engine import reading
from trustjudge_core.errors import UsageError
from trustjudge_core.export.native_bundle import bundle_rows
from trustjudge_core.records import Bundle


def load_bundle(engine: Engine, run_id: int | None, set_id: int) -> Bundle:
    """A set with the judgments of one run, or of all its runs when ``run_id`` is None, and all its verdicts.

    Raises NotFound for a set or run that does not exist, UsageError for a run over another set.
    """
    with reading(engine) as connection:
        response_set, notes = response_sets.read(connection, set_id)
        if run_id is not None:
            _check(connection, run_id, set_id)
        chosen = runs.of_set(connection, set_id) if run_id is None else [run_id]
        return Bundle(
            response_set=response_set,
            scores=tuple(judgment for run in chosen for judgment in score_judgments.read(connection, run)),
            pairs=tuple(judgment for run in chosen for judgment in pair_judgments.read(connection, run)),
            verdicts=tuple(verdicts.read(connection, set_id)),
            notes=notes,
        )


@contextmanager
def bundle_as_lines(engine: Engine, run_id: int, set_id: int) -> Iterator[dict[str, Iterator[bytes]]]:
    """The files of the bundle of one run, read from the database as their lines are asked for: memory stays small.

    Raises as `load_bundle`.
    """
    with reading(engine) as connection:
        _check(connection, run_id, set_id)
        # PostgreSQL would otherwise send all rows of a table before the first is used.
        connection.execution_options(stream_results=True, max_row_buffer=2_000)
        yield bundle_rows(
            response_sets.read_questions(connection, set_id),
            score_judgments.read(connection, run_id),
            pair_judgments.read(connection, run_id),
            verdicts.read(connection, set_id),
        )


def _check(connection: Connection, run_id: int, set_id: int) -> None:
    if runs.find(connection, run_id)[0] != set_id:
        raise UsageError(
            f"run {run_id} is not over response set {set_id}; allowed: "
            f"{', '.join(map(str, runs.of_set(connection, set_id))) or 'none'}; choose one of these runs"
        )
