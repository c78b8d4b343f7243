"""A short run of the fuzzer finds nothing, and would find something if there was something."""

from __future__ import annotations

import platform
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest

from tests.fuzz.__main__ import SECONDS_AN_INPUT, fuzz
from tests.fuzz.inputs import CHOICES, Input, read_input
from tests.fuzz.mutations import crossed, mutated
from tests.fuzz.promises import check_records, keep_promises
from tests.fuzz.seeds import EVERY, seeds
from trustjudge_core.formats.registry import PARTS
from trustjudge_core.records import Bundle, PairJudgment, Question, Response, ResponseSet
from trustjudge_core.services.check_files import check_files

SECONDS = 15
FEWEST = 500
"""Inputs that even a busy machine tries in that time; a free one tries ten thousand."""


@pytest.mark.skipif(
    not (sys.platform == "linux" and platform.machine() == "x86_64" and sys.version_info < (3, 14)),
    reason="atheris has wheels for Linux and Python 3.11 to 3.13 only: the guided run of the fuzzer is left out",
)
def test_no_input_of_a_short_guided_run_breaks_a_promise(tmp_path: Path) -> None:
    found = fuzz(tmp_path, SECONDS, seed=20261125)
    assert found.crash is None, found.log[-4000:]
    assert found.inputs >= FEWEST
    assert found.edges > 1_000, "the readers are not watched"


@pytest.mark.skipif(sys.platform != "linux", reason="limits of memory as they are set here are those of Linux")
def test_no_changed_workbook_or_parquet_file_breaks_a_promise() -> None:
    command = [sys.executable, "-W", "ignore", "-m", "tests.fuzz.tables", "--inputs", "40", "--seed", "3"]
    done = subprocess.run(command, cwd=Path(__file__).parents[2], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    assert "accepted" in done.stdout
    assert "refused" in done.stdout


def test_seeds_keep_the_promises_and_every_kind_of_file_is_among_them() -> None:
    outcomes, kinds = set(), set()
    for seed in seeds():
        outcomes.add(keep_promises(seed))
        if seed.said()["kind"] is None:
            checked = check_files(seed.uploads(), judge="gpt", baseline="x")
            kinds |= {one.key for one in checked.recognised}
            if checked.staged is not None:
                checked.staged.close()
    assert outcomes >= {"accepted", "refused"}
    assert {part.key for part in PARTS} == kinds


def test_any_bytes_are_an_input_and_written_inputs_are_read_back() -> None:
    for seed in seeds():
        assert read_input(seed.written()) == seed
    rng = Random(1)
    for length in range(60):
        given = read_input(rng.randbytes(length) + b"\n\x1e\n" + rng.randbytes(length))
        assert len(given.numbers) == len(CHOICES)
        assert read_input(given.written()) == given


def test_mutations_repeat_from_their_seed_and_reach_accepted_files() -> None:
    starts = list(seeds())
    outcomes = []
    for number in range(150):
        start, other = starts[number % len(starts)], starts[-1 - number % len(starts)]
        one, again = (mutated(start, Random(number), bytes.upper) for _ in range(2))
        assert one == again
        outcomes += [keep_promises(one), keep_promises(crossed(one, other, Random(number)))]
    assert outcomes.count("accepted") > 30
    assert outcomes.count("refused") > 100


def test_a_broken_record_is_noticed() -> None:
    question = Question("q", "?", (Response("a", "x", None, None), Response("b", "y", None, None)))
    good = PairJudgment("q", "a", "b", "j", "first")
    check_records(Bundle(ResponseSet((question,)), pairs=(good,)))
    for bad in (
        PairJudgment("q", "a", "c", "j", "first"),
        PairJudgment("q", "a", "b", "j", None),
        PairJudgment("q", "a", "b", "j\0", "first"),
        PairJudgment("q", "a", "b", "j", "first", (float("nan"), 0.0, 0.0)),
    ):
        with pytest.raises(AssertionError):
            check_records(Bundle(ResponseSet((question,)), pairs=(bad,)))


def test_limits_are_those_that_are_promised() -> None:
    assert SECONDS_AN_INPUT == 10
    assert len(EVERY) == 13
    assert Input().said()["leave_out"] is False
