"""The native bundle: every row becomes the judgments it stands for, every wrong field is named."""

from __future__ import annotations

import pytest

from trustjudge_core.records import PairJudgment, ScoreJudgment, Verdict


@pytest.fixture
def with_rows(row):
    """A set of one question with some more rows in a second file."""
    return lambda *rows: {"r": [row("responses")], "j": list(rows)}


def test_samples_become_one_judgment_each_and_invalid_ones_failures(read, with_rows, row):
    score = row("score", samples=[4, 5.0], invalid_samples=[-1, "n/a"], context=[{"shown": "first"}, "x"])
    about = ("q", "a", "j", (1.0, 5.0), "overall")
    assert read(with_rows(score)).bundle.scores == (
        ScoreJudgment(*about, emitted=4.0, context='{"shown":"first"}'),
        ScoreJudgment(*about, emitted=5.0, context="x"),
        ScoreJudgment(*about, failure="invalid: -1"),
        ScoreJudgment(*about, failure="invalid: n/a"),
    )


def test_a_probability_table_is_one_judgment(read, with_rows, row):
    score = row("score", probs={"4": 0.5, "5": 0.25}, emitted=4, text="Score: [4]", token_count=3)
    del score["samples"]
    (judgment,) = read(with_rows(score)).bundle.scores
    assert (judgment.labels, judgment.probs, judgment.emitted) == ((4.0, 5.0), (0.5, 0.25), 4.0)
    assert (judgment.text, judgment.token_count) == ("Score: [4]", 3)


def test_two_scales_of_one_judge_are_kept_apart(read, with_rows, row):
    scores = read(with_rows(row("score"), row("score", scale=[1, 100], samples=[77]))).bundle.scores
    assert [(s.scale, s.emitted) for s in scores] == [((1.0, 5.0), 4.0), ((1.0, 100.0), 77.0)]


def test_a_comparison_without_verdict_is_a_failure_with_its_reason(read, with_rows, row):
    nothing = row("comparison", verdict=None)
    pairs = read(
        with_rows(
            nothing, {**nothing, "invalid": "api_error", "raw_tail": "error"}, row("comparison", probs={"tie": 1})
        )
    ).bundle.pairs
    assert pairs == (
        PairJudgment("q", "a", "b", "j", failure="no verdict"),
        PairJudgment("q", "a", "b", "j", failure="api_error", text="error"),
        PairJudgment("q", "a", "b", "j", "first", (0.0, 0.0, 1.0)),
    )


@pytest.mark.parametrize("probs", [None, {"first": 0.5, "second": 0.25, "tie": 0.25}])
@pytest.mark.parametrize("verdict", ["first", "second", "tie"])
def test_a_row_of_the_six_usual_fields_reads_as_one_with_more(read, with_rows, row, verdict, probs):
    usual = row("comparison", verdict=verdict, probs=probs)
    one, other = read(with_rows(usual, {**usual, "token_count": None})).bundle.pairs
    assert one == other
    assert one.verdict == verdict


def test_people_decide_about_pairs_and_about_responses(read, with_rows):
    pair = {"question_id": "q", "first": "b", "second": "a", "annotator": "p", "verdict": "tie", "probs": None}
    score = {"question_id": "q", "response_id": "a", "annotator": "p", "scale": [0, 1], "samples": [1, 0]}
    assert read({**with_rows(pair), "s": [score]}).bundle.verdicts == (
        Verdict("q", "p", "b", "a", "tie"),
        Verdict("q", "p", response_id="a", score=1.0, scale=(0.0, 1.0)),
        Verdict("q", "p", response_id="a", score=0.0, scale=(0.0, 1.0)),
    )


def test_numbers_are_taken_as_text_where_an_id_belongs(read, row):
    responses = row(
        "responses", question_id=7, responses=[{"response_id": 1.0, "text": "x"}, {"response_id": 2, "text": "y"}]
    )
    comparison = row("comparison", question_id="7", first="1", second=2)
    (pair,) = read({"r": [responses], "c": [comparison]}).bundle.pairs
    assert (pair.question_id, pair.first, pair.second) == ("7", "1", "2")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"question_id": None}, "question_id"),
        ({"question_id": ["q"]}, "question_id"),
        ({"question_id": "other"}, "question_id"),
        ({"first": "nobody"}, "first"),
        ({"second": "a"}, "second"),
        ({"judge": {}}, "judge"),
        ({"judge": " "}, "judge"),
        ({"verdict": "A"}, "verdict"),
        ({"verdict": 1}, "verdict"),
        ({"probs": [0.5, 0.5]}, "probs"),
        ({"probs": {"first": 1.5}}, "probs"),
        ({"probs": {"first": -0.5, "tie": 1}}, "probs"),
        ({"probs": {"first": 0.7, "second": 0.7, "tie": 0}}, "probs"),
        ({"probs": {"first": 0, "second": 0, "tie": 0}}, "probs"),
        ({"probs": {"first": True}}, "probs"),
        ({"probs": {"A": 1.0}}, "probs"),
        ({"invalid": "but there is a verdict"}, "invalid"),
        ({"token_count": 0}, "token_count"),
        ({"cumulative_logprob": "x"}, "cumulative_logprob"),
        ({"order_known": "yes"}, "order_known"),
        ({"text": [1]}, "text"),
    ],
)
def test_a_wrong_field_of_a_comparison_is_named(problems, with_rows, row, changes, field):
    found = problems(with_rows(row("comparison"), row("comparison", **changes)))
    assert {(problem.file, problem.line, problem.field) for problem in found} == {("j", 2, field)}
    assert all(problem.found and problem.allowed and problem.fix for problem in found)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"samples": [7]}, "samples"),
        ({"samples": ["4"]}, "samples"),
        ({"samples": [True]}, "samples"),
        ({"samples": 4}, "samples"),
        ({"samples": []}, "samples"),
        ({"scale": None}, "scale"),
        ({"scale": [5, 1]}, "scale"),
        ({"scale": [1, 2, 3]}, "scale"),
        ({"scale": "1-5"}, "scale"),
        ({"samples": None, "probs": {"6": 1.0}}, "probs"),
        ({"samples": None, "probs": {"good": 1.0}}, "probs"),
        ({"samples": None, "probs": {"nan": 1.0}}, "probs"),
        ({"probs": {"4": 1.0}}, "samples"),
        ({"invalid": "why"}, "invalid"),
        ({"samples": [1, 2], "context": ["one"]}, "context"),
        ({"samples": [1, 2], "text": "which of the two?"}, "text"),
        ({"response_id": "nobody"}, "response_id"),
    ],
)
def test_a_wrong_field_of_a_score_is_named(problems, with_rows, row, changes, field):
    found = problems(with_rows(row("score"), row("score", **changes)))
    assert {(problem.line, problem.field) for problem in found} == {(2, field)}


def test_the_message_says_found_allowed_and_fix(problems, with_rows, row):
    (problem,) = problems(with_rows(row("score", samples=[7])))
    assert str(problem) == (
        "j line 1: samples 7 is outside the scale 1-5; allowed: numbers from 1 to 5; "
        "fix the row or choose another scale"
    )


def test_every_problem_of_a_row_is_reported(problems, row):
    bad = {"question_id": [], "question": {}, "responses": [3, {"response_id": None, "text": []}]}
    fields = [problem.field for problem in problems({"r": [row("responses"), bad]})]
    assert sorted(fields) == ["question", "question_id", "response_id", "responses", "text"]


def test_a_response_or_question_that_is_there_twice_is_refused(problems, row):
    twice = row("responses", responses=row("responses")["responses"] * 2)
    assert [p.field for p in problems({"r": [twice]})] == ["response_id", "response_id"]
    assert [p.field for p in problems({"r": [row("responses")] * 2})] == ["question_id"]


@pytest.mark.parametrize("text", [None, "", " \n"])
def test_a_response_without_text_is_refused_unless_it_was_judged(read, problems, row, text):
    responses = row("responses", responses=[{"response_id": "a", "text": text}, {"response_id": "b", "text": "y"}])
    assert [p.field for p in problems({"r": [responses]})] == ["text"]
    judged = read({"r": [responses], "c": [row("comparison")]}).bundle
    assert judged.response_set.questions[0].responses[0].text == text
    assert "kept, because it was judged" in judged.notes[0].message


def test_oddities_are_kept_and_said(read, row):
    odd = row(
        "responses",
        extra=1,
        responses=[{"response_id": c, "text": t} for c, t in zip("abc", ("x", "x", True), strict=True)],
    )
    lone = row("responses", question_id="lone", responses=[{"response_id": "a", "text": "x"}])
    bundle = read({"r": [odd, lone]}).bundle
    said = " ".join(note.message for note in bundle.notes)
    assert bundle.response_set.questions[0].responses[2].text == "true"
    for words in ("not text", "repeat the text", "one response", "field extra is not read"):
        assert words in said


def test_judgments_alone_say_once_that_responses_are_missing(problems, row):
    (problem,) = problems({"c": [row("comparison")] * 5})
    assert "no responses" in problem.found


def test_an_empty_part_is_fine_and_said(read, row):
    found = read({"r": [row("responses")], "scores.jsonl": b""})
    assert [(one.part, one.rows) for one in found.recognised] == [("responses", 1), ("scores", 0)]
    assert "is empty" in found.bundle.notes[0].message
