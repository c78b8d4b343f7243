"""Bundle -> the native bundle, a folder or .zip that `formats.read_files` reads back to the same records.

One judgment a row, so that order, text and context of each survive. The same bundle gives the same
bytes: members of an archive carry no date.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import IO, Any, Final

import orjson

from trustjudge_core.errors import UsageError
from trustjudge_core.records import SHOWN, Bundle, PairJudgment, Question, ScoreJudgment, Verdict

Row = dict[str, Any]

_CHUNK: Final = 1 << 18
"""Bytes that are compressed at once."""
_FIRST_ZIP_DATE: Final = (1980, 1, 1, 0, 0, 0)


def write_native_bundle(bundle: Bundle, path: Path) -> None:
    """Write a .zip when ``path`` ends so, else a folder. Parts without rows are left out.

    An archive replaces one of the same name only once it is complete. Raises UsageError for a
    folder that holds something already, or a place that cannot be written.
    """
    written = _parts(bundle)
    try:
        if path.suffix.lower() == ".zip":
            _write_archive(written, path)
        else:
            _write_folder(written, path)
    except OSError as error:
        raise UsageError(
            f"{path} cannot be written ({error.strerror or error}); allowed: a new folder or .zip in a place this "
            "account may write; choose another place"
        ) from error


def bundle_rows(
    questions: Iterable[Question],
    scores: Iterable[ScoreJudgment],
    pairs: Iterable[PairJudgment],
    verdicts: Iterable[Verdict],
) -> dict[str, Iterator[bytes]]:
    """The lines of every file of the bundle by its name, made as they are asked for."""
    return {
        "responses.jsonl": _lines(map(_question, questions)),
        "scores.jsonl": _lines(map(_score, scores)),
        "comparisons.jsonl": _lines(map(_pair, pairs)),
        "humans.jsonl": _lines(map(_verdict, verdicts)),
    }


def write_members(parts: Mapping[str, Iterable[bytes]], archive: zipfile.ZipFile) -> Iterator[tuple[str, int, str]]:
    """Write files into an archive as their pieces come; say name, bytes and SHA-256 of each, leave empty ones out.

    The members carry no date, so that the same content gives the same bytes.
    """
    for name, pieces in parts.items():
        chunks = _chunks(pieces)
        first = next(chunks, None)
        if first is None:
            continue
        member = zipfile.ZipInfo(name, _FIRST_ZIP_DATE)
        member.compress_type = zipfile.ZIP_DEFLATED
        member.external_attr = 0o644 << 16
        size, digest = 0, hashlib.sha256()
        with archive.open(member, "w", force_zip64=True) as stream:
            for chunk in chain([first], chunks):
                stream.write(chunk)
                digest.update(chunk)
                size += len(chunk)
        yield name, size, digest.hexdigest()


def _chunks(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in larger pieces: compressing line by line gives other threads their turn half a million times."""
    waiting, size = [], 0
    for piece in pieces:
        waiting.append(piece)
        size += len(piece)
        if size >= _CHUNK:
            yield b"".join(waiting)
            waiting, size = [], 0
    if waiting:
        yield b"".join(waiting)


def _parts(bundle: Bundle) -> dict[str, Iterator[bytes]]:
    return bundle_rows(bundle.response_set.questions, bundle.scores, bundle.pairs, bundle.verdicts)


def _write_folder(parts: Mapping[str, Iterable[bytes]], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise UsageError(f"{folder} holds files already; allowed: a new or empty folder; choose another name")
    for name, lines in parts.items():
        rest = iter(lines)
        first = next(rest, None)
        if first is not None:
            with (folder / name).open("wb") as file:
                file.writelines(chain([first], rest))


def _write_archive(parts: Mapping[str, Iterable[bytes]], path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, unfinished = tempfile.mkstemp(dir=path.parent, prefix=".unfinished-", suffix=".zip")
    try:
        with os.fdopen(handle, "wb") as file:
            write_archive(parts, file)
        os.chmod(unfinished, 0o644)  # mkstemp makes files that only their owner can read
        os.replace(unfinished, path)
    except BaseException:
        os.unlink(unfinished)
        raise


def write_archive(parts: Mapping[str, Iterable[bytes]], file: IO[bytes]) -> None:
    """Write the files of a bundle as one .zip to a file, as their lines come."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for _ in write_members(parts, archive):
            pass


def _lines(rows: Iterable[Row]) -> Iterator[bytes]:
    for row in rows:
        yield orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE)


def _question(question: Question) -> Row:
    responses = [
        {"response_id": r.response_id, "system": r.system, "text": r.text, **_given(gold=r.gold)}
        for r in question.responses
    ]
    return {
        "question_id": question.question_id,
        "category": question.category,
        "question": question.text,
        **_given(reference=question.reference, rubric=question.rubric),
        "responses": responses,
    }


def _score(judgment: ScoreJudgment) -> Row:
    row: Row = {
        "question_id": judgment.question_id,
        "response_id": judgment.response_id,
        "judge": judgment.judge,
        "criterion": judgment.criterion,
        "scale": [_plain(end) for end in judgment.scale],
    }
    if judgment.failure is not None:
        row["invalid"] = judgment.failure
    elif judgment.labels:
        row["probs"] = dict(zip(_label_names(judgment.labels), judgment.probs, strict=True))
        row |= _given(emitted=_plain(judgment.emitted))
    else:
        row["samples"] = [_plain(judgment.emitted)]
    if judgment.context is not None:
        row["context"] = [_context(judgment.context)]
    return row | _said(judgment)


def _pair(judgment: PairJudgment) -> Row:
    row: Row = {
        "question_id": judgment.question_id,
        "first": judgment.first,
        "second": judgment.second,
        "judge": judgment.judge,
        "verdict": judgment.verdict,
        "probs": None if judgment.probs is None else dict(zip(SHOWN, judgment.probs, strict=True)),
        **_given(invalid=judgment.failure),
    }
    if not judgment.order_known:
        row["order_known"] = False
    return row | _given(strength=judgment.strength) | _said(judgment)


def _verdict(verdict: Verdict) -> Row:
    row: Row = {"question_id": verdict.question_id}
    if verdict.response_id is None:
        row |= {"first": verdict.first, "second": verdict.second, "annotator": verdict.annotator}
        row |= {"verdict": verdict.verdict, "probs": None}
    else:
        scale = None if verdict.scale is None else [_plain(end) for end in verdict.scale]
        row |= {"response_id": verdict.response_id, "annotator": verdict.annotator}
        row |= {**_given(scale=scale), "samples": [_plain(verdict.score)]}
    return row | _given(criterion=verdict.criterion)


def _said(judgment: ScoreJudgment | PairJudgment) -> Row:
    return _given(
        text=judgment.text,
        cumulative_logprob=judgment.cumulative_logprob,
        token_count=judgment.token_count,
        sample_count=judgment.samples,
    )


def _given(**fields: Any) -> Row:
    """The fields that have a value."""
    return {name: value for name, value in fields.items() if value is not None}


def _plain(number: float | None) -> float | int | None:
    """A whole number without its fraction, as people write scores."""
    return int(number) if number is not None and abs(number) < 2**53 and number == int(number) else number


def _label_names(labels: tuple[float, ...]) -> list[str]:
    """A name for each label; a label that is there twice (tokens 5 and 5.0) gets another spelling of the number."""
    names: list[str] = []
    for label in labels:
        name = str(_plain(label))
        while name in names:
            name += "0" if "." in name and "e" not in name else ".0" if "e" not in name else " "
        names.append(name)
    return names


def _context(context: str) -> Any:
    """Context is text, or anything else as compact JSON: written as what it stands for."""
    try:
        value = orjson.loads(context)
    except orjson.JSONDecodeError:
        return context
    return (
        value
        if not isinstance(value, str) and value is not None and orjson.dumps(value).decode() == context
        else context
    )
