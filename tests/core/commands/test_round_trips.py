"""Everything that is written and can be read comes back as it was, from one database to another by the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from trustjudge_core.__main__ import main
from trustjudge_core.commands.export import TABLE_FORMATS
from trustjudge_core.formats import read_files
from trustjudge_core.records import Bundle
from trustjudge_core.services.load_bundle import load_bundle
from trustjudge_core.services.open_database import open_database

IDS = ("-1", "=a", "@b", "'c", "d\u202e", "é")
TEXTS = ("=1+1", "-5", "'quoted'", "line\r\nline", "\ttab", 'a,"b";c')
PEOPLE = ("eve", "-dan", "@lee")


def _lines(*rows: dict[str, Any]) -> bytes:
    return b"".join(json.dumps(row).encode() + b"\n" for row in rows)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A native bundle of which every id and text is something to a spreadsheet; one judge, three people."""
    folder = tmp_path_factory.mktemp("files")
    given = [{"response_id": name, "system": name, "text": text} for name, text in zip(IDS, TEXTS, strict=True)]
    questions = [{"question_id": q, "question": f"{q}?", "category": "@c", "responses": given} for q in ("+q", "=p")]
    pairs = [
        {"question_id": q, "first": a, "second": b, "judge": "=j", "verdict": "first", "probs": None}
        for q in ("+q", "=p") for n, a in enumerate(IDS) for b in IDS[n + 1 :]
    ]  # fmt: skip
    humans = [
        {"question_id": "+q", "first": IDS[n], "second": IDS[n + 1], "annotator": who, "verdict": said}
        for n, (who, said) in enumerate(zip(PEOPLE, ("first", "tie", None), strict=True))
    ]
    for name, rows in (("responses", questions), ("comparisons", pairs), ("humans", humans)):
        (folder / f"{name}.jsonl").write_bytes(_lines(*rows))
    return folder


def _database(path: Path, monkeypatch: pytest.MonkeyPatch, *files: Path) -> None:
    """A fresh database that holds the files as set s."""
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{path}")
    assert main(["import", *map(str, files), "--name", "s"]) == 0


def _stored() -> Bundle:
    engine = open_database()
    bundle = load_bundle(engine, None, 1)
    engine.dispose()
    return bundle


def _as_sets(bundle: Bundle) -> tuple[object, ...]:
    return bundle.response_set, *(sorted(map(repr, x)) for x in (bundle.scores, bundle.pairs, bundle.verdicts))


@pytest.mark.parametrize("whole", ["bundle", "pack"])
def test_what_is_exported_whole_is_imported_whole(
    whole: str, files: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _database(tmp_path / "one.sqlite3", monkeypatch, files)
    before, out = _stored(), tmp_path / "out.zip"
    assert main(["export", "1", "--format", whole, "--out", str(out)]) == 0
    audits = [tmp_path / name for name in ("one.json", "two.json")]
    assert main(["export", "1", "--format", "audit", "--out", str(audits[0])]) == 0
    _database(tmp_path / "two.sqlite3", monkeypatch, out)
    assert _as_sets(_stored()) == _as_sets(before)
    assert main(["export", "1", "--format", "audit", "--out", str(audits[1])]) == 0
    one, two = (json.loads(audit.read_text()) for audit in audits)
    assert {key for key in one if one[key] != two[key]} <= {"made", "run"}


@pytest.mark.parametrize("table", TABLE_FORMATS)
def test_verdicts_come_back_from_every_kind_of_table(
    table: str, files: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _database(tmp_path / "one.sqlite3", monkeypatch, files)
    before, out = _stored(), tmp_path / f"out.{table}"
    assert main(["export", "1", "--what", "verdicts", "--format", table, "--out", str(out)]) == 0
    _database(tmp_path / "two.sqlite3", monkeypatch, files / "responses.jsonl", files / "comparisons.jsonl")
    assert main(["verdicts", "s", str(out)]) == 0
    decided = [verdict for verdict in before.verdicts if verdict.verdict is not None]  # the table is of decisions
    assert sorted(map(repr, _stored().verdicts)) == sorted(map(repr, decided))


@pytest.mark.parametrize("table", ["json", "jsonl", "parquet"])
def test_training_pairs_are_read_as_chosen_and_rejected(
    table: str, files: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _database(tmp_path / "one.sqlite3", monkeypatch, files)
    out = tmp_path / f"out.{table}"
    assert main(["export", "1", "--what", "training_pairs", "--format", table, "--out", str(out)]) == 0
    found = read_files([out]).bundle
    expected = {(f"{q}?", a, b) for q in ("+q", "=p") for n, a in enumerate(TEXTS) for b in TEXTS[n + 1 :]}
    texts = {(q.text, *(r.text for r in q.responses)) for q in found.response_set.questions}
    assert texts == expected
    assert {(v.first, v.second, v.verdict) for v in found.verdicts} == {("0", "1", "first")}
