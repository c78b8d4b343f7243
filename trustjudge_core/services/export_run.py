"""Make the files that a run is downloaded as."""

from __future__ import annotations

import io
import math
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from typing import IO, Final, Literal, TypeVar

import numpy as np
from sqlalchemy import Engine

from db import response_sets
from db.engine import reading
from trustjudge_core.audit import audit_evidence
from trustjudge_core.briefing import briefing
from trustjudge_core.correction import DECIDES, CorrectedEvidence
from trustjudge_core.evidence import Evidence
from trustjudge_core.export.audit_json import json_text
from trustjudge_core.export.columns import HOW_MADE, TRAINING, columns_of
from trustjudge_core.export.inconsistencies import conflict_table, triple_table
from trustjudge_core.export.native_bundle import write_archive
from trustjudge_core.export.pack import made_with
from trustjudge_core.export.preferences import preference_table
from trustjudge_core.export.ranking import contradicted_rows, ranking_rows
from trustjudge_core.export.report import report_html
from trustjudge_core.export.report_people import people_section
from trustjudge_core.export.scores import score_table
from trustjudge_core.export.tables import Cell, Columns, Format, TableRow, write_table
from trustjudge_core.export.training_pairs import training_pairs
from trustjudge_core.export.verdicts import ledger_rows, verdict_rows
from trustjudge_core.services.corrected_ranking import Corrected, correct
from trustjudge_core.services.describe_judge import describe_judge
from trustjudge_core.services.load_bundle import bundle_as_lines
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
Told = Callable[[str, float], None]
"""Told what is being made now, and which share of it is done, NaN where that is not known."""
Piece = TypeVar("Piece")

FACTS: Final = ("scores", "verdicts", "ledger")
"""Tables that depend on neither aggregation nor tolerance, and that verdicts about pairs do not change."""

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
    made = _how_made(table, evidence, aggregation, tolerance)
    for row in _ROWS[table](evidence, aggregation, tolerance):
        yield {**row, **made}


def _how_made(table: Table, evidence: Evidence, aggregation: Aggregation, tolerance: float) -> dict[str, Cell]:
    made: dict[str, Cell] = {"judge": evidence.run.judge, "mode": evidence.mode}
    if isinstance(evidence, CorrectedEvidence):
        made |= {"corrected_pairs": int(evidence.decided.sum()), "verdict_weight": evidence.weight}
    if table not in FACTS:
        made |= {"aggregation": aggregation, "tolerance": tolerance}
    return made


def write_rows(
    table: Table,
    file_format: Format,
    evidence: Evidence,
    aggregation: Aggregation,
    tolerance: float,
    file: IO[bytes],
    told: Told | None = None,
) -> int:
    """Write one table to a file, row by row, and say how many; ``told`` hears of every thousandth row on the way.

    Without rows the file has its header all the same.
    """
    made = _how_made(table, evidence, aggregation, tolerance)
    columns: Columns = {**columns_of(table, evidence), **{name: HOW_MADE[name] for name in made}}
    rows = rows_of(table, evidence, aggregation, tolerance)
    return write_table(counted(rows, "rows", _expected(table, evidence), told), file_format, file, columns)


def write_training(rows: Iterable[TableRow], file_format: Format, file: IO[bytes], told: Told | None = None) -> int:
    """Write preference pairs for training, as `training_rows` makes them, to a file, and say how many."""
    return write_table(counted(rows, "pairs", 0, told), file_format, file, TRAINING)


def counted(pieces: Iterable[Piece], noun: str, expected: int, told: Told | None) -> Iterator[Piece]:
    """The same pieces; ``told`` hears of every thousandth, as a share where it is known how many are ``expected``."""
    of = f" of {expected:,}" if expected else ""
    for number, piece in enumerate(pieces, 1):
        if told and number % 1000 == 0:
            told(f"{number:,}{of} {noun}", min(1.0, number / expected) if expected else math.nan)
        yield piece


def _expected(table: Table, evidence: Evidence) -> int:
    """Rows of a table where that is known before they are made, else 0."""
    if table == "preferences":
        return len(evidence.table)
    if table == "scores":
        return sum(len(sheet.response) for sheet in evidence.sheets)
    return len(evidence.run.verdicts.first) if table == "verdicts" else 0


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
    engine: Engine,
    exported: Evidence | Corrected,
    run_id: int,
    set_id: int,
    set_name: str,
    aggregation: Aggregation,
    tolerance: float,
) -> str:
    """The audit as one HTML file that opens without a network; a corrected one says what people changed.

    Raises NotFound.
    """
    facts = [("Made with", ", ".join(f"{name} {number}" for name, number in made_with().items()))]
    facts += describe_judge(engine, run_id)
    facts += [
        (f"Left out of {one.file}", f"{one.rows:,} rows whose {one.field or 'content'} was not {one.allowed}")
        for one in read_left_out(engine, set_id)
    ]
    made = f"{datetime.now(UTC):%d %B %Y, %H:%M} UTC"
    if isinstance(exported, Evidence):
        return report_html(exported, aggregation, tolerance, set_name=set_name, made=made, facts=facts)
    before, after = exported.ground.evidence, exported.evidence
    people = exported.people_on(np.flatnonzero(after.decided).tolist())
    facts.append(
        (
            "Verdicts of people",
            f"{exported.decided:,} pairs decided by people, not the judge; weight of a verdict {after.weight:g}",
        )
    )
    return report_html(
        after,
        aggregation,
        tolerance,
        set_name=set_name,
        made=made,
        facts=facts,
        lead=f"By the judge alone: {_briefing(before, aggregation, tolerance)}",
        first=[people_section(before, after, people, aggregation, tolerance)],
        remark=f"Corrected: on {exported.decided:,} of {len(after.table):,} pairs everything below counts what people "
        "decided, not what the judge said.",
    )


def _briefing(evidence: Evidence, aggregation: Aggregation, tolerance: float) -> str:
    """The audit in a few sentences; no interval is in them, so none is computed."""
    settings = AuditSettings(evidence.mode, (tolerance,), (3,), resamples=0)
    return briefing(audit_evidence(evidence, settings), aggregation)


def write_bundle(
    engine: Engine, run_id: int, set_id: int, file: IO[bytes], told: Told | None = None, judgments: int = 0
) -> None:
    """Write the facts of a run as a native bundle (.zip): responses, judgments, verdicts; it imports back unchanged.

    ``judgments``: how many are expected, for ``told``. Raises NotFound and UsageError.
    """
    with bundle_as_lines(engine, run_id, set_id) as parts:
        write_archive({name: counted(lines, name, judgments, told) for name, lines in parts.items()}, file)


def corrected_run(
    engine: Engine,
    run_id: int,
    mode: Mode,
    aggregation: Aggregation | None,
    tolerance: float,
    weight: float = DECIDES,
) -> Corrected:
    """A run with the standing verdicts of everybody in it, counting with a weight.

    Every file made of its ``evidence`` is the corrected one. Raises NotFound and UsageError.
    """
    return correct(engine, open_review(engine, run_id, mode, aggregation, tolerance), weight)


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
