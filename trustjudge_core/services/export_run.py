"""Make the files that a run is downloaded as."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final, Literal

from sqlalchemy import Engine

from trustjudge_core.audit import audit_evidence
from trustjudge_core.evidence import Evidence
from trustjudge_core.export.audit_json import json_of
from trustjudge_core.export.inconsistencies import conflict_table, triple_table
from trustjudge_core.export.native_bundle import write_native_bundle
from trustjudge_core.export.preferences import preference_table
from trustjudge_core.export.ranking import contradicted_rows, ranking_rows
from trustjudge_core.export.scores import score_table
from trustjudge_core.export.tables import Cell, TableRow, csv_bytes, json_bytes
from trustjudge_core.services.load_bundle import load_bundle
from trustjudge_core.settings import Aggregation, AuditSettings

Table = Literal["ranking", "contradicted_pairs", "conflicts", "inconsistent_triples", "preferences", "scores"]
Format = Literal["csv", "json"]

_ROWS: Final[dict[Table, Callable[[Evidence, Aggregation, float], Iterator[TableRow]]]] = {
    "ranking": ranking_rows,
    "contradicted_pairs": contradicted_rows,
    "conflicts": conflict_table,
    "inconsistent_triples": triple_table,
    "preferences": preference_table,
    "scores": lambda evidence, _aggregation, _tolerance: score_table(evidence),
}


def rows_of(table: Table, evidence: Evidence, aggregation: Aggregation, tolerance: float) -> Iterator[TableRow]:
    """The rows of one table, made as they are asked for. Each ends with how it was made."""
    made: dict[str, Cell] = {"judge": evidence.run.judge, "mode": evidence.mode}
    if table != "scores":  # scores depend on neither
        made |= {"aggregation": aggregation, "tolerance": tolerance}
    for row in _ROWS[table](evidence, aggregation, tolerance):
        yield {**row, **made}


def export_table(
    table: Table, file_format: Format, evidence: Evidence, aggregation: Aggregation, tolerance: float
) -> bytes:
    """One table as a CSV or JSON file."""
    write = csv_bytes if file_format == "csv" else json_bytes
    return write(rows_of(table, evidence, aggregation, tolerance))


def export_audit(evidence: Evidence, tolerance: float) -> bytes:
    """The audit as `audit --json` writes it, every number computed with the command line's defaults."""
    audit = audit_evidence(evidence, AuditSettings(evidence.mode, (tolerance,)))
    return (json.dumps(json_of([(evidence, audit)]), ensure_ascii=False, indent=1) + "\n").encode("utf-8", "replace")


def export_bundle(engine: Engine, run_id: int, set_id: int) -> bytes:
    """The facts of a run as a native bundle (.zip): responses, judgments, verdicts; it imports back unchanged."""
    bundle = load_bundle(engine, run_id, set_id)
    with tempfile.TemporaryDirectory(prefix="trustjudge-") as folder:
        path = Path(folder) / "bundle.zip"
        write_native_bundle(bundle, path)
        return path.read_bytes()
