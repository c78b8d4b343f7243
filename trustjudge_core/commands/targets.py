"""Files that a command writes: checked before the work starts, and named only when all of them is written."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from trustjudge_core.errors import UsageError


def json_target(target: str | None) -> Path | None:
    """The file of `--json`; None for standard output or no JSON. Raises UsageError where none can be."""
    if target in (None, "-"):
        return None
    path = Path(target)
    if path.is_dir() or not path.parent.is_dir():
        raise UsageError(
            f"--json {target} cannot be written; allowed: a file in an existing folder; choose another path"
        )
    return path


@contextmanager
def whole(path: Path) -> Iterator[IO[bytes]]:
    """A file that takes its name only when all of it is written. Raises UsageError where that cannot be."""
    refused = "allowed: a file in an existing folder that this account may write; choose another path"
    if path.is_dir() or not path.parent.is_dir():
        raise UsageError(f"--out {path} cannot be written; {refused}")
    try:
        handle, unfinished = tempfile.mkstemp(dir=path.parent, prefix=".unfinished-")
    except OSError as error:
        raise UsageError(f"--out {path} cannot be written ({error.strerror}); {refused}") from error
    try:
        with os.fdopen(handle, "w+b") as file:
            yield file
        os.chmod(unfinished, 0o644)
        os.replace(unfinished, path)
    except BaseException:
        os.unlink(unfinished)
        raise
