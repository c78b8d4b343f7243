"""Runs the judge's benchmarks in a process of their own: their peak memory is theirs, and torch is in no other."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent


def judge_bars_hold() -> bool:
    """Print every measurement of `bench.judge`; whether all of its bars hold."""
    return subprocess.run([sys.executable, "-m", "bench.judge"], cwd=REPOSITORY, check=False).returncode == 0
