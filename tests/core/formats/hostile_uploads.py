"""Small hostile files, one of each kind and often several, and what becomes of them: to be tried from everywhere.

The large ones are in `hostile_files`, which reads them with little memory.
"""

from __future__ import annotations

import gzip
import io
import json
import os
import pickle
import tarfile
import zipfile
from collections.abc import Callable
from typing import Any, Final

from tests.core.formats.conftest import COMPARISON, RESPONSES, SCORE
from tests.core.formats.hostile_files import SHEET, workbook

Files = dict[str, bytes]
ACCEPTED: Final = None
_TABLE: Final = b"question_id,question,response\nq,?,one\nq,?,two\n"


def rows(*values: Any) -> bytes:
    """JSON Lines, half characters and numbers that are none included."""
    return "".join(json.dumps(value) + "\n" for value in values).encode()


def _zip_of(members: Files, attributes: int = 0) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            member = zipfile.ZipInfo(name)
            member.external_attr = attributes << 16
            archive.writestr(member, data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _packed_with_name(name: bytes, data: bytes) -> bytes:
    """A .gz that says what its file was called (RFC 1952)."""
    packed = gzip.compress(data)
    return packed[:3] + b"\x08" + packed[4:10] + name + b"\0" + packed[10:]


def _tar(members: Files) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, data in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return out.getvalue()


class _Runs:
    def __reduce__(self) -> Any:
        return os.system, ("touch it-ran",)


def _judged(*judgments: dict[str, Any], **changes: Any) -> Files:
    return {"responses.jsonl": rows({**RESPONSES, **changes}), "judged.jsonl": rows(*judgments)}


def _ids(*ids: str) -> Files:
    given = [{"response_id": name, "text": f"text {number}"} for number, name in enumerate(ids)]
    return {"responses.jsonl": rows({**RESPONSES, "responses": given})}


def _parquet(table: dict[str, Any], lie: Callable[[bytes], bytes] = bytes) -> Files:
    import pyarrow as pa
    import pyarrow.parquet as pq

    out = io.BytesIO()
    pq.write_table(pa.table(table), out)
    return {"f.parquet": lie(out.getvalue())}


_GOOD: Final = {"question_id": ["q", "q"], "question": ["?", "?"], "response": ["one", "two"]}


def _long_footer(data: bytes) -> bytes:
    return data[:-8] + (2**31 - 1).to_bytes(4, "little") + b"PAR1"


def _mad_footer(data: bytes) -> bytes:
    start = len(data) - 8 - int.from_bytes(data[-8:-4], "little")
    return data[:start] + bytes(255 - byte for byte in data[start:-8]) + data[-8:]


def _workbook(body: bytes, before: bytes = b"", links: bytes = b"") -> Files:
    (file,) = workbook(before + SHEET + body, links)
    return {"f.xlsx": file.data}  # type: ignore[dict-item]


def _sheet(*cells: bytes, links: bytes = b"") -> Files:
    head = b"".join(b'<c t="inlineStr"><is><t>%s</t></is></c>' % n for n in (b"question_id", b"question", b"response"))
    body = b"".join(b"<row>%s</row>" % cell for cell in (head, *cells))
    return _workbook(body + b"</sheetData></worksheet>", links=links)


def _row(response: bytes) -> bytes:
    return b'<c t="inlineStr"><is><t>q</t></is></c>' * 2 + response


def _gold(score: bytes) -> Files:
    return {"f.csv": b"question_id,question,response,score\nq,?,one,%s\nq,?,two,1\n" % score}


UPLOADS: Final[dict[str, tuple[Callable[[], Files], str | None]]] = {
    "a zip bomb": (lambda: {"f.zip": _zip_of({"a.jsonl": b"\n" * (70 << 20)})}, "300 times"),
    "a gzip bomb in an archive": (
        lambda: {"f.zip": _zip_of({"a.jsonl.gz": gzip.compress(b"\n" * (70 << 20))})}, "300 times",
    ),
    "a packed packed file": (lambda: {"f.gz": gzip.compress(gzip.compress(rows(RESPONSES)))}, "packed twice"),
    "an archive in an archive": (lambda: {"f.zip": _zip_of({"a.zip": _zip_of({"a.jsonl": b"{}"})})}, "no responses"),
    "an archive that calls itself a table": (
        lambda: {"f.zip": _zip_of({"a.jsonl": _zip_of({"a.jsonl": _zip_of({"a.jsonl": b"{}"})})})}, "zip file inside",
    ),
    "a path that leaves an archive": (
        lambda: {"f.zip": _zip_of({"../../evil.jsonl": rows(RESPONSES)})}, "leaves the archive",
    ),
    "a link in an archive": (
        lambda: {"f.zip": _zip_of({"responses.jsonl": b"/etc/passwd"}, attributes=0o120777)}, "is a link",
    ),
    "an archive of a cut-off file": (lambda: {"f.zip": _zip_of({"a.jsonl": rows(RESPONSES)})[:-30]}, "cut off"),
    "a packed file with a name of 20 MB": (
        lambda: {"f.gz": _packed_with_name(b"n" * (20 << 20), rows({**RESPONSES, "question": "Named?"}))}, ACCEPTED,
    ),
    "half a file in 200,001 packed ones": (lambda: {"f.gz": gzip.compress(b"") * 200_001}, "200,000 .gz files"),
    "an archive of tar": (lambda: {"responses.jsonl": _tar({"responses.jsonl": rows(RESPONSES)})}, ".tar"),
    "objects 100,000 deep": (lambda: {"f": b'{"a":' * 100_000 + b"1" + b"}" * 100_000}, "deeper"),
    "lists 100,000 deep": (lambda: {"f": b"[" * 100_000}, "deeper"),
    "a response 1,000 deep": (
        lambda: {"f": rows({**RESPONSES, "responses": "deep"}).replace(b'"deep"', b"[" * 999 + b"]" * 999)}, "deeper",
    ),
    "10,000 columns of a text table": (lambda: {"f.csv": b"a," * 9_999 + b"b\n" + b"1," * 9_999 + b"2\n"}, "columns"),
    "10,000 columns of a Parquet file": (lambda: _parquet({f"c{n}": [1] for n in range(10_000)}), "10,000 columns"),
    "10,000 columns of a workbook": (
        lambda: _workbook(b"<row>" + b"<c><v>1</v></c>" * 10_000 + b"</row></sheetData></worksheet>"), "10,000 columns",
    ),
    "10,000 fields of a row": (lambda: {"f": rows({**RESPONSES, **{f"f{n}": n for n in range(10_000)}})}, ACCEPTED),
    "a key twice": (lambda: {"f": b'{"question_id":"q","question":"?","question":"!","responses":[]}\n'}, "twice"),
    "a key twice, deep inside": (
        lambda: {"f": rows(RESPONSES).replace(b'"system": "A"', b'"system": "A", "system": "B"')}, "twice",
    ),
    "a column twice": (lambda: {"f.csv": b"question_id,question,question,response\nq,?,!,x\n"}, "twice"),
    "NaN": (lambda: _judged({**SCORE, "samples": [float("nan")]}), "NaN"),
    "an infinity": (lambda: _judged({**SCORE, "samples": [float("inf")]}), "Infinity"),
    "an infinite gold score": (lambda: _gold(b"inf"), "finite"),
    "a gold score beyond all": (lambda: _gold(b"9" * 5_000), "finite"),
    "NaN in a Parquet file": (lambda: _parquet({**_GOOD, "score": [float("nan"), 1.0]}), "NaN"),
    "5,000 digits": (lambda: {"f": rows(RESPONSES).replace(b'"q"', b"9" * 5_000)}, "too large"),
    "half a character": (lambda: {"f": rows({**RESPONSES, "question": "a\ud800b"})}, "half a character"),
    "half a character in a table": (lambda: {"f.csv": _TABLE.replace(b"two", b"a\xed\xa0\x80b")}, "UTF-8"),
    "NUL": (lambda: {"f": rows({**RESPONSES, "question": "a\0b"})}, "NUL"),
    "NUL in a table": (lambda: {"f.csv": _TABLE.replace(b"two", b"a\0b")}, "NUL"),
    "NUL in a Parquet file": (lambda: _parquet({**_GOOD, "response": ["one", "a\0b"]}), "NUL"),
    "text that turns the direction": (
        lambda: {"f": rows({**RESPONSES, "question": "a\u202eb\u2066", "category": "\u200bc\u202e"})}, ACCEPTED,
    ),
    "a text of zero width": (lambda: {"f.csv": _TABLE.replace(b"two", "\u200b\u2060".encode())}, "empty"),
    "an id of a megabyte": (lambda: _ids("a", "i" * 1_000_000), "1,000,000 characters"),
    "an id of a megabyte in a table": (
        lambda: {"f.csv": _TABLE + b"i" * 1_000_000 + b",?,x\n"}, "1,000,000 characters",
    ),
    "ids that differ by case": (lambda: _ids("gpt", "GPT", "Gpt"), ACCEPTED),
    "ids that differ by composition": (lambda: _ids("é", "e\u0301", "ﬁ", "fi"), ACCEPTED),
    "ids that differ by what cannot be seen": (lambda: _ids("a", "a\u200b", "a\u00ad"), ACCEPTED),
    "mixed types": (
        lambda: _judged({**COMPARISON, "verdict": ["first"]}, {**COMPARISON, "first": {"a": 1}}), "verdict",
    ),
    "mixed types of ids": (lambda: _ids_of_numbers(), ACCEPTED),
    "probabilities that do not sum": (
        lambda: _judged({**COMPARISON, "probs": {"first": 0.9, "second": 0.9, "tie": 0.0}}), "sum to 1.8",
    ),
    "a negative probability": (lambda: _judged({**COMPARISON, "probs": {"first": -0.1, "second": 0.9}}), "-0.1"),
    "a probability above one": (lambda: _judged({**SCORE, "samples": None, "probs": {"5": 1.5}}), "1.5"),
    "a scale that changes half-way": (
        lambda: _judged(*[SCORE] * 3, *[{**SCORE, "samples": [90]}] * 3), "outside the scale",
    ),
    "a scale whose width is no number": (lambda: _judged({**SCORE, "scale": [-1e308, 1e308]}), "up to 1e+100"),
    "a gold score whose square is no number": (lambda: _gold(b"1e300"), "up to 1e+100"),
    "a label that only Python takes for a number": (
        lambda: _judged({**SCORE, "scale": [1, 100], "samples": None, "probs": {"1_0": 1.0}}), "is not a number",
    ),
    "two scales that are said": (
        lambda: _judged(SCORE, {**SCORE, "scale": [1, 100], "samples": [90]}, question="Two?"), ACCEPTED,
    ),
    "files that need each other": (lambda: _each_other(), ACCEPTED),
    "judgments about each other and about nothing": (
        lambda: {"a.jsonl": rows(COMPARISON), "b.jsonl": rows({**COMPARISON, "first": "b", "second": "a"})},
        "no responses",
    ),
    "a response that is the other one": (lambda: _judged({**COMPARISON, "second": "a"}), "the same as first"),
    "a pickle": (lambda: {"responses.jsonl": pickle.dumps(_Runs(), protocol=4)}, "pickle"),
    "a textual pickle": (lambda: {"f.csv": pickle.dumps(_Runs(), protocol=0)}, "not recognised"),
    "weights of a model": (lambda: {"f.jsonl": _zip_of({"archive/data.pkl": pickle.dumps(_Runs())})}, "no responses"),
    "a program of Linux": (lambda: {"f.csv": b"\x7fELF\x02\x01\x01" + bytes(99)}, "program"),
    "a program of Windows": (lambda: {"f.parquet": b"MZ\x90\0" + bytes(99)}, "program"),
    "a script": (lambda: {"responses.jsonl": b"#!/bin/sh\ntouch it-ran\n"}, "program"),
    "a web page": (lambda: {"responses.jsonl": b"<!DOCTYPE html>\n<script>alert(1)</script>\n"}, "web page"),
    "a pointer to Git LFS": (
        lambda: {"f.jsonl": b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9\n"}, "Git LFS",
    ),
    "a database": (lambda: {"f.jsonl": b"SQLite format 3\0" + bytes(99)}, "database"),
    "formulas and links of a workbook": (
        lambda: _sheet(
            _row(b"<c><f>WEBSERVICE(&quot;http://127.0.0.1:1/x&quot;)</f></c>"),
            _row(b"<c><f>[1]Sheet1!A1+cmd|' /C calc'!A0</f></c>"), links=b"<externalLink/>",
        ),
        ACCEPTED,
    ),
    "formulas of a text table": (lambda: {"f.csv": _TABLE.replace(b"two", b"\"=cmd|' /C calc'!A0\"")}, ACCEPTED),
    "rows of a workbook that are there twice": (
        lambda: _workbook(b"<row r='1'><c><v>1</v></c></row><row r='1'><c><v>2</v></c></row></sheetData></worksheet>"),
        "not in order",
    ),
    "cells of a workbook that are there twice": (
        lambda: _workbook(b"<row><c r='B1'><v>1</v></c><c r='A1'><v>2</v></c></row></sheetData></worksheet>"),
        "not in order",
    ),
    "an attribute of a workbook without end": (
        lambda: _workbook(b"<row a='" + os.urandom(1 << 20).hex().encode() + b"'></row></sheetData></worksheet>"),
        "1,048,576 bytes",
    ),
    "entities of a workbook": (
        lambda: _workbook(b"<row><c><v>&b;</v></c></row>", b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>'),
        "damaged",
    ),
    "a Parquet file that lies about its footer": (lambda: _parquet(_GOOD, _long_footer), "damaged"),
    "a Parquet file whose footer is noise": (lambda: _parquet(_GOOD, _mad_footer), "damaged"),
    "a Parquet file of nothing": (lambda: {"f.parquet": b"PAR1PAR1"}, "damaged"),
    "UTF-16 that does not say so": (lambda: {"f": rows(RESPONSES).decode().encode("utf-16-be")}, "UTF-16"),
    "UTF-32 that does not say so": (lambda: {"f": rows(RESPONSES).decode().encode("utf-32-le")}, "UTF-32"),
    "UTF-32": (lambda: {"f": rows(RESPONSES).decode().encode("utf-32")}, "UTF-32"),
    "two byte order marks": (lambda: {"f": b"\xef\xbb\xbf" * 2 + rows(RESPONSES)}, "two byte order marks"),
    "UTF-16": (lambda: {"f": rows(RESPONSES).decode().encode("utf-16")}, "UTF-16"),
    "nothing": (lambda: {"responses.jsonl": b""}, "no responses"),
    "a name of 100,000 characters": (
        lambda: {"n" * 100_000 + "\u202e.jsonl": rows({**RESPONSES, "question": "Long?"})}, ACCEPTED,
    ),
}  # fmt: skip
"""What it is -> files, and words of the refusal; `ACCEPTED` for what is a set like any other."""


def _ids_of_numbers() -> Files:
    given = [{"response_id": name, "text": f"text {n}"} for n, name in enumerate((1, "one", 2.0, 10**18))]
    return {"f": rows({**RESPONSES, "question_id": 7, "responses": given})}


def _each_other() -> Files:
    """Each table holds texts of one response and says who won against the other, whose text only the other has."""
    head = b"question_id,question,first,first_text,second,second_text,verdict,judge\n"
    return {
        "a.csv": head + b"q,?,x,text x,y,text y,first,j\n",
        "b.csv": head + b"q,?,y,text y,x,text x,second,j\n",
        "judged.jsonl": rows({"question_id": "q", "first": "y", "second": "x", "judge": "k", "verdict": "tie"}),
    }
