"""Bytes -> records: one reader for each foreign format, one registry that recognises them by content."""

from __future__ import annotations

from trustjudge_core.formats.reading import ReadFiles, Recognised, read_files
from trustjudge_core.formats.sources import UploadedFile

__all__ = ["ReadFiles", "Recognised", "UploadedFile", "read_files"]
