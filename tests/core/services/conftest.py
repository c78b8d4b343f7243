"""Databases for the tests of this folder."""

from __future__ import annotations

from tests.databases import database_url, engine

__all__ = ["database_url", "engine"]
