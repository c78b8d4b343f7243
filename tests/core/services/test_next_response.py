"""The next response to score: where the judge is least sure, once for each person and rubric."""

from __future__ import annotations

from sqlalchemy import Engine

from tests.core.services.reviewing import stored_tournament
from trustjudge_core.records import Bundle, Question, Response, ResponseSet, ScoreJudgment
from trustjudge_core.services.import_bundle import import_bundle
from trustjudge_core.services.next_response import next_response
from trustjudge_core.services.open_review import open_review
from trustjudge_core.services.set_rubric import set_rubric
from trustjudge_core.services.store_verdict import store_score


def test_the_widest_distribution_comes_first_and_unscored_responses_last(engine: Engine) -> None:
    shares = {"a": (0.9, 0.1), "b": (0.5, 0.5), "c": (0.7, 0.3)}
    question = Question("q", "?", tuple(Response(name, f"text {name}") for name in "dabc"))
    scores = tuple(
        ScoreJudgment("q", name, "ada", (1, 5), emitted=4.0, labels=(4.0, 5.0), probs=probs)
        for name, probs in shares.items()
    )
    run = import_bundle(engine, Bundle(ResponseSet((question,)), scores), "scored").run_ids[0]
    ground, seen = open_review(engine, run), []
    while (case := next_response(engine, ground, "ann")) is not None:
        seen.append((case.presentation.response_id, case.first, case.second))
        store_score(engine, case.token, "ann", 3.0, (1, 5))
    # Entropies 0.69, 0.61, 0.33 nats; d has no score.
    assert seen == [("b", "text b", None), ("c", "text c", None), ("a", "text a", None), ("d", "text d", None)]
    assert next_response(engine, ground, "bo") is not None
    set_rubric(engine, ground.set_id, "Is it short?", "bo")
    again = next_response(engine, ground, "ann")
    assert again is not None
    assert again.presentation.response_id == "b"


def test_without_scores_responses_come_in_their_order(engine: Engine) -> None:
    ground = stored_tournament(engine, questions=1, responses=3)
    case = next_response(engine, ground, "ann")
    assert case is not None
    assert case.presentation.response_id == ground.cases.index.response_ids[0]
