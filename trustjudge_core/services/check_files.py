"""Look at uploaded files without storing anything: what they are, what is wrong, what would be stored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trustjudge_core.errors import InputProblems, Problem, ProblemKind
from trustjudge_core.formats import Recognised, Staged, UploadedFile, stage_files
from trustjudge_core.formats.looks import TableLook, look_at_tables
from trustjudge_core.formats.recognising import MAP_COLUMNS
from trustjudge_core.formats.registry import BY_KEY


@dataclass(frozen=True)
class CheckedFiles:
    """The outcome of a check: a set that can be stored (`import_bundle`), or problems; never both.

    ``total`` is the number of problems, of which the first 100 are in ``problems``, the first ten
    thousand in ``rows``, and all in ``kinds``. ``tables`` are those that were not recognised:
    somebody may say what they hold. Whoever asked closes ``staged`` once it is stored or dropped.
    """

    recognised: tuple[Recognised, ...]
    staged: Staged | None
    problems: tuple[Problem, ...] = ()
    total: int = 0
    tables: tuple[TableLook, ...] = ()
    kinds: tuple[ProblemKind, ...] = ()
    rows: tuple[Problem, ...] = ()

    @property
    def only_unmapped(self) -> bool:
        """Whether nothing is wrong but that somebody has to say what tables hold."""
        return bool(self.tables and self.problems) and all(MAP_COLUMNS in problem.fix for problem in self.problems)

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns of all tables that were not recognised."""
        return tuple(dict.fromkeys(column for table in self.tables for column in table.columns))


def check_files(files: Sequence[UploadedFile | Path], **options: Any) -> CheckedFiles:
    """Read the files and say what was found. Does not raise for bad files.

    Options are those of `stage_files`, which raises UsageError for them, and what its ``progress`` raises.
    """
    try:
        staged = stage_files(files, **options)
    except InputProblems as error:
        recognised = tuple(found for found in error.recognised if isinstance(found, Recognised))
        known = {found.file for found in recognised}
        looks = look_at_tables(list(files), options.get("tables"))
        tables = tuple(look for look in looks if look.file not in known)
        return CheckedFiles(recognised, None, error.problems, error.total, tables, error.kinds, error.rows)
    return CheckedFiles(staged.recognised, staged)


def format_names() -> list[str]:
    """Every kind of file that is read, as ``formats`` names it."""
    return list(BY_KEY)


def problem_rows(problems: Sequence[Problem]) -> list[Mapping[str, str | int | None]]:
    """Problems as rows of a table that can be downloaded."""
    return [
        {"file": p.file, "line": p.line, "field": p.field, "found": p.found, "allowed": p.allowed, "what to do": p.fix}
        for p in problems
    ]


def said(staged: Staged) -> str:
    """What storing the set would store, exactly, in words."""
    counts = [staged.counts(judge) for judge in staged.judges]
    numbers = (sum(c.scores for c in counts), "score judgment"), (sum(c.pairs for c in counts), "pair judgment")
    judged = [_counted(number, noun) for number, noun in numbers if number]
    parts = [_counted(len(staged.questions), "question"), _counted(len(staged.responses), "response"), *judged]
    text = ", ".join(parts)
    if counts:
        text += f" of {_counted(len(counts), 'judge')}"
    if staged.judgments.verdicts.count:
        text += f", {_counted(staged.judgments.verdicts.count, 'verdict')}"
    if judged:
        text += f"; {_counted(sum(c.failed for c in counts), 'failed judgment')} in the ledger"
    rows = sum(one.rows for one in staged.left_out)
    return text + (f"; {_counted(rows, 'row')} left out" if rows else "")


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
