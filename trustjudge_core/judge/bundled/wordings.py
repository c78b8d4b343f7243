"""How questions are put, and how to tell whether a question is of the bundled judge's kind."""

from __future__ import annotations

import re
from random import Random
from typing import Final

from trustjudge_core.records import ResponseSet

WORDINGS: Final[dict[str, tuple[str, ...]]] = {
    "lists": (
        "Name {what}, {form}.",
        "List {what}, {form}.",
        "Please give me {what}, {form}.",
        "I need {what}. Write them {form}.",
    ),
    "facts": (
        "Give {what}, {form}.",
        "Write {what}, {form}.",
        "Answer {form}: {what}.",
        "Tell me {what}. Put it {form}.",
    ),
    "sums": (
        "Work out {what}, {form}.",
        "Calculate {what}, {form}.",
        "Answer {form}: {what}.",
        "What is {what}? Put it {form}.",
    ),
    "order": (
        "Sort {how}, {form}: {what}.",
        "Order {how}, {form}: {what}.",
        "Arrange {how}, {form}: {what}.",
        "Put these in order {how}: {what}. Write them {form}.",
    ),
    "formats": (
        "Give {what}, {form}.",
        "Write {what}, {form}.",
        "Show me {what}, {form}.",
        "I want {what}. Put them {form}.",
    ),
    "reading": (
        "{who} {what}. Introduce {who}, {form}.",
        "{who} {what}. Present {who}, {form}.",
        "{who} {what}. Describe {who}, {form}.",
        "This is about {who}, who {what}. Tell it again {form}.",
    ),
    "notes": (
        "Write a note to {who} with {what}, {form}.",
        "Write to {who}, {form}. Include {what}.",
        "Send {who} a note, {form}, with {what}.",
        "{who} should get a message. It needs {what}. Write it {form}.",
    ),
}
"""Of every family; the last is kept for unseen styles."""

FORMS: Final[dict[str, str]] = {
    "commas": "separated by commas",
    "semicolons": "separated by semicolons",
    "lines": "one per line",
    "numbers": "as a numbered list",
    "dashes": "as a list with dashes",
    "paragraph": "in one paragraph",
}
"""Forms a question can ask for, with the words that ask for it."""

DEMONSTRATION: Final = (
    "The judge in the box is a demonstration: it has learned to judge lists, facts, sums, order, formats, reading and "
    "short notes that this project generates, and nothing else. On any other text its verdicts mean nothing."
)


def put(family: str, unseen_style: bool, rng: Random, form: str, **words: str) -> str:
    """A question in one of the family's wordings."""
    *seen, unseen = WORDINGS[family]
    return (unseen if unseen_style else rng.choice(seen)).format(form=FORMS[form], **words)


_ANYTHING: Final = {"form": f"(?:{'|'.join(FORMS.values())})", "what": ".+", "how": "from .+", "who": r"\w+"}


def _pattern(wording: str) -> str:
    """A regular expression for every question of one wording."""
    pattern = re.escape(wording)
    for name, anything in _ANYTHING.items():
        pattern = pattern.replace(re.escape(f"{{{name}}}"), anything)
    return pattern


_KIND: Final = re.compile("|".join(_pattern(wording) for wordings in WORDINGS.values() for wording in wordings))


def is_of_its_kind(question: str) -> bool:
    """Whether a question is put like those that the bundled judge has learned to judge."""
    return _KIND.fullmatch(question) is not None


def demonstration_note(response_set: ResponseSet) -> str:
    """What to say before and beside what the bundled judge says about this set."""
    total = len(response_set.questions)
    outside = sum(not is_of_its_kind(question.text or "") for question in response_set.questions)
    if not outside:
        return f"{DEMONSTRATION} All {total:,} questions here are of its kind."
    return f"{DEMONSTRATION} Here {outside:,} of {total:,} questions are not of its kind."
