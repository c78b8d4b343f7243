"""Replays from files and of stored runs: who answers, which judge, and the bars on a real tournament."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from sqlalchemy import Engine

from trustjudge_core.__main__ import main
from trustjudge_core.cases import Cases, cases_of
from trustjudge_core.errors import NotFound, UsageError
from trustjudge_core.evidence import Evidence
from trustjudge_core.formats import read_files
from trustjudge_core.records import UNKNOWN
from trustjudge_core.review import Policy, review_queue
from trustjudge_core.review_gain import corrected_relation, count_inconsistent
from trustjudge_core.services.import_bundle import import_bundle
from trustjudge_core.services.load_files import load_files
from trustjudge_core.services.simulate_review import Replay, ReplaySettings, simulate_files, simulate_stored
from trustjudge_core.simulation import simulate
from trustjudge_core.votes import count_votes, majority

SWAPPED = {"first": "second", "second": "first", "tie": "tie"}
CYCLE = (("a", "b", "first"), ("b", "c", "first"), ("a", "c", "second"))


def _lines(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def _human(first: str, second: str, verdict: str, annotator: str) -> dict[str, Any]:
    return {"question_id": "q", "first": first, "second": second, "annotator": annotator, "verdict": verdict}


@pytest.fixture
def cycle(tmp_path: Path) -> Path:
    """Judge j in a cycle over three pairs, judge k on one pair; ann says a > b > c and a > c, bob only b > a."""
    folder = tmp_path / "cycle"
    folder.mkdir()
    responses = [{"response_id": r, "text": f"answer {r}", "gold": g} for r, g in zip("abc", (1, 3, 3), strict=True)]
    _lines(folder / "responses.jsonl", [{"question_id": "q", "question": "Which?", "responses": responses}])
    judged = [("j", *pair) for pair in CYCLE] + [("k", *CYCLE[0])]
    rows = [
        {"question_id": "q", "first": x, "second": y, "judge": judge, "verdict": said}
        for judge, a, b, verdict in judged
        for x, y, said in ((a, b, verdict), (b, a, SWAPPED[verdict]))
    ]
    _lines(folder / "comparisons.jsonl", rows)
    people = [_human(a, b, "first", "ann") for a, b in ("ab", "bc", "ac")] + [_human("a", "b", "second", "bob")]
    _lines(folder / "humans.jsonl", people)
    return folder


def _left(replay: Replay) -> tuple[int, int]:
    steps = replay.simulation.steps
    return steps[0].inconsistent_triples, steps[-1].inconsistent_triples


def test_the_judge_with_most_comparisons_is_replayed_unless_one_is_named(cycle: Path) -> None:
    assert simulate_files([cycle], "ann", ReplaySettings()).judge == "j"
    found = simulate_files([cycle], "ann", ReplaySettings(judge="k"))
    assert (found.judge, found.simulation.answers) == ("k", 1)
    with pytest.raises(UsageError, match="judge 'x' is not in the files; allowed: j, k"):
        simulate_files([cycle], "ann", ReplaySettings(judge="x"))


# ann and bob split over a and b: a tie, and a = b, b > c, a > c has an order.
@pytest.mark.parametrize(
    ("humans", "answers", "left"), [("ann", 3, 0), ("bob", 1, 0), ("majority", 3, 0), ("ann,bob", 3, 0)]
)
def test_who_answers(cycle: Path, humans: str, answers: int, left: int) -> None:
    found = simulate_files([cycle], humans, ReplaySettings())
    assert (found.answered_by, found.simulation.answers) == (humans, answers)
    assert _left(found) == (1, left)


# gold: b = c > a. After all three verdicts that is an order; a single annotator named gold would come first.
def test_gold_scores_answer_with_the_higher_and_equal_ones_tie(cycle: Path) -> None:
    found = simulate_files([cycle], "gold", ReplaySettings())
    assert (found.simulation.answers, *_left(found)) == (3, 1, 0)


def test_a_file_answers_alone_wherever_it_lies(cycle: Path, tmp_path: Path) -> None:
    apart = _lines(tmp_path / "others.jsonl", [_human("c", "b", "first", "eve"), _human("a", "c", "second", "eve")])
    found = simulate_files([cycle], str(apart), ReplaySettings())
    assert (found.answered_by, found.simulation.answers) == ("others.jsonl", 2)
    inside = simulate_files([cycle], str(cycle / "humans.jsonl"), ReplaySettings())
    assert inside.simulation.answers == 3


def test_names_that_nobody_has_and_answers_to_nothing_are_refused(cycle: Path) -> None:
    with pytest.raises(
        UsageError, match="'nobody' is neither an annotator nor a file; allowed: majority, ann, bob, gold"
    ):
        simulate_files([cycle], "nobody", ReplaySettings())
    with pytest.raises(UsageError, match="budget -1 cannot be spent"):
        simulate_files([cycle], "ann", ReplaySettings(budget=-1))
    (cycle / "humans.jsonl").unlink()
    with pytest.raises(UsageError, match="majority answers none of the 3 pairs that j compared"):
        simulate_files([cycle], "majority", ReplaySettings())


def test_a_stored_run_is_replayed_like_its_files(engine: Engine, cycle: Path, tmp_path: Path) -> None:
    stored = import_bundle(engine, read_files([cycle]).bundle, "set")
    found = simulate_stored(engine, stored.run_ids[0], "ann", ReplaySettings())
    assert str(found) == str(simulate_files([cycle], "ann", ReplaySettings(judge="j")))  # NaN is not itself
    apart = _lines(tmp_path / "others.jsonl", [_human("c", "b", "first", "eve")])
    assert simulate_stored(engine, stored.run_ids[0], str(apart), ReplaySettings()).simulation.answers == 1
    with pytest.raises(NotFound, match="run 99"):
        simulate_stored(engine, 99, "ann", ReplaySettings())


def test_the_command_writes_the_documented_steps(
    cycle: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "steps.json"
    command = ["review", str(cycle), "--simulate", "ann", "--policy", "gain", "--budget", "2", "--seed", "7"]
    assert main([*command, "--json", str(target)]) == 0
    found = json.loads(target.read_text(encoding="utf-8"))
    assert (list(found), found["policy"], found["seed"]) == (["policy", "seed", "steps"], "gain", 7)
    assert [list(step) for step in found["steps"]] == [["spent", "inconsistent_triples", "kendall_tau"]] * 3
    assert [step["spent"] for step in found["steps"]] == [0, 1, 2]
    assert "j, answered by ann (3 pairs), policy gain, seed 7" in capsys.readouterr().out
    assert main([*command, "--json", "-"]) == 0
    assert json.loads(capsys.readouterr().out) == found


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--policy", "best"], "policy 'best' does not exist"),
        (["--tolerance", "-1"], "tolerance -1.0 cannot be used"),
        (["--seed", "-1"], "seed -1 cannot be used"),
        (["--json", "/nowhere/at/all.json"], "cannot be written"),
    ],
)
def test_bad_options_are_one_line_and_status_2(
    cycle: Path, options: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["review", str(cycle), "--simulate", "ann", *options]) == 2
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1


def test_on_the_real_tournament_230_verdicts_by_gain_remove_forty_percent(shared: Path) -> None:
    _, runs = load_files([shared / "data" / "vicuna80_tournament"])
    run = next(run for run in runs if run.judge == "gpt-4")
    cases = cases_of(Evidence(run, "corrected"), "baseline", 0.0)
    answers = majority(count_votes(cases.table, run.verdicts, len(run.index.response_ids)))
    mark = 0.6 * 1175
    gain = simulate(cases, answers, "gain", budget=230)
    assert gain.steps[0].inconsistent_triples == 1175
    spent = gain.spent_until(mark)
    assert spent is not None
    # With three times as many random draws and twice as many uncertain ones, both are still above the mark.
    assert _left_after(cases, answers, "random", 3 * spent) > mark
    assert _left_after(cases, answers, "uncertainty", 2 * spent) > mark


def _left_after(cases: Cases, answers: NDArray[np.int8], policy: Policy, verdicts: int) -> int:
    """Inconsistent triples after that many verdicts; the same walk as `simulate`, without rankings."""
    votes, open_cases = np.zeros((len(cases), 3), np.int64), cases.known & (answers != UNKNOWN)
    for spent in range(verdicts):
        case = review_queue(cases, votes, open_cases, policy, seed=(0, spent) if policy == "random" else 0).order[0]
        votes[case, answers[case] + 1] = 1
        open_cases[case] = False
    return count_inconsistent(cases, corrected_relation(cases, votes))
