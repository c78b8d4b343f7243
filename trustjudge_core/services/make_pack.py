"""Make an audit pack of a run."""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from sqlalchemy import Engine

from db import response_sets
from db.engine import reading
from trustjudge_core.errors import UsageError
from trustjudge_core.export import pack
from trustjudge_core.export.native_bundle import write_members
from trustjudge_core.export.pack import PackSettings
from trustjudge_core.export.seal import UNSEALED, seal
from trustjudge_core.records import Note
from trustjudge_core.services.describe_judge import describe_judge
from trustjudge_core.services.export_run import Told, counted
from trustjudge_core.services.load_bundle import bundle_as_lines
from trustjudge_core.services.load_run import load_run
from trustjudge_core.services.pack_figures import pack_figures
from trustjudge_core.settings import Aggregation, Mode


def make_pack(
    engine: Engine,
    run_id: int,
    set_id: int,
    set_name: str,
    mode: Mode,
    aggregation: Aggregation,
    tolerance: float,
    file: IO[bytes],
    told: Told | None = None,
) -> None:
    """Write the audit pack of a whole run as a .zip to an empty file that can be read too.

    Raises NotFound and UsageError.
    """
    run = load_run(engine, run_id)
    judgments = len(run.pairs.first) + len(run.scores.response)
    if not judgments:
        raise UsageError(f"run {run_id} holds no judgments yet; allowed: runs that have some; wait for the judge")
    settings = PackSettings(
        judge=run.judge,
        set_name=set_name,
        mode=mode,
        aggregation=aggregation,
        tolerance=tolerance,
        resamples=2000,
        made=f"{datetime.now(UTC):%d %B %Y, %H:%M} UTC",
        facts=(
            *describe_judge(engine, run_id),
            *((f"Note on {note.file}", note.message) for note in _notes(engine, set_id)[:20]),
        ),
    )
    sums: dict[str, tuple[int, str]] = {}
    with (
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive,
        tempfile.TemporaryDirectory(prefix="trustjudge-") as folder,
    ):

        def write(parts: Mapping[str, Iterable[bytes]]) -> None:
            sums.update((name, (size, digest)) for name, size, digest in write_members(parts, archive))

        write({pack.SETTINGS: [settings.to_json()]})
        with bundle_as_lines(engine, run_id, set_id) as parts:
            write({pack.BUNDLE + name: counted(lines, name, judgments, told) for name, lines in parts.items()})
        for name, place in pack_figures(run, settings, Path(folder), told):
            write({name: _pieces(place)})
        write({pack.MANIFEST: [pack.manifest(dict(sums))]})
        archive.comment = UNSEALED
    seal(file)


def _notes(engine: Engine, set_id: int) -> tuple[Note, ...]:
    with reading(engine) as connection:
        return response_sets.read_notes(connection, set_id)


def _pieces(place: Path) -> Iterator[bytes]:
    with place.open("rb") as file:
        while chunk := file.read(1 << 18):
            yield chunk
