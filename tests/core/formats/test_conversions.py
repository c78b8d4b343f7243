"""What others write, imported and exported as a native bundle, has the same records and the same audit."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from tests.core.formats.foreign_files import FOREIGN, uploads
from trustjudge_core.export.audit_json import audit_json
from trustjudge_core.export.native_bundle import write_native_bundle
from trustjudge_core.formats import stage_files
from trustjudge_core.records import Bundle, RunJudgments
from trustjudge_core.services.import_bundle import import_bundle
from trustjudge_core.services.load_bundle import load_bundle
from trustjudge_core.services.load_files import runs_of
from trustjudge_core.services.load_run import load_run
from trustjudge_core.services.open_database import open_database
from trustjudge_core.settings import AuditSettings


def _audit(runs: list[RunJudgments]) -> dict[str, object]:
    return audit_json(runs, AuditSettings(tolerances=(0.0, 0.1), ks=(3,), resamples=20))


def _as_sets(bundle: Bundle) -> tuple[object, ...]:
    return bundle.response_set, *(sorted(map(repr, x)) for x in (bundle.scores, bundle.pairs, bundle.verdicts))


@pytest.mark.parametrize("name", FOREIGN)
def test_foreign_to_native_and_back_changes_nothing(name: str, tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{tmp_path / 'd.sqlite3'}")
    with closing(stage_files(uploads(FOREIGN[name]), judge="gpt")) as foreign:
        assert {one.format for one in foreign.recognised} == {name}
        stored = import_bundle(engine, foreign, name)
        write_native_bundle(load_bundle(engine, None, stored.set_id), tmp_path / "native.zip")
        with closing(stage_files([tmp_path / "native.zip"])) as native:
            assert {one.format for one in native.recognised} == {"native bundle"}
            assert _as_sets(native.bundle()) == _as_sets(foreign.bundle())
            assert import_bundle(engine, native, "again").already_there
            if foreign.judges:
                assert _audit(runs_of(native)) == _audit([load_run(engine, run_id) for run_id in stored.run_ids])
    engine.dispose()
