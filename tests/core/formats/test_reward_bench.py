"""RewardBench: the key is subset and id, what is right is a gold score, ids do not tell it."""

from __future__ import annotations

import io

import pandas as pd
import pytest

ONE = {
    "id": 7, "prompt": "Hi?", "chosen": "good", "chosen_model": "c", "rejected": "bad", "rejected_model": "r",
    "subset": "easy",
}  # fmt: skip
TWO = {
    "id": "7", "prompt": "Hi?", "chosen": ["a"], "rejected": ["b", "c", "d"], "num_correct": 1, "num_incorrect": 3,
    "models": ["w", "x", "y", "z"], "subset": "Focus", "additional_metadata": {},
}  # fmt: skip


def test_an_id_may_repeat_in_another_subset(read, problems):
    bundle = read({"r": [ONE, {**ONE, "subset": "hard"}]}).bundle
    assert [q.question_id for q in bundle.response_set.questions] == ["easy/7", "hard/7"]
    assert problems({"r": [ONE, ONE]})[0].field == "id"


def test_one_chosen_and_one_rejected(read):
    bundle = read({"r": [ONE]}).bundle
    (question,) = bundle.response_set.questions
    assert (question.text, question.category) == ("Hi?", "easy")
    assert [(r.response_id, r.text, r.system, r.gold) for r in question.responses] == [
        ("0", "good", "c", 1.0),
        ("1", "bad", "r", 0.0),
    ]
    assert [(v.annotator, v.first, v.second, v.verdict) for v in bundle.verdicts] == [("gold", "0", "1", "first")]


def test_lists_of_version_two(read):
    bundle = read({"r": [TWO]}).bundle
    assert [(r.text, r.system, r.gold) for r in bundle.response_set.questions[0].responses] == [
        ("a", "w", 1.0),
        ("b", "x", 0.0),
        ("c", "y", 0.0),
        ("d", "z", 0.0),
    ]
    assert [(v.first, v.second) for v in bundle.verdicts] == [("0", "1"), ("0", "2"), ("0", "3")]


@pytest.mark.parametrize("row", [ONE, TWO])
def test_parquet_as_it_is_published_reads_as_json_lines(read, row):
    content = io.BytesIO()
    pd.DataFrame([row]).drop(columns="additional_metadata", errors="ignore").to_parquet(content)
    found = read({"data.parquet": content.getvalue()})
    assert found.recognised[0].format == "RewardBench"
    assert found.bundle.response_set == read({"r": [row]}).bundle.response_set


def test_conversations_are_read_by_their_last_message(read):
    def said(text):
        return [{"role": "user", "content": "Hi?"}, {"role": "assistant", "content": text}]

    (question,) = read(
        {"r": [{"prompt": said("x")[:1], "chosen": said("a"), "rejected": said("b")}]}
    ).bundle.response_set.questions
    assert (question.text, [r.text for r in question.responses]) == ("Hi?", ["a", "b"])


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"chosen": []}, "chosen"),
        ({"rejected": {"a": 1}}, "rejected"),
        ({"prompt": None}, "prompt"),
        ({"id": []}, "id"),
    ],
)
def test_a_wrong_field_is_named(problems, changes, field):
    assert {(p.line, p.field) for p in problems({"r": [ONE, {**ONE, "id": 8, **changes}]})} == {(2, field)}


def test_rows_without_ids_that_repeat_a_prompt_are_questions_of_their_own(read):
    rows = [{"prompt": "?", "chosen": f"good {n}", "rejected": "bad"} for n in range(3)]
    bundle = read({"r": rows}).bundle
    ids = [q.question_id for q in bundle.response_set.questions]
    assert ids == [ids[0], f"{ids[0]}#2", f"{ids[0]}#3"]
    assert [[r.gold for r in q.responses] for q in bundle.response_set.questions] == [[1.0, 0.0]] * 3
    assert any("a question of its own" in note.message for note in bundle.notes)


def test_rewards_that_the_project_writes_are_score_judgments_on_their_own_range(read):
    said = {"prompt": "Hi?", "text_chosen": "Hi?\ngood", "text_rejected": "Hi?\nbad", "results": 1}
    rows = [
        {**said, "scores_chosen": 2.5, "scores_rejected": [-0.5]},
        {**said, "prompt": "Ho?", "scores_chosen": None, "scores_rejected": 1.0},
    ]
    scores = read({"model_outputs.jsonl": rows}, judge="rm").bundle.scores
    assert [(s.response_id, s.judge, s.emitted, s.failure, s.scale) for s in scores] == [
        ("0", "rm", 2.5, None, (-0.5, 2.5)),
        ("1", "rm", -0.5, None, (-0.5, 2.5)),
        ("0", "rm", None, "no score", (-0.5, 2.5)),
        ("1", "rm", 1.0, None, (-0.5, 2.5)),
    ]


def test_every_response_has_a_reward_or_none_has(read, problems):
    row = {**TWO, "scores_chosen": [[0.5]], "scores_rejected": [[0.1], [0.2], [0.3]]}
    assert [s.emitted for s in read({"r": [row]}).bundle.scores] == [0.5, 0.1, 0.2, 0.3]
    (problem,) = problems({"r": [{**row, "scores_rejected": [0.1, 0.2]}]})
    assert problem.field == "scores_rejected"


def test_preference_data_that_a_model_scored_asks_who_it_was(read):
    row = {"prompt": "Hi?", "chosen": "good", "rejected": "bad", "score_chosen": 8.5, "score_rejected": 3}
    found = read({"binarized.jsonl": [row]})
    assert [(s.judge, s.emitted) for s in found.bundle.scores] == [("judge", 8.5), ("judge", 3.0)]
    assert found.recognised[0].asks == ("judge",)
    assert read({"binarized.jsonl": [{**row, "model": "rm"}]}).recognised[0].asks == ()
    assert read({"plain.jsonl": [ONE]}).recognised[0].asks == ()
