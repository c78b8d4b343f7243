"""What a process holds in memory and has held at most, counted from its own start."""

from __future__ import annotations

import re
import resource
import sys
from pathlib import Path


def memory(process: int | str, what: str) -> float:
    """MiB that a process holds now (``VmRSS``) or has held at most (``VmHWM``), from Linux's ``/proc``."""
    status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    found = re.search(rf"^{what}:\s+(\d+) kB$", status, re.MULTILINE)
    assert found is not None, status
    return int(found[1]) / 1024


def most_held() -> float:
    """The most that this process has held, in MiB.

    Linux hands ``ru_maxrss`` on from the process that started this one, which may be far larger, so ``/proc`` is asked
    where there is one.
    """
    if Path("/proc/self/status").exists():
        return memory("self", "VmHWM")
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)
