"""Training examples: a prompt exactly as runs make it, what the judge should say, and what is known inside it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Final, Literal

from trustjudge_core.judge.bundled.families import draw_task
from trustjudge_core.judge.bundled.tasks import GradedResponse, Split, Task, respond
from trustjudge_core.judge.contract import Message, Prompt, Readout
from trustjudge_core.judge.prompts import Protocol, load_template, pair_prompt, score_prompt
from trustjudge_core.records import Question, Response

Kind = Literal["1-5", "1-10", "1-100", "pair"]
SCALES: Final[dict[Kind, tuple[int, int]]] = {"1-5": (1, 5), "1-10": (1, 10), "1-100": (1, 100)}

PROTOCOLS: Final = {
    (scale, order): Protocol(load_template("bundled.v1"), scale, readout=Readout(order))
    for scale in SCALES.values()
    for order in ("verdict_first", "rationale_first")
}

SHARES: Final[tuple[tuple[Kind, float], ...]] = (("1-5", 0.18), ("1-10", 0.04), ("1-100", 0.18), ("pair", 0.6))
RATIONALE_SHARE: Final = 0.2
FAMILY_SHARES: Final = {"lists": 2, "facts": 3, "sums": 4, "order": 4, "formats": 1, "reading": 4, "notes": 3}
"""More of what is harder to learn."""


@dataclass(frozen=True, slots=True)
class Example:
    """One chat to learn from.

    ``said`` is the judge's turn, ``verdict`` the offset in it where the verdict begins.
    ``places`` are (start, end, right) in the user's turn of every part of every response shown;
    ``closes`` are (offset, quality, form kept) at the end of every response shown.
    """

    chat: tuple[Message, ...]
    said: str
    verdict: int
    places: tuple[tuple[int, int, bool], ...]
    closes: tuple[tuple[int, float, bool], ...]


def question_of(task: Task, question_id: str = "task") -> Question:
    """The question of a task, without responses."""
    return Question(question_id, task.question, ())


def rationale(response: GradedResponse) -> str:
    """What is right about a response, in few words."""
    return f"{sum(response.right)} of {len(response.right)} right, form {'kept' if response.form_kept else 'broken'}."


def true_verdict(first: GradedResponse, second: GradedResponse) -> str:
    """A, B or C: the better one by points, C for as many."""
    return "C" if first.points == second.points else "A" if first.points > second.points else "B"


def make_example(task: Task, shown: list[GradedResponse], kind: Kind, order: str) -> Example:
    """The example of one judgment: one response for a score, two for a pair."""
    protocol = PROTOCOLS[SCALES.get(kind, (1, 5)), order]
    responses = [Response(str(number), response.text) for number, response in enumerate(shown)]
    prompt: Prompt = (
        pair_prompt(protocol, question_of(task), *responses)
        if kind == "pair"
        else score_prompt(protocol, question_of(task), *responses)
    )
    label = true_verdict(*shown) if kind == "pair" else str(shown[0].score(*SCALES[kind]))
    reasons = ""
    if order == "rationale_first":
        names = ("First: ", "Second: ") if kind == "pair" else ("",)
        reasons = " ".join(name + rationale(response) for name, response in zip(names, shown, strict=True))
    said = reasons + prompt.prefix + label + prompt.suffix
    user = prompt.chat[0]["content"]
    places: list[tuple[int, int, bool]] = []
    closes: list[tuple[int, float, bool]] = []
    for response, heading in zip(shown, ("First answer:\n", "Second answer:\n"), strict=False):
        start = user.index(heading) + len(heading)
        places += [(start + begin, start + end, right) for begin, end, right in response.places]
        closes.append((start + len(response.text), response.quality, response.form_kept))
    return Example(tuple(prompt.chat), said, len(reasons + prompt.prefix), tuple(places), tuple(closes))


def examples(rng: Random, split: Split = "training") -> Iterator[Example]:
    """Examples without end, in a mixture of families, kinds and orders."""
    families, shares = zip(*FAMILY_SHARES.items(), strict=True)
    kinds, weights = zip(*SHARES, strict=True)
    while True:
        task = draw_task(rng.choices(families, shares)[0], split, rng)
        kind = rng.choices(kinds, weights)[0]
        order = "rationale_first" if rng.random() < RATIONALE_SHARE else "verdict_first"
        yield make_example(task, [respond(task, rng) for _ in range(2 if kind == "pair" else 1)], kind, order)
