"""Changes that keep most of a file whole: values of rows replaced, moved, mixed; texts of JSON written in odd ways.

Bytes changed at random hardly ever get behind the parser; these get to every reader. Everything random comes from
the ``rng`` that is given, so that the fuzzer can repeat what it did.
"""

from __future__ import annotations

import copy
import csv
import io
import json
from collections.abc import Callable
from random import Random
from typing import Any, Final

from tests.fuzz.inputs import CHOICES, Input

ByteMutator = Callable[[bytes], bytes]
Place = tuple[Any, Any]
"""A list or object, and the key or number of a value in it."""

ODD: Final[tuple[Any, ...]] = (
    None, True, False, -1, 0, 1, 2, 3, 5, 10, 101, 2**31, 2**53, 2**53 + 1, 2**63, 2**64, 10**25, 0.5, 1.5, 1.75,
    -0.0, 1e-320, 1e308, float("nan"), float("inf"), -float("inf"), "", " ", "\t", "error", "null", "nan", "NaN",
    "inf", "-1", "1", "5", "1.0", "1e3", "1_0", "٣", "first", "second", "tie", "A", "B", "C", "A>B", "A>>B",
    "[[B>A]]", "A=B", "[[5]]", "model_1", "model_a", "both bad", "x", "y", "z", "a", "b", "q", "one", "two", "gpt",
    "gpt-4#2", "x#2", "\u202e", "\u200b", "\ufeff", "e\u0301", "é", "\x1b[31m", "\x7f", "\x85", "\u2028", "\ud800",
    "\udfff\ud800", "\0", "a\0b", "=1+1", "@x", "<b>", "../..", "x" * 2001, "é" * 1001, "[1,2]", '{"a":1}', [], {},
    [[]], [None], [1, 2], [1, 5], [5, 1], ["a", "b"], [True], {"": 0}, {"a": {}}, {"content": "x"}, {"answer": "x"},
    {"1": 0.5, "5": 0.5}, {"1": 2, "5": -1}, {"first": 0.5, "second": 0.5}, {"A": 1.0}, {"x": {"x": {"x": {}}}},
)  # fmt: skip

KEYS: Final = (
    "question_id", "question", "category", "reference", "rubric", "responses", "response_id", "system", "text",
    "gold", "first", "second", "judge", "verdict", "probs", "raw_tail", "order_known", "cumulative_logprob",
    "token_count", "invalid", "strength", "sample_count", "annotator", "criterion", "scale", "samples",
    "invalid_samples", "context", "emitted", "response", "score", "first_text", "second_text", "prob_first",
    "prob_second", "prob_tie", "scale_low", "scale_high", "answers", "judgements", "judgement", "judgement_order1",
    "judgement_order2", "candidate_answers", "candidate_global_index", "candidate_global_index1",
    "candidate_global_index2", "output_probs", "output_text", "original_output_logprobs", "turns", "turn", "choices",
    "index", "content", "model_id", "model", "model_1", "model_2", "model_a", "model_b", "winner", "g1_winner",
    "g2_winner", "answer1_id", "answer2_id", "answer_id", "review_id", "reviewer_id", "metadata", "instruction",
    "output", "generator", "output_1", "output_2", "generator_1", "generator_2", "preference", "dataset", "uid",
    "prompt", "messages", "games", "baseline", "judgment", "judgments", "answer", "pair_id", "original_id", "source",
    "response_model", "response_A", "response_B", "label", "judge_name", "decision", "scores", "chosen", "rejected",
    "chosen_model", "rejected_model", "subset", "id", "num_correct", "num_incorrect", "models", "examples",
    "input_text", "tags", "output_text_a", "output_text_b", "individual_rater_scores", "is_flipped", "rationale",
    "results", "outputs", "raw", "provider", "vars", "success", "error", "gradingResult", "pass", "doc_id", "doc",
    "target", "arguments", "resps", "filtered_resps", "doc_hash", "exact_match", "fields", "suggestions", "status",
    "value", "user_id", "first_id", "second_id", "verdict.responses", "verdict.suggestion", "verdict.responses.users",
    "verdict.responses.status", "verdict.suggestion.agent",
)  # fmt: skip
"""Fields of every format."""

NAMES: Final = (
    "responses.jsonl", "scores.jsonl", "f.json", "f.csv", "f", "", " ", ".", "..", "../f.jsonl", "/f.jsonl",
    "C:\\f.csv", "a/b/f.jsonl", ".f.jsonl", "__MACOSX/f.jsonl", "f.JSONL.GZ", "f.zip", "f.parquet", "f.xlsx",
    "f\u202e.jsonl", "f\n.csv", "model__x/samples_t_2024.jsonl", "\udcff.jsonl", "f" * 99,
)  # fmt: skip

_MOST_BYTES: Final = 1 << 12
_MOST_FILES: Final = 4


def mutated(given: Input, rng: Random, mutate_bytes: ByteMutator) -> Input:
    """The input with a few changes."""
    new = Input(list(given.numbers), list(given.files))
    if not new.files:
        new.files = [("f", mutate_bytes(b'{"question_id":1}'))]
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        draw = rng.random()
        number = rng.randrange(len(new.files))
        name, content = new.files[number]
        if draw < 0.68:
            new.files[number] = name, _values_changed(content, rng, new)
        elif draw < 0.80:
            new.files[number] = name, mutate_bytes(content)
        elif draw < 0.87:
            new.files[number] = name, _text_changed(content, rng)
        elif draw < 0.92:
            new.numbers[rng.randrange(len(CHOICES))] = rng.randrange(256)
        elif draw < 0.95:
            new.files[number] = rng.choice(NAMES), content
        else:
            _files_changed(new, rng, number)
    return new


def crossed(one: Input, other: Input, rng: Random) -> Input:
    """Files, and rows of files, of two inputs together."""
    files = [rng.choice((one, other)).files[n] if n < min(len(one.files), len(other.files)) else file
             for n, file in enumerate(max(one.files, other.files, key=len))]  # fmt: skip
    if one.files and other.files and rng.random() < 0.5:
        (name, some), (_, more) = rng.choice(one.files), rng.choice(other.files)
        files = [*one.files[: _MOST_FILES - 1], (name, some + b"\n" + more)]
    return Input(rng.choice((one, other)).numbers, files[:_MOST_FILES])


def _files_changed(new: Input, rng: Random, number: int) -> None:
    match rng.randrange(4):
        case 0 if len(new.files) > 1:
            del new.files[number]
        case 1 if len(new.files) < _MOST_FILES:
            new.files.append(new.files[number])
        case 2:
            rng.shuffle(new.files)
        case _:
            name, content = new.files[number]
            new.files[number] = name, content + b"\n" + rng.choice(new.files)[1]
            if len(new.files[number][1]) > _MOST_BYTES:
                new.files[number] = name, content


def _values_changed(content: bytes, rng: Random, whole: Input) -> bytes:
    """A file whose rows were parsed, changed and written again; bytes that are no rows as they are."""
    parsed = _parsed(content)
    if parsed is None:
        return _text_changed(content, rng)
    rows, write = parsed
    for _ in range(rng.choice((1, 1, 2, 4))):
        places = _places(rows)
        if places:
            _change(rng.choice(places), places, rng, whole)
    try:
        return write(rows, rng)[:_MOST_BYTES]
    except (ValueError, TypeError, AttributeError, UnicodeEncodeError, csv.Error):
        return content  # a row of a table that is none any more


def _change(place: Place, places: list[Place], rng: Random, whole: Input) -> None:
    inside, key = place
    match rng.randrange(10):
        case 0 | 1 | 2:
            inside[key] = copy.deepcopy(rng.choice(ODD))
        case 3 | 4:
            other, where = rng.choice(places)
            inside[key] = copy.deepcopy(other[where])
        case 5:
            del inside[key]
        case 6 if isinstance(inside, dict):
            inside[rng.choice(KEYS)] = inside[key] if rng.random() < 0.5 else copy.deepcopy(rng.choice(ODD))
        case 7 if isinstance(inside, dict):
            inside[rng.choice(KEYS)] = inside.pop(key)
        case 8 if isinstance(inside, list):
            inside.insert(key, copy.deepcopy(inside[key]))
        case 9 if isinstance(inside[key], int | float):
            inside[key] = rng.choice((-1, 1, 0.5, 100)) * inside[key] + rng.choice((0, 1, -1))
        case _:
            rows = (_parsed(rng.choice(whole.files)[1]) or ([None], None))[0]
            others = _places(rows)
            if others:
                other, where = rng.choice(others)
                inside[key] = copy.deepcopy(other[where])


def _places(value: Any) -> list[Place]:
    """Every value inside, at any depth."""
    found: list[Place] = []
    level = [value]
    while level:
        inside = level.pop()
        keys: Any = inside if isinstance(inside, dict) else range(len(inside)) if isinstance(inside, list) else ()
        for key in list(keys):
            found.append((inside, key))
            if isinstance(inside[key], dict | list):
                level.append(inside[key])
    return found


Writer = Callable[[Any, Random], bytes]


def _parsed(content: bytes) -> tuple[Any, Writer] | None:
    """Rows and how to write them: a document or list, JSON Lines, or a table."""
    if content[:1] in b"[{":
        try:
            return json.loads(content), _json
        except (ValueError, RecursionError):
            pass
        try:
            rows = [json.loads(line) for line in content.splitlines() if line.strip()]
            return (rows, _lines) if rows else None
        except (ValueError, RecursionError):
            return None
    try:
        text = content.decode()
        header = text.split("\n", 1)[0]
        delimiter = max(",;\t|", key=header.count)
        rows = list(csv.DictReader(io.StringIO(text), delimiter=delimiter, restkey="more"))
        return (rows, lambda rows, rng: _table(rows, rng, delimiter)) if rows and delimiter in header else None
    except (ValueError, csv.Error):
        return None


def _json(value: Any, rng: Random) -> bytes:
    rows = value if isinstance(value, list) else [value]
    return _lines(rows, rng) if rng.random() < 0.1 else _one(value, rng, rng.choice((None, None, 1)))


def _lines(rows: Any, rng: Random) -> bytes:
    if not isinstance(rows, list) or rng.random() < 0.03:
        return _one(rows, rng, None)
    return rng.choice((b"\n", b"\n", b"\n", b"\r\n", b"\n\n")).join(_one(row, rng, None) for row in rows) + b"\n"


def _one(value: Any, rng: Random, indent: int | None) -> bytes:
    separators = None if indent or rng.random() < 0.5 else (",", ":")
    plain = rng.random() < 0.5
    text = json.dumps(value, ensure_ascii=plain, indent=indent, separators=separators)
    return text.encode("utf-8", "surrogatepass")


def _table(rows: Any, rng: Random, delimiter: str) -> bytes:
    out = io.StringIO()
    columns = list(dict.fromkeys(key for row in rows for key in row))
    writer = csv.DictWriter(out, columns, delimiter=delimiter, lineterminator=rng.choice(("\n", "\r\n")))
    writer.writeheader()
    writer.writerows(rows)
    encoding = rng.choice(("utf-8",) * 20 + ("utf-8-sig", "utf-16", "cp1252", "utf-32"))
    return out.getvalue().encode(encoding, "surrogatepass" if encoding.startswith("utf") else "replace")


def _text_changed(content: bytes, rng: Random) -> bytes:
    """The same text, written wrongly or otherwise."""
    at = rng.randrange(len(content) + 1)
    match rng.randrange(12):
        case 0:
            return content[:at]
        case 1:
            return content[:at] + content[at:].replace(b":", b":[" * rng.choice((1, 3, 250)), 1)
        case 2:
            return content.replace(b'",', b'","%s":1,' % rng.choice(KEYS).encode(), rng.choice((1, -1)))
        case 3:
            return content.replace(b"{", b'{"%s":null,' % rng.choice(KEYS).encode(), rng.choice((1, -1)))
        case 4:
            return b"\xef\xbb\xbf" * rng.choice((1, 2)) + content
        case 5:
            how = rng.choice(("utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252", "utf-7"))
            return content.decode("utf-8", "replace").encode(how, "replace")
        case 6:
            return content.replace(b"\n", rng.choice((b"\r\n", b"\r", b"\n\n", b" ", b",\n", b"\x85")))
        case 7:
            bad = (b"\0", b"\xff", b"\xed\xa0\x80", b"\\u0000", b"\\ud800", b"NaN", b"1e999", b"\x1f", b'"', b"/*")
            return content[:at] + rng.choice(bad) + content[at:]
        case 8:
            return content[:at] + content[at : at + 40] * rng.choice((2, 10)) + content[at + 40 :]
        case 9:
            return b"[" + content.strip().replace(b"\n", b",") + b"]"
        case 10:
            where = rng.choice(
                (b'{"examples":', b'{"results":{"results":', b'{"results":{"outputs":', b'{"a":1,"results":')
            )
            return where + content.strip() + b"}" * where.count(b"{")
        case _:
            return content.replace(rng.choice(KEYS).encode(), rng.choice(KEYS).encode(), rng.choice((1, -1)))
