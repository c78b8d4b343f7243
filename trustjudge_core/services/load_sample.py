"""The sample audit, so that a first look shows something."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from sqlalchemy import Engine

from db import response_sets
from db.engine import reading
from trustjudge_core.formats import read_files
from trustjudge_core.services.import_bundle import ImportOutcome, import_bundle

SAMPLE: Final = Path(__file__).parent.parent / "sample"
SAMPLE_NAME: Final = "Sample"


def load_sample(engine: Engine) -> ImportOutcome | None:
    """Import the sample into a database that holds no response set; None when it holds any.

    Two processes that start at once load it once: the second recognises what the first stored.
    """
    with reading(engine) as connection:
        if response_sets.count(connection):
            return None
    sample = read_files(sorted(SAMPLE.glob("*.jsonl")))
    return import_bundle(engine, sample.bundle, SAMPLE_NAME, is_sample=True)
