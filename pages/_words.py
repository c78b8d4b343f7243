"""Numbers as the screens say them: a share with its denominator and interval."""

from __future__ import annotations

import math
import re
from typing import Final

from trustjudge_core.bootstrap import Estimate, Ratio
from trustjudge_core.settings import AGGREGATION_IN_WORDS as AGGREGATION_IN_WORDS
from trustjudge_core.settings import METHOD_IN_WORDS as METHOD_IN_WORDS


def percent(value: float) -> str:
    """`24.1 %`, or a dash where there is not enough data; what is not quite nothing or all is not said to be."""
    if math.isnan(value):
        return "–"
    if 0 < value < 0.0005:
        return "< 0.1 %"
    if 0.9995 <= value < 1:
        return "> 99.9 %"
    return f"{100 * value:z.1f} %"


def interval_text(low: float, high: float) -> str:
    """`21.4 to 26.7`, empty where there is none."""
    return "" if math.isnan(low) or math.isnan(high) else f"{100 * low:z.1f} to {100 * high:z.1f}"


def ratio_text(ratio: Ratio, unit: str) -> str:
    """`24.1 % · 1,175 of 4,883 triples · 21.4 to 26.7`, or how little data there is."""
    if not ratio.total:
        return f"not enough data (0 {unit})"
    parts = [percent(ratio.value), f"{ratio.count:,} of {ratio.total:,} {unit}", interval_text(ratio.low, ratio.high)]
    return " · ".join(part for part in parts if part)


def basis_text(ratio: Ratio, unit: str) -> str:
    """What stands below a share that is written large: `1,175 of 4,883 triples · 95 % interval 21.4 to 26.7`."""
    sure = interval_text(ratio.low, ratio.high)
    return f"{ratio.count:,} of {ratio.total:,} {unit}" + (f" · 95 % interval {sure}" if sure else "")


def estimate_text(found: Estimate, digits: int = 2) -> str:
    """`0.12 · 0.05 to 0.20`, or how little data there is."""
    if math.isnan(found.value):
        return "not enough data"
    said = f"{found.value:z.{digits}f}"
    return said if math.isnan(found.low) else f"{said} · {found.low:z.{digits}f} to {found.high:z.{digits}f}"


def chance_corrected_text(found: Estimate) -> str:
    """`57.9 % · 53.4 to 62.1`, a dash where chance would contradict nothing either."""
    return " · ".join(filter(None, (percent(found.value), interval_text(found.low, found.high))))


def counted(number: int, one: str, many: str | None = None) -> str:
    """`1 run`, `2 runs`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def unbroken(text: str) -> str:
    """Text in which no line ends between a number and its unit."""
    return text.replace(" %", "\u00a0%")


_FOUND_AGAIN: Final = re.compile(
    r"(?<=http)(?=s?:)|(?<=https)(?=:)|(?<=www)(?=\.)|(?<=@)(?=[\w-])|(?<=:)(?=[\w+-])|(?<=[-<>~])(?=[->=])",
    re.IGNORECASE,
)
"""Where an address, an emoji, an icon or an arrow is no longer one once something stands there."""

_SPACES: Final = re.compile("[ \t\n\v\f\r]+")
"""Shown as one space anyway; four of them, or a tab, at the beginning would make a block of code."""


def plain(text: str | None) -> str:
    """Text from a file inside Markdown: every character that Markdown gives a meaning is escaped.

    Links, emoji, icons and arrows are looked for once more after that, among what was escaped: a word joiner,
    which has no width, keeps them apart.
    """
    specials = "\\`*_{}[]()<>#+-.!|~$:&^=\"'/@"
    apart = _FOUND_AGAIN.sub("\u2060", _SPACES.sub(" ", text or ""))
    return "".join("\\" + c if c in specials else c for c in apart)
