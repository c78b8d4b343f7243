"""The weights that ship: an ordinary folder, small, and a judge of unseen tasks of its kind."""

from __future__ import annotations

import itertools
import json
import re
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest

from trustjudge_core.judge.bundled import WEIGHTS
from trustjudge_core.judge.bundled.demonstration_set import demonstration_set
from trustjudge_core.judge.bundled.evaluation import Figures, figures, judge_set
from trustjudge_core.judge.bundled.training import Recipe
from trustjudge_core.judge.contract import Judge, Readout
from trustjudge_core.judge.loading import load_judge
from trustjudge_core.judge.prompts import Protocol, load_template, pair_prompt, score_prompt
from trustjudge_core.records import Question, Response

SET = demonstration_set(28, 6, 11)
SMALL_SET = demonstration_set(14, 4, 11)
MEGABYTES = 12


@pytest.fixture(scope="module")
def judge() -> Judge:
    return load_judge("bundled", device="cpu")


@pytest.fixture(scope="module")
def found(judge: Judge) -> Figures:
    return figures(judge_set(judge, SET))


def test_the_folder_is_safetensors_only_and_small() -> None:
    files = [path for path in WEIGHTS.rglob("*") if path.is_file()]
    assert {path.suffix for path in files} == {".json", ".safetensors", ".jinja"}
    assert sum(path.stat().st_size for path in files) <= MEGABYTES * 1_000_000


def test_the_weights_were_trained_by_the_recipe_that_ships() -> None:
    record = json.loads((WEIGHTS / "training.json").read_text(encoding="utf-8"))
    assert record["recipe"] == json.loads(json.dumps(asdict(Recipe())))


def test_it_says_that_it_is_a_demonstration(judge: Judge) -> None:
    assert judge.description.demonstration
    assert judge.description.dtype == "float32"


def test_unseen_tasks_of_its_kind_are_judged_far_better_than_by_chance_or_length(found: Figures) -> None:
    assert found.far_pairs >= 100
    assert found.far >= 0.80
    assert found.spearman >= 0.6
    assert found.far_by_length < 0.65
    assert abs(found.length_spearman) < 0.25


def test_it_contradicts_itself_as_judges_do(found: Figures) -> None:
    """Real inconsistencies are what the app is for: order flips, conflicts and intransitive triples."""
    audit = found.audit
    assert audit.position.consistent.value < 0.97
    assert all(scores.ratio.count > 0 for scores in audit.score_comparison)
    assert any(counted.ratio.count > 0 for counted in audit.transitivity if counted.k == 3)


def test_a_hundred_points_are_judged_too(judge: Judge) -> None:
    assert figures(judge_set(judge, SMALL_SET, (1, 100))).spearman >= 0.6


def test_a_rationale_counts_right_parts_before_the_verdict(judge: Judge) -> None:
    protocol = Protocol(load_template("bundled.v1"), readout=Readout("rationale_first", max_tokens=64))
    prompts = [score_prompt(protocol, question, question.responses[0]) for question in SMALL_SET.questions]
    answers = dict(judge.answers(prompts, protocol.readout))
    wanted = r"\d of \d right, form (kept|broken)\.\nVerdict: \[\d\]"
    texts = [answer.text or "" for answer in answers.values()]
    assert sum(bool(re.fullmatch(wanted, text)) for text in texts) >= 0.9 * len(texts)


def test_free_text_of_the_sample_fits_and_is_answered(judge: Judge, repository: Path) -> None:
    rows = (repository / "trustjudge_core" / "sample" / "responses.jsonl").read_text(encoding="utf-8").splitlines()
    protocol = Protocol(load_template("bundled.v1"))
    longest = []
    for row in map(json.loads, rows):
        question = Question(row["question_id"], row["question"], ())
        responses = sorted(
            (Response(given["response_id"], given["text"]) for given in row["responses"]),
            key=lambda response: len(response.text or ""),
        )[-2:]
        longest += [pair_prompt(protocol, question, *pair) for pair in itertools.permutations(responses)]
    answers = [answer for _, answer in judge.answers(longest, protocol.readout)]
    assert [answer.failure for answer in answers] == [None] * len(longest)
    assert np.isfinite([answer.mass for answer in answers]).all()
    context = judge.description.context
    assert context is not None
    assert max(judge.count_tokens(longest)) < context / 2
