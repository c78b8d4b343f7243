"""Small recipes for large and nasty files, and a program that reads them in a process of limited memory."""

from __future__ import annotations

import gzip
import io
import resource
import time
import warnings
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

from trustjudge_core.errors import InputProblems
from trustjudge_core.formats import KeptBytes, UploadedFile, stage_files

MEMORY = 600 * 1024**2
"""Bytes that reading a file may take: with the process itself less than a gigabyte."""
FINE = (
    b'{"question_id":"q","question":"?","responses":[{"response_id":"a","text":"x"},{"response_id":"b","text":"y"}]}\n'
)
SHEET = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'


class Repeated(io.RawIOBase):
    """A stream of one piece repeated between a start and an end, never in memory as a whole."""

    def __init__(self, start: bytes, piece: bytes, times: int, end: bytes = b"") -> None:
        self._blocks = self._made(start, piece, times, end)
        self._left = b""

    @staticmethod
    def _made(start: bytes, piece: bytes, times: int, end: bytes) -> Iterator[bytes]:
        many = max((1 << 20) // len(piece), 1)
        yield start
        for _ in range(times // many):
            yield piece * many
        yield piece * (times % many)
        yield end

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes:
        """The next bytes, at most so many."""
        while not self._left:
            self._left = next(self._blocks, None)  # type: ignore[assignment]
            if self._left is None:
                self._left = b""
                return b""
        size = len(self._left) if size < 0 else size
        found, self._left = self._left[:size], self._left[size:]
        return found


def kept(start: bytes, piece: bytes, times: int, end: bytes = b"") -> list[UploadedFile]:
    """A plain file."""
    return [UploadedFile("f", KeptBytes(Repeated(start, piece, times, end)))]  # type: ignore[arg-type]


def packed(start: bytes, piece: bytes, times: int, end: bytes = b"") -> list[UploadedFile]:
    """The same as .gz."""
    out, stream = io.BytesIO(), Repeated(start, piece, times, end)
    with gzip.GzipFile(fileobj=out, mode="wb", compresslevel=6) as file:
        while block := stream.read():
            file.write(block)
    return [UploadedFile("f.gz", out.getvalue())]


def zipped(name: str, member: str, start: bytes, piece: bytes, times: int, end: bytes = b"") -> list[UploadedFile]:
    """The same as a member of a .zip."""
    out, stream = io.BytesIO(), Repeated(start, piece, times, end)
    with (
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive,
        archive.open(member, "w", force_zip64=True) as file,
    ):
        while block := stream.read():
            file.write(block)
    return [UploadedFile(name, out.getvalue())]


def workbook(sheet: bytes, links: bytes = b"") -> list[UploadedFile]:
    """A workbook whose first sheet is replaced, and to which something may be added."""
    import openpyxl

    book, out = io.BytesIO(), io.BytesIO()
    new = openpyxl.Workbook()
    new.active.append(["question_id", "question", "response"])
    new.save(book)
    with zipfile.ZipFile(book) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in old.namelist():
            archive.writestr(name, sheet if name == "xl/worksheets/sheet1.xml" else old.read(name))
        if links:
            archive.writestr("xl/externalLinks/externalLink1.xml", links)
    return [UploadedFile("f.xlsx", out.getvalue())]


def of_one_name(count: int) -> list[UploadedFile]:
    """An archive of so many files that are called the same."""
    out = io.BytesIO()
    with warnings.catch_warnings(action="ignore"), zipfile.ZipFile(out, "w") as archive:
        for _ in range(count):
            archive.writestr("a.jsonl", b'{"a":1}')
    return [UploadedFile("f.zip", out.getvalue())]


def parquet(columns: Callable[[], dict]) -> list[UploadedFile]:
    """A Parquet file that packs well."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    out = io.BytesIO()
    pq.write_table(pa.table(columns()), out, compression="zstd")
    return [UploadedFile("f.parquet", out.getvalue())]


def same_long_texts() -> dict:
    """Twenty rows that share one text of 64 MB."""
    import pyarrow as pa

    text = pa.array(["x" * 64 * 1024**2]).dictionary_encode()
    column = pa.DictionaryArray.from_arrays(pa.array([0] * 20, pa.int32()), text.dictionary)
    return {"question_id": ["q"] * 20, "question": ["?"] * 20, "response": column}


def same_texts() -> dict:
    """A million rows that share one text of 10 kB."""
    import numpy as np
    import pyarrow as pa

    column = pa.DictionaryArray.from_arrays(pa.array(np.zeros(1_000_000, np.int32)), pa.array(["x" * 10_000]))
    return {"question_id": np.zeros(1_000_000, np.int8), "question": np.zeros(1_000_000, np.int8), "response": column}


def long_ids() -> list[UploadedFile]:
    """Two hundred comparisons about ids of a megabyte."""
    row = b'{"question_id":"' + b"i" * 1_000_000 + b'","first":"a","second":"b","judge":"j","verdict":"tie"}\n'
    return [UploadedFile("r", FINE), *kept(b"", row, 200)]


RECIPES: dict[str, tuple[Callable[[], list[UploadedFile]], str]] = {
    "blank lines without end, packed": (lambda: packed(FINE, b"\n", 70 << 20), "30,000,000 lines"),
    "a line of 200 MB": (lambda: kept(FINE + b'{"a":"', b"x", 200 << 20, b'"}\n'), "longer than"),
    "a line of 70 MB, packed": (lambda: packed(FINE + b'{"a":"', b"x", 70 << 20, b'"}\n'), "300 times"),
    "a line of 20 million lists": (lambda: kept(FINE + b'{"a":[', b"[],", 20 << 20, b"1]}\n"), "in one row"),
    "an array of 20 million lists": (lambda: kept(b'[{"a":[', b"[],", 20 << 20, b"1]}]"), "in one row"),
    "a line of a million fields": (lambda: kept(FINE + b"{", b'"a":1,', 1_000_000, b'"z":1}\n'), "500,000 fields"),
    "an array of a million fields": (lambda: kept(b"[{", b'"a":1,', 1_000_000, b'"z":1}]'), "500,000 fields"),
    "a million fields, a line each": (lambda: kept(b"{\n", b'"a":1,\n', 1_000_000, b'"z":1\n}'), "500,000 fields"),
    "objects 100,000 deep": (lambda: kept(b"", b'{"a":', 100_000, b"1" + b"}" * 100_000), "deeper"),
    "lists 100,000 deep": (lambda: kept(b"", b"[", 100_000), "deeper"),
    "blanks instead of a document": (lambda: kept(b"{", b" ", 80 << 20), "longer than"),
    "ids of a megabyte": (long_ids, "1,000,000 characters"),
    "bad rows without end": (lambda: kept(FINE, b'{"a":1}\n', 500_000), "question_id"),
    "fifteen million columns": (lambda: kept(b"", b"abc,", 15 << 20), "cells"),
    "a quote that never ends": (
        lambda: kept(b'question_id,question,response\nq,?,"', b"x" * 99 + b"\n", 200_000),
        "cells",
    ),
    "a zip bomb": (lambda: zipped("f.zip", "a.jsonl", b"", b"\n", 70 << 20), "300 times"),
    "a workbook of one row": (lambda: workbook(SHEET + b'<row r="1">' + b"<c><v>1</v></c>" * 500_000), "row of more"),
    "a sheet of ten million empty rows": (lambda: workbook(SHEET + b"<row/>" * 10_000_000), "1,048,576 rows"),
    "a sheet of fifteen million empty cells": (
        lambda: workbook(SHEET + (b"<row>" + b"<c/>" * 10_000 + b"</row>") * 1_500),
        "empty cells",
    ),
    "a document of four million lists": (lambda: kept(b"{", b'"examples":[],', 4_000_000, b'"a":1}'), "many fields"),
    "ten thousand files of one name": (lambda: of_one_name(10_000), "not recognised"),
    "a workbook bomb": (lambda: zipped("f.xlsx", "xl/workbook.xml", b"<a>", b"<b/>", 20 << 20), "300 times"),
    "long texts once in a Parquet file": (lambda: parquet(same_long_texts), "memory"),
    "a million equal texts in a Parquet file": (lambda: parquet(same_texts), "300 times"),
}
"""Name -> how it is made, and what the refusal says."""


def main() -> None:
    """Read each file with little memory besides what making it took; print a line of seconds and findings each."""
    for make, _ in RECIPES.values():
        files = make()
        limits = resource.getrlimit(resource.RLIMIT_DATA)
        resource.setrlimit(resource.RLIMIT_DATA, (_taken() + MEMORY, limits[1]))
        begun = _seconds()
        try:
            stage_files(files)
            found = "imported"
        except InputProblems as error:
            found = str(error)
        print(f"{_seconds() - begun:.1f} {found}", flush=True)
        resource.setrlimit(resource.RLIMIT_DATA, limits)


def _taken() -> int:
    """Bytes that this process has allocated, given back or not."""
    status = Path("/proc/self/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmData")).split()[1]) * 1024


def _seconds() -> float:
    """Processor time of this process and those it started."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
