"""`cases` writes a file that `verdicts` reads back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from trustjudge_core.__main__ import main
from trustjudge_core.services.load_sample import SAMPLE


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sample under the name s."""
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'd.sqlite3'}")
    assert main(["import", str(SAMPLE), "--name", "s"]) == 0


@pytest.mark.usefixtures("database")
def test_cases_go_out_and_verdicts_come_back(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "cases.jsonl"
    assert main(["cases", "1", "--out", str(out), "--most", "7", "--policy", "uncertainty"]) == 0
    assert f"wrote 7 cases to {out}" in capsys.readouterr().out
    records = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    said = {"verdict.responses": ["tie"], "verdict.responses.users": ["ann"]}
    out.write_text("\n".join(json.dumps({**record, **said}) for record in records), encoding="utf-8")
    assert main(["verdicts", "s", str(out)]) == 0
    assert "s: 7 new verdicts, 0 revised, 0 known before" in capsys.readouterr().out


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize("file_format", ["csv", "json", "jsonl", "parquet", "xlsx"])
def test_the_table_of_verdicts_is_read_back_as_the_verdicts_it_was_made_from(
    file_format: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = tmp_path / f"v.{file_format}"
    assert main(["export", "1", "--format", file_format, "--what", "verdicts", "--out", str(table)]) == 0
    capsys.readouterr()
    assert main(["verdicts", "1", str(table)]) == 0
    # The sample has 47 verdicts on pairs.
    assert "0 new verdicts, 0 revised, 47 known before" in capsys.readouterr().out


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["cases", "1", "--out", "c.jsonl", "--most", "0"], "--most 0"),
        (["cases", "1", "--out", "c.jsonl", "--policy", "best"], "'best'"),
        (["cases", "9", "--out", "c.jsonl"], "9"),
        (["verdicts", "nobody", "v.jsonl"], "'nobody' is not a stored response set; allowed: 1 (s)"),
        (["verdicts", "s", "v.jsonl"], "v.jsonl"),
    ],
)
def test_what_cannot_be_done_is_said(arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    assert said in capsys.readouterr().err
