from __future__ import annotations

import csv
import html
import io
import json
import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import get_args

import pandas as pd
import pytest
from sqlalchemy import Engine

from tests.core.small_runs import run_of
from trustjudge_core.__main__ import main
from trustjudge_core.audit import audit_evidence
from trustjudge_core.briefing import briefing
from trustjudge_core.evidence import Evidence
from trustjudge_core.export.columns import columns_of
from trustjudge_core.formats import UploadedFile, read_files
from trustjudge_core.services.corrected_ranking import corrected_ranking
from trustjudge_core.services.export_run import (
    Table,
    corrected_run,
    counted,
    export_audit,
    export_report,
    export_table,
    rows_of,
    write_bundle,
)
from trustjudge_core.services.load_bundle import load_bundle
from trustjudge_core.services.load_run import load_run
from trustjudge_core.services.load_sample import SAMPLE, load_sample
from trustjudge_core.services.open_database import open_database
from trustjudge_core.settings import AuditSettings


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    engine = open_database(f"sqlite:///{tmp_path_factory.mktemp('export') / 'sample.sqlite3'}")
    load_sample(engine)
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def evidence(stored: Engine) -> Evidence:
    return Evidence(load_run(stored, 1), "corrected")


def test_the_audit_is_the_file_that_the_command_line_writes(evidence: Evidence, tmp_path: Path) -> None:
    target = tmp_path / "audit.json"
    assert main(["audit", *map(str, sorted(SAMPLE.glob("*.jsonl"))), "--tolerance", "0.05", "--json", str(target)]) == 0
    assert json.loads(export_audit(evidence, 0.05)) == json.loads(target.read_text(encoding="utf-8"))


def test_the_ranking_file_holds_the_numbers_of_the_audit(evidence: Evidence) -> None:
    boards = json.loads(export_audit(evidence, 0.0))["rankings"]
    wanted = [(board["method"], item["id"], item["strength"]) for board in boards for item in board["items"]]
    data = export_table("ranking", "csv", evidence, evidence.default_aggregation, 0.0).decode("utf-8")
    rows = csv.DictReader(io.StringIO(data, newline=""))
    assert [(r["method"], r["id"], float(r["strength"]) if r["strength"] else None) for r in rows] == wanted


@pytest.mark.parametrize("table", get_args(Table))
def test_both_formats_hold_the_same_rows(evidence: Evidence, table: Table) -> None:
    by = evidence.default_aggregation
    in_json = json.loads(export_table(table, "json", evidence, by, 0.0))
    in_csv = list(
        csv.DictReader(io.StringIO(export_table(table, "csv", evidence, by, 0.0).decode("utf-8"), newline=""))
    )
    assert in_json, "the sample has rows for every table"
    assert len(in_csv) == len(in_json) == sum(1 for _ in rows_of(table, evidence, by, 0.0))
    assert list(in_csv[0]) == list(in_json[0])


@pytest.mark.parametrize("table", get_args(Table))
def test_every_row_has_the_columns_that_the_header_names_in_their_types(evidence: Evidence, table: Table) -> None:
    kinds = columns_of(table, evidence)
    for row in rows_of(table, evidence, "baseline", 0.05):
        assert list(row)[: len(kinds)] == list(kinds)
        for name, kind in kinds.items():
            assert row[name] is None or type(row[name]) is kind, (name, row[name])


@pytest.mark.parametrize("table", get_args(Table))
def test_a_table_without_rows_opens_with_its_columns(table: Table) -> None:
    empty = Evidence(run_of({"q": ["a", "b"]}), "corrected")
    frame = pd.read_csv(io.BytesIO(export_table(table, "csv", empty, "baseline", 0.0)))
    assert {*columns_of(table, empty), "judge", "mode"} <= {*frame}
    assert list(pd.read_parquet(io.BytesIO(export_table(table, "parquet", empty, "baseline", 0.0)))) == list(frame)


def test_a_row_says_how_it_was_made(evidence: Evidence) -> None:
    row = next(rows_of("conflicts", evidence, "baseline", 0.25))
    assert (row["mode"], row["aggregation"], row["tolerance"]) == ("corrected", "baseline", 0.25)


def test_as_many_triples_are_listed_as_the_audit_counts(evidence: Evidence) -> None:
    by = evidence.default_aggregation
    audited = json.loads(export_audit(evidence, 0.0))["transitivity"]
    (counted,) = [t["violations"] for t in audited if (t["aggregation"], t["k"]) == (by, 3)]
    assert sum(1 for _ in rows_of("inconsistent_triples", evidence, by, 0.0)) == counted


def test_the_bundle_reads_back_as_what_is_stored(stored: Engine) -> None:
    file = io.BytesIO()
    write_bundle(stored, 1, 1, file)
    again = read_files([UploadedFile("bundle.zip", file.getvalue())]).bundle
    kept = load_bundle(stored, 1, 1)
    assert again.response_set == kept.response_set
    assert (again.scores, again.pairs, again.verdicts) == (kept.scores, kept.pairs, kept.verdicts)


def test_a_corrected_report_says_that_people_decided(stored: Engine, evidence: Evidence) -> None:
    corrected = corrected_run(stored, 1, "corrected", "likelihood", 0.0)
    judged = briefing(audit_evidence(evidence, AuditSettings(tolerances=(0.0,), ks=(3,), resamples=0)), "likelihood")
    found = html.unescape(export_report(stored, corrected, 1, 1, "Sample", "likelihood", 0.0))
    assert "32 pairs decided by people" in found
    # What people decided is no merit of the judge.
    assert f'<p class="lead">By the judge alone: {judged}' in found
    raw = html.unescape(export_report(stored, evidence, 1, 1, "Sample", "likelihood", 0.0))
    assert "32 pairs decided by people" not in raw and f'<p class="lead">{judged.split(";")[0]}' in raw


def test_whoever_waits_hears_how_many_rows_there_are_of_how_many() -> None:
    heard: list[tuple[str, float]] = []
    rows = counted(iter(range(2_500)), "rows", 5_000, lambda words, share: heard.append((words, share)))
    assert list(rows) == list(range(2_500))
    assert heard == [("1,000 of 5,000 rows", 0.2), ("2,000 of 5,000 rows", 0.4)]
    unknown: list[tuple[str, float]] = []
    assert len(list(counted(range(1_000), "rows", 0, lambda words, share: unknown.append((words, share))))) == 1_000
    assert unknown[0][0] == "1,000 rows" and math.isnan(unknown[0][1])


@pytest.fixture
def command(stored: Engine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., bytes]:
    """Runs `export 1` on the sample; the file it wrote."""
    monkeypatch.setenv("DATABASE_URL", stored.url.render_as_string(hide_password=False))

    def export(*arguments: str) -> bytes:
        out = tmp_path / "out"
        assert main(["export", "1", *arguments, "--out", str(out)]) == 0
        return out.read_bytes()

    return export


def test_the_command_line_exports_what_people_corrected(command: Callable[..., bytes], stored: Engine) -> None:
    corrected = corrected_run(stored, 1, "corrected", "likelihood", 0.0)
    by_hand = {
        (one.ranking.method, one.names[n]): one.ranking.strength[n]
        for one in corrected_ranking(corrected).after
        for n in one.order
    }
    rows = pd.read_csv(io.BytesIO(command("--format", "csv", "--corrected")))
    assert set(rows["corrected_pairs"]) == {32} and set(rows["verdict_weight"]) == {1.0}
    for row in rows[rows["scope"] == "system"].itertuples():
        assert row.strength == pytest.approx(by_hand[row.method, row.id], nan_ok=True)
    mixed = pd.read_csv(io.BytesIO(command("--format", "csv", "--corrected", "--weight", "0.3")))
    raw = pd.read_csv(io.BytesIO(command("--format", "csv")))
    assert set(mixed["verdict_weight"]) == {0.3}
    strengths = [
        frame.loc[frame["method"] == "bradley_terry_soft", "strength"].tolist() for frame in (raw, mixed, rows)
    ]
    assert strengths[0] != strengths[1] != strengths[2]
    # At weight 0 nobody is listened to.
    nobody = pd.read_csv(io.BytesIO(command("--format", "csv", "--corrected", "--weight", "0")))
    pd.testing.assert_frame_equal(nobody[raw.columns], raw)


def test_corrected_training_pairs_and_reports_are_other_files(command: Callable[..., bytes]) -> None:
    training = ("--format", "jsonl", "--what", "training_pairs")
    assert command(*training) != command(*training, "--corrected")
    assert b"What people changed" in command("--format", "report", "--corrected")
    assert b"What people changed" not in command("--format", "report")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--format", "pack", "--corrected"), "pack holds what was said"),
        (("--format", "bundle", "--corrected"), "bundle holds what was said"),
        (("--format", "csv", "--what", "scores", "--corrected"), "scores holds what was said"),
        (("--format", "csv", "--weight", "0.5"), "allowed: with --corrected"),
        (("--format", "csv", "--corrected", "--weight", "1.5"), "weight 1.5 of a verdict cannot be used"),
    ],
)
def test_a_correction_that_means_nothing_is_refused(
    stored: Engine,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    arguments: tuple[str, ...],
    said: str,
) -> None:
    monkeypatch.setenv("DATABASE_URL", stored.url.render_as_string(hide_password=False))
    out = tmp_path / "out"
    assert main(["export", "1", *arguments, "--out", str(out)]) == 2
    assert said in capsys.readouterr().err
    assert not out.exists()


def test_pandas_reads_the_same_table_from_every_format(command: Callable[..., bytes]) -> None:
    readers: dict[str, Callable[[io.BytesIO], pd.DataFrame]] = {
        "csv": pd.read_csv,
        "json": pd.read_json,
        "jsonl": lambda file: pd.read_json(file, lines=True),
        "parquet": pd.read_parquet,
        "xlsx": pd.read_excel,
    }
    frames = {name: read(io.BytesIO(command("--format", name, "--what", "ranking"))) for name, read in readers.items()}
    for name, frame in frames.items():
        pd.testing.assert_frame_equal(
            frame.astype(object).where(frame.notna(), None),
            frames["csv"].astype(object).where(frames["csv"].notna(), None),
            check_dtype=False,
            obj=name,
        )
