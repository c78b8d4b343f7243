"""A run as columns, against the small bundle written out by hand and real sets counted row by row."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import Engine

from tests.small_bundle import SMALL
from trustjudge_core.errors import NotFound
from trustjudge_core.formats import read_files
from trustjudge_core.records import UNKNOWN, Bundle, Question, Response, ResponseSet, ScoreJudgment
from trustjudge_core.services.import_bundle import import_bundle
from trustjudge_core.services.load_run import load_run


def test_the_index_numbers_responses_in_order_of_appearance(engine: Engine) -> None:
    index = load_run(engine, import_bundle(engine, SMALL, "small").run_ids[0]).index
    assert index.question_ids == ("sky", "ode")
    assert index.categories == ("facts", None)
    assert index.offsets.tolist() == [0, 3, 5]
    assert index.response_ids == ("a", "b", "c", "b", "a")
    assert index.systems == ("long", "short", None, None, None)
    np.testing.assert_array_equal(index.gold, [4.5, np.nan, np.nan, np.nan, np.nan])
    assert index.question_of.tolist() == [0, 0, 0, 1, 1]


def test_score_judgments_are_columns_in_the_order_they_were_recorded(engine: Engine) -> None:
    scores = load_run(engine, import_bundle(engine, SMALL, "small").run_ids[0]).scores
    assert scores.response.tolist() == [0, 0, 3, 1]
    assert [scores.sheets[sheet] for sheet in scores.sheet] == [
        ("overall", (1.0, 5.0)),
        ("overall", (1.0, 5.0)),
        ("style", (0.0, 10.0)),
        ("overall", (1.0, 5.0)),
    ]
    np.testing.assert_array_equal(scores.emitted, [5.0, 4.0, 7.5, np.nan])
    assert scores.label_offsets.tolist() == [0, 2, 2, 2, 2]
    assert scores.label_values.tolist() == [5.0, 4.0]
    assert scores.label_probs.tolist() == [0.7, 0.2]
    assert scores.failure.tolist() == [-1, -1, -1, 0]
    assert scores.reasons == ("no verdict in brackets",)
    assert scores.samples is not None and scores.samples.tolist() == [0, 0, 0, 0]
    assert np.all(np.diff(scores.row) > 0)


def test_shares_of_sampled_answers_remember_how_many_there_were(engine: Engine) -> None:
    sampled = ScoreJudgment("sky", "a", "judge", (1.0, 5.0), labels=(4.0, 5.0), probs=(0.25, 0.75), samples=8)
    bundle = Bundle(SMALL.response_set, (sampled,), ())
    (run_id,) = import_bundle(engine, bundle, "sampled").run_ids
    found = load_run(engine, run_id).scores
    assert found.samples is not None and found.samples.tolist() == [8]


def test_pair_judgments_are_columns_by_shown_position(engine: Engine) -> None:
    pairs = load_run(engine, import_bundle(engine, SMALL, "small").run_ids[0]).pairs
    assert pairs.first.tolist() == [0, 1, 1, 4, 2]
    assert pairs.second.tolist() == [1, 0, 2, 3, 0]
    assert pairs.verdict.tolist() == [1, -1, 0, UNKNOWN, UNKNOWN]
    np.testing.assert_array_equal(pairs.probs[0], [0.6, 0.3, 0.05])
    assert np.isnan(pairs.probs[1:]).all()
    # exp(1.0 / 2 tokens); with no tokens there is no perplexity
    assert pairs.perplexity[0] == pytest.approx(math.exp(0.5), rel=1e-15)
    assert np.isnan(pairs.perplexity[1:]).all()
    assert pairs.order_known.tolist() == [True, True, False, True, True]
    assert pairs.failure.tolist() == [-1, -1, -1, 0, 0]
    assert pairs.reasons == ("error",)


def test_people_who_left_it_open_are_not_among_the_pair_verdicts(engine: Engine) -> None:
    verdicts = load_run(engine, import_bundle(engine, SMALL, "small").run_ids[1]).verdicts
    assert verdicts.first.tolist() == [1, 1, 0]
    assert verdicts.second.tolist() == [0, 0, 2]
    assert verdicts.verdict.tolist() == [-1, -1, 0]
    assert [verdicts.annotators[code] for code in verdicts.annotator] == ["eve", "eve", "dan"]


def test_a_second_set_does_not_mix_with_the_first(engine: Engine) -> None:
    one = ResponseSet((Question("q", "t", (Response("r", "x"), Response("s", "y"))),))
    import_bundle(engine, SMALL, "small")
    other = import_bundle(engine, Bundle(one, (ScoreJudgment("q", "s", "ada", (1, 5), emitted=2.0),)), "other")
    run = load_run(engine, other.run_ids[0])
    assert (run.judge, run.index.question_ids) == ("ada", ("q",))
    assert run.scores.response.tolist() == [1]
    assert (len(run.pairs.row), len(run.verdicts.first)) == (0, 0)
    assert run.pairs.probs.shape == (0, 3)


def test_a_run_that_does_not_exist_is_said(engine: Engine) -> None:
    with pytest.raises(NotFound, match="run 9 is not in the database"):
        load_run(engine, 9)


def test_probabilities_come_back_bit_for_bit(engine: Engine) -> None:
    rng = np.random.default_rng(5)
    labels = tuple(float(label) for label in range(1, 101))
    probs = tuple(rng.dirichlet(np.ones(100)).tolist())
    one = ResponseSet((Question("q", "t", (Response("r", "x"),)),))
    bundle = Bundle(one, (ScoreJudgment("q", "r", "ada", (1, 100), labels=labels, probs=probs),))
    scores = load_run(engine, import_bundle(engine, bundle, "set").run_ids[0]).scores
    assert tuple(scores.label_values.tolist()) == labels
    assert tuple(scores.label_probs.tolist()) == probs


@pytest.mark.parametrize("name", ["vicuna80_tournament", "pandalm_test"])
def test_a_real_run_holds_each_recorded_pair_judgment(shared: Path, engine: Engine, name: str) -> None:
    files = [file for file in (shared / "data" / name).iterdir() if file.name != "source.json"]
    bundle = read_files(files).bundle
    outcome = import_bundle(engine, bundle, name)
    code = {"first": 1, "second": -1, "tie": 0, None: UNKNOWN}
    for judge, run_id in zip(bundle.judges, outcome.run_ids, strict=True):
        run = load_run(engine, run_id)
        asked, ids = run.index.question_of, run.index.response_ids
        stored = [
            (run.index.question_ids[asked[first]], ids[first], ids[second], verdict, failure >= 0)
            for first, second, verdict, failure in zip(
                run.pairs.first, run.pairs.second, run.pairs.verdict, run.pairs.failure, strict=True
            )
        ]
        recorded = [
            (p.question_id, p.first, p.second, code[p.verdict], p.failure is not None)
            for p in bundle.pairs
            if p.judge == judge
        ]
        assert stored == recorded
        assert len(run.scores.row) == sum(s.judge == judge for s in bundle.scores)
