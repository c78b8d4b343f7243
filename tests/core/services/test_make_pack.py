"""Audit packs: what is exported verifies, and any altered byte or figure does not."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest

from tests.core.small_runs import JUDGE, both_orders
from trustjudge_core.__main__ import main
from trustjudge_core.errors import UsageError
from trustjudge_core.export import pack
from trustjudge_core.export.seal import ALTERED, UNSEALED, seal
from trustjudge_core.records import Bundle, PairJudgment, Question, Response, ResponseSet, ScoreJudgment, Verdict
from trustjudge_core.services.import_bundle import import_bundle
from trustjudge_core.services.make_pack import make_pack
from trustjudge_core.services.open_database import open_database
from trustjudge_core.services.verify_pack import verify_pack

ABC = tuple(Response(name, f"answer {name}", f"system {name}") for name in "abc")
CYCLE = Bundle(
    ResponseSet((Question("q", "Which?", ABC), Question("r", "Why?", ABC))),
    scores=tuple(ScoreJudgment("q", name, JUDGE, (1.0, 5.0), emitted=said) for name, said in (("a", 4.0), ("b", 5.0))),
    pairs=(
        *both_orders("a", "b", "first"), *both_orders("b", "c", "first"), *both_orders("a", "c", "second"),
        *both_orders("a", "b", "first", question="r"), PairJudgment("r", "b", "c", JUDGE, failure="error"),
    ),
    verdicts=(Verdict("q", "ana", first="a", second="b", verdict="first"),),
)  # fmt: skip


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The files of a small pack."""
    engine = open_database(f"sqlite:///{tmp_path_factory.mktemp('pack') / 'small.sqlite3'}")
    import_bundle(engine, CYCLE, "small")
    written = io.BytesIO()
    make_pack(engine, 1, 1, "small", "corrected", "baseline", 0.05, written)
    engine.dispose()
    with zipfile.ZipFile(written) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(files: dict[str, bytes], path: Path) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
        archive.comment = UNSEALED
    with path.open("r+b") as file:
        seal(file)
    return path


def resealed(files: dict[str, bytes]) -> dict[str, bytes]:
    """The pack as a forger would leave it: with checksums that fit."""
    rest = {name: data for name, data in files.items() if name != pack.MANIFEST}
    return {**rest, pack.MANIFEST: pack.manifest({name: pack.sum_of([data]) for name, data in rest.items()})}


def test_a_pack_as_exported_has_nothing_wrong(files: dict[str, bytes], tmp_path: Path) -> None:
    assert verify_pack(packed(files, tmp_path / "p.zip")) == []
    assert {"report.html", "audit.json", "settings.json", "tables/ranking.csv", "bundle/responses.jsonl"} <= set(files)


def test_one_altered_byte_anywhere_is_named(files: dict[str, bytes], tmp_path: Path) -> None:
    for name in ("report.html", "tables/scores.csv", "bundle/humans.jsonl"):
        data = bytearray(files[name])
        place = data.index(b"a")
        data[place] = ord("b")
        wrong = verify_pack(packed({**files, name: bytes(data)}, tmp_path / "p.zip"))
        assert any(sentence.startswith(f"{name} was altered") for sentence in wrong), (name, wrong)


def test_an_altered_byte_of_the_archive_itself_ends_with_status_1(
    files: dict[str, bytes], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = packed(files, tmp_path / "p.zip")
    whole = path.read_bytes()
    # The date of the first file, the middle of the data, the comment that holds the seal: none is in the manifest.
    for place in (10, len(whole) // 2, len(whole) - 1):
        changed = bytearray(whole)
        changed[place] ^= 1
        path.write_bytes(bytes(changed))
        assert main(["verify", str(path)]) == 1
        assert "the archive was altered" in capsys.readouterr().err


def test_data_that_no_longer_unpacks_was_altered_and_is_no_crash(files: dict[str, bytes], tmp_path: Path) -> None:
    path = tmp_path / "p.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("settings.json", files["settings.json"])
        archive.comment = UNSEALED
    with path.open("r+b") as file:
        seal(file)
        file.seek(30 + len("settings.json"))
        file.write(b"\xff\xff\xff")  # no block of deflated data begins so
    assert verify_pack(path) == [ALTERED]


def test_a_figure_that_its_judgments_do_not_give_is_found_though_the_checksums_fit(
    files: dict[str, bytes], tmp_path: Path
) -> None:
    audit = json.loads(files["audit.json"])
    audit["transitivity"][0]["violations"] += 1
    forged = {**files, "audit.json": (json.dumps(audit, ensure_ascii=False, indent=1) + "\n").encode()}
    (sentence,) = verify_pack(packed(resealed(forged), tmp_path / "p.zip"))
    assert sentence.startswith("audit.json differs from what its judgments give: line ")


def test_a_judgment_changed_behind_fitting_checksums_changes_its_figures(
    files: dict[str, bytes], tmp_path: Path
) -> None:
    changed = files["bundle/comparisons.jsonl"].replace(b'"verdict":"first"', b'"verdict":"second"')
    assert changed != files["bundle/comparisons.jsonl"]
    wrong = verify_pack(packed(resealed({**files, "bundle/comparisons.jsonl": changed}), tmp_path / "p.zip"))
    assert any(sentence.startswith("tables/preferences.csv differs") for sentence in wrong)


def test_files_that_are_missing_or_too_many_are_named(files: dict[str, bytes], tmp_path: Path) -> None:
    fewer = {name: data for name, data in files.items() if name != "tables/ledger.csv"}
    assert "tables/ledger.csv is listed in manifest.json and not in the pack" in verify_pack(
        packed(fewer, tmp_path / "p.zip")
    )
    more = resealed({**files, "tables/extra.csv": b"x\r\n"})
    assert "tables/extra.csv does not follow from the judgments" in verify_pack(packed(more, tmp_path / "p.zip"))


@pytest.mark.parametrize("content", [b"", b"no zip", b"PK\x05\x06" + b"\0" * 18])
def test_what_is_no_pack_is_refused_in_words(
    content: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "p.zip"
    path.write_bytes(content)
    assert main(["verify", str(path)]) == 2
    said = capsys.readouterr().err
    assert "audit pack" in said and "Traceback" not in said


@pytest.mark.parametrize("name", [pack.MANIFEST, pack.SETTINGS])
def test_a_pack_whose_own_files_nest_without_end_is_refused(files: dict[str, bytes], tmp_path: Path, name: str) -> None:
    held = b'{"a":' * 100_000
    changed = {**files, name: held} if name == pack.MANIFEST else resealed({**files, name: held})
    with pytest.raises(UsageError, match="an audit pack as TrustJudge exports it"):
        verify_pack(packed(changed, tmp_path / "p.zip"))


def test_settings_that_nobody_exported_are_refused(files: dict[str, bytes], tmp_path: Path) -> None:
    for held in (b"[]", b"{", b'{"facts": []}', files[pack.SETTINGS].replace(b'"corrected"', b'"invented"')):
        with pytest.raises(UsageError, match="audit pack"):
            verify_pack(packed(resealed({**files, pack.SETTINGS: held}), tmp_path / "p.zip"))


@pytest.mark.parametrize(
    ("said", "same"),
    [
        ('{"x": 0.3, "n": 12}', True),
        ('{"x": 0.30001, "n": 12}', False),
        ('{"y": 0.3, "n": 12}', False),
        ('{"x": 0.3, "n": 13}', False),
        ('{"x": 0.3, "n": 12}\n1', False),
        ("", False),
    ],
)
def test_the_last_digits_of_a_number_are_no_difference_and_others_are(said: str, same: bool, tmp_path: Path) -> None:
    written, made = tmp_path / "written", tmp_path / "made"
    made.write_text('{"x": 0.30000000000000004, "n": 12}')
    written.write_text(said)
    assert (pack.difference("a.json", written, made) is None) == same


def test_a_file_far_longer_than_its_figure_is_not_read_line_by_line(tmp_path: Path) -> None:
    written, made = tmp_path / "written", tmp_path / "made"
    made.write_text("1,2\n")
    written.write_text("1,2" * 1000)
    said = pack.difference("tables/a.csv", written, made)
    assert said == "tables/a.csv differs from what its judgments give: it has 3,000 bytes, recomputed 4"
