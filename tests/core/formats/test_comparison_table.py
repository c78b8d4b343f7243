"""Tables of comparisons say who won in many words; what is no word for it is a problem, never a guess."""

from __future__ import annotations

import io

import pandas as pd
import pytest

from trustjudge_core.formats.table_cells import TableChoice
from trustjudge_core.records import PairJudgment, Verdict

RESPONSES = b"question_id,question,response,system\nq,?,one,A\nq,?,two,B\n"


def table(*rows: str, header: str = "question_id,first,second,verdict,judge") -> bytes:
    """A CSV table."""
    return "\n".join([header, *rows, ""]).encode()


def test_comparisons_join_the_responses_they_are_about(read):
    found = read({"r.csv": RESPONSES, "c.csv": table("q,A,B,first,j", "q,B,A,tie,j", "q,B,A,,j")})
    assert [one.key for one in found.recognised] == ["flat table: responses", "flat table: comparisons"]
    assert found.bundle.pairs == (
        PairJudgment("q", "A", "B", "j", "first"),
        PairJudgment("q", "B", "A", "j", "tie"),
        PairJudgment("q", "B", "A", "j", failure="no verdict"),
    )


@pytest.mark.parametrize(
    ("word", "verdict", "strength", "failure"),
    [
        ("first", "first", None, None), ("Second", "second", None, None), ("left", "first", None, None),
        ("model_b", "second", None, None), ("1", "first", None, None), ("2.0", "second", None, None),
        ("A", "first", None, None), ("b", "second", None, None), ("draw", "tie", None, None),
        ("x", "first", None, None), ("y", "second", None, None), ("A>>B", "first", 2.0, None),
        ("B>A", "second", 1.0, None),
        ("-1", None, None, "invalid: -1"), ("error", None, None, "invalid: error"), ("", None, None, "no verdict"),
    ],
)  # fmt: skip
def test_who_won_is_said_in_many_words(read, word, verdict, strength, failure):
    (pair,) = read({"c": table(f"q,x,y,{word},j")}).bundle.pairs
    assert (pair.verdict, pair.strength, pair.failure) == (verdict, strength, failure)


def test_the_id_of_the_winner_comes_before_a_word_that_looks_like_it(read):
    (pair,) = read({"c": table("q,B,A,A,j")}).bundle.pairs
    assert pair.verdict == "second"


@pytest.mark.parametrize("word", ["0", "0.5", "won", "3", "True"])
def test_a_word_that_could_mean_either_is_a_problem_until_somebody_explains_it(read, problems, word):
    (problem,) = problems({"c": table(f"q,x,y,{word},j")})
    assert (problem.line, problem.field) == (2, "verdict")
    for said, verdict, failure in (("second", "second", None), ("failed", None, f"invalid: {word}")):
        choice = TableChoice(verdicts={word: said})
        (pair,) = read({"c": table(f"q,x,y,{word},j")}, tables={"c": choice}).bundle.pairs
        assert (pair.verdict, pair.failure) == (verdict, failure)


def test_a_table_without_questions_is_about_one(read):
    content = b"left,right,winner\nPizza,Sushi,left\nSushi,Tacos,tie\n"
    choice = TableChoice(holds="comparisons", mapping={"first": "left", "second": "right", "verdict": "winner"})
    bundle = read({"food.csv": content}, tables={"food.csv": choice}, judge="eater").bundle
    (question,) = bundle.response_set.questions
    assert (question.question_id, [r.system for r in question.responses]) == ("all", ["Pizza", "Sushi", "Tacos"])
    assert bundle.pairs[1] == PairJudgment("all", "Sushi", "Tacos", "eater", "tie")


def test_texts_beside_each_other_bring_the_responses(read):
    content = b"prompt,model_a,model_b,output_a,output_b,winner\nWhy?,m1,m2,one,two,model_b\n"
    mapping = {"question": "prompt", "first": "model_a", "second": "model_b", "first_text": "output_a",
               "second_text": "output_b", "verdict": "winner"}  # fmt: skip
    choice = TableChoice(holds="comparisons", mapping=mapping, order_known=False)
    bundle = read({"t": content}, tables={"t": choice}).bundle
    assert [(r.response_id, r.text) for r in bundle.response_set.questions[0].responses] == [
        ("m1", "one"),
        ("m2", "two"),
    ]
    assert (bundle.pairs[0].verdict, bundle.pairs[0].order_known) == ("second", False)


def test_people_decide_in_an_annotator_column(read):
    header = "question_id,first,second,verdict,annotator"
    bundle = read({"r": RESPONSES, "c": table("q,A,B,B,eve", header=header)}).bundle
    assert (bundle.verdicts, bundle.pairs) == ((Verdict("q", "eve", "A", "B", "second"),), ())


def test_probabilities_and_parquet(read):
    content = io.BytesIO()
    row = {"question_id": 1, "first": "x", "second": "y", "verdict": None, "judge": "j",
           "prob_first": 0.5, "prob_second": 0.25, "prob_tie": 0.25}  # fmt: skip
    pd.DataFrame([row]).to_parquet(content)
    assert read({"c": content.getvalue()}).bundle.pairs == (PairJudgment("1", "x", "y", "j", None, (0.5, 0.25, 0.25)),)


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ("q,A,A,tie,j", "second"),
        ("q,A,C,tie,j", "second"),
        ("p,A,B,tie,j", "question_id"),
        (",A,B,tie,j", "question_id"),
    ],
)
def test_ids_must_be_those_of_the_set(problems, row, field):
    found = problems({"r": RESPONSES, "c": table(row)})
    assert {(p.file, p.line, p.field) for p in found} == {("c", 2, field)}


def test_json_lines_in_other_words_than_ours_are_a_table_and_ours_with_a_mistake_are_not(read, problems):
    row = {"question_id": "q", "first": "x", "second": "y", "judge": "j", "verdict": "y"}
    found = read({"c": [row]})
    assert (found.recognised[0].key, found.bundle.pairs[0].verdict) == ("flat table: comparisons", "second")
    person = {**row, "annotator": "eve", "verdict": 1}
    assert read({"c": [person]}).bundle.verdicts == (Verdict("q", "eve", "x", "y", "first"),)
    assert problems({"c": [{**row, "probs": None}]})[0].allowed == "first, second, tie or null"
