"""Votes in the shapes of the Chatbot Arena: battles alone, with conversations, of people and of models."""

from __future__ import annotations

import json

import pytest

from trustjudge_core.formats.table_cells import TableChoice
from trustjudge_core.records import PairJudgment, Verdict

BATTLE = {
    "model_a": "x",
    "model_b": "y",
    "winner": "model_b",
    "judge": "user_7",
    "turn": 1,
    "anony": True,
    "tstamp": 1.5,
}


def said(*texts):
    """A conversation whose messages hold parts."""
    roles = ("user", "assistant") * len(texts)
    return [
        {"role": role, "content": [{"type": "text", "text": text}]} for role, text in zip(roles, texts, strict=False)
    ]


def test_battles_that_name_no_question_are_questions_of_their_own(read):
    bundle = read({"battles": json.dumps([BATTLE, {**BATTLE, "winner": "tie (bothbad)"}], indent=2).encode()}).bundle
    assert bundle.verdicts == (
        Verdict("battle-1", "user_7", "x", "y", "second"),
        Verdict("battle-2", "user_7", "x", "y", "tie"),
    )
    assert [q.text for q in bundle.response_set.questions] == [None, None]


def test_battles_of_two_files_are_not_mixed_up(read):
    bundle = read({"one": [BATTLE], "two": [BATTLE]}).bundle
    assert [v.question_id for v in bundle.verdicts] == ["battle-1", "battle-2"]


def test_conversations_of_parts_are_read_whole_where_no_turn_is_said(read):
    vote = {
        "id": "u", "model_a": "x", "model_b": "y", "winner": "both_bad", "evaluation_session_id": "s",
        "conversation_a": said("Hi", "A", "More", "A2"), "conversation_b": said("Hi", "B", "More", "B2"),
    }  # fmt: skip
    bundle = read({"votes": [vote]}).bundle
    (question,) = bundle.response_set.questions
    assert (question.question_id, question.text) == ("u", "Turn 1:\nHi\n\nTurn 2:\nMore")
    assert [(r.system, r.text) for r in question.responses] == [
        ("x", "Turn 1:\nA\n\nTurn 2:\nA2"),
        ("y", "Turn 1:\nB\n\nTurn 2:\nB2"),
    ]
    assert bundle.verdicts == (Verdict("u", "people", "x", "y", "tie"),)


def test_a_picture_in_a_conversation_is_named(read):
    messages = [{"role": "user", "content": [{"type": "image"}, {"type": "text", "text": "What?"}]}, *said("", "A")[1:]]
    vote = {**BATTLE, "question_id": "q", "conversation_a": messages, "conversation_b": messages}
    assert read({"votes": [vote]}).bundle.response_set.questions[0].text == "[image]\nWhat?"


@pytest.mark.parametrize(("said_judge", "judge"), [(None, "judge"), ("gpt-9", "gpt-9")])
def test_battles_of_nobody_are_judgments_of_a_judge_of_unknown_order(read, said_judge, judge):
    battle = {"question_id": 0, "model_a": "x", "model_b": "y", "winner": "model_b"}
    bundle = read({"b": [battle, battle]}, judge=said_judge).bundle
    assert bundle.pairs == (PairJudgment("0/turn-1", "x", "y", judge, "second", order_known=False),) * 2
    assert {"turns are not said; read as turn 1", "the judge is not named in the file"} <= {
        note.message for note in bundle.notes
    }


def test_battles_can_still_be_mapped_by_hand(read):
    battle = {"question_id": 0, "model_a": "x", "model_b": "y", "winner": "model_b"}
    choice = TableChoice(holds="comparisons", mapping={"first": "model_a", "second": "model_b", "verdict": "winner"})
    assert read({"b": [battle]}, tables={"b": choice}).bundle.pairs == (PairJudgment("0", "x", "y", "judge", "second"),)


def test_winners_in_other_words_are_a_table_to_map(problems):
    battle = {"question_id": 0, "model_a": "x", "model_b": "y", "winner": "x"}
    assert "is not recognised" in problems({"b": [battle]})[0].found
