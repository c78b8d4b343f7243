"""Usual rows are read in one go; the careful readers read the same from them, and get everything else."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.formats.conftest import RESPONSES
from trustjudge_core.errors import InputProblems
from trustjudge_core.formats import UploadedFile, native_bundle, native_scores, read_files

ODD_TEXTS = ['a": "b', "x : y", 'say "verdict": "tie"', "\\", '\\"', "é\u2028", "\0"]
texts = st.one_of(st.none(), st.text(max_size=20), st.sampled_from(ODD_TEXTS))
numbers = st.one_of(st.none(), st.integers(-3, 3), st.floats(-2, 2), st.floats(allow_nan=False, allow_infinity=False))
counts = st.one_of(st.none(), st.integers(-1, 5), st.just(2**63), st.just(1.0))
shares = st.one_of(st.floats(0, 0.4), st.floats(-0.1, 1.1), st.integers(0, 1), st.just(1.00001))
VERDICTS = ["first", "second", "tie", None, "First", 1]
SCALES = [[1, 5], [1, 5], [1.0, 5.0], [0, 1], [5, 1], [1]]


def probabilities(names: list[str]) -> st.SearchStrategy:
    """A table of probabilities, mostly one that can be used."""
    good = st.fixed_dictionaries({name: st.floats(0.01, 0.3) for name in names})
    return st.one_of(st.none(), good, st.dictionaries(st.sampled_from([*names, "x"]), shares))


comparisons = st.fixed_dictionaries(
    {"question_id": st.sampled_from(["q", "q", "q", "other", 1, " "]), "first": st.sampled_from(["a", "b"]),
     "second": st.sampled_from(["a", "b", "b", "c"]), "judge": st.sampled_from(["j", "j", "k", " ", ""])},
    optional={
        "verdict": st.sampled_from(VERDICTS), "probs": probabilities(["first", "second", "tie"]), "text": texts,
        "raw_tail": texts, "order_known": st.sampled_from([True, False, None, 1]), "cumulative_logprob": numbers,
        "token_count": counts, "sample_count": counts, "strength": numbers,
        "invalid": st.sampled_from([None, "why", ""]), "extra": st.integers(),
    },
)  # fmt: skip
scores = st.fixed_dictionaries(
    {"question_id": st.sampled_from(["q", "q", "other"]), "response_id": st.sampled_from(["a", "b", "b", "c"]),
     "judge": st.sampled_from(["j", "j", "k", " "]), "scale": st.sampled_from(SCALES)},
    optional={
        "criterion": st.sampled_from(["style", None, " ", 3]),
        "samples": st.one_of(st.none(), st.lists(st.sampled_from([1, 4, 4.5, 7, "4"]), max_size=3)),
        "probs": st.one_of(probabilities(["1", "2", "5.0"]), probabilities(["good", "nan", "6"])),
        "emitted": numbers, "text": texts, "cumulative_logprob": numbers, "token_count": counts,
        "sample_count": counts, "invalid": st.sampled_from([None, "why"]),
        "context": st.lists(texts, max_size=2), "invalid_samples": st.lists(st.integers(), max_size=1),
    },
)  # fmt: skip


def outcome(content: bytes) -> object:
    """What reading gives: the judgments, or the problems."""
    files = [UploadedFile("r", json.dumps(RESPONSES).encode()), UploadedFile("j", content)]
    try:
        bundle = read_files(files).bundle
    except InputProblems as error:
        return error.problems, error.total
    return bundle.scores, bundle.pairs, bundle.notes


class NothingIsUsual:
    """Stands for the fast way and takes nothing."""

    def __init__(self, draft: object) -> None:
        pass

    def __call__(self, raw: bytes) -> bool:
        return False


@settings(max_examples=200, deadline=None)
@given(
    st.one_of(st.lists(comparisons, min_size=1, max_size=5), st.lists(scores, min_size=1, max_size=5)), st.booleans()
)
def test_both_ways_read_the_same(rows, spaced):
    separators = (", ", ": ") if spaced else (",", ":")
    content = "".join(json.dumps(row, separators=separators, ensure_ascii=spaced) + "\n" for row in rows).encode(
        "utf-8", "surrogatepass"
    )
    with pytest.MonkeyPatch.context() as patch:
        usual = outcome(content)
        patch.setattr(native_bundle, "UsualPairs", NothingIsUsual)
        patch.setattr(native_scores, "UsualScores", NothingIsUsual)
        assert usual == outcome(content)


@pytest.mark.parametrize(
    "raw",
    [
        '{"question_id":"q","first":"a","second":"b","judge":"j","verdict":"tie","verdict":"first"}',
        '{"question_id":"q","first":"a","second":"b","judge":"j","verdict":"tie","verdict" :"first"}',
        '{"question_id":"q","first":"a","second":"b","judge":"j","verdict":"tie","text":"\\\\\\"","text":"x: y"}',
        '{"question_id":"q","first":"a","second":"b","judge":"j","text":"a:","verdict":"tie","verd\\u0069ct":"tie"}',
        '{"question_id":"q","first":"a","second":"b","judge":"j","verdict":null,"probs":{"first":0.5,"first":0.2,"second":0,"tie":0}}',
    ],
)
def test_a_field_that_is_there_twice_is_never_usual(raw):
    usual = '{"question_id":"q","first":"a","second":"b","judge":"j","verdict":"tie"}'
    found, total = outcome(f"{usual}\n{raw}\n".encode())
    assert (found[0].line, found[0].found, total) == (2, "is there twice in one object", 1)


def test_most_rows_of_a_bundle_are_usual():
    taken = []

    class Counted(native_bundle.UsualPairs):
        def __call__(self, raw: bytes) -> bool:
            taken.append(super().__call__(raw))
            return taken[-1]

    row = {
        "question_id": "q",
        "first": "a",
        "second": "b",
        "judge": "j",
        "verdict": "tie",
        "probs": None,
        "text": 'so: "x": y',
    }
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(native_bundle, "UsualPairs", Counted)
        pairs = outcome("".join(json.dumps(row) + "\n" for _ in range(5)).encode())[1]
    assert taken == [False, True, True, True, True]
    assert len({replace(pair, text=None) for pair in pairs}) == 1
