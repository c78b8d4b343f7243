"""Make the files that a run is downloaded as."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Final, Literal

from sqlalchemy import Engine

from db import response_sets
from db.engine import reading
from trustjudge_core.audit import audit_evidence
from trustjudge_core.correction import CorrectedEvidence
from trustjudge_core.evidence import Evidence
from trustjudge_core.export.audit_json import json_text
from trustjudge_core.export.inconsistencies import conflict_table, triple_table
from trustjudge_core.export.native_bundle import write_native_bundle
from trustjudge_core.export.preferences import preference_table
from trustjudge_core.export.ranking import contradicted_rows, ranking_rows
from trustjudge_core.export.report import report_html
from trustjudge_core.export.scores import score_table
from trustjudge_core.export.tables import Cell, Format, TableRow, write_table
from trustjudge_core.export.training_pairs import training_pairs
from trustjudge_core.export.verdicts import ledger_rows, verdict_rows
from trustjudge_core.services.corrected_ranking import correct
from trustjudge_core.services.load_bundle import load_bundle
from trustjudge_core.services.open_review import open_review
from trustjudge_core.services.read_left_out import read_left_out
from trustjudge_core.settings import Aggregation, AuditSettings, Mode

Table = Literal[
    "ranking",
    "contradicted_pairs",
    "conflicts",
    "inconsistent_triples",
    "preferences",
    "scores",
    "verdicts",
    "ledger",
]
_FACTS: Final = ("scores", "verdicts", "ledger")
"""Tables that depend on neither aggregation nor tolerance."""

_ROWS: Final[dict[Table, Callable[[Evidence, Aggregation, float], Iterator[TableRow]]]] = {
    "ranking": ranking_rows,
    "contradicted_pairs": contradicted_rows,
    "conflicts": conflict_table,
    "inconsistent_triples": triple_table,
    "preferences": preference_table,
    "scores": lambda evidence, _aggregation, _tolerance: score_table(evidence),
    "verdicts": lambda evidence, _aggregation, _tolerance: verdict_rows(evidence),
    "ledger": lambda evidence, _aggregation, _tolerance: ledger_rows(evidence),
}


def rows_of(table: Table, evidence: Evidence, aggregation: Aggregation, tolerance: float) -> Iterator[TableRow]:
    """The rows of one table, made as they are asked for. Each ends with how it was made."""
    made: dict[str, Cell] = {"judge": evidence.run.judge, "mode": evidence.mode}
    if isinstance(evidence, CorrectedEvidence):
        made["corrected_pairs"] = int(evidence.decided.sum())
    if table not in _FACTS:
        made |= {"aggregation": aggregation, "tolerance": tolerance}
    for row in _ROWS[table](evidence, aggregation, tolerance):
        yield {**row, **made}


def write_rows(
    table: Table,
    file_format: Format,
    evidence: Evidence,
    aggregation: Aggregation,
    tolerance: float,
    file: IO[bytes],
    told: Callable[[int], None] | None = None,
) -> int:
    """Write one table to a file and say how many rows; ``told`` hears of every thousandth row on the way."""
    return write_table(_counted(rows_of(table, evidence, aggregation, tolerance), told), file_format, file)


def _counted(rows: Iterator[TableRow], told: Callable[[int], None] | None) -> Iterator[TableRow]:
    for number, row in enumerate(rows, 1):
        if told and number % 1000 == 0:
            told(number)
        yield row


def export_table(
    table: Table, file_format: Format, evidence: Evidence, aggregation: Aggregation, tolerance: float
) -> bytes:
    """One table as a file in memory, for a download."""
    file = io.BytesIO()
    write_rows(table, file_format, evidence, aggregation, tolerance, file)
    return file.getvalue()


def export_audit(evidence: Evidence, tolerance: float) -> bytes:
    """The audit as `audit --json` writes it, every number computed with the command line's defaults."""
    audit = audit_evidence(evidence, AuditSettings(evidence.mode, (tolerance,)))
    return json_text([(evidence, audit)]).encode("utf-8", "replace")


def export_report(
    engine: Engine, evidence: Evidence, set_id: int, set_name: str, aggregation: Aggregation, tolerance: float
) -> str:
    """The audit as one HTML file that opens without a network. Raises NotFound."""
    facts = [
        (f"Left out of {one.file}", f"{one.rows:,} rows whose {one.field or 'content'} was not {one.allowed}")
        for one in read_left_out(engine, set_id)
    ]
    if isinstance(evidence, CorrectedEvidence):
        facts.append(("Verdicts of people", f"{int(evidence.decided.sum()):,} pairs decided by people, not the judge"))
    made = f"{datetime.now(UTC):%d %B %Y, %H:%M} UTC"
    return report_html(evidence, aggregation, tolerance, set_name=set_name, made=made, facts=facts)


def export_bundle(engine: Engine, run_id: int, set_id: int) -> bytes:
    """The facts of a run as a native bundle (.zip): responses, judgments, verdicts; it imports back unchanged."""
    bundle = load_bundle(engine, run_id, set_id)
    with tempfile.TemporaryDirectory(prefix="trustjudge-") as folder:
        path = Path(folder) / "bundle.zip"
        write_native_bundle(bundle, path)
        return path.read_bytes()


def corrected_evidence(
    engine: Engine, run_id: int, mode: Mode, aggregation: Aggregation, tolerance: float
) -> CorrectedEvidence:
    """A run's evidence with the standing verdicts of everybody in it, each deciding its pair.

    Every table made of it is the corrected one. Raises NotFound and UsageError.
    """
    return correct(engine, open_review(engine, run_id, mode, aggregation, tolerance)).evidence


def training_rows(
    engine: Engine,
    evidence: Evidence,
    set_id: int,
    aggregation: Aggregation,
    tolerance: float,
    contradictions: bool = False,
) -> Iterator[TableRow]:
    """Preference pairs for training (prompt, chosen, rejected, margin, source), with the texts of the set.

    Pairs in an inconsistent triple are left out unless ``contradictions``. Raises NotFound.
    """
    with reading(engine) as connection:
        response_set, _ = response_sets.read(connection, set_id)
    return training_pairs(evidence, response_set, aggregation, tolerance, contradictions=contradictions)
