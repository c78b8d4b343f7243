"""Take over what people decided elsewhere about the responses of a stored set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine

from db import activity, response_sets, verdict_history
from db.engine import reading, writing
from trustjudge_core.errors import InputProblems, Problem
from trustjudge_core.formats import Staged, UploadedFile, stage_files
from trustjudge_core.formats.problems import shown
from trustjudge_core.records import CODE_OF, ResponseSet, Verdict
from trustjudge_core.review_records import RecordedVerdict

About = tuple[str, str, frozenset[str | None], str | None, str | None]


@dataclass(frozen=True, slots=True)
class ReadVerdicts:
    """How many verdicts were added, took the place of another by the same person, or stood there already.

    ``judgments`` of judges in the files were not taken over: they belong to a run.
    """

    new: int
    revised: int
    there: int
    judgments: int


def read_verdicts(
    engine: Engine, set_id: int, files: Sequence[UploadedFile | Path], *, person: str = activity.LOCAL, **options: Any
) -> ReadVerdicts:
    """Store the verdicts in the files as the newest of the people they name, all or none.

    Options are those of `formats.stage_files`. Raises InputProblems for files that cannot be read, and for
    questions and responses that the set does not have or has with another text; NotFound for a set that does not exist.
    """
    with reading(engine) as connection:
        known, _ = response_sets.read(connection, set_id)
    with closing(stage_files(files, known=known, **options)) as staged:
        _refuse_others(known, staged)
        verdicts = {_about(verdict): verdict for verdict in staged.verdicts()}
        judgments = staged.judgments.scores.count + staged.judgments.pairs.count
    with writing(engine) as connection:
        new, revised = _store(connection, set_id, verdicts)
        if new or revised:
            name = response_sets.name_of(connection, set_id)
            activity.record(connection, person, "imported", name, set_id=set_id, verdicts=new, revised=revised)
    return ReadVerdicts(new, revised, len(verdicts) - new - revised, judgments)


def _refuse_others(known: ResponseSet, staged: Staged) -> None:
    """Raises InputProblems when the files bring questions or responses of their own."""
    there = {question.question_id: len(question.responses) for question in known.questions}
    wrong = []
    for question in staged.questions:
        if len(question.responses) > there.get(question.question_id, 0):
            found = f"{shown(question.question_id)} has responses that the set does not have"
            wrong.append(Problem("the verdicts", None, "question_id", found, "responses of the set", "choose its set"))
    if wrong:
        raise InputProblems(wrong)


def _store(connection: Connection, set_id: int, given: Mapping[About, Verdict]) -> tuple[int, int]:
    """How many verdicts were added, and how many of others superseded."""
    rows = response_sets.rows_by_key(connection, set_id)
    standing = {_about(v): v for v in verdict_history.history(connection, set_id, only_standing=True)}
    new = revised = 0
    for about, verdict in given.items():
        earlier = standing.get(about)
        if earlier is not None and _says(earlier) == _says(verdict):
            continue
        ids = [key for key in (verdict.first, verdict.second, verdict.response_id) if key is not None]
        own = {key: rows[verdict.question_id, key] for key in ids}
        supersedes = None if earlier is None else earlier.verdict_id
        verdict_history.add(connection, set_id, verdict, own, supersedes=supersedes)
        new, revised = new + (earlier is None), revised + (earlier is not None)
    return new, revised


def _about(verdict: Verdict | RecordedVerdict) -> About:
    """Who decided about what: of pairs whichever came first."""
    person = verdict.annotator if isinstance(verdict, Verdict) else verdict.person
    pair = frozenset((verdict.first, verdict.second))
    return person, verdict.question_id, pair, verdict.response_id, verdict.criterion


def _says(verdict: Verdict | RecordedVerdict) -> tuple[int | None, float | None]:
    """The verdict as 1 for the response whose id comes first in the alphabet, -1 for the other; and the score."""
    code = CODE_OF[verdict.verdict]
    if code is not None and verdict.first is not None and verdict.second is not None and verdict.second < verdict.first:
        code = -code
    return code, verdict.score
