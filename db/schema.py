"""What all tables share: their metadata, how constraints are named, and the types of rows, hashes and moments."""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, DateTime, Integer, MetaData, String

NAMING: Final = {
    "pk": "pk_%(table_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
}
"""Names that migrations can address; SQLite's batch mode cannot drop what has no name."""

metadata = MetaData(naming_convention=NAMING)

# SQLite numbers rows by itself only when the type is spelled INTEGER.
ROW = BigInteger().with_variant(Integer, "sqlite")
SHA256 = String(64)  # hexadecimal
MOMENT = DateTime(timezone=True)
