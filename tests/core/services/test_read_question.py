"""One question with its responses."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from tests.small_bundle import RESPONSE_SET, SMALL
from trustjudge_core.errors import NotFound
from trustjudge_core.services.import_bundle import import_bundle
from trustjudge_core.services.read_question import read_question


def test_a_question_comes_back_as_it_was_imported(engine: Engine) -> None:
    run_id = import_bundle(engine, SMALL, "small").run_ids[0]
    assert [read_question(engine, run_id, name) for name in ("sky", "ode")] == list(RESPONSE_SET.questions)


def test_a_question_that_does_not_exist_is_said(engine: Engine) -> None:
    run_id = import_bundle(engine, SMALL, "small").run_ids[0]
    with pytest.raises(NotFound, match="question 'sea' is not in this response set"):
        read_question(engine, run_id, "sea")
