"""Two questions with three and two responses, two judges and two people: every kind of fact at least once."""

from __future__ import annotations

from trustjudge_core.records import (
    Bundle,
    Note,
    PairJudgment,
    Question,
    Response,
    ResponseSet,
    ScoreJudgment,
    Verdict,
)

RESPONSE_SET = ResponseSet(
    (
        Question(
            "sky",
            "Why is the sky blue?",
            (
                Response("a", "Rayleigh scattering.", "long", gold=4.5),
                Response("b", "It mirrors the sea.", "short"),
                Response("c", None),
            ),
            category="facts",
            reference="Air scatters blue light more.",
            rubric="Is the cause right?",
        ),
        Question("ode", None, (Response("b", "Ein Lächeln 😀"), Response("a", "")), category=None),
    )
)

SCORES = (
    ScoreJudgment("sky", "a", "ada", (1, 5), emitted=5.0, labels=(5.0, 4.0), probs=(0.7, 0.2), token_count=3),
    ScoreJudgment("sky", "a", "ada", (1, 5), emitted=4.0, text="good", context='{"shown":"first"}'),
    ScoreJudgment("ode", "b", "ada", (0, 10), criterion="style", emitted=7.5, cumulative_logprob=-0.5),
    ScoreJudgment("sky", "b", "ada", (1, 5), failure="no verdict in brackets", text="I cannot say"),
    ScoreJudgment("sky", "b", "bo", (1, 5), emitted=1.0),
)

PAIRS = (
    PairJudgment("sky", "a", "b", "ada", "first", (0.6, 0.3, 0.05), cumulative_logprob=-1.0, token_count=2, text="A"),
    PairJudgment("sky", "b", "a", "ada", "second"),
    PairJudgment("sky", "b", "c", "ada", "tie", order_known=False),
    PairJudgment("ode", "a", "b", "ada", failure="error"),
    PairJudgment("sky", "c", "a", "ada", failure="error", cumulative_logprob=-1.0, token_count=0),
    PairJudgment("sky", "a", "b", "bo", "first"),
)

VERDICTS = (
    Verdict("sky", "eve", first="b", second="a", verdict="second"),
    Verdict("sky", "eve", first="b", second="a", verdict="second"),
    Verdict("sky", "dan", first="a", second="c", verdict="tie"),
    Verdict("ode", "dan", first="a", second="b"),
    Verdict("sky", "dan", response_id="a", score=5.0, scale=(1, 5), criterion="overall"),
)

NOTES = (Note("responses.jsonl", 2, "response a is an empty answer"),)

SMALL = Bundle(RESPONSE_SET, SCORES, PAIRS, VERDICTS, NOTES)
