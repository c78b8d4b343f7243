"""Verdicts written as labels: A>B, A>>B, A=B, possibly inside [[ ]], and the other way round."""

from __future__ import annotations

import re
from typing import Final

from trustjudge_core.records import Shown

_LABEL: Final = re.compile(r"\s*\[*\s*([AB])\s*(<<|<|=|>|>>)\s*([AB])\s*\]*\s*")

_TORN: Final = re.compile(r"[AB<>=]{1,40}")
"""What Arena-Hard's own pattern takes for a label; its tally skips those that are none."""

LABELS_IN_WORDS: Final = "A>>B, A>B, A=B, B>A or B>>A"


def read_label(label: str) -> tuple[Shown, float | None] | None:
    """Who won by shown position (A is first), and by how many steps; None for any other text."""
    match = _LABEL.fullmatch(label.upper())
    if match is None or match[1] == match[3]:
        return None
    left, sign, _ = match.groups()
    if sign == "=":
        return "tie", None
    left_won = sign.startswith(">")
    return "first" if (left == "A") == left_won else "second", float(len(sign))


def is_torn(label: str) -> bool:
    """Whether a text was made of the signs of labels and is none: what a judge wrote could not be read upstream."""
    return _TORN.fullmatch(label.strip(" []\n")) is not None and read_label(label) is None
