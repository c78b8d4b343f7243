"""A file of any format in which anything was changed, or that is read as another, is imported or clearly refused."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.core.formats.conftest import COMPARISON, RESPONSES, SCORE
from tests.core.formats.foreign_files import FOREIGN, Content, uploads
from trustjudge_core.errors import InputProblems
from trustjudge_core.formats import ReadFiles, UploadedFile, read_files
from trustjudge_core.formats.registry import BY_KEY

NATIVE: dict[str, Content] = {
    "responses.jsonl": [RESPONSES],
    "comparisons.jsonl": [COMPARISON, {**COMPARISON, "verdict": None, "probs": {"first": 0.5, "second": 0.25}}],
    "scores.jsonl": [SCORE, {**SCORE, "samples": [], "probs": {"1": 0.5, "5": 0.5}}],
    "humans.jsonl": [{"question_id": "q", "first": "a", "second": "b", "annotator": "u", "verdict": "tie"}],
}
ALL = {"native bundle": NATIVE, **FOREIGN}

odd = st.one_of(
    st.sampled_from([
        None, True, False, -1, 0, 3, 2**53 + 1, 2**64, 1.5, -0.0, 1e308, "", " ", "error", "A>B", "x", "one", "\u202e",
        "\u200b", "=1+1", [], {}, [[]], [None], {"a": {}}, "x" * 3000, {"": 0}, [1, 2, 3],
    ]),
    st.text(max_size=5),
    st.floats(allow_nan=False, allow_infinity=False),
    st.lists(st.none() | st.integers() | st.text(max_size=3), max_size=3),
    st.dictionaries(st.text(max_size=3), st.none() | st.integers() | st.text(max_size=3), max_size=3),
)  # fmt: skip
"""Values that somebody's program may have put in the place of another."""


def _paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The way to every value inside."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [place for key, entry in inner for place in ((*path, key), *_paths(entry, (*path, key)))]


@st.composite
def changed(draw: Any, files: dict[str, Content]) -> dict[str, Content]:
    """The files with a few values, at any depth, replaced, removed, renamed or doubled."""
    new = copy.deepcopy(files)
    for _ in range(draw(st.integers(1, 4))):
        name = draw(st.sampled_from(sorted(new)))
        paths = _paths(new[name])
        if not paths:
            continue
        *way, last = draw(st.sampled_from(paths))
        inside: Any = new[name]
        for key in way:
            inside = inside[key]
        match draw(st.sampled_from(["replace", "replace", "remove", "rename", "double"])):
            case "replace":
                inside[last] = copy.deepcopy(draw(odd))
            case "remove":
                del inside[last]
            case "rename" if isinstance(inside, dict):
                inside[draw(st.text(max_size=5))] = inside.pop(last)
            case "double" if isinstance(inside, list):
                inside.append(copy.deepcopy(inside[last]))
    return {name: content for name, content in new.items() if _is_whole(name, content)}


def _is_whole(name: str, content: Content) -> bool:
    """Tables are written from rows; whatever else is JSON."""
    return not name.endswith(".csv") or all(isinstance(row, dict) and row for row in content)


def _lines(name: str, content: Content) -> bytes:
    if isinstance(content, list) and not name.endswith(".csv"):
        return b"".join(json.dumps(row).encode() + b"\n" for row in content)
    return uploads({name: content})[0].data  # type: ignore[return-value]


def _try(files: list[UploadedFile], **options: Any) -> ReadFiles | InputProblems:
    try:
        return read_files(files, **options)
    except InputProblems as error:
        return error


@pytest.mark.parametrize("name", ALL)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(data=st.data())
def test_files_with_changes_are_read_or_refused(name: str, data: st.DataObject) -> None:
    files = data.draw(changed(ALL[name]))
    uploaded = [UploadedFile(file, _lines(file, content)) for file, content in files.items()]
    options: dict[str, Any] = {"judge": "gpt", "scale": (1, 5)}
    if files and data.draw(st.sampled_from([False, False, False, True])):
        options["formats"] = {data.draw(st.sampled_from(sorted(files))): data.draw(st.sampled_from(sorted(BY_KEY)))}
    found = _try(uploaded, **options)
    if isinstance(found, InputProblems):
        assert found.total >= len(found.problems) >= 1
        assert sum(kind.count for kind in found.kinds) == found.total
        assert all(problem.file in {*files, "the import"} for problem in found.rows)
        assert all(problem.found and problem.allowed and problem.fix for problem in found.rows)
        without = _try(uploaded, leave_out=True, **options)
        if isinstance(without, ReadFiles):
            assert sum(one.rows for one in without.left_out) >= 1
            _agrees(without)
    else:
        assert not found.left_out
        _agrees(found)


def _agrees(found: ReadFiles) -> None:
    """Every judgment is about a response of the set, has a verdict, a score, probabilities or a reason why not."""
    bundle = found.bundle
    ids = {q.question_id: {r.response_id for r in q.responses} for q in bundle.response_set.questions}
    assert all(ids.values())
    for pair in bundle.pairs:
        assert {pair.first, pair.second} <= ids[pair.question_id]
        assert pair.first != pair.second
        assert (pair.failure is None) == (pair.verdict is not None or pair.probs is not None)
    for score in bundle.scores:
        assert score.response_id in ids[score.question_id]
        assert (score.failure is None) == (score.emitted is not None or bool(score.labels))
        assert score.emitted is None or score.scale[0] <= score.emitted <= score.scale[1]
    for verdict in bundle.verdicts:
        assert {verdict.first, verdict.second, verdict.response_id} - {None} <= ids[verdict.question_id]
