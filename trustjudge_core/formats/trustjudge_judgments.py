"""What TrustJudge's score and pair judgments share: one model output with its token tables."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from trustjudge_core.formats.fields import PROBABILITY_SLACK, SUM_SLACK, Fields
from trustjudge_core.formats.problems import shown
from trustjudge_core.formats.token_tables import Table, label_table

NO_VERDICT = "no verdict in brackets"


@dataclass(frozen=True, slots=True)
class Output:
    """One model output: the table at its label position, or why there is none."""

    table: Table | None
    cumulative_logprob: float | None = None
    token_count: int | None = None
    text: str | None = None
    failure: str | None = None


def read_output(at: Fields, value: Any, key: str, allowed: Callable[[str], bool]) -> Output:
    """The output under ``key``; null means that the judge was not asked or gave nothing."""
    if value is None:
        return Output(None, failure="missing judgment")
    output = at.mapping_of(value, key)
    row, at.values = at.values, output
    text = at.text("output_text")
    tables = read_tables(at, output)
    table = label_table(tables, allowed) if tables is not None else None
    logprob = at.number("cumulative_logprob")
    tokens = len(at.items("original_output_logprobs")) or None
    at.values = row
    if table is None:
        return Output(None, text=text, failure=NO_VERDICT)
    # A table of one position: probabilities, checked only here because the others are never used.
    wrong = next((p for p in table.values() if not 0.0 <= p <= 1.0 + SUM_SLACK), None)
    if wrong is not None:
        at.problem(f"{key}.output_probs", shown(wrong), "probabilities from 0 to 1", "correct the table")
    elif (total := sum(table.values())) > 1.0 + PROBABILITY_SLACK:
        at.large_sum(total, f"{key}.output_probs")
    return Output(table, logprob, tokens, text)


def read_tables(at: Fields, output: dict[str, Any]) -> list[dict[str, Any]] | None:
    """The token tables of an output, or None when they are not what they should be."""
    tables = output.get("output_probs")
    if tables is None:
        return []
    if not isinstance(tables, list):
        at.problem("output_probs", shown(tables), "a list of token tables", "write one object for each position")
        return None
    found: list[dict[str, Any]] = []
    for table in tables:
        if table is None:
            table = {}
        if not isinstance(table, dict):
            at.problem("output_probs", shown(table), "token tables {token: probability}", "write objects")
            return None
        for probability in table.values():
            if type(probability) is not float and type(probability) is not int:
                at.problem("output_probs", shown(probability), "probabilities", "write numbers from 0 to 1")
                return None
        found.append(table)
    return found
