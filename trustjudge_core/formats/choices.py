"""What a person said about files that do not say it themselves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from trustjudge_core.errors import UsageError
from trustjudge_core.formats.fields import LARGEST_NUMBER, LONGEST_ID
from trustjudge_core.formats.lookalikes import is_blank
from trustjudge_core.formats.table_cells import TableChoice
from trustjudge_core.formats.table_columns import check_mapping
from trustjudge_core.formats.text_layout import check_declared

JUDGE: Final = "judge"
"""Name of a judge whose files do not name it."""


_ANY: Final = ("utf-8", "surrogatepass")


@dataclass(frozen=True)
class Choices:
    """Who judged, on which scale, against which baseline; which columns hold what; what each file is.

    ``mapping`` is our column -> theirs, for tables of which ``tables`` says nothing else. ``formats`` is the
    name of a file -> the `Part.key` to read it as.
    """

    scale: tuple[float, float] | None = None
    judge: str | None = None
    baseline: str | None = None
    mapping: Mapping[str, str] = field(default_factory=dict)
    formats: Mapping[str, str] = field(default_factory=dict)
    tables: Mapping[str, TableChoice] = field(default_factory=dict)

    def checked(self) -> Choices:
        """The same with plain numbers and trimmed names. Raises UsageError for what cannot be used."""
        scale = self.scale
        if scale is not None and not (
            all(abs(s) <= LARGEST_NUMBER and s == int(s) for s in scale) and scale[0] < scale[1]
        ):
            raise UsageError(
                f"scale {scale[0]:g} to {scale[1]:g} cannot be used; allowed: two whole numbers, the lower first; "
                "for example 1 and 5"
            )
        for name, what in ((self.judge, "judge's"), (self.baseline, "baseline's")):
            if name is not None and (is_blank(name) or "\0" in name or len(name.encode(*_ANY)) > LONGEST_ID):
                found = "is empty" if is_blank(name) else "cannot be kept"
                raise UsageError(
                    f"the {what} name {found}; allowed: text of at most {LONGEST_ID:,} bytes; give it another or "
                    "leave it out"
                )
        check_mapping(self.mapping, None)
        for choice in self.tables.values():
            check_mapping(choice.mapping, choice.holds)
            check_declared(choice.encoding, choice.delimiter)
        return replace(
            self,
            scale=None if scale is None else (float(scale[0]), float(scale[1])),
            mapping=_trimmed(self.mapping),
            tables={name: replace(c, mapping=_trimmed(c.mapping)) for name, c in self.tables.items()},
        )

    def table(self, file: str) -> TableChoice:
        """What was said about a table."""
        return self.tables.get(file) or TableChoice(mapping=self.mapping)

    def named(self, default: str = JUDGE) -> str:
        """The judge's name, or what to call it when nobody said."""
        return self.judge or default


def _trimmed(mapping: Mapping[str, str]) -> dict[str, str]:
    return {ours: theirs.strip() for ours, theirs in mapping.items()}
