"""What the bundled judge is trained and tested on: questions whose responses have a known true quality.

A task asks for n parts in a form. A response gets a point for every right part and one for the
form, and its true quality is its share of those n + 1 points: graded correctness and form.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Final, Literal

Fate = Literal["right", "wrong", "missing"]
"""What becomes of one part in a response."""
Split = Literal["training", "unseen questions", "unseen styles"]
SPLITS: Final[tuple[Split, ...]] = ("training", "unseen questions", "unseen styles")

HELD_OUT_SHARE: Final = 8
"""One question in so many is never trained on."""

SHORT_FORMS: Final = ("commas", "semicolons", "lines", "numbers", "dashes")
SENTENCE_FORMS: Final = ("paragraph", "lines", "numbers", "dashes")

OPENERS: Final = ("Sure", "Here you are", "Of course", "Certainly", "My answer")
CLOSERS: Final = ("I hope this helps.", "That is all.", "Let me know if you need more.", "Done.")
CHATTER: Final = (
    "I enjoyed this question very much.",
    "It was not easy to answer.",
    "Let me explain how I worked.",
    "First I read everything twice.",
    "Then I took a short break.",
    "After that I wrote my answer.",
    "I checked it as well as I could.",
    "Some people would do it another way.",
    "There is always more to say.",
    "You may ask me again at any time.",
)
# Politeness and chatter earn nothing: length must say little about quality, and a long text must not upset the judge.
OPENED, CLOSED, CHATTERED = 0.3, 0.2, 0.02
FORM_KEPT: Final = 0.6


@dataclass(frozen=True, slots=True)
class Task:
    """A question for ``parts`` parts in a ``form``.

    ``key`` is what the question asks, however it is put: equal keys are the same question.
    ``write`` gives the text of each part for its fate, None where it is missing; ``sequence``
    says that parts are the steps between the texts, of which there is one more.
    """

    family: str
    key: str
    question: str
    form: str
    parts: int
    write: Callable[[list[Fate], Random], list[str | None]]
    sequence: bool = False


@dataclass(frozen=True, slots=True)
class GradedResponse:
    """A response and what it deserves.

    ``right`` says of each part whether it is right; ``places`` are (start, end, right) in the text
    of the parts that are there, for supervision while training.
    """

    text: str
    right: tuple[bool, ...]
    form_kept: bool
    places: tuple[tuple[int, int, bool], ...]

    @property
    def points(self) -> int:
        """Right parts, and one for the form."""
        return sum(self.right) + self.form_kept

    @property
    def quality(self) -> float:
        """Share of the points that could be had, 0 to 1."""
        return self.points / (len(self.right) + 1)

    def score(self, lowest: int, highest: int) -> int:
        """True quality as a whole number of a scale, halves upwards."""
        return lowest + int(self.quality * (highest - lowest) + 0.5)

    @property
    def gold(self) -> float:
        """True quality on 1 to 5, not rounded: a grade is a step of 1."""
        return 1 + 4 * self.quality


def held_out(key: str) -> bool:
    """Whether a question is kept from training, by its content alone."""
    return zlib.crc32(key.encode()) % HELD_OUT_SHARE == 0


def lay_out(parts: list[str], form: str) -> str:
    """Parts in a form."""
    match form:
        case "commas":
            return ", ".join(parts)
        case "semicolons":
            return "; ".join(parts)
        case "paragraph":
            return " ".join(parts)
        case "numbers":
            return "\n".join(f"{number}. {part}" for number, part in enumerate(parts, 1))
        case "dashes":
            return "\n".join(f"- {part}" for part in parts)
        case _:
            return "\n".join(parts)


def draw_form(task: Task, rng: Random) -> str:
    """The form a response is in: the one asked for with probability `FORM_KEPT`."""
    forms = SENTENCE_FORMS if task.family in ("reading", "notes") else SHORT_FORMS
    return task.form if rng.random() < FORM_KEPT else rng.choice([other for other in forms if other != task.form])


def respond(task: Task, rng: Random) -> GradedResponse:
    """A response of random quality: how many parts are right is uniform, so is which."""
    right = [True] * rng.randint(0, task.parts)
    right += [False] * (task.parts - len(right))
    rng.shuffle(right)
    return respond_with(task, right, draw_form(task, rng), rng)


def respond_with(task: Task, right: list[bool], form: str, rng: Random) -> GradedResponse:
    """A response whose parts are right or not as said, in the form said."""
    fates: list[Fate] = ["right" if is_right else "wrong" for is_right in right]
    if not task.sequence and rng.random() < 0.25:
        wrong = [place for place, fate in enumerate(fates) if fate == "wrong"]
        # Two parts must be left: a form cannot be seen in one.
        for place in rng.sample(wrong, min(len(wrong), task.parts - 2, rng.randint(1, 2))):
            fates[place] = "missing"
    written = [(text, fate) for text, fate in _written(task, fates, rng) if text is not None]
    body = lay_out([text for text, _ in written], form)
    opener = rng.choice(OPENERS) + ":" if rng.random() < OPENED else ""
    closer = rng.choice(CLOSERS) if rng.random() < CLOSED else ""
    if rng.random() < CHATTERED:
        closer = " ".join(rng.choices(CHATTER, k=rng.randint(5, 50)))
    between = "\n" if form in ("lines", "numbers", "dashes") else " "
    closing = "\n" if form != "paragraph" else " "
    text = (opener + between if opener else "") + body + (closing + closer if closer else "")
    return GradedResponse(text, tuple(right), form == task.form, tuple(_places(text, opener, written)))


def _written(task: Task, fates: list[Fate], rng: Random) -> list[tuple[str | None, Fate | None]]:
    texts = task.write(fates, rng)
    graded: list[Fate | None] = [None, *fates] if task.sequence else list(fates)
    return list(zip(texts, graded, strict=True))


def _places(text: str, opener: str, written: list[tuple[str, Fate | None]]) -> list[tuple[int, int, bool]]:
    """Where each part stands, looked for one after the other."""
    found, end = [], len(opener)
    for part, fate in written:
        start = text.index(part, end)
        end = start + len(part)
        if fate is not None:
            found.append((start, end, fate == "right"))
    return found
