"""Tasks: true quality follows from the texts, and training never sees what is held out."""

from __future__ import annotations

import re
from itertools import islice
from random import Random

import pytest

from tests.core.judge.bundled.checker import points
from trustjudge_core.judge.bundled.examples import examples
from trustjudge_core.judge.bundled.families import FAMILIES, draw_task
from trustjudge_core.judge.bundled.tasks import SPLITS, GradedResponse, Split, held_out, respond, respond_with
from trustjudge_core.judge.bundled.wordings import WORDINGS


@pytest.mark.parametrize("split", SPLITS)
@pytest.mark.parametrize("family", FAMILIES)
def test_points_of_every_response_are_those_that_a_reader_of_the_texts_counts(family: str, split: Split) -> None:
    rng = Random(f"{family} {split}")
    for _ in range(60):
        task = draw_task(family, split, rng)
        response = respond(task, rng)
        counted = points(task.question, response.text)
        assert counted == (response.points, len(response.right) + 1), f"{task.question}\n{response.text}"


@pytest.mark.parametrize("family", FAMILIES)
def test_a_response_is_right_exactly_where_it_was_told_to_be(family: str) -> None:
    rng = Random(5)
    for _ in range(30):
        task = draw_task(family, "training", rng)
        perfect = respond_with(task, [True] * task.parts, task.form, rng)
        hopeless = respond_with(task, [False] * task.parts, task.form, rng)
        assert points(task.question, perfect.text) == (task.parts + 1, task.parts + 1)
        assert points(task.question, hopeless.text) == (1, task.parts + 1)
        assert all(right for *_, right in perfect.places)
        assert not any(right for *_, right in hopeless.places)


@pytest.mark.parametrize("family", FAMILIES)
def test_training_and_unseen_questions_share_no_question(family: str) -> None:
    rng = Random(6)
    training = {draw_task(family, "training", rng).key for _ in range(400)}
    unseen = {draw_task(family, "unseen questions", rng).key for _ in range(100)}
    assert len(unseen) >= 10
    assert not training & unseen
    assert all(map(held_out, unseen))


@pytest.mark.parametrize("family", FAMILIES)
def test_unseen_styles_share_no_wording_with_training(family: str) -> None:
    rng = Random(7)
    *_, unseen = WORDINGS[family]
    ending = re.split(r"[.?] ", unseen)[1].partition("{")[0]  # what the last sentence begins with
    assert all(ending in draw_task(family, "unseen styles", rng).question for _ in range(30))
    assert not any(ending in draw_task(family, "training", rng).question for _ in range(200))


def test_the_same_seed_gives_the_same_examples() -> None:
    assert list(islice(examples(Random(3)), 50)) == list(islice(examples(Random(3)), 50))
    assert list(islice(examples(Random(3)), 50)) != list(islice(examples(Random(4)), 50))


def test_quality_on_a_scale_rounds_halves_upwards() -> None:
    # 2 right of 3 and the form: 3 of 4 points; 1 + 3/4 * 4 = 4, 1 + 3/4 * 99 = 75.25
    response = GradedResponse("", (True, True, False), True, ())
    assert (response.score(1, 5), response.score(1, 100), response.gold) == (4, 75, 4.0)
    # 1 of 8 points: 1 + 4/8 = 1.5 goes up
    assert GradedResponse("", (True,) + (False,) * 6, False, ()).score(1, 5) == 2
