"""A mapping is kept by name, and offered for tables with the same columns."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from trustjudge_core.errors import NotFound, UsageError
from trustjudge_core.formats.table_cells import TableChoice
from trustjudge_core.services.keep_mappings import forget_mapping, list_mappings, save_mapping

CHOICE = TableChoice(holds="comparisons", mapping={"first": "l", "second": "r", "verdict": "w"}, verdicts={"0": "tie"})


def test_a_kept_mapping_is_offered_for_the_same_columns_in_any_order(engine: Engine) -> None:
    save_mapping(engine, " food ", ["l", "r", "w"], CHOICE)
    (kept,) = list_mappings(engine, ["w", "r", "l"])
    assert (kept.name, kept.columns, kept.choice) == ("food", ("l", "r", "w"), CHOICE)
    assert list_mappings(engine, ["l", "r"]) == []
    assert len(list_mappings(engine)) == 1


def test_a_mapping_of_the_same_name_is_replaced_for_the_same_columns_only(engine: Engine) -> None:
    one = save_mapping(engine, "food", ["l", "r", "w"], CHOICE)
    again = save_mapping(engine, "food", ["l", "r", "w"], TableChoice(holds="comparisons", delimiter=";"))
    other = save_mapping(engine, "food", ["l", "r", "w", "x"], CHOICE)
    assert (one == again, other == one) == (True, False)
    assert list_mappings(engine, ["l", "r", "w"])[0].choice.delimiter == ";"


def test_a_mapping_can_be_forgotten(engine: Engine) -> None:
    forget_mapping(engine, save_mapping(engine, "food", ["l", "r", "w"], CHOICE))
    assert list_mappings(engine) == []
    with pytest.raises(NotFound, match="allowed"):
        forget_mapping(engine, 1)


@pytest.mark.parametrize(
    ("name", "columns", "choice"),
    [
        (" ", ["l"], TableChoice()),
        ("n", [], TableChoice()),
        ("n", ["l"], CHOICE),
        ("n", ["l"], TableChoice(holds="cats")),
    ],
)
def test_what_cannot_be_used_is_not_kept(engine: Engine, name: str, columns: list[str], choice: TableChoice) -> None:
    with pytest.raises(UsageError, match="allowed"):
        save_mapping(engine, name, columns, choice)
