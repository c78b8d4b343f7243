"""The command line: exit status, one clear line for errors, and the documented JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from trustjudge_core.__main__ import main

RESPONSES = [
    {
        "question_id": "q",
        "category": "c",
        "question": "Which?",
        "responses": [{"response_id": r, "system": r, "text": f"answer {r}"} for r in "abc"],
    }
]


def _bundle(folder: Path, verdicts: dict[tuple[str, str], str]) -> Path:
    """A bundle of one question in which the given pairs have the same verdict whichever is shown first."""
    folder.mkdir(parents=True, exist_ok=True)
    swapped = {"first": "second", "second": "first", "tie": "tie"}
    rows = []
    for (a, b), verdict in verdicts.items():
        rows.append({"question_id": "q", "first": a, "second": b, "judge": "j", "verdict": verdict, "probs": None})
        rows.append(
            {"question_id": "q", "first": b, "second": a, "judge": "j", "verdict": swapped[verdict], "probs": None}
        )
    for name, content in (("responses", RESPONSES), ("comparisons", rows)):
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in content), encoding="utf-8")
    return folder


@pytest.fixture
def cycle(tmp_path: Path) -> Path:
    """a > b > c > a, both orders agreeing."""
    return _bundle(tmp_path / "cycle", {("a", "b"): "first", ("b", "c"): "first", ("a", "c"): "second"})


def test_audit_of_one_cycle_finds_one_strict_cycle(
    cycle: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "audit.json"
    assert main(["audit", str(cycle), "--json", str(target)]) == 0
    found = json.loads(target.read_text(encoding="utf-8"))
    triples = next(t for t in found["transitivity"] if t["k"] == 3)
    assert (triples["subsets"], triples["violations"], triples["kinds"]["strict_cycle"]) == (1, 1, 1)
    assert triples["tie_rate"] == 0.0
    assert triples["chance"] == pytest.approx(0.25)  # 2 of the 8 tie-free tournaments on three are cycles
    assert next(t for t in found["transitivity"] if t["k"] == 4)["ratio"] is None
    assert found["inputs"]["pairs"] == 3
    assert "1 of 1 triples" in capsys.readouterr().out


def test_json_to_standard_output_is_nothing_but_json(cycle: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["audit", str(cycle), "--json", "-"]) == 0
    assert json.loads(capsys.readouterr().out)["mode"] == "corrected"


def test_several_tolerances_give_one_entry_each(cycle: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["audit", str(cycle), "--tolerance", "0", "0.5", "--k", "3", "--json", "-"]) == 0
    entries = json.loads(capsys.readouterr().out)["transitivity"]
    assert [entry["tolerance"] for entry in entries] == [0.0, 0.5]


@pytest.mark.parametrize(
    ("expression", "status"), [("ntr_3 > 0.5", 1), ("ntr_3 > 1", 0), ("ntr_3 > 1 or failed >= 0", 1)]
)
def test_gate_fails_when_its_condition_holds(cycle: Path, expression: str, status: int) -> None:
    assert main(["audit", str(cycle), "--fail-on", expression]) == status


def test_gate_without_enough_data_fails_and_says_so(cycle: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["audit", str(cycle), "--fail-on", "cr > 0.3"]) == 1
    assert "not enough data for cr" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [
        ["--mode", "exact"],
        ["--tolerance", "-1"],
        ["--tolerance", "nan"],
        ["--k", "2"],
        ["--judge", "nobody"],
        ["--fail-on", "ntr_3 >"],
        ["--fail-on", "__import__('os').system('true') > 1"],
        ["--fail-on", "ntr_9 > 0.5"],
        ["--json", "/no/such/folder/x.json"],
    ],
)
def test_bad_usage_is_one_line_and_status_two(
    cycle: Path, arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["audit", str(cycle), *arguments]) == 2
    error = capsys.readouterr().err
    assert len(error.strip().splitlines()) == 1
    assert "allowed" in error
    assert "Traceback" not in error


def test_unknown_command_and_option_are_one_line_and_status_two(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in (["judge-all"], ["audit"], ["audit", "x", "--k", "three"], []):
        with pytest.raises(SystemExit) as stopped:
            main(arguments)
        assert stopped.value.code == 2
        assert len(capsys.readouterr().err.strip().splitlines()) == 1


def test_missing_file_is_status_two(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["audit", str(tmp_path / "nothing.jsonl")]) == 2
    assert "nothing.jsonl" in capsys.readouterr().err


def test_every_problem_of_a_bad_file_has_its_line(cycle: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bad = [
        {"question_id": "q", "first": "a", "second": "zz", "judge": "j", "verdict": "first", "probs": None},
        {"question_id": "q", "first": "a", "second": "b", "judge": "j", "verdict": "maybe", "probs": None},
    ]
    with (cycle / "comparisons.jsonl").open("a", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in bad)
    assert main(["audit", str(cycle)]) == 2
    lines = capsys.readouterr().err.strip().splitlines()
    assert any("comparisons.jsonl line 7" in line and "zz" in line for line in lines)
    assert any("comparisons.jsonl line 8" in line and "maybe" in line for line in lines)


def test_import_twice_stores_once(
    cycle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'store.sqlite3'}")
    assert main(["runs"]) == 0
    assert "no runs stored" in capsys.readouterr().out
    assert main(["import", str(cycle), "--name", "cycle"]) == 0
    assert "6 pair judgments" in capsys.readouterr().out
    assert main(["import", str(cycle), "--name", "again"]) == 0
    assert "already there" in capsys.readouterr().out
    assert main(["runs"]) == 0
    assert len(capsys.readouterr().out.strip().splitlines()) == 1


def test_demo_loads_the_sample_once_and_queues_one_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'store.sqlite3'}")
    assert main(["demo", "--queue"]) == 0
    assert "sample audit was loaded" in capsys.readouterr().out
    assert main(["demo", "--queue"]) == 0
    assert "sample audit is there" in capsys.readouterr().out
    assert main(["runs"]) == 0
    assert [line.split()[1] for line in capsys.readouterr().out.splitlines()] == ["complete", "queued"]


def test_demo_leaves_a_database_with_other_sets_alone(
    cycle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'store.sqlite3'}")
    assert main(["import", str(cycle), "--name", "cycle"]) == 0
    assert main(["demo"]) == 0
    assert "nothing was changed" in capsys.readouterr().out
