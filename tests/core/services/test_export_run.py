from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest
from sqlalchemy import Engine

from trustjudge_core.__main__ import main
from trustjudge_core.evidence import Evidence
from trustjudge_core.formats import UploadedFile, read_files
from trustjudge_core.services.export_run import (
    Table,
    corrected_evidence,
    export_audit,
    export_bundle,
    export_report,
    export_table,
    rows_of,
)
from trustjudge_core.services.load_bundle import load_bundle
from trustjudge_core.services.load_run import load_run
from trustjudge_core.services.load_sample import SAMPLE, load_sample
from trustjudge_core.services.open_database import open_database


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


def test_a_row_says_how_it_was_made(evidence: Evidence) -> None:
    row = next(rows_of("conflicts", evidence, "baseline", 0.25))
    assert (row["mode"], row["aggregation"], row["tolerance"]) == ("corrected", "baseline", 0.25)


def test_as_many_triples_are_listed_as_the_audit_counts(evidence: Evidence) -> None:
    by = evidence.default_aggregation
    audited = json.loads(export_audit(evidence, 0.0))["transitivity"]
    (counted,) = [t["violations"] for t in audited if (t["aggregation"], t["k"]) == (by, 3)]
    assert sum(1 for _ in rows_of("inconsistent_triples", evidence, by, 0.0)) == counted


def test_the_bundle_reads_back_as_what_is_stored(stored: Engine) -> None:
    data = export_bundle(stored, 1, 1)
    again = read_files([UploadedFile("bundle.zip", data)]).bundle
    kept = load_bundle(stored, 1, 1)
    assert again.response_set == kept.response_set
    assert (again.scores, again.pairs, again.verdicts) == (kept.scores, kept.pairs, kept.verdicts)


def test_a_corrected_report_says_that_people_decided(stored: Engine, evidence: Evidence) -> None:
    corrected = corrected_evidence(stored, 1, "corrected", "likelihood", 0.0)
    said = "32 pairs decided by people"
    assert said in export_report(stored, corrected, 1, "Sample", "likelihood", 0.0)
    assert said not in export_report(stored, evidence, 1, "Sample", "likelihood", 0.0)
