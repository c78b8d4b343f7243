"""What reading any files must keep: their own errors only, messages that can be shown, records that are sound.

Each function raises AssertionError, or lets whatever leaves the readers pass; the fuzzer calls either a crash.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, Final
from zlib import crc32

from tests.fuzz.inputs import Input
from trustjudge_core.errors import InputProblems, Problem, UsageError
from trustjudge_core.export.native_bundle import bundle_rows
from trustjudge_core.formats import ReadFiles, UploadedFile, read_files, stage_files
from trustjudge_core.formats.looks import look_at_tables, with_guess
from trustjudge_core.records import Bundle, Note
from trustjudge_core.services.check_files import CheckedFiles, check_files

LONGEST_MESSAGE: Final = 6_000
"""Characters of one problem or note: names of files and of formats are in it, never a value as a whole."""


def keep_promises(given: Input) -> str:
    """Check what is read from an input as the upload page reads it; what came of it in a word."""
    files, said = given.uploads(), given.said()
    options: dict[str, Any] = {name: said[name] for name in ("judge", "scale", "baseline", "leave_out")}
    if said["kind"] is not None and files:
        options["formats"] = {files[0].name: said["kind"]}
    if said["mapping"]:
        options["tables"] = {look.file: with_guess(look) for look in look_at_tables(list(files))}
    draw = crc32(given.written())  # what takes longer is not done for every input
    looking = draw % 8 == 0  # as the page does, at tables that nobody recognised
    try:
        checked = check_files(files, **options) if looking else _checked(files, options)
    except UsageError:
        assert said["kind"] or said["mapping"], "nothing was said that could be wrong"
        return "usage"
    if checked.staged is None:
        _check_refusal(checked)
        return "refused"
    try:
        assert not checked.problems
        bundle = checked.staged.bundle()
        assert sum(one.rows for one in checked.staged.left_out) > 0 or not checked.staged.left_out
    finally:
        checked.staged.close()
    _check_notes(bundle.notes)
    check_records(bundle)
    if draw % 3 == 0:
        check_round_trip(bundle)
    return "accepted"


def _checked(files: list[UploadedFile], options: dict[str, Any]) -> CheckedFiles:
    """What the command line reads."""
    try:
        staged = stage_files(files, **options)
    except InputProblems as error:
        return CheckedFiles((), None, error.problems, error.total, kinds=error.kinds, rows=error.rows)
    return CheckedFiles(staged.recognised, staged)


def _check_refusal(checked: CheckedFiles) -> None:
    assert checked.total >= len(checked.problems) >= 1
    assert sum(kind.count for kind in checked.kinds) == checked.total
    for problem in checked.rows:
        _check_problem(problem)
    for look in checked.tables:
        look.preview(with_guess(look))


def _check_problem(problem: Problem) -> None:
    assert problem.found and problem.allowed and problem.fix
    assert problem.line is None or problem.line >= 0
    _check_message(str(problem))


def _check_notes(notes: Iterable[Note]) -> None:
    for note in notes:
        _check_message(f"{note.file}: {note.message}")


def _check_message(text: str) -> None:
    assert len(text) <= LONGEST_MESSAGE, len(text)
    assert text.isprintable(), ascii(text)


def check_records(bundle: Bundle) -> None:
    """Every judgment is about a response of the set, and has a verdict, a score, probabilities or a reason why not."""
    ids = {q.question_id: {r.response_id for r in q.responses} for q in bundle.response_set.questions}
    assert len(ids) == len(bundle.response_set.questions) >= 1
    for q in bundle.response_set.questions:
        assert len(ids[q.question_id]) == len(q.responses) >= 1
        for r in q.responses:
            _check_texts(q.question_id, q.text, q.category, q.reference, q.rubric, r.response_id, r.text, r.system)
            _check_numbers(r.gold)
    for pair in bundle.pairs:
        assert {pair.first, pair.second} <= ids[pair.question_id]
        assert pair.first != pair.second
        assert (pair.failure is None) == (pair.verdict is not None or pair.probs is not None)
        _check_texts(pair.judge, pair.text, pair.failure)
        _check_numbers(pair.strength, pair.cumulative_logprob, *(pair.probs or ()))
        assert pair.probs is None or (min(pair.probs) >= 0 and 0 < sum(pair.probs) < 1.06)
    for score in bundle.scores:
        assert score.response_id in ids[score.question_id]
        assert (score.failure is None) == (score.emitted is not None or bool(score.labels))
        assert score.emitted is None or score.scale[0] <= score.emitted <= score.scale[1]
        assert score.scale[0] < score.scale[1]
        assert len(score.labels) == len(score.probs)
        assert all(p >= 0 for p in score.probs)
        _check_texts(score.judge, score.criterion, score.text, score.context, score.failure)
        _check_numbers(*score.scale, *score.labels, *score.probs, score.emitted, score.cumulative_logprob)
    for verdict in bundle.verdicts:
        assert {verdict.first, verdict.second, verdict.response_id} - {None} <= ids[verdict.question_id]
        assert (verdict.response_id is None) == (verdict.first is not None) == (verdict.second is not None)
        assert verdict.response_id is None or verdict.score is not None
        _check_texts(verdict.annotator, verdict.criterion)
        _check_numbers(verdict.score, *(verdict.scale or ()))


def _check_texts(*texts: str | None) -> None:
    for text in texts:
        if text is not None:
            assert type(text) is str, type(text)
            text.encode()
            assert "\0" not in text


def _check_numbers(*numbers: float | None) -> None:
    for number in numbers:
        assert number is None or math.isfinite(number), number


def written_native(bundle: Bundle) -> dict[str, bytes]:
    """The files of the native bundle that hold something."""
    parts = bundle_rows(bundle.response_set.questions, bundle.scores, bundle.pairs, bundle.verdicts)
    whole = {name: b"".join(lines) for name, lines in parts.items()}
    return {name: data for name, data in whole.items() if data}


def check_round_trip(bundle: Bundle) -> None:
    """What the native bundle holds when it is written is the same when it is read."""
    again: ReadFiles = read_files([UploadedFile(name, data) for name, data in written_native(bundle).items()])
    assert again.bundle.response_set == bundle.response_set
    for one, other in (
        (bundle.scores, again.bundle.scores),
        (bundle.pairs, again.bundle.pairs),
        (bundle.verdicts, again.bundle.verdicts),
    ):
        assert sorted(map(repr, one)) == sorted(map(repr, other))
