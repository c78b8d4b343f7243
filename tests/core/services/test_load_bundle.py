"""What was imported comes back."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.small_bundle import PAIRS, SCORES, SMALL
from trustjudge_core.errors import NotFound, UsageError
from trustjudge_core.formats import read_files
from trustjudge_core.records import Bundle, Question, Response, ResponseSet
from trustjudge_core.services.import_bundle import import_bundle
from trustjudge_core.services.load_bundle import load_bundle


def test_all_facts_of_a_set_come_back_as_they_were(engine: Engine) -> None:
    set_id = import_bundle(engine, SMALL, "small").set_id
    assert load_bundle(engine, None, set_id) == SMALL


def test_one_run_brings_only_its_judges_judgments(engine: Engine) -> None:
    outcome = import_bundle(engine, SMALL, "small")
    bundle = load_bundle(engine, outcome.run_ids[1], outcome.set_id)
    assert (bundle.scores, bundle.pairs) == (SCORES[4:], PAIRS[5:])
    assert (bundle.response_set, bundle.verdicts) == (SMALL.response_set, SMALL.verdicts)


def test_a_set_without_judgments_comes_back(engine: Engine) -> None:
    bare = Bundle(ResponseSet((Question("q", "t", (Response("r", "x"),)),)))
    assert load_bundle(engine, None, import_bundle(engine, bare, "bare").set_id) == bare


def test_what_does_not_exist_or_belong_together_is_said(engine: Engine) -> None:
    first = import_bundle(engine, SMALL, "small")
    other = import_bundle(engine, Bundle(ResponseSet((Question("q", "t", (Response("r", "x"),)),))), "other")
    with pytest.raises(NotFound, match="response set 99"):
        load_bundle(engine, None, 99)
    with pytest.raises(NotFound, match="run 99"):
        load_bundle(engine, 99, first.set_id)
    with pytest.raises(UsageError, match="allowed: none"):
        load_bundle(engine, first.run_ids[0], other.set_id)


@pytest.mark.parametrize("name", ["vicuna80_tournament", "pandalm_test", "llmbar", "prometheus_gpt4x3"])
def test_a_real_set_comes_back_whole(shared: Path, engine: Engine, name: str) -> None:
    files = [file for file in (shared / "data" / name).iterdir() if file.name != "source.json"]
    bundle = read_files(files).bundle
    back = load_bundle(engine, None, import_bundle(engine, bundle, name).set_id)
    assert (back.response_set, back.verdicts, back.notes) == (bundle.response_set, bundle.verdicts, bundle.notes)
    # judgments come back run by run: the same, judge by judge
    for judge in bundle.judges:
        assert [s for s in back.scores if s.judge == judge] == [s for s in bundle.scores if s.judge == judge]
        assert [p for p in back.pairs if p.judge == judge] == [p for p in bundle.pairs if p.judge == judge]
