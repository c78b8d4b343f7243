"""Look at uploaded files without storing anything: what they are, what is wrong, what would be stored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from trustjudge_core.errors import InputProblems, Problem
from trustjudge_core.formats import Recognised, UploadedFile, read_files
from trustjudge_core.formats.columns import columns_of
from trustjudge_core.records import Bundle


@dataclass(frozen=True)
class CheckedFiles:
    """The outcome of a check: a bundle that can be stored, or problems; never both.

    ``total`` is the number of problems, of which the first 100 are in ``problems``. ``columns``
    are those of tables that were not recognised: somebody may say what they hold.
    """

    recognised: tuple[Recognised, ...]
    bundle: Bundle | None
    problems: tuple[Problem, ...] = ()
    total: int = 0
    columns: tuple[str, ...] = ()


def check_files(
    files: Sequence[UploadedFile],
    *,
    judge: str | None = None,
    scale: tuple[float, float] | None = None,
    mapping: Mapping[str, str] | None = None,
) -> CheckedFiles:
    """Read the files and say what was found. Does not raise for bad files.

    ``judge``, ``scale`` and ``mapping`` are as in `read_files`, which raises UsageError for them.
    """
    try:
        read = read_files(files, judge=judge, scale=scale, mapping=mapping)
    except InputProblems as error:
        recognised = tuple(found for found in error.recognised if isinstance(found, Recognised))
        unknown = [file for file in files if file.name not in {found.file for found in recognised}]
        columns = dict.fromkeys(column for file in unknown for column in columns_of(file))
        return CheckedFiles(recognised, None, error.problems, error.total, tuple(columns))
    return CheckedFiles(read.recognised, read.bundle)


def said(bundle: Bundle) -> str:
    """What storing the bundle would store, exactly, in words."""
    responses = sum(len(question.responses) for question in bundle.response_set.questions)
    judged = [
        _counted(number, noun)
        for number, noun in ((len(bundle.scores), "score judgment"), (len(bundle.pairs), "pair judgment"))
        if number
    ]
    parts = [_counted(len(bundle.response_set.questions), "question"), _counted(responses, "response"), *judged]
    text = ", ".join(parts)
    if bundle.judges:
        text += f" of {_counted(len(bundle.judges), 'judge')}"
    if bundle.verdicts:
        text += f", {_counted(len(bundle.verdicts), 'verdict')}"
    failed = sum(s.failure is not None for s in bundle.scores) + sum(p.failure is not None for p in bundle.pairs)
    return text + (f"; {_counted(failed, 'failed judgment')} in the ledger" if judged else "")


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
