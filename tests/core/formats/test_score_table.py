"""Tables of scores need a scale; a score that is none has failed."""

from __future__ import annotations

import pytest

from trustjudge_core.records import ScoreJudgment, Verdict

RESPONSES = b"question_id,question,response,system\nq,?,one,A\nq,?,two,B\n"
HEADER = "question_id,response_id,judge,score,scale_low,scale_high,criterion"


def scores(*rows: str, header: str = HEADER) -> bytes:
    """A CSV table."""
    return "\n".join([header, *rows, ""]).encode()


def test_scores_join_the_responses_they_are_about(read):
    found = read(
        {"r": RESPONSES, "s": scores("q,A,j,4.5,1,5,", "q,B,j,,1,5,style", "q,B,j,error,1,5,", "q,B,j,-1,1,5,")}
    )
    assert found.recognised[1].key == "flat table: scores"
    assert found.bundle.scores == (
        ScoreJudgment("q", "A", "j", (1.0, 5.0), emitted=4.5),
        ScoreJudgment("q", "B", "j", (1.0, 5.0), "style", failure="no score"),
        ScoreJudgment("q", "B", "j", (1.0, 5.0), failure="invalid: error"),
        ScoreJudgment("q", "B", "j", (1.0, 5.0), failure="invalid: -1"),
    )


def test_minus_one_is_a_score_where_the_scale_holds_it(read):
    (score,) = read({"r": RESPONSES, "s": scores("q,A,j,-1,-2,2,")}).bundle.scores
    assert score.emitted == -1.0


def test_a_scale_that_the_table_does_not_name_is_asked_for(read, problems):
    files = {"r": RESPONSES, "s": scores("q,A,j,4", header="question_id,response_id,judge,score")}
    (problem,) = problems(files)
    assert problem.field == "scale"
    assert read(files, scale=(1, 5)).bundle.scores[0].scale == (1.0, 5.0)


def test_people_score_in_an_annotator_column(read):
    header = "question_id,response_id,annotator,score,scale_low,scale_high"
    bundle = read({"r": RESPONSES, "s": scores("q,A,eve,4,1,5", header=header)}).bundle
    assert bundle.verdicts == (Verdict("q", "eve", response_id="A", score=4.0, scale=(1.0, 5.0), criterion="overall"),)


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ("q,A,j,7,1,5,", "score"),
        ("q,A,j,good,1,5,", "score"),
        ("q,A,j,4,5,1,", "scale_high"),
        ("q,A,j,4,1,,", "scale_high"),
        ("q,C,j,4,1,5,", "response_id"),
    ],
)
def test_a_wrong_cell_is_named(problems, row, field):
    assert {(p.file, p.line, p.field) for p in problems({"r": RESPONSES, "s": scores(row)})} == {("s", 2, field)}


@pytest.mark.parametrize("who", ["judge", "annotator"])
def test_json_lines_with_a_score_are_a_table_whoever_scored(read, who):
    row = {"question_id": "q", "response_id": "A", who: "eve", "score": 4, "scale_low": 1, "scale_high": 5}
    found = read({"s": [row]})
    assert found.recognised[0].key == "flat table: scores"
    assert [s.emitted for s in found.bundle.scores] + [v.score for v in found.bundle.verdicts] == [4.0]
