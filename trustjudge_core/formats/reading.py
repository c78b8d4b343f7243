"""Reads what a user named: recognises every file by its content and makes one checked set of them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Final

from trustjudge_core.formats.choices import Choices
from trustjudge_core.formats.draft import Draft
from trustjudge_core.formats.entries import Entries
from trustjudge_core.formats.fields import Fields
from trustjudge_core.formats.no_cycles import no_garbage_collection
from trustjudge_core.formats.problems import Problems
from trustjudge_core.formats.recognising import Opened, open_recognised
from trustjudge_core.formats.registry import part_named
from trustjudge_core.formats.set_checks import check_set
from trustjudge_core.formats.sources import Collector, UploadedFile
from trustjudge_core.formats.staged import Staged
from trustjudge_core.formats.streams import Unreadable
from trustjudge_core.formats.table_cells import TableChoice, TableLayout
from trustjudge_core.records import Bundle, ResponseSet

SAMPLE_CHARACTERS: Final = 300

MOST_ROUNDS: Final = 10
"""A question left out takes its judgments with it, and so on: so often is read again at most."""

KNOWN_SET: Final = "the stored set"
"""What problems and notes call a set that was there before."""

Progress = Callable[[str, int, int], None]
"""Called now and then with what is being done, how much of it is done, and of how much. May raise Cancelled."""


@dataclass(frozen=True)
class Recognised:
    """What one file was taken for, how many rows it has, and its first rows with long values shortened.

    ``asks`` names what files of this kind do not say: judge, scale, baseline. ``layout`` is how a table was read.
    """

    file: str
    format: str
    part: str
    rows: int
    sample: tuple[dict[str, Any], ...]
    asks: tuple[str, ...] = ()
    layout: TableLayout | None = None

    @property
    def key(self) -> str:
        """What names this kind of file in ``formats``."""
        return f"{self.format}: {self.part}"


@dataclass(frozen=True)
class LeftOut:
    """Rows of one file that were left out by choice: they had this problem, or depend on rows that had one."""

    file: str
    field: str | None
    allowed: str
    rows: int
    depends: bool


@dataclass(frozen=True)
class ReadFiles:
    """The checked contents of all files, and what each was taken for."""

    bundle: Bundle
    recognised: tuple[Recognised, ...]
    left_out: tuple[LeftOut, ...] = ()


def read_files(files: Sequence[UploadedFile | Path], **options: Any) -> ReadFiles:
    """All files as records in memory, for sets of which a copy is small; options and errors as `stage_files`."""
    staged = stage_files(files, **options)
    try:
        return ReadFiles(staged.bundle(), staged.recognised, staged.left_out)
    finally:
        staged.close()


def stage_files(
    files: Sequence[UploadedFile | Path],
    *,
    scale: tuple[float, float] | None = None,
    judge: str | None = None,
    baseline: str | None = None,
    mapping: Mapping[str, str] | None = None,
    formats: Mapping[str, str] | None = None,
    tables: Mapping[str, TableChoice] | None = None,
    leave_out: bool | Collection[str] = False,
    known: ResponseSet | None = None,
    progress: Progress | None = None,
) -> Staged:
    """All files as one set, checked and kept on disk; whoever asks closes it.

    ``scale``, ``judge`` and ``baseline`` speak for files that do not name theirs. ``mapping`` names the
    columns of tables: our column -> theirs; ``tables`` says more about single ones. ``formats`` corrects
    what a file is taken for: its name -> `Recognised.key`. ``leave_out`` leaves out rows with problems,
    all or those of some `ProblemKind.key`, and what depends on them. ``known`` is a set that is there already:
    the files are about its responses, and may bring more. Raises InputProblems with everything
    that is wrong (nothing is kept then; its ``recognised`` says what the files were taken for), UsageError
    for a choice that does not exist, and what ``progress`` raises.
    """
    choices = Choices(scale, judge, baseline, mapping or {}, formats or {}, tables or {}).checked()
    for key in choices.formats.values():
        part_named(key)
    chosen = leave_out if isinstance(leave_out, bool) else frozenset(leave_out)
    skipped: dict[str, Entries] = {}
    left_out: list[LeftOut] = []
    for _ in range(MOST_ROUNDS):
        # What a left-out row takes with it goes too, whatever problem that shows as.
        everything = chosen is True or bool(left_out)
        problems = Problems(lambda key: everything or (not isinstance(chosen, bool) and key in chosen))  # noqa: B023
        staged, opened = _read_all(files, choices, problems, skipped, known, progress)
        if staged is not None:
            return replace(staged, left_out=tuple(left_out))
        if problems.of_rows < problems.total:
            break
        left_out += [LeftOut(k.file, k.field, k.allowed, k.rows, bool(left_out)) for k in problems.kinds()]
        for one in opened:
            skipped.setdefault(one.source.name, Entries()).update(one.report.bad)
    error = problems.error()
    error.recognised = tuple(map(_recognised, opened))
    raise error


def _read_all(
    files: Sequence[UploadedFile | Path],
    choices: Choices,
    problems: Problems,
    skipped: Mapping[str, Entries],
    known: ResponseSet | None,
    progress: Progress | None,
) -> tuple[Staged | None, list[Opened]]:
    """One look at everything: the set, or None with the problems."""
    opened: list[Opened] = []
    if not files:
        problems.add("the import", None, None, "names no files", "one or more files", "choose files")
    with ExitStack() as stack, no_garbage_collection():
        for source in Collector(problems, stack).collect(files):
            report = problems.in_file(source.name, skipped.get(source.name))
            try:
                one = open_recognised(source, report, choices)
            except Unreadable as error:
                report.add(None, None, error.found, error.allowed, error.fix)
                continue
            if one is not None:
                opened.append(one)
        draft = Draft(problems)
        stack.callback(_close_unless_staged, draft)
        if known is not None:
            draft.take_set(Fields(problems.in_file(KNOWN_SET)), known)
        done, total = 0, sum(one.source.size for one in opened)
        for one in sorted(opened, key=lambda one: one.part.rank):
            if progress is not None:
                one.report.tick = partial(_tell, progress, one, done, total)
            try:
                one.part.read(one.rows, Fields(one.report), draft, choices)
            except Unreadable as error:
                one.report.add(None, None, error.found, error.allowed, error.fix)
            done += one.source.size
        check_set(draft)
        for one in opened:
            one.report.close_notes()
        if problems.total:
            return None, opened
        draft.kept = True
        notes, recognised = tuple(problems.notes), tuple(map(_recognised, opened))
        return replace(draft.staged(), notes=notes, recognised=recognised), opened


def _close_unless_staged(draft: Draft) -> None:
    if not draft.kept:
        draft.judgments.close()


def _tell(progress: Progress, one: Opened, done: int, total: int) -> None:
    progress("reading", min(done + one.rows.reached(), total), total)


def _recognised(one: Opened) -> Recognised:
    sample = tuple({key: _short(value) for key, value in row.items()} for row in one.rows.first)
    asks = (*one.part.asks, *sorted(one.report.asks.difference(one.part.asks)))
    return Recognised(one.source.name, one.part.format, one.part.name, one.rows.count, sample, asks, one.layout)


def _short(value: Any) -> Any:
    if isinstance(value, str) and len(value) > SAMPLE_CHARACTERS:
        return value[: SAMPLE_CHARACTERS - 1] + "…"
    if (isinstance(value, list) and len(value) > 10) or (isinstance(value, list | dict) and _nested(value)):
        return f"{len(value)} entries"
    return value


def _nested(value: list[Any] | dict[str, Any]) -> bool:
    inner = value.values() if isinstance(value, dict) else value
    return any(isinstance(v, list | dict) or (isinstance(v, str) and len(v) > SAMPLE_CHARACTERS) for v in inner)
