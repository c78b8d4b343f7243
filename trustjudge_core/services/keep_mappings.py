"""Keep what a person said about the columns of a table, and offer it again for tables with the same columns."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass, fields

from sqlalchemy import Engine

from db import column_mappings
from db.engine import reading, writing
from trustjudge_core.errors import NotFound, UsageError
from trustjudge_core.formats.table_cells import TableChoice
from trustjudge_core.formats.table_columns import check_mapping
from trustjudge_core.formats.text_layout import check_declared


@dataclass(frozen=True)
class KeptMapping:
    """A kept mapping: its name, the columns it was made for, and what was said about them."""

    mapping_id: int
    name: str
    columns: tuple[str, ...]
    choice: TableChoice


def save_mapping(engine: Engine, name: str, columns: Collection[str], choice: TableChoice) -> int:
    """Keep a mapping; one of the same name for the same columns is replaced. Returns its id.

    Raises UsageError for an empty name, no columns or a mapping to a column that is not there.
    """
    check_mapping(choice.mapping, choice.holds)
    check_declared(choice.encoding, choice.delimiter)
    missing = [theirs for theirs in choice.mapping.values() if theirs not in columns]
    if not name.strip() or not columns or missing:
        found = f"column {missing[0]!r} is not in the table" if missing else "the mapping has no name or no columns"
        raise UsageError(f"{found}; allowed: a name, and columns of the table; correct it")
    with writing(engine) as connection:
        return column_mappings.save(connection, name.strip(), columns, asdict(choice))


def list_mappings(engine: Engine, columns: Collection[str] | None = None) -> list[KeptMapping]:
    """Kept mappings, the newest first: all, or those that were made for a table with these columns."""
    known = {field.name for field in fields(TableChoice)}
    with reading(engine) as connection:
        return [
            KeptMapping(
                kept.mapping_id,
                kept.name,
                kept.columns,
                TableChoice(**{key: value for key, value in kept.choice.items() if key in known}),
            )
            for kept in column_mappings.read(connection, columns)
        ]


def forget_mapping(engine: Engine, mapping_id: int) -> None:
    """Delete a kept mapping. Raises NotFound."""
    with writing(engine) as connection:
        if not column_mappings.forget(connection, mapping_id):
            raise NotFound(f"mapping {mapping_id} is not kept; allowed: the mappings in the list; choose one of them")
