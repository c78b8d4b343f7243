"""Examples: prompts are those of runs, and what is known stands where it is said to stand."""

from __future__ import annotations

import re
from itertools import islice
from random import Random

from trustjudge_core.judge.bundled.examples import examples, true_verdict
from trustjudge_core.judge.bundled.tasks import GradedResponse
from trustjudge_core.judge.prompts import Protocol, load_template, score_prompt
from trustjudge_core.records import Question, Response


def test_a_score_prompt_reads_as_the_judge_has_learned_it() -> None:
    """The weights know this text; who changes the template must train again."""
    prompt = score_prompt(
        Protocol(load_template("bundled.v1"), (1, 5)),
        Question("q", "Name two birds and a fish, one per line.", ()),
        Response("r", "crow\nwren\ncod"),
    )
    assert [dict(turn) for turn in prompt.chat] == [
        {
            "role": "user",
            "content": "Task:\nName two birds and a fish, one per line.\nFirst answer:\ncrow\nwren\ncod\n"
            "End of answers.\nRate the first answer from 1 to 5.",
        }
    ]
    assert (prompt.prefix, prompt.suffix, prompt.labels) == ("[", "]", ("1", "2", "3", "4", "5"))


def test_every_example_ends_in_its_verdict() -> None:
    for example in islice(examples(Random(1)), 300):
        reasons, verdict = example.said[: example.verdict], example.said[example.verdict :]
        assert re.fullmatch(r"\[?([ABC]|\d{1,3})\]", verdict), example.said
        assert reasons in ("", "[") or reasons.endswith("\nVerdict: [")


def test_parts_and_ends_of_responses_stand_where_they_are_said_to_stand() -> None:
    seen = 0
    for example in islice(examples(Random(2)), 300):
        user = example.chat[0]["content"]
        for end, _, _ in example.closes:
            assert user[end:].startswith(("\nSecond answer:\n", "\nEnd of answers.\n"))
        for start, end, _ in example.places:
            assert "\n" not in user[start:end]
            seen += 1
    assert seen > 600


def test_equal_points_are_a_tie() -> None:
    one, two = GradedResponse("", (True, False), True, ()), GradedResponse("", (True, True), False, ())
    assert true_verdict(one, two) == "C"
    assert true_verdict(GradedResponse("", (True, True), True, ()), two) == "A"
    assert true_verdict(GradedResponse("", (False, False), True, ()), two) == "B"
