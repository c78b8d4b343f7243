"""`judge` and `worker`: a run in the foreground and in the background, interrupted and continued."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path

import pytest

from tests.core.fake_judge import FakeJudge
from trustjudge_core import judge as judge_package
from trustjudge_core.__main__ import main
from trustjudge_core.errors import JudgeUnavailable

ASKED = 4 + 4 * 3
JUDGE = ["--judge", "local:fake"]


@pytest.fixture
def answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file with one question of four responses, an empty database, and nothing on disk but these."""
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'store.sqlite3'}")
    path = tmp_path / "answers.jsonl"
    responses = [{"response_id": r, "text": f"answer {r}"} for r in "abcd"]
    path.write_text(json.dumps({"question_id": "q", "question": "Which?", "responses": responses}) + "\n")
    return path


def opens(monkeypatch: pytest.MonkeyPatch, judge: FakeJudge) -> FakeJudge:
    """Let every judge that is loaded be this one."""
    monkeypatch.setattr(judge_package, "load_judge", lambda spec, **options: judge)
    return judge


def test_files_are_imported_judged_and_audited(
    answers: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    opens(monkeypatch, FakeJudge())
    assert main(["judge", str(answers), *JUDGE]) == 0
    said = capsys.readouterr().out
    assert "16 judgments (4 scores, 12 comparisons)" in said
    assert "is complete: 16 of 16 judgments" in said
    assert "fake · corrected mode · 1 question · 4 responses · 6 of 6 pairs compared" in said
    assert main(["runs"]) == 0
    assert "16 of 16 judgments (100 %)" in capsys.readouterr().out


def test_ctrl_c_pauses_and_the_same_command_goes_on(
    answers: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    judge = opens(
        monkeypatch, FakeJudge(before=lambda count: os.kill(os.getpid(), signal.SIGINT) if count == 5 else None)
    )
    command = ["judge", str(answers), *JUDGE]
    assert main(command) == 130
    told = capsys.readouterr()
    assert "is paused: 6 of 16 judgments" in told.out
    assert "to go on: give the same command again" in told.err
    judge.before = lambda count: None
    assert main(command) == 0
    assert "had been started before; 6 of 16 judgments are there" in capsys.readouterr().out
    assert len(judge.asked) == len({repr(prompt) for prompt in judge.asked}) == ASKED
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_judge_that_goes_away_is_one_line_and_status_two(
    answers: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def gone(count: int) -> None:
        raise JudgeUnavailable("the server is gone; start it again")

    judge = opens(monkeypatch, FakeJudge(before=gone))
    assert main(["judge", str(answers), *JUDGE]) == 2
    assert "is failed: 0 of 16 judgments; the server is gone; start it again" in capsys.readouterr().err
    judge.before = lambda count: None
    assert main(["judge", str(answers), *JUDGE]) == 0


def test_failed_judgments_are_asked_again_on_request(
    answers: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    judge = opens(monkeypatch, FakeJudge(fails=lambda prompt: "no verdict" if prompt.labels[0] == "1" else None))
    assert main(["judge", str(answers), *JUDGE]) == 0
    assert "16 of 16 judgments, 4 failed" in capsys.readouterr().out
    judge.fails = lambda prompt: None
    assert main(["judge", str(answers), *JUDGE, "--retry-failed"]) == 0
    assert "ledger  0 failed judgments" in capsys.readouterr().out
    assert len(judge.asked) == ASKED + 4


def test_an_estimate_asks_nothing(
    answers: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    judge = opens(monkeypatch, FakeJudge())
    assert main(["judge", str(answers), *JUDGE, "--pairs", "2", "--no-scores", "--estimate"]) == 0
    assert "8 judgments (0 scores, 8 comparisons)" in capsys.readouterr().out
    assert judge.asked == []
    assert main(["runs"]) == 0
    assert "no runs stored" in capsys.readouterr().out


def test_the_worker_does_what_waits_and_ends(
    answers: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    judge = opens(monkeypatch, FakeJudge())
    assert main(["demo", "--queue"]) == 0
    assert main(["worker", "--once"]) == 0
    assert "run 2 (bundled over Sample) is complete: 449 of 449 judgments" in capsys.readouterr().out
    assert len(judge.asked) == 449
    assert main(["worker", "--once"]) == 0
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--judge", "nobody"], "judge 'nobody' is of no known kind"),
        (["--judge", "endpoint:http://eve:secret@host/v1#m"], "password"),
        ([*JUDGE, "--scale", "five"], "allowed: LOW-HIGH in whole numbers"),
        ([*JUDGE, "--scale", "5-1"], "the lower first"),
        ([*JUDGE, "--pairs", "some"], "allowed: all, none, a number of opponents, or budget N"),
        ([*JUDGE, "--pairs", "budget", "3"], "leaves nothing for pairs; allowed: at least 6"),
        ([*JUDGE, "--pairs", "none", "--no-scores"], "the plan asks for nothing"),
        ([*JUDGE, "--template", "fancy"], "template 'fancy' does not exist"),
        ([*JUDGE, "--rubric", "@/no/such/file"], "allowed: a text file in UTF-8"),
        ([*JUDGE, "--key-variable", "sk-123"], "never the key"),
    ],
)
def test_bad_usage_is_one_line_and_status_two(
    answers: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    said: str,
) -> None:
    opens(monkeypatch, FakeJudge())
    assert main(["judge", str(answers), *arguments]) == 2
    error = capsys.readouterr().err
    assert said in error
    assert len(error.strip().splitlines()) == 1
    assert "secret" not in error
    assert "sk-123" not in error


def test_an_unknown_set_is_said_with_those_that_are_there(
    answers: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    opens(monkeypatch, FakeJudge())
    assert main(["judge", "sample", *JUDGE]) == 2
    assert "'sample' is neither a stored response set nor a file; allowed: none is stored" in capsys.readouterr().err
