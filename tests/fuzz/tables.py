"""Fuzzes what another process reads: Parquet files and workbooks, changed in their bytes or inside.

    python -m tests.fuzz.tables --inputs 2000

That process takes a second to start, so here it is forked from one that has its libraries already, with the same
limit of memory and the same program. No coverage guides this: what is executed lies in other programs.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import resource
import sys
import time
import zipfile
from collections import Counter
from pathlib import Path
from random import Random
from typing import Any, Final

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq

from tests.core.formats.foreign_files import TABLES
from tests.core.formats.published_files import PUBLISHED
from tests.fuzz.inputs import Input
from tests.fuzz.promises import keep_promises
from trustjudge_core.formats import limited_process, table_process

SECONDS_AN_INPUT: Final = 10.0
CRASHES: Final = Path(".fuzz/crashes")
"""Where a file is kept that broke a promise."""

_NUMBERS: Final = (
    b"0",
    b"-1",
    b"1",
    b"99999999",
    b"4294967296",
    b"9" * 400,
    b"1e999",
    b"nan",
    b"A1",
    b"XFD1048576",
    b"",
)
_PIECES: Final = (
    b"<c>", b"</c>", b"<row>", b"</row>", b'<c t="s"><v>0</v></c>', b'<c t="e"><v>#REF!</v></c>', b"<f>A1</f>",
    b'<c t="d"><v>2020-13-45</v></c>', b'<c t="inlineStr"><is><t>_x0000_</t></is></c>', b"&#0;", b"&#xD800;", b"<!--",
    b"]]>", b"<mergeCells><mergeCell ref='A1:Z9'/></mergeCells>", b'<c r="B7" t="b"><v>2</v></c>', b"\xff\xfe", b"",
)  # fmt: skip


class Forked:
    """What `subprocess.Popen` is to `LimitedTable`, for a program that needs no new interpreter."""

    def __init__(self, command: list[str], stdin: Any, **_: Any) -> None:
        read, write = os.pipe()
        self.pid = os.fork()
        if not self.pid:
            os.dup2(os.open("/dev/null", os.O_WRONLY), 2)
            os.dup2(stdin.fileno(), 0)
            os.dup2(write, 1)
            resource.setrlimit(resource.RLIMIT_DATA, (_taken() + table_process.MEMORY,) * 2)
            sys.stdout = os.fdopen(1, "w")
            try:
                table_process.main(*command[3:], *[None] * (5 - len(command)))  # type: ignore[arg-type]
            finally:
                os._exit(0)
        os.close(write)
        self.stdout = os.fdopen(read, "rb")

    def kill(self) -> None:
        """End it, if it has not ended."""
        if self.pid:
            os.kill(self.pid, 9)

    def wait(self) -> None:
        """Until it has ended."""
        if self.pid:
            os.waitpid(self.pid, 0)
        self.pid = 0


def _taken() -> int:
    with open("/proc/self/status", encoding="ascii") as status:
        return int(next(line for line in status if line.startswith("VmData")).split()[1]) * 1024


def _rows() -> list[list[dict[str, Any]]]:
    tables = [rows for rows in TABLES.values() if isinstance(rows, list)]
    odd = [{"question_id": 1.5, "question": "x" * 500, "response": "=1+1", "score": 2**53, "system": True}] * 3
    return [*tables, odd]


def workbooks() -> list[bytes]:
    """Small workbooks."""
    found = []
    for rows in _rows():
        book, out = openpyxl.Workbook(), io.BytesIO()
        book.active.append(list(rows[0]))
        for row in rows:
            book.active.append(list(row.values()))
        book.create_sheet("more").append(["a"])
        book.save(out)
        found.append(out.getvalue())
    return found


def parquets() -> list[bytes]:
    """Small Parquet files: flat ones, ones with lists and objects inside, packed and not."""
    found = []
    nested = [
        pa.Table.from_pylist([json.loads(line) for line in data.splitlines()])
        for name in ("MT-bench votes", "JudgeBench judged", "JudgeBench rewards", "RewardBench 2", "Argilla flat")
        for data in PUBLISHED[name][0].values()
    ]
    for number, table in enumerate(
        [*[pa.Table.from_pylist(rows) for name, rows in TABLES.items() if name != "scores.csv"], *nested]
    ):
        out = io.BytesIO()
        pq.write_table(table, out, compression=("none", "snappy", "zstd", "gzip")[number % 4], version="2.6")
        found.append(out.getvalue())
    return found


def changed_workbook(data: bytes, rng: Random) -> bytes:
    """The workbook with its parts changed, left out or doubled, or its bytes damaged."""
    if rng.random() < 0.2:
        return changed_bytes(data, rng, 0)
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        names = old.namelist()
        chosen = rng.choice([*names, *["xl/worksheets/sheet1.xml"] * len(names), "xl/sharedStrings.xml"])
        for name in names:
            part = old.read(name)
            if name == chosen and rng.random() < 0.1:
                continue
            for _ in range(rng.randint(1, 4) if name == chosen else 0):
                part = _changed_part(part, rng)
            new.writestr(name, part)
    return out.getvalue()


def _changed_part(part: bytes, rng: Random) -> bytes:
    at = rng.randrange(len(part) + 1)
    match rng.randrange(5):
        case 0:
            return part[:at] + rng.choice(_PIECES) + part[at:]
        case 1:
            quoted = part.find(b'"', at)
            end = part.find(b'"', quoted + 1)
            return part[: quoted + 1] + rng.choice(_NUMBERS) + part[end:] if 0 <= quoted < end else part
        case 2:
            tag, end = part.find(b">", at), part.find(b"<", part.find(b">", at))
            return part[: tag + 1] + rng.choice((*_NUMBERS, *_PIECES)) + part[end:] if 0 <= tag < end else part
        case 3:
            return part[:at] + part[at : at + 60] * rng.choice((2, 50)) + part[at + 60 :]
        case _:
            return part[:at] + part[at + rng.randint(1, 30) :]


def changed_bytes(data: bytes, rng: Random, start: int) -> bytes:
    """A few bytes behind ``start`` changed."""
    new = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 5, 20))):
        new[rng.randrange(start, len(new))] = rng.choice((rng.randrange(256), 0, 255, 127, 128))
    return bytes(new)


def changed_parquet(data: bytes, rng: Random) -> bytes:
    """The file with another footer, other pages or another end."""
    footer = len(data) - 8 - int.from_bytes(data[-8:-4], "little")
    match rng.randrange(6):
        case 0:
            return data[:-8] + rng.choice((0, 1, 2**31 - 1, 2**32 - 1, len(data))).to_bytes(4, "little") + b"PAR1"
        case 1:
            return data[:4] + changed_bytes(data[4:footer], rng, 0) + data[footer:]
        case 2:
            at = rng.randrange(footer, len(data) - 8)
            cut = data[:at] + data[at + rng.randint(1, 9) : -8]
            return cut + (len(cut) - footer).to_bytes(4, "little") + b"PAR1"
        case _:
            return data[:footer] + changed_bytes(data[footer:-8], rng, 0) + data[-8:]


def main() -> int:
    """Try so many files and say what came of them."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz.tables", description=__doc__.splitlines()[0])
    parser.add_argument("--inputs", type=int, default=500, help="how many (500)")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    print(try_tables(args.inputs, args.seed))
    return 0


def try_tables(inputs: int, seed: int) -> dict[str, int]:
    """Read so many changed files; how many were accepted and refused. Raises what a broken promise raises."""
    books, parquet_files = workbooks(), parquets()
    popen, outcomes = limited_process.subprocess.Popen, Counter[str]()
    limited_process.subprocess.Popen = Forked  # type: ignore[misc,assignment]
    try:
        for number in range(inputs):
            rng = Random(seed * 1_000_003 + number)
            if number % 2:
                name, data = "f.xlsx", changed_workbook(rng.choice(books), rng)
            else:
                name, data = "f.parquet", changed_parquet(rng.choice(parquet_files), rng)
            begun = time.process_time()
            try:
                outcomes[f"{name[2:]} {keep_promises(Input(files=[(name, data)]))}"] += 1
            except Exception:
                CRASHES.mkdir(parents=True, exist_ok=True)
                (CRASHES / f"{seed}-{number}-{name}").write_bytes(data)
                raise
            assert time.process_time() - begun < SECONDS_AN_INPUT
    finally:
        limited_process.subprocess.Popen = popen  # type: ignore[misc]
    return dict(outcomes)


if __name__ == "__main__":
    sys.exit(main())
