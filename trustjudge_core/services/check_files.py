"""Look at uploaded files without storing anything: what they are, what is wrong, what would be stored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from trustjudge_core.errors import InputProblems, Problem
from trustjudge_core.formats import Recognised, UploadedFile, read_files
from trustjudge_core.records import Bundle


@dataclass(frozen=True)
class CheckedFiles:
    """The outcome of a check: a bundle that can be stored, or problems; never both.

    ``total`` is the number of problems, of which the first 100 are in ``problems``.
    """

    recognised: tuple[Recognised, ...]
    bundle: Bundle | None
    problems: tuple[Problem, ...] = ()
    total: int = 0


def check_files(files: Sequence[UploadedFile], *, judge: str | None = None) -> CheckedFiles:
    """Read the files and say what was found. Does not raise for bad files."""
    try:
        read = read_files(files, judge=judge)
    except InputProblems as error:
        return CheckedFiles(getattr(error, "recognised", ()), None, error.problems, error.total)
    return CheckedFiles(read.recognised, read.bundle)


def said(bundle: Bundle) -> str:
    """What storing the bundle would store, exactly, in words."""
    responses = sum(len(question.responses) for question in bundle.response_set.questions)
    failed = sum(s.failure is not None for s in bundle.scores) + sum(p.failure is not None for p in bundle.pairs)
    parts = [
        f"{len(bundle.response_set.questions):,} questions",
        f"{responses:,} responses",
        f"{len(bundle.scores):,} score judgments" if bundle.scores else "",
        f"{len(bundle.pairs):,} pair judgments" if bundle.pairs else "",
    ]
    text = ", ".join(part for part in parts if part)
    if bundle.judges:
        text += f" of {len(bundle.judges)} judge" + ("s" if len(bundle.judges) != 1 else "")
    if bundle.verdicts:
        text += f", {len(bundle.verdicts):,} verdicts of people"
    return text + f"; {failed:,} failed judgments in the ledger"
