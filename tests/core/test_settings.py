"""Settings refuse what no audit can be made under, and say what is allowed."""

from __future__ import annotations

from typing import Any

import pytest

from trustjudge_core.errors import UsageError
from trustjudge_core.settings import AGGREGATIONS, METHODS, MODE_IN_WORDS, MODES, AuditSettings


def test_defaults_are_corrected_mode_at_tolerance_zero_for_three_four_five() -> None:
    settings = AuditSettings()
    assert (settings.mode, settings.tolerances, settings.ks) == ("corrected", (0.0,), (3, 4, 5))


def test_names_are_those_of_the_documentation() -> None:
    assert MODES == ("corrected", "paper", "reference")
    assert METHODS == ("baseline", "geval", "softmax_weighted", "expectation")
    assert AGGREGATIONS == ("baseline", "ppl", "likelihood")
    assert set(MODE_IN_WORDS) == set(MODES)


@pytest.mark.parametrize(
    ("wrong", "allowed"),
    [
        ({"mode": "exact"}, "corrected, paper, reference"),
        ({"tolerances": ()}, "numbers >= 0"),
        ({"tolerances": (0.1, -0.1)}, "numbers >= 0"),
        ({"tolerances": (float("nan"),)}, "numbers >= 0"),
        ({"tolerances": (float("inf"),)}, "numbers >= 0"),
        ({"ks": ()}, "whole numbers >= 3"),
        ({"ks": (3, 2)}, "whole numbers >= 3"),
    ],
)
def test_impossible_settings_are_refused_with_what_is_allowed(wrong: dict[str, Any], allowed: str) -> None:
    with pytest.raises(UsageError, match=allowed):
        AuditSettings(**wrong)
