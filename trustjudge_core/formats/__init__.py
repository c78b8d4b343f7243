"""Bytes -> records: one reader for each foreign format, one registry that recognises them by content."""

from __future__ import annotations

from trustjudge_core.formats.kept_bytes import KeptBytes
from trustjudge_core.formats.reading import LeftOut, Progress, ReadFiles, Recognised, read_files, stage_files
from trustjudge_core.formats.sources import UploadedFile
from trustjudge_core.formats.staged import Staged

__all__ = [
    "KeptBytes",
    "LeftOut",
    "Progress",
    "ReadFiles",
    "Recognised",
    "Staged",
    "UploadedFile",
    "read_files",
    "stage_files",
]
