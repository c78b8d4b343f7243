"""The fuzzer: a program that takes libFuzzer's options and tries input after input on everything that reads files.

`python -m tests.fuzz` starts it with seeds, limits and a summary; alone it is for repeating an input that failed:
`python -m tests.fuzz.reading crash-1234`.
"""

from __future__ import annotations

import sys
from random import Random

import atheris

with atheris.instrument_imports(include=["trustjudge_core.formats", "trustjudge_core.export"]):
    import trustjudge_core.export.native_bundle
    import trustjudge_core.formats
    import trustjudge_core.services.check_files  # noqa: F401

from tests.fuzz.inputs import read_input
from tests.fuzz.mutations import crossed, mutated
from tests.fuzz.promises import keep_promises

PARQUET = b"PAR1"
"""Parquet files and workbooks are read by another process, which is tried by `tests.fuzz.tables`."""


def try_input(data: bytes) -> int:
    """Read one input; what leaves this function is a crash. -1 keeps it out of the corpus."""
    given = read_input(data)
    if any(content.startswith(PARQUET) for _, content in given.files):
        return -1
    keep_promises(given)
    return 0


def change(data: bytes, most: int, seed: int) -> bytes:
    """What the fuzzer tries next: the input with changes that it can repeat from the seed."""
    rng = Random(seed)
    if rng.random() < 0.05:
        changed: bytes = atheris.Mutate(data, most)
        return changed
    given = read_input(data)
    return mutated(given, rng, lambda content: atheris.Mutate(content, max(len(content) + 64, 64))).written()[:most]


def cross(one: bytes, other: bytes, most: int, seed: int) -> bytes:
    """Two inputs mixed."""
    return crossed(read_input(one), read_input(other), Random(seed)).written()[:most]


if __name__ == "__main__":
    atheris.Setup(sys.argv, try_input, custom_mutator=change, custom_crossover=cross)
    atheris.Fuzz()
