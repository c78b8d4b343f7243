"""Column mappings: what a person once said about tables with such columns, kept by name to be used again."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, select

from db import bulk
from db.tables import column_mappings


@dataclass(frozen=True, slots=True)
class StoredMapping:
    """A mapping with the columns it was made for. ``choice`` holds the fields of a table's choice."""

    mapping_id: int
    name: str
    columns: tuple[str, ...]
    choice: dict[str, Any]
    saved_at: datetime


def header_hash(columns: Collection[str]) -> str:
    """By which tables with the same columns are recognised, whatever their order."""
    return sha256(json.dumps(sorted(columns)).encode()).hexdigest()


def save(connection: Connection, name: str, columns: Collection[str], choice: dict[str, Any]) -> int:
    """Keep a mapping under a name; one of the same name for the same columns is replaced. Returns its row."""
    key = header_hash(columns)
    same = (column_mappings.c.header_hash == key) & (column_mappings.c.name == name)
    there = connection.scalar(select(column_mappings.c.id).where(same))
    now = datetime.now(UTC)
    if there is None:
        return bulk.insert_one(
            connection, column_mappings, name=name, header_hash=key, columns=list(columns), choice=choice, saved_at=now
        )
    connection.execute(column_mappings.update().where(same).values(columns=list(columns), choice=choice, saved_at=now))
    return int(there)


def read(connection: Connection, columns: Collection[str] | None = None) -> list[StoredMapping]:
    """All mappings, or those made for these columns; the newest first."""
    c = column_mappings.c
    query = select(c.id, c.name, c.columns, c.choice, c.saved_at).order_by(c.saved_at.desc(), c.id.desc())
    if columns is not None:
        query = query.where(c.header_hash == header_hash(columns))
    return [
        StoredMapping(row.id, row.name, tuple(row.columns), dict(row.choice), row.saved_at)
        for row in connection.execute(query)
    ]


def forget(connection: Connection, mapping_id: int) -> bool:
    """Delete a mapping. Returns whether it was there."""
    return connection.execute(column_mappings.delete().where(column_mappings.c.id == mapping_id)).rowcount > 0
