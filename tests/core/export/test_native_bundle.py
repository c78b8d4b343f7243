"""What is written as a native bundle is read back to the same records."""

from __future__ import annotations

import tempfile
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trustjudge_core.errors import UsageError
from trustjudge_core.export.native_bundle import write_native_bundle
from trustjudge_core.formats import read_files
from trustjudge_core.formats.fields import LARGEST_NUMBER
from trustjudge_core.records import (
    SHOWN,
    Bundle,
    PairJudgment,
    Question,
    Response,
    ResponseSet,
    ScoreJudgment,
    Verdict,
)

words = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
names = words.filter(lambda text: any(c.isprintable() and not c.isspace() for c in text))
maybe = st.one_of(st.none(), words)
numbers = st.floats(-LARGEST_NUMBER, LARGEST_NUMBER)
SCALES = [(1.0, 5.0), (0.0, 1.0), (-2.5, 2.5)]


@st.composite
def judged(draw) -> dict:
    """What a judge said besides its verdict."""
    return {
        "cumulative_logprob": draw(st.one_of(st.none(), numbers)),
        "token_count": draw(st.one_of(st.none(), st.integers(1, 10**6))),
        "text": draw(maybe),
        "samples": draw(st.one_of(st.none(), st.integers(1, 100))),
    }


@st.composite
def bundles(draw) -> Bundle:
    """Any bundle that the readers could have made."""
    questions = []
    for question_id in draw(st.lists(names, min_size=1, max_size=3, unique=True)):
        ids = draw(st.lists(names, min_size=2, max_size=4, unique=True))
        responses = [
            Response(i, draw(names), draw(st.one_of(st.none(), names)), draw(st.one_of(st.none(), numbers)))
            for i in ids
        ]
        texts = [draw(maybe) for _ in range(4)]
        questions.append(Question(question_id, texts[0], tuple(responses), *texts[1:]))
    scores, pairs, verdicts = [], [], []
    for _ in range(draw(st.integers(0, 6))):
        question = draw(st.sampled_from(questions))
        one, two = draw(st.permutations([r.response_id for r in question.responses]))[:2]
        scale = draw(st.sampled_from(SCALES))
        on_scale = st.floats(*scale)
        about = {"question_id": question.question_id, "judge": draw(names)}
        score = ScoreJudgment(response_id=one, scale=scale, criterion=draw(names), **about, **draw(judged()))
        context = draw(st.one_of(st.none(), words, st.just('{"shown":"first","n":[1,null]}'), st.just("3")))
        said = draw(st.sampled_from(["number", "table", "failure"]))
        if said == "table":
            labels = tuple(draw(st.lists(on_scale, min_size=1, max_size=4)))
            probs = tuple(draw(st.floats(0.01, 0.25)) for _ in labels)
            said_score = replace(score, labels=labels, probs=probs, emitted=draw(st.one_of(st.none(), on_scale)))
        elif said == "number":
            said_score = replace(score, emitted=draw(on_scale))
        else:
            said_score = replace(score, failure=draw(names))
        scores.append(replace(said_score, context=context))
        strength = draw(st.one_of(st.none(), numbers))
        pair = PairJudgment(
            first=one, second=two, order_known=draw(st.booleans()), strength=strength, **about, **draw(judged())
        )
        probs3 = tuple(draw(st.floats(0.01, 1 / 3)) for _ in SHOWN)
        verdict = draw(st.sampled_from(SHOWN))
        pairs.append(
            draw(
                st.sampled_from(
                    [
                        replace(pair, verdict=verdict),
                        replace(pair, probs=probs3),
                        replace(pair, verdict=verdict, probs=probs3),
                        replace(pair, failure=draw(names)),
                    ]
                )
            )
        )
        person, criterion = draw(names), draw(st.one_of(st.none(), names))
        decided = draw(st.sampled_from([*SHOWN, None]))
        verdicts.append(Verdict(question.question_id, person, one, two, decided, criterion=criterion))
        verdicts.append(
            Verdict(
                question.question_id,
                person,
                response_id=two,
                score=draw(on_scale),
                scale=draw(st.sampled_from([None, scale])),
                criterion=criterion,
            )
        )
    return Bundle(ResponseSet(tuple(questions)), tuple(scores), tuple(pairs), tuple(verdicts))


@settings(max_examples=60, deadline=None)
@given(bundles(), st.sampled_from(["bundle.zip", "folder"]))
def test_reading_what_was_written_gives_the_same_bundle(bundle, name):
    with tempfile.TemporaryDirectory() as folder:
        write_native_bundle(bundle, Path(folder) / name)
        assert replace(read_files([Path(folder) / name]).bundle, notes=()) == bundle


def small() -> Bundle:
    """One question, two responses, nothing judged."""
    return Bundle(ResponseSet((Question("q", "?", (Response("a", "x"), Response("b", "y"))),)))


@pytest.mark.parametrize(
    "folder",
    ["data/vicuna80_tournament", "data/pandalm_test", "data/llmbar", "data/prometheus_gpt4x3", "parity/messy"],
)
def test_real_sets_come_back_the_same(shared, tmp_path, folder):
    bundle = read_files([shared / folder]).bundle
    write_native_bundle(bundle, tmp_path / "again.zip")
    assert replace(read_files([tmp_path / "again.zip"]).bundle, notes=()) == replace(bundle, notes=())


def test_the_same_bundle_gives_the_same_bytes(tmp_path):
    for name in ("one.zip", "two.zip"):
        write_native_bundle(small(), tmp_path / name)
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
    assert zipfile.ZipFile(tmp_path / "one.zip").namelist() == ["responses.jsonl"]


def test_an_archive_is_replaced_and_nothing_unfinished_stays(tmp_path):
    (tmp_path / "b.zip").write_bytes(b"old")
    write_native_bundle(small(), tmp_path / "b.zip")
    assert [path.name for path in tmp_path.iterdir()] == ["b.zip"]
    assert read_files([tmp_path / "b.zip"]).bundle.response_set == small().response_set


def test_a_folder_in_use_and_a_place_that_cannot_be_written_are_refused(tmp_path):
    (tmp_path / "mine.txt").write_text("keep me")
    with pytest.raises(UsageError, match="holds files already"):
        write_native_bundle(small(), tmp_path)
    with pytest.raises(UsageError, match="cannot be written"):
        write_native_bundle(small(), tmp_path / "mine.txt" / "bundle.zip")
    assert (tmp_path / "mine.txt").read_text() == "keep me"
