"""One row's fields as checked values: each method returns a value of the right type or reports why not.

A method that reports returns a stand-in, so that a reader can go on and report the rest of the
row; ``intact`` tells whether the row may be used.
"""

from __future__ import annotations

import math
from typing import Any, Final

import orjson

from trustjudge_core.formats.lookalikes import is_blank
from trustjudge_core.formats.problems import FileProblems, listed, shown
from trustjudge_core.formats.strict_json import Row

LARGEST_NUMBER: Final = 1e100
"""Of any number, so that differences and squares of scores stay numbers."""

LARGEST_EXACT: Final = 2.0**53
"""Above this a JSON number without a fraction may have been rounded, so it is no id."""

PROBABILITY_SLACK: Final = 1e-4
"""Probabilities computed in single precision may exceed 1 by this much, alone or summed."""

SUM_SLACK: Final = 0.05
"""Servers round each probability and some list a token twice with different spaces, so published tables
exceed 1 by a little: kept as they are and said. Reference mode uses them so, corrected mode renormalises."""

LONGEST_ID: Final = 2_000
"""Bytes of an id or name: what an index of PostgreSQL holds, and far more than a person reads."""

LONGEST_CRITERION: Final = 20_000
"""Bytes of a criterion, which may be a page long."""

LARGEST_ID: Final = 2**63 - 1

LARGEST_COUNT: Final = 2**31 - 1
"""What the database holds of a count; nobody asked for more tokens or samples."""

_MOST_UNREAD: Final = 1_000
"""So many names of fields that nobody reads are told apart."""

_POOLED: Final = 1_000_000
"""Ids of one file that are kept as one object each; after so many the pool begins anew."""

MISSING: Final = "is missing"


def number_in(text: str) -> float:
    """The number that a text is; NaN for one that is none, and for digits with underscores, which Python would read."""
    try:
        return math.nan if "_" in text else float(text)
    except ValueError:
        return math.nan


class Fields:
    """The fields of the current row of one file; point it at a row by setting ``line`` and ``values``."""

    __slots__ = ("_before", "_line", "_pool", "_unread", "report", "values")

    def __init__(self, report: FileProblems) -> None:
        self.report = report
        self.values: Row = {}
        self._line: int | None = None
        self._before = 0
        self._pool: dict[str, str] = {}
        self._unread: set[str] = set()

    @property
    def line(self) -> int | None:
        """Line of the current row; setting it begins a row."""
        return self._line

    @line.setter
    def line(self, line: int | None) -> None:
        self._line = line
        self._before = self.report.all.total

    @property
    def intact(self) -> bool:
        """Whether nothing was reported since the row began."""
        return self.report.all.total == self._before

    def problem(self, field: str | None, found: str, allowed: str, fix: str) -> None:
        """Report something about the current row."""
        self.report.add(self._line, field, found, allowed, fix)

    def note(self, message: str, kind: str | None = None) -> None:
        """Say something about the current row."""
        self.report.note(self._line, message, kind)

    def id(self, key: str) -> str:
        """A required id or name: text, or a number taken as text. Equal ids are one object in memory."""
        return self.id_of(self.values.get(key), key)

    def id_of(self, value: object, key: str, longest: int = LONGEST_ID) -> str:
        """The same for a value found elsewhere; ``key`` is what it is called."""
        if type(value) is str:
            known = self._pool.get(value)
            if known is not None:
                return known
            if len(value) > longest or len(value.encode("utf-8", "surrogatepass")) > longest:
                self.problem(
                    key,
                    f"{shown(value)} has {len(value):,} characters",
                    f"at most {longest:,} bytes",
                    "give it a shorter id",
                )
            elif not is_blank(value):
                if len(self._pool) >= _POOLED:
                    self._pool.clear()
                self._pool[value] = value
                return value
            else:
                self.problem(key, "is empty", "text or a number", "give it an id")
        elif type(value) is int and abs(value) <= LARGEST_ID:
            return self.id_of(str(value), key)
        elif type(value) is float and abs(value) < LARGEST_EXACT:
            return self.id_of(str(int(value)) if value.is_integer() else repr(value), key)
        elif type(value) is float and math.isnan(value):
            self.problem(key, "is not a number (NaN)", "text or a number", "give it an id")
        elif type(value) is float:
            self.problem(key, f"{shown(value)} is too large to be read exactly", "text", "write it in quotes")
        elif value is None:
            self.problem(key, MISSING, "text or a number", "add the field")
        else:
            self.problem(key, shown(value), "text or a number", "write it as text")
        return ""

    def optional_id(self, key: str) -> str | None:
        """An id or name that may be missing or null."""
        return None if self.values.get(key) is None else self.id(key)

    def name(self, key: str, default: str) -> str:
        """A name with a default for a missing or null one."""
        value = self.values.get(key)
        return default if value is None else self.id_of(value, key)

    def criterion(self) -> str | None:
        """What was judged by, perhaps a page long; missing and null are None."""
        value = self.values.get("criterion")
        return None if value is None else self.id_of(value, "criterion", LONGEST_CRITERION)

    def text(self, key: str) -> str | None:
        """Text that may be missing or null; a number or boolean is kept as its JSON text and said."""
        return self.text_of(self.values.get(key), key)

    def text_of(self, value: object, key: str) -> str | None:
        """The same for a value found elsewhere."""
        if value is None or type(value) is str:
            return value
        if type(value) in (int, float, bool):
            text = orjson.dumps(value).decode()
            self.note(f"{key} {text} is not text; kept as the text {text}", f"{key} is not text; kept as text")
            return text
        self.problem(key, shown(value), "text", "write it as text")
        return None

    def any_text(self, value: object, key: str) -> str | None:
        """Text of any value that may be missing: lists and objects as the JSON they are."""
        if isinstance(value, list | dict):
            try:
                return orjson.dumps(value).decode()
            except TypeError:
                self.problem(key, "nests too deep", "text", "write it as text")
                return None
        return self.text_of(value, key)

    def answer_text(self, value: object, key: str) -> str | None:
        """The text of a response: None where it is missing, a stand-in where it is no text and that was reported."""
        before = self.report.all.total
        text = self.text_of(value, key)
        return text if self.report.all.total == before else "?"

    def number(self, key: str) -> float | None:
        """A finite number that may be missing or null."""
        value = self.values.get(key)
        return None if value is None else self.number_of(value, key)

    def number_of(self, value: object, key: str) -> float:
        """A value as a finite number."""
        if type(value) is float or type(value) is int:
            number = float(value)
            if abs(number) <= LARGEST_NUMBER:
                return number
        if type(value) is float and math.isfinite(value):
            self.problem(key, shown(value), f"numbers up to {LARGEST_NUMBER:g}", "correct the number")
            return math.nan
        self.problem(key, shown(value), "a finite number", "write a number, or null when there is none")
        return math.nan

    def count(self, key: str) -> int | None:
        """A whole number from 1 that may be missing or null."""
        value = self.values.get(key)
        if type(value) is float and value.is_integer():
            value = int(value)  # how tables that were written by pandas hold whole numbers
        if value is None or (type(value) is int and 1 <= value <= LARGEST_COUNT):
            return value
        self.problem(key, shown(value), "a whole number from 1", "correct it, or leave the field out")
        return None

    def truth(self, key: str, default: bool) -> bool:
        """true or false, with a default for a missing or null one."""
        value = self.values.get(key)
        if value is None:
            return default
        if type(value) is not bool:
            self.problem(key, shown(value), "true or false", "correct it, or leave the field out")
            return default
        return value

    def items(self, key: str) -> list[Any]:
        """A list that may be missing or null."""
        return self.items_of(self.values.get(key), key)

    def items_of(self, value: object, key: str) -> list[Any]:
        """The same for a value found elsewhere."""
        if value is None:
            return []
        if isinstance(value, list):
            return value
        self.problem(key, shown(value), "a list [...]", "write a list")
        return []

    def mapping_of(self, value: object, key: str) -> Row:
        """A value as an object."""
        if isinstance(value, dict):
            return value
        self.problem(key, MISSING if value is None else shown(value), "an object {...}", "write an object")
        return {}

    def scale(self, required: bool = True) -> tuple[float, float] | None:
        """The scale [lowest, highest]."""
        value = self.values.get("scale")
        if value is None and not required:
            return None
        if type(value) is list and len(value) == 2 and all(type(v) is int or type(v) is float for v in value):
            lowest, highest = float(value[0]), float(value[1])
            if -LARGEST_NUMBER <= lowest < highest <= LARGEST_NUMBER:
                return lowest, highest
        found = MISSING if value is None else listed([shown(v) for v in value]) if type(value) is list else shown(value)
        allowed = f"two numbers, lowest then highest, up to {LARGEST_NUMBER:g}"
        self.problem("scale", found, allowed, "for example [1, 5]")
        return None

    def score(self, value: object, scale: tuple[float, float] | None, key: str) -> float:
        """A number that lies on the scale."""
        number = self.number_of(value, key)
        if scale is not None and (number < scale[0] or number > scale[1]):
            low, high = f"{scale[0]:g}", f"{scale[1]:g}"
            self.problem(
                key,
                f"{shown(value)} is outside the scale {low}-{high}",
                f"numbers from {low} to {high}",
                "fix the row or choose another scale",
            )
        return number

    def probabilities(self, values: list[Any], key: str) -> tuple[float, ...]:
        """Numbers from 0 to 1 that sum to at most 1, up to rounding, and to more than 0."""
        numbers = []
        for value in values:
            number = self.number_of(value, key)
            if not math.isnan(number) and not 0.0 <= number <= 1.0 + PROBABILITY_SLACK:
                self.problem(key, shown(value), "numbers from 0 to 1", "write probabilities, not logarithms or percent")
            numbers.append(number)
        total = sum(numbers)
        if total > 1.0 + PROBABILITY_SLACK and self.intact:
            self.large_sum(total, key)
        elif total == 0.0:
            self.problem(key, "hold no probability above 0", "a sum above 0", "write null and say why under invalid")
        return tuple(numbers)

    def large_sum(self, total: float, key: str) -> None:
        """Say that probabilities sum to more than 1, or report it when rounding cannot be why."""
        if total <= 1.0 + SUM_SLACK:
            self.note(
                f"{key}: the probabilities sum to {total:.6g}; kept as they are", "probabilities summing to more than 1"
            )
        else:
            self.problem(key, f"sum to {total:.6g}", "a sum of at most 1", "correct the probabilities")

    def say_unread(self, known: frozenset[str]) -> None:
        """Name fields that nobody reads, once each: a mistyped optional field must not vanish silently."""
        if not self.values.keys() <= known:
            self.say_unread_of([key for key in self.values if key not in known], "field")

    def say_unread_of(self, keys: list[str], noun: str) -> None:
        """The same for these names of fields or columns, which are counted together."""
        for key in keys:
            if key not in self._unread and len(self._unread) < _MOST_UNREAD:
                self._unread.add(key)
                self.report.note(None, f"{noun} {listed([key])} is not read", f"a {noun} that is not read")
