"""What people decided about pairs, and what failed, as rows of a table."""

from __future__ import annotations

from collections.abc import Iterator

from trustjudge_core.audit import ledger
from trustjudge_core.evidence import Evidence
from trustjudge_core.export.tables import TableRow
from trustjudge_core.records import SHOWN

_CODES = {1: SHOWN[0], -1: SHOWN[1], 0: SHOWN[2]}


def verdict_rows(evidence: Evidence) -> Iterator[TableRow]:
    """A row for every verdict on a pair, by shown position, in the order of recording: a table that can be imported."""
    index, said = evidence.index, evidence.run.verdicts
    question_of = evidence.question_of
    for first, second, verdict, annotator in zip(
        said.first.tolist(), said.second.tolist(), said.verdict.tolist(), said.annotator.tolist(), strict=True
    ):
        yield {
            "question_id": index.question_ids[question_of[first]],
            "first": index.response_ids[first],
            "second": index.response_ids[second],
            "annotator": said.annotators[annotator],
            "verdict": _CODES.get(verdict),
        }


def ledger_rows(evidence: Evidence) -> Iterator[TableRow]:
    """A row for every reason for which judgments failed, with how often, the most frequent first."""
    for entry in ledger(evidence.run.scores, evidence.run.pairs):
        yield {"kind": entry.kind, "reason": entry.reason, "judgments": entry.count}
