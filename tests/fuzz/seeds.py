"""Inputs to begin with: small files of every format, what the app writes, and files that are wrong in known ways."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from tests.core.formats.conftest import COMPARISON, RESPONSES, SCORE
from tests.core.formats.foreign_files import FOREIGN, Content, written
from tests.core.formats.published_files import PUBLISHED
from tests.fuzz.inputs import CHOICES, Input
from tests.fuzz.promises import written_native
from tests.small_bundle import SMALL
from trustjudge_core.formats.registry import BY_KEY

HUMAN: Final = {"question_id": "q", "first": "a", "second": "b", "annotator": "u", "verdict": "tie"}
NATIVE: Final[dict[str, Content]] = {
    "responses.jsonl": [RESPONSES],
    "comparisons.jsonl": [COMPARISON, {**COMPARISON, "verdict": None, "probs": {"first": 0.5, "second": 0.25}}],
    "scores.jsonl": [SCORE, {**SCORE, "samples": [], "probs": {"1": 0.5, "5": 0.5}}],
    "humans.jsonl": [HUMAN, {"question_id": "q", "response_id": "a", "annotator": "u", "samples": [3]}],
}
EVERY: Final = {"native bundle": NATIVE, **FOREIGN}

LONGEST: Final = 2500
"""Bytes of an input: all formats fit, and more would be slower, not deeper."""

_SHORT: Final = 2
"""Rows that are kept of a file in the smaller of two seeds."""

_WRONG: Final[tuple[bytes, ...]] = (
    b"",
    b"\xef\xbb\xbf" + json.dumps(RESPONSES).encode(),
    json.dumps(RESPONSES).encode().replace(b"\n", b"\r\n"),
    json.dumps([RESPONSES], indent=1).encode(),
    json.dumps(RESPONSES).encode("utf-16"),
    b'{"question_id":"q","question_id":"p"}',
    b'{"question_id":NaN}\n{"question_id":-Infinity}\n{"a":1e999}',
    b'{"question_id":"\\ud800","question":"\\u0000"}',
    b'{"a":' * 201 + b"1" + b"}" * 201,
    b"[" * 300,
    b'{"results":{"results":[{}],"results":[]},"examples":[]}',
    b'question_id,question,response\nq,?,"one\ntwo"\nq,?,x\nq,?\n',
    "question_id;question;response\nq;Größe?;größer\nq;?;über\n".encode("cp1252"),
    "question_id\tquestion\tresponse\nq\t?\tx\nq\t?\ty\n".encode("utf-16"),
    b"id,prompt,answer,model\n1,Why?,=1+1,m\n1,Why?,@x,n\n",
    b"winner,left,right\nleft,a,b\ntie,a,c\n",
    b"PK\x03\x04 no archive",
    b"\x1f\x8b no archive",
    b"\x80\x04\x95\x00",
    b"\x7fELF\x02",
)


def seeds() -> Iterator[Input]:
    """Each format whole and short, each file alone, packed, as it is published, what the app writes, what is wrong."""
    plain = [0] * len(CHOICES)
    for content in EVERY.values():
        whole = Input(list(plain), _files(content))
        if len(whole.written()) <= LONGEST:
            yield whole
        short = {name: _shortened(rows) for name, rows in content.items()}
        yield Input(list(plain), _files(short))
        for packing in range(4, 7):
            yield Input(_with(packing=packing), _files(short))
        yield Input(_with(leave_out=2), _files(short))
        for file in _files(short):
            yield Input(list(plain), [file])
    for files, _, _ in PUBLISHED.values():
        yield from (Input(list(plain), [file]) for file in files.items())
    yield Input(list(plain), list(written_native(SMALL).items()))
    for wrong in _WRONG:
        yield Input(list(plain), [("f.json", wrong)])
        yield Input(_with(mapping=2), [("f.csv", wrong)])
        yield Input(_with(packing=5), [("../f.csv", wrong), ("a/.b.jsonl", b"{}")])
    for number in range(len(BY_KEY)):
        kind = 3 * len(BY_KEY) + number
        yield Input(_with(kind=kind), [("f", b'{"question_id":"q","first":"a","second":"b","score":1}')])


def _with(**numbers: int) -> list[int]:
    return [numbers.get(name, 0) for name in CHOICES]


def _files(content: dict[str, Content]) -> list[tuple[str, bytes]]:
    return [(name, written(name, rows)) for name, rows in content.items()]


def _shortened(content: Any) -> Content:
    if isinstance(content, list):
        return content[:_SHORT]
    return {key: _shortened(value) if isinstance(value, list | dict) else value for key, value in content.items()}


def write_seeds(folder: Path) -> int:
    """A file for each seed; how many there are."""
    folder.mkdir(parents=True, exist_ok=True)
    count = 0
    for count, seed in enumerate(seeds(), start=1):
        (folder / f"seed-{count:03}").write_bytes(seed.written())
    return count
