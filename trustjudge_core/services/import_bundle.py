"""Store what files held: all of it or nothing, and nothing twice."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from sqlalchemy import Engine

from db import response_sets, runs, verdicts
from db.engine import writing
from trustjudge_core.errors import UsageError
from trustjudge_core.records import Bundle, PairJudgment, ScoreJudgment


@dataclass(frozen=True, slots=True)
class ImportOutcome:
    """Where an import went. ``set_name`` is the stored name: the first one, when the content was there before.

    ``run_ids`` are the runs of the bundle's judges, in the order of `Bundle.judges`, new or not.
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


def import_bundle(engine: Engine, bundle: Bundle, name: str, *, is_sample: bool = False) -> ImportOutcome:
    """Store a bundle as a response set with one complete run per judge, in one transaction.

    A set is known by its responses, a run by its set, judge and judgments, whatever the order of
    rows: what is there already is recognised and kept, under the name it has. Raises UsageError
    for a set without a name, DatabaseProblem when the database refuses; then nothing is stored.
    """
    if not name.strip():
        raise UsageError("the response set has no name; allowed: any text; give it a name")
    scores: dict[str, list[ScoreJudgment]] = defaultdict(list)
    pairs: dict[str, list[PairJudgment]] = defaultdict(list)
    for score in bundle.scores:
        scores[score.judge].append(score)
    for pair in bundle.pairs:
        pairs[pair.judge].append(pair)
    with writing(engine) as connection:
        stored_set = response_sets.store(connection, bundle.response_set, name.strip(), bundle.notes, is_sample)
        rows = response_sets.rows_by_key(connection, stored_set.set_id)
        stored_runs = {
            judge: runs.store_recorded(
                connection, stored_set.set_id, judge, tuple(scores[judge]), tuple(pairs[judge]), rows
            )
            for judge in bundle.judges
        }
        new_judges = [judge for judge, run in stored_runs.items() if run.new]
        new_verdicts = verdicts.store(connection, stored_set.set_id, bundle.verdicts, rows)
        if not stored_set.new and (new_judges or new_verdicts):
            response_sets.add_notes(connection, stored_set.set_id, bundle.notes)
    return ImportOutcome(
        set_id=stored_set.set_id,
        set_name=stored_set.name,
        run_ids=tuple(run.run_id for run in stored_runs.values()),
        new_set=stored_set.new,
        new_runs=len(new_judges),
        new_verdicts=new_verdicts,
        stored={
            "questions": len(bundle.response_set.questions) if stored_set.new else 0,
            "responses": len(rows) if stored_set.new else 0,
            "score_judgments": sum(len(scores[judge]) for judge in new_judges),
            "pair_judgments": sum(len(pairs[judge]) for judge in new_judges),
            "verdicts": new_verdicts,
        },
    )
