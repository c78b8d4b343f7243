"""Response sets of the bundled judge's kind, with the true quality of every response."""

from __future__ import annotations

from random import Random
from typing import Final

from trustjudge_core.errors import UsageError
from trustjudge_core.judge.bundled.families import FAMILIES, draw_task
from trustjudge_core.judge.bundled.tasks import GradedResponse, Split, Task, draw_form, respond_with
from trustjudge_core.records import Question, Response, ResponseSet

MOST_RESPONSES: Final = 12
"""A question about three things has few answers that differ."""
MOST_TRIES: Final = 100


def demonstration_set(
    questions: int,
    responses: int,
    seed: int,
    *,
    split: Split = "unseen questions",
    families: tuple[str, ...] = tuple(FAMILIES),
) -> ResponseSet:
    """Questions that were kept from training, families in turn, each with different responses.

    The gold of a response is its true quality from 1 to 5. System w of n ("writer 1", ...) gets every part right with
    probability (w - 1/2) / n, so a higher number is the better writer; all keep the form equally often.
    The same arguments give the same set. Raises UsageError for sizes that cannot be made.
    """
    if questions < 1 or not 2 <= responses <= MOST_RESPONSES:
        raise UsageError(
            f"a demonstration set of {questions} questions with {responses} responses cannot be made; "
            f"allowed: at least 1 question, 2 to {MOST_RESPONSES} responses; choose sizes there"
        )
    rng = Random(f"{seed} {split}")
    made: list[Question] = []
    keys: set[str] = set()
    for number in range(questions):
        family = families[number % len(families)]
        task = _new_task(family, split, keys, rng)
        made.append(_question(task, f"{family}-{number + 1:03d}", responses, rng))
    return ResponseSet(tuple(made))


def _new_task(family: str, split: Split, keys: set[str], rng: Random) -> Task:
    """A task that was not drawn yet; when the family has no more of them, one that was."""
    for _ in range(MOST_TRIES):
        task = draw_task(family, split, rng)
        if task.key not in keys:
            break
    keys.add(task.key)
    return task


def _question(task: Task, question_id: str, responses: int, rng: Random) -> Question:
    made: list[Response] = []
    texts: set[str] = set()
    while len(made) < responses:  # ends, because chatter makes any text differ
        writer = len(made) + 1
        graded = _written_by(task, (writer - 0.5) / responses, rng)
        if graded.text not in texts:
            texts.add(graded.text)
            made.append(Response(f"writer-{writer}", graded.text, f"writer {writer}", graded.gold))
    rng.shuffle(made)  # the place of a response must say nothing about it
    return Question(question_id, task.question, tuple(made), category=task.family)


def _written_by(task: Task, skill: float, rng: Random) -> GradedResponse:
    right = [rng.random() < skill for _ in range(task.parts)]
    return respond_with(task, right, draw_form(task, rng), rng)
