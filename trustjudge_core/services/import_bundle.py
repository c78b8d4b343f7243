"""Store what files held: all of it or nothing, and nothing twice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Connection, Engine

from db import activity, pair_judgments, response_sets, runs, score_judgments, verdicts
from db.engine import writing_much
from db.fingerprints import Fingerprint
from db.problems import translated
from db.response_sets import StoredSet
from db.runs import StoredRun
from trustjudge_core.errors import UsageError
from trustjudge_core.formats.fields import LONGEST_ID
from trustjudge_core.formats.lookalikes import is_blank
from trustjudge_core.formats.no_cycles import no_garbage_collection
from trustjudge_core.formats.reading import Progress
from trustjudge_core.formats.spool import Spool
from trustjudge_core.formats.staged import Staged, staged
from trustjudge_core.records import Bundle


@dataclass(frozen=True, slots=True)
class ImportOutcome:
    """Where an import went. ``set_name`` is the stored name: the first one, when the content was there before.

    ``run_ids`` are the runs of the judges, in the order of `Bundle.judges`, new or not.
    ``stored`` counts the rows that were added, by kind.
    """

    set_id: int
    set_name: str
    run_ids: tuple[int, ...]
    new_set: bool
    new_runs: int
    new_verdicts: int
    stored: dict[str, int]

    @property
    def already_there(self) -> bool:
        """True when all of it had been imported before and nothing was added."""
        return not (self.new_set or self.new_runs or self.new_verdicts)


def import_bundle(
    engine: Engine,
    bundle: Bundle | Staged,
    name: str,
    *,
    is_sample: bool = False,
    progress: Progress | None = None,
    person: str = activity.LOCAL,
) -> ImportOutcome:
    """Store a bundle as a response set with one complete run per judge, in one transaction.

    A set is known by its responses, a run by its set, judge and judgments, whatever the order of
    rows: what is there already is recognised and kept, under the name it has. ``progress`` is
    told how many rows are stored; the log says that ``person`` imported them. Raises UsageError for a
    set without a name or with one that cannot be kept, DatabaseProblem when the database refuses, and what
    ``progress`` raises; then nothing is stored.
    """
    if is_blank(name):
        raise UsageError("the response set has no name; allowed: any text; give it a name")
    if "\0" in name or len(name.encode("utf-8", "surrogatepass")) > LONGEST_ID:
        raise UsageError(
            f"the name of the response set cannot be kept; allowed: at most {LONGEST_ID:,} bytes, no NUL; shorten it"
        )
    if isinstance(bundle, Staged):
        with no_garbage_collection():
            return _import(engine, bundle, name.strip(), is_sample, progress, person)
    with translated(engine.url):
        kept = staged(bundle)
        try:
            return _import(engine, kept, name.strip(), is_sample, progress, person)
        finally:
            kept.close()


def _import(
    engine: Engine, kept: Staged, name: str, is_sample: bool, progress: Progress | None, person: str
) -> ImportOutcome:
    teller = _Teller(kept, progress)
    set_hash, run_hashes = _hash_of_set(kept, teller), _hashes_of_runs(kept, teller)
    with writing_much(engine) as connection:
        stored_set, rows = _store_set(connection, kept, set_hash, name, is_sample, teller)
        stored_runs: dict[str, StoredRun] = {}
        for judge in kept.judges:
            counts = kept.counts(judge)
            stored_runs[judge] = runs.record(
                connection, stored_set.set_id, judge, run_hashes[kept.judgments.judges[judge]],
                scores=counts.scores, pairs=counts.pairs, failed=counts.failed,
            )  # fmt: skip
        new_judges = [judge for judge, run in stored_runs.items() if run.new]
        run_of = [stored_runs[judge].run_id if stored_runs[judge].new else None for judge in kept.judgments.judges]
        sheets = [score_judgments.store_sheet(connection, *sheet) for sheet in kept.judgments.sheets]
        # Chunk by chunk: a chunk is bounded in bytes, whatever a text of it holds.
        for chunk in teller.chunks(kept.judgments.scores):
            score_judgments.store_rows(connection, _score_rows(chunk, run_of, rows, sheets))
        for chunk in teller.chunks(kept.judgments.pairs):
            pair_judgments.store_rows(connection, _pair_rows(chunk, run_of, rows))
        new_verdicts = _store_verdicts(connection, kept, stored_set.set_id)
        if not stored_set.new and (new_judges or new_verdicts):
            response_sets.add_notes(connection, stored_set.set_id, kept.notes, [asdict(one) for one in kept.left_out])
        if stored_set.new or new_judges or new_verdicts:
            added = {"runs": len(new_judges), "verdicts": new_verdicts}
            activity.record(connection, person, "imported", stored_set.name, set_id=stored_set.set_id, **added)
    return ImportOutcome(
        set_id=stored_set.set_id,
        set_name=stored_set.name,
        run_ids=tuple(run.run_id for run in stored_runs.values()),
        new_set=stored_set.new,
        new_runs=len(new_judges),
        new_verdicts=new_verdicts,
        stored={
            "questions": len(kept.questions) if stored_set.new else 0,
            "responses": len(kept.responses) if stored_set.new else 0,
            "score_judgments": sum(kept.counts(judge).scores for judge in new_judges),
            "pair_judgments": sum(kept.counts(judge).pairs for judge in new_judges),
            "verdicts": new_verdicts,
        },
    )


class _Teller:
    """Tells a progress callback how many rows were looked at and stored."""

    def __init__(self, kept: Staged, progress: Progress | None) -> None:
        held = kept.judgments
        self._total = 2 * (held.texts.count + held.scores.count + held.pairs.count)
        self._done, self._progress = 0, progress

    def chunks(self, spool: Spool) -> Iterator[list[list[Any]]]:
        """The chunks of a spool, each told once it was used."""
        for chunk in spool.chunks():
            yield chunk
            self._done += len(chunk)
            if self._progress is not None:
                self._progress("storing", min(self._done, self._total), self._total)


def _hash_of_set(kept: Staged, teller: _Teller) -> str:
    whole = Fingerprint()
    question_of: list[str] = [""] * len(kept.responses)
    for q in kept.questions:
        whole.add_question(q.question_id, q.text, q.category, q.reference, q.rubric)
        for number in q.responses:
            question_of[number] = q.question_id
    for chunk in teller.chunks(kept.judgments.texts):
        for number, text in chunk:
            given, text = kept.responses[number], kept.judgments.late_texts.get(number, text)
            whole.add_response(question_of[number], given.response_id, text, given.system, given.gold)
    return whole.hexdigest()


def _hashes_of_runs(kept: Staged, teller: _Teller) -> list[str]:
    """The hash of everything each judge said, by the judge's number."""
    hashes = [Fingerprint() for _ in kept.judgments.judges]
    ids: list[tuple[str, str]] = [("", "")] * len(kept.responses)
    for q in kept.questions:
        for number in q.responses:
            ids[number] = (q.question_id, kept.responses[number].response_id)
    sheets = [(criterion, float(low), float(high)) for criterion, (low, high) in kept.judgments.sheets]
    for chunk in teller.chunks(kept.judgments.scores):
        for judge, response, sheet, emitted, logprob, tokens, failure, labels, probs, text, context, samples in chunk:
            hashes[judge].add(
                ("score", *ids[response], *sheets[sheet], emitted, logprob, tokens, failure, labels and labels.hex(),
                 probs and probs.hex(), text, context, samples)
            )  # fmt: skip
    for chunk in teller.chunks(kept.judgments.pairs):
        for judge, first, second, *fields in chunk:
            hashes[judge].add(("pair", *ids[first], ids[second][1], *fields))
    return [whole.hexdigest() for whole in hashes]


def _store_set(
    connection: Connection, kept: Staged, content_hash: str, name: str, is_sample: bool, teller: _Teller
) -> tuple[StoredSet, list[int]]:
    """The set, new or recognised, and the row of each response by its number."""
    there = response_sets.find(connection, content_hash)
    if there is not None:
        row_of = response_sets.rows_by_key(connection, there.set_id)
        rows = [0] * len(kept.responses)
        for q in kept.questions:
            for number in q.responses:
                rows[number] = row_of[q.question_id, kept.responses[number].response_id]
        return there, rows
    counts = len(kept.questions), len(kept.responses)
    left_out = [asdict(one) for one in kept.left_out]
    new = response_sets.add(connection, content_hash, name, counts, kept.notes, left_out, is_sample)
    question_rows = response_sets.add_questions(
        connection, new.set_id, ((q.question_id, q.category, q.text, q.reference, q.rubric) for q in kept.questions)
    )
    places = [(0, 0)] * len(kept.responses)
    for row, q in zip(question_rows, kept.questions, strict=True):
        for position, number in enumerate(q.responses):
            places[number] = (row, position)
    for chunk in teller.chunks(kept.judgments.texts):
        response_sets.add_responses(connection, _response_rows(chunk, kept, places))
    rows = [0] * len(kept.responses)
    ordered = response_sets.rows_in_order(connection, new.set_id)
    for row, number in zip(ordered, (n for q in kept.questions for n in q.responses), strict=True):
        rows[number] = row
    return new, rows


def _response_rows(chunk: list[list[Any]], kept: Staged, places: list[tuple[int, int]]) -> Iterator[tuple[Any, ...]]:
    for number, text in chunk:
        given, text = kept.responses[number], kept.judgments.late_texts.get(number, text)
        yield (*places[number], given.response_id, given.system, given.gold, text)


def _score_rows(
    chunk: list[list[Any]], run_of: list[int | None], rows: list[int], sheets: list[int]
) -> Iterator[tuple[Any, ...]]:
    for row in chunk:
        run = run_of[row[0]]
        if run is not None:
            row[0], row[1], row[2] = run, rows[row[1]], sheets[row[2]]
            yield tuple(row)


def _pair_rows(chunk: list[list[Any]], run_of: list[int | None], rows: list[int]) -> Iterator[tuple[Any, ...]]:
    for row in chunk:
        run = run_of[row[0]]
        if run is not None:
            row[0], row[1], row[2] = run, rows[row[1]], rows[row[2]]
            yield tuple(row)


def _store_verdicts(connection: Connection, kept: Staged, set_id: int) -> int:
    if not kept.judgments.verdicts.count:
        return 0
    return verdicts.store(connection, set_id, kept.verdicts(), response_sets.rows_by_key(connection, set_id))
