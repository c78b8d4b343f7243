"""Small files of every format, and two ways to read them: for what they hold and for what is wrong with them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from trustjudge_core.errors import InputProblems, Problem
from trustjudge_core.formats import ReadFiles, UploadedFile, read_files

RESPONSES = {
    "question_id": "q",
    "question": "Which?",
    "category": "c",
    "responses": [
        {"response_id": "a", "system": "A", "text": "one"},
        {"response_id": "b", "system": "B", "text": "two"},
    ],
}
COMPARISON = {"question_id": "q", "first": "a", "second": "b", "judge": "j", "verdict": "first", "probs": None}
SCORE = {"question_id": "q", "response_id": "a", "judge": "j", "scale": [1, 5], "samples": [4]}

Content = bytes | list[dict[str, Any]]


def upload(name: str, content: Content) -> UploadedFile:
    """Bytes as they are, or rows as JSON Lines."""
    if isinstance(content, bytes):
        return UploadedFile(name, content)
    return UploadedFile(name, b"".join(json.dumps(row).encode() + b"\n" for row in content))


@pytest.fixture
def read() -> Callable[..., ReadFiles]:
    """Reads files given as name -> rows or bytes."""

    def read_them(files: dict[str, Content], **options: Any) -> ReadFiles:
        return read_files([upload(name, content) for name, content in files.items()], **options)

    return read_them


@pytest.fixture
def problems() -> Callable[..., tuple[Problem, ...]]:
    """The problems of files that must not be accepted."""

    def problems_of(files: dict[str, Content], **options: Any) -> tuple[Problem, ...]:
        with pytest.raises(InputProblems) as caught:
            read_files([upload(name, content) for name, content in files.items()], **options)
        assert caught.value.total >= len(caught.value.problems) >= 1
        return caught.value.problems

    return problems_of


@pytest.fixture
def row() -> Callable[..., dict[str, Any]]:
    """One of the small rows with some fields changed: row("comparison", verdict="tie")."""
    rows = {"responses": RESPONSES, "comparison": COMPARISON, "score": SCORE}
    return lambda kind, **changes: {**rows[kind], **changes}
