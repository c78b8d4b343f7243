"""The real recorded judgments in the shared folder, and files as their projects publish them, are read completely."""

from __future__ import annotations

import pytest

from trustjudge_core.formats import read_files
from trustjudge_core.formats.looks import look_at_tables, with_guess


@pytest.mark.parametrize(
    # Counted from the rows with the json module alone; a score is a sample, (all, failed).
    ("folder", "questions", "responses", "scores", "pairs", "verdicts"),
    [
        ("vicuna80_tournament", 80, 720, (2240, 12), (11520, 13), 7040),
        ("pandalm_test", 170, 800, (0, 0), (1998, 25), 2997),
        ("llmbar", 419, 838, (5866, 5), (20112, 55), 419),
        ("prometheus_gpt4x3", 80, 320, (960, 0), (0, 0), 0),
        ("rewardbench2_k8", 1763, 7052, (278528, 737), (0, 0), 1763),
    ],
)
def test_native_folders(shared, folder, questions, responses, scores, pairs, verdicts):
    bundle = read_files([shared / "data" / folder]).bundle
    assert len(bundle.response_set.questions) == questions
    assert sum(len(q.responses) for q in bundle.response_set.questions) == responses
    assert (len(bundle.scores), sum(s.failure is not None for s in bundle.scores)) == scores
    assert (len(bundle.pairs), sum(p.failure is not None for p in bundle.pairs)) == pairs
    assert len(bundle.verdicts) == verdicts


@pytest.mark.parametrize(("name", "scores", "pairs"), [("clean", 96, 240), ("messy", 168, 504)])
def test_published_layout(shared, name, scores, pairs):
    found = read_files([shared / "parity" / name])
    assert {one.format for one in found.recognised} == {"TrustJudge"}
    assert [(s, sum(j.scale[1] == s for j in found.bundle.scores)) for s in (5, 100)] == [
        (5, scores / 2),
        (100, scores / 2),
    ]
    assert len(found.bundle.pairs) == pairs
    assert ("expected.json", "left out: not recognised") in {(n.file, n.message) for n in found.bundle.notes}


def test_mt_bench_and_the_published_demo(shared):
    raw = shared / "data" / "raw"
    bench = read_files(
        [raw / f"mtbench_{n}.jsonl" for n in ("question", "model_answer_phi-3", "model_answer_phi-3-dpo")]
    )
    assert [len(q.responses) for q in bench.bundle.response_set.questions] == [2] * 160
    demo = read_files([raw / "trustjudge_demo_answers_with_category.jsonl"]).bundle.response_set
    assert [len(q.responses) for q in demo.questions] == [10, 10]


def test_reviews_of_fastchat(shared):
    # 80 reviews of two answers each; the answers are not there, so only their ids are known.
    bundle = read_files([shared / "data" / "raw" / "fastchat_review_threeclass.jsonl"], judge="gpt-3.5").bundle
    assert [len(q.responses) for q in bundle.response_set.questions] == [2] * 80
    assert (len(bundle.pairs), {p.judge for p in bundle.pairs}) == (80, {"gpt-3.5"})
    assert all(p.order_known and p.failure is None and p.text for p in bundle.pairs)


def test_questions_and_answers_of_arena_hard(shared):
    raw = shared / "data" / "raw"
    names = ("arenahard_question.jsonl", "arenahard_model_answer_gpt-3.5-turbo-0125.jsonl")
    found = read_files([raw / name for name in names])
    # 300 of the 500 questions, and what one system answered to 100 of them: 60 are in both excerpts.
    assert [(one.key, one.rows) for one in found.recognised] == [
        ("Arena-Hard: questions", 300),
        ("Arena-Hard: answers", 100),
    ]
    questions = found.bundle.response_set.questions
    assert (len(questions), sum(q.text is not None for q in questions)) == (100, 60)


@pytest.mark.parametrize(("name", "items", "pairs", "ties"), [("food", 5, 30, 2), ("simple", 5, 16, 9)])
def test_a_table_of_winners_needs_the_guessed_mapping(shared, name, items, pairs, ties):
    file = shared / "data" / "raw" / f"evalica_{name}.csv"
    (look,) = look_at_tables([file])
    bundle = read_files([file], judge="j", tables={look.file: with_guess(look)}).bundle
    (question,) = bundle.response_set.questions
    assert (len(question.responses), len(bundle.pairs)) == (items, pairs)
    assert sum(p.verdict == "tie" for p in bundle.pairs) == ties
