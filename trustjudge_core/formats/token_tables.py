"""Finds the verdict in token tables, by the rule of the published code.

A token table maps each token seen at one output position to its probability; its first key is the
token that was emitted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

from trustjudge_core.formats.fields import number_in

Table = dict[str, float]

_DROPPED: Final = ("Ġ", "▁", "\\u0120", " ")
"""Marks of a leading space: two tokenizers' own, one written out by a broken export, and a space."""


def cleaned(table: dict[str, Any]) -> Table:
    """The table without space marks; keys that become equal are summed at the place of the first."""
    clean: Table = {}
    for token, probability in table.items():
        for mark in _DROPPED:
            token = token.replace(mark, "")
        clean[token] = clean.get(token, 0.0) + probability
    return clean


def bracketed(tables: list[dict[str, Any]]) -> Iterator[Table]:
    """Cleaned tables of all positions that follow an emitted ``[`` and stand before a possible ``]``."""
    for at in range(len(tables) - 2):
        if _first(tables[at]) == "[" and tables[at + 1] and "]" in cleaned(tables[at + 2]):
            yield cleaned(tables[at + 1])


def label_table(tables: list[dict[str, Any]], allowed: Callable[[str], bool]) -> Table | None:
    """Cleaned table of the label position: the first bracketed one whose emitted token is an allowed label."""
    return next((table for table in bracketed(tables) if allowed(next(iter(table)))), None)


def _first(table: dict[str, Any]) -> str:
    token = next(iter(table), "")
    for mark in _DROPPED:
        token = token.replace(mark, "")
    return token


def label_value(token: str, lowest: int, highest: int) -> float | None:
    """The token as a whole number of the scale, as text or read as a float; None for anything else."""
    value = number_in(token)
    return value if value.is_integer() and lowest <= value <= highest else None
