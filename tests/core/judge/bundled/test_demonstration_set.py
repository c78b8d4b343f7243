"""Response sets of the bundled judge's kind."""

from __future__ import annotations

import numpy as np
import pytest

from tests.core.judge.bundled.checker import points
from trustjudge_core.errors import UsageError
from trustjudge_core.judge.bundled.demonstration_set import demonstration_set
from trustjudge_core.judge.bundled.families import FAMILIES


def test_gold_is_the_share_of_points_on_one_to_five() -> None:
    for question in demonstration_set(14, 6, 3).questions:
        for response in question.responses:
            counted, most = points(question.text or "", response.text or "")
            assert response.gold == pytest.approx(1 + 4 * counted / most)


def test_ids_texts_and_questions_are_unique_and_families_take_turns() -> None:
    questions = demonstration_set(70, 6, 3).questions
    assert len({question.question_id for question in questions}) == 70
    assert len({question.text for question in questions}) == 70
    assert [question.category for question in questions[: len(FAMILIES)]] == list(FAMILIES)
    for question in questions:
        assert len({response.text for response in question.responses}) == 6
        assert len({response.response_id for response in question.responses}) == 6


def test_a_higher_writer_is_the_better_one_on_average() -> None:
    questions = demonstration_set(140, 4, 1).questions
    gold = np.array([[r.gold for r in sorted(q.responses, key=lambda r: r.system or "")] for q in questions])
    assert (np.diff(gold.mean(axis=0)) > 0.3).all()


def test_the_place_of_a_response_says_nothing_about_its_quality() -> None:
    gold = np.array([[r.gold for r in q.responses] for q in demonstration_set(280, 6, 1).questions])
    # the standard error of a mean over 280 questions is about 0.07
    assert np.ptp(gold.mean(axis=0)) < 0.4


def test_the_same_seed_gives_the_same_set_and_another_another() -> None:
    assert demonstration_set(7, 3, 1) == demonstration_set(7, 3, 1)
    assert demonstration_set(7, 3, 1) != demonstration_set(7, 3, 2)


def test_more_questions_than_a_family_has_are_made_by_repeating() -> None:
    assert len(demonstration_set(120, 2, 1, families=("formats",)).questions) == 120


@pytest.mark.parametrize(("questions", "responses"), [(0, 3), (3, 1), (3, 13)])
def test_sizes_that_cannot_be_made_are_refused(questions: int, responses: int) -> None:
    with pytest.raises(UsageError, match="allowed: at least 1 question"):
        demonstration_set(questions, responses, 1)
