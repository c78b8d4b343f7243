"""From a plan to prompts with their keys, and from answers to judgments."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.core.asked_set import response_set
from tests.core.fake_judge import DESCRIPTION
from tests.core.test_plan import index_of
from trustjudge_core.asking import NO_TEXT, Ask, asks, judgment
from trustjudge_core.judge.contract import Answer, JudgeDescription, Readout
from trustjudge_core.judge.prompts import Protocol, pair_prompt, score_prompt
from trustjudge_core.plan import Plan, asked
from trustjudge_core.records import PairJudgment, Question, ResponseSet, ScoreJudgment

SET = response_set(2, 3)
INDEX = index_of([3, 3])
EVERYTHING = asked(Plan(), INDEX)


def all_asks(
    protocol: Protocol | None = None, judge: JudgeDescription = DESCRIPTION, of: ResponseSet = SET
) -> list[Ask]:
    return list(asks(of, INDEX, EVERYTHING, protocol or Protocol(), judge))


def keys(protocol: Protocol | None = None, judge: JudgeDescription = DESCRIPTION, of: ResponseSet = SET) -> list[bytes]:
    return [ask.key for ask in all_asks(protocol, judge, of)]


def test_prompts_are_those_of_the_protocol() -> None:
    found = {
        tuple(r.response_id for r in ask.about): ask.prompt for ask in all_asks() if ask.question.question_id == "q1"
    }
    question = SET.questions[1]
    assert found["r2",] == score_prompt(Protocol(), question, question.responses[2])
    assert found["r2", "r0"] == pair_prompt(Protocol(), question, question.responses[2], question.responses[0])
    assert len(found) == 3 + 6


def test_a_key_is_the_same_tomorrow_and_different_for_every_judgment() -> None:
    assert keys() == keys()
    assert len(set(keys())) == len(EVERYTHING)
    assert {len(key) for key in keys()} == {32}


@pytest.mark.parametrize(
    "changed",
    [
        keys(judge=replace(DESCRIPTION, revision="r2")),
        keys(judge=replace(DESCRIPTION, name="another")),
        keys(Protocol(scale=(1, 7), rubric="other")),
        keys(Protocol(rubric="only facts count")),
        keys(Protocol(readout=Readout(seed=1))),
    ],
    ids=["weights", "model", "scale", "rubric", "seed"],
)
def test_whatever_decides_an_answer_changes_its_key(changed: list[bytes]) -> None:
    assert not set(keys()) & set(changed)


def test_another_scale_leaves_the_keys_of_comparisons() -> None:
    other = all_asks(Protocol(scale=(1, 100)))
    same = [ask for ask in other if ask.key in set(keys())]
    assert {len(ask.about) for ask in same} == {2}
    assert len(same) == 12


def test_the_machine_it_runs_on_and_where_the_weights_lie_change_no_key() -> None:
    assert keys(judge=replace(DESCRIPTION, device="cuda", dtype="bfloat16", spec="local:/elsewhere")) == keys()


def test_equal_texts_of_two_responses_are_two_judgments() -> None:
    same = ResponseSet(
        tuple(replace(q, responses=tuple(replace(r, text="same") for r in q.responses)) for q in SET.questions)
    )
    assert len(set(keys(of=same))) == len(EVERYTHING)


def test_a_missing_text_is_lacking_and_an_empty_one_is_not() -> None:
    first = SET.questions[0]
    lacking = replace(first, responses=(replace(first.responses[0], text=None), *first.responses[1:]))
    found = all_asks(of=ResponseSet((lacking, replace(SET.questions[1], text=""))))
    assert sum(ask.lacking == NO_TEXT for ask in found) == 1 + 4
    assert all((ask.prompt is None) == (ask.lacking is not None) for ask in found)


QUESTION = Question("q", "Which?", SET.questions[0].responses)
SCORED = Ask(b"k", QUESTION, QUESTION.responses[:1], score_prompt(Protocol(), QUESTION, QUESTION.responses[0]))
PAIR = Ask(b"k", QUESTION, QUESTION.responses[:2], pair_prompt(Protocol(), QUESTION, *QUESTION.responses[:2]))


def test_a_score_keeps_label_probabilities_as_observed() -> None:
    answer = Answer("4", (0.0, 0.1, 0.2, 0.5, 0.1), 0.9, "Reasons. [4]", -1.5, 7)
    assert judgment(SCORED, answer, Protocol(), "j") == ScoreJudgment(
        *("q", "r0", "j", (1.0, 5.0)),
        emitted=4.0,
        labels=(1.0, 2.0, 3.0, 4.0, 5.0),
        probs=(0.0, 0.1, 0.2, 0.5, 0.1),
        cumulative_logprob=-1.5,
        token_count=7,
        text="Reasons. [4]",
    )


@pytest.mark.parametrize(("label", "verdict"), [("A", "first"), ("B", "second"), ("C", "tie")])
def test_a_comparison_is_by_shown_position(label: str, verdict: str) -> None:
    made = judgment(PAIR, Answer(label, (0.5, 0.3, 0.1), 0.9), Protocol(), "j")
    assert isinstance(made, PairJudgment)
    assert (made.first, made.second, made.verdict, made.probs) == ("r0", "r1", verdict, (0.5, 0.3, 0.1))


def test_samples_are_kept_with_their_number() -> None:
    made = judgment(SCORED, Answer("2", (0.0, 0.75, 0.25, 0.0, 0.0), 1.0, samples=8), Protocol(), "j")
    assert made.samples == 8


def test_an_emitted_label_without_probabilities_is_a_judgment() -> None:
    made = judgment(SCORED, Answer("3"), Protocol(), "j")
    assert isinstance(made, ScoreJudgment)
    assert (made.emitted, made.labels, made.probs, made.failure) == (3.0, (), (), None)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (Answer(failure="no verdict in brackets", text="I cannot say"), "no verdict in brackets"),
        (Answer(), "no verdict"),
        (Answer("6"), "the judge gave '6', which is not an allowed label"),
        (Answer("5", (0.1,) * 4), "the judge gave probabilities that are none"),
        (Answer("5", (0.1, 0.2, float("nan"), 0.1, 0.1)), "the judge gave probabilities that are none"),
        (Answer("5", (0.1, 0.2, -0.1, 0.1, 0.1)), "the judge gave probabilities that are none"),
    ],
)
def test_an_answer_that_cannot_be_used_gives_a_reason_and_no_number(answer: Answer, reason: str) -> None:
    made = judgment(SCORED, answer, Protocol(), "j")
    assert isinstance(made, ScoreJudgment)
    assert (made.failure, made.emitted, made.probs, made.text) == (reason, None, (), answer.text)
