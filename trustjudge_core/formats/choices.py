"""What a person said about files that do not say it themselves."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from trustjudge_core.errors import UsageError

JUDGE: Final = "judge"
"""Name of a judge whose files do not name it."""


@dataclass(frozen=True)
class Choices:
    """Who judged, on which scale, against which baseline; which columns hold what; what each file is.

    ``mapping`` is our column -> theirs. ``formats`` is the name of a file -> the `Part.key` to read it as.
    """

    scale: tuple[float, float] | None = None
    judge: str | None = None
    baseline: str | None = None
    mapping: Mapping[str, str] = field(default_factory=dict)
    formats: Mapping[str, str] = field(default_factory=dict)

    def checked(self) -> Choices:
        """The same with plain numbers and trimmed names. Raises UsageError for what cannot be used."""
        scale = self.scale
        if scale is not None and not (all(math.isfinite(s) and s == int(s) for s in scale) and scale[0] < scale[1]):
            raise UsageError(
                f"scale {scale[0]:g} to {scale[1]:g} cannot be used; allowed: two whole numbers, the lower first; "
                "for example 1 and 5"
            )
        for name, what in ((self.judge, "judge's"), (self.baseline, "baseline's")):
            if name is not None and not name.strip():
                raise UsageError(f"the {what} name is empty; allowed: any text; give it a name or leave it out")
        return Choices(
            None if scale is None else (float(scale[0]), float(scale[1])),
            self.judge,
            self.baseline,
            {ours: theirs.strip() for ours, theirs in self.mapping.items()},
            dict(self.formats),
        )

    def named(self, default: str = JUDGE) -> str:
        """The judge's name, or what to call it when nobody said."""
        return self.judge or default
