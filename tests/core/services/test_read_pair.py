"""The evidence about two responses."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from tests.small_bundle import PAIRS, RESPONSE_SET, SCORES, SMALL, VERDICTS
from trustjudge_core.errors import NotFound
from trustjudge_core.services.import_bundle import import_bundle
from trustjudge_core.services.read_pair import read_pair


def test_both_orders_the_scores_and_what_people_said_are_read(engine: Engine) -> None:
    ada, _ = import_bundle(engine, SMALL, "small").run_ids
    evidence = read_pair(engine, ada, "sky", "b", "a")
    assert evidence.question == RESPONSE_SET.questions[0]
    assert (evidence.a.response_id, evidence.b.response_id) == ("b", "a")
    assert evidence.orders == PAIRS[:2]
    assert evidence.scores_a == (SCORES[3],)
    assert evidence.scores_b == SCORES[:2]
    assert evidence.verdicts == (*VERDICTS[:2], VERDICTS[4])


def test_another_judges_run_shows_only_its_own_judgments(engine: Engine) -> None:
    _, bo = import_bundle(engine, SMALL, "small").run_ids
    evidence = read_pair(engine, bo, "sky", "a", "b")
    assert evidence.orders == (PAIRS[5],)
    assert (evidence.scores_a, evidence.scores_b) == ((), (SCORES[4],))


def test_responses_of_the_same_name_in_another_question_are_kept_apart(engine: Engine) -> None:
    ada, _ = import_bundle(engine, SMALL, "small").run_ids
    evidence = read_pair(engine, ada, "ode", "a", "b")
    assert evidence.orders == (PAIRS[3],)
    assert (evidence.a.text, evidence.b.text) == ("", "Ein Lächeln 😀")
    assert (evidence.scores_b, evidence.verdicts) == ((SCORES[2],), (VERDICTS[3],))


@pytest.mark.parametrize(
    ("run", "question", "a", "b", "said"),
    [
        (99, "sky", "a", "b", "run 99"),
        (1, "sea", "a", "b", "question 'sea'"),
        (1, "sky", "a", "z", "response 'z' is not in question 'sky'; allowed: a, b, c"),
    ],
)
def test_what_does_not_exist_is_said(engine: Engine, run: int, question: str, a: str, b: str, said: str) -> None:
    import_bundle(engine, SMALL, "small")
    with pytest.raises(NotFound, match=said):
        read_pair(engine, run, question, a, b)
