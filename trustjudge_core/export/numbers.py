"""Numbers as JSON has them: NaN becomes null, there is not enough data."""

from __future__ import annotations

import math


def number(value: float) -> float | None:
    """A finite number, or None where there is not enough data."""
    return float(value) if math.isfinite(value) else None


def interval(low: float, high: float) -> list[float] | None:
    """[low, high], or None where no interval can be given."""
    return [float(low), float(high)] if math.isfinite(low) and math.isfinite(high) else None
