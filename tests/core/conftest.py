"""Hypothesis for the numbers: no deadline, a library's first call may be slow; the same examples every time."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("numbers", deadline=None, derandomize=True, database=None)
settings.load_profile("numbers")
