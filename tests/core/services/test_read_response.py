"""What a person reads about one response by itself."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from tests.small_bundle import SMALL
from trustjudge_core.errors import NotFound
from trustjudge_core.services.import_bundle import import_bundle
from trustjudge_core.services.read_response import read_response


def test_a_response_comes_with_every_score_judgment_about_it_and_no_other(engine: Engine) -> None:
    (run_id, *_) = import_bundle(engine, SMALL, "small").run_ids
    found = read_response(engine, run_id, "sky", "a")
    expected = [s for s in SMALL.scores if (s.question_id, s.response_id) == ("sky", "a")]
    assert list(found.scores) == [s for s in expected if s.judge == expected[0].judge]
    assert found.response.response_id == "a"
    other = read_response(engine, run_id, "sky", "c")
    assert other.scores == ()


def test_a_response_that_is_not_in_the_question_is_named_with_what_is(engine: Engine) -> None:
    (run_id, *_) = import_bundle(engine, SMALL, "small").run_ids
    with pytest.raises(NotFound, match="'moon' is not in question 'sky'; allowed: a, b, c"):
        read_response(engine, run_id, "sky", "moon")
