"""Texts of files inside Markdown stay what they are, and numbers are written as people write them."""

from __future__ import annotations

import re
from math import nan
from pathlib import Path

import pytest

from pages._words import basis_text, estimate_text, interval_text, percent, plain, ratio_text
from trustjudge_core.bootstrap import Estimate, Ratio


def _shown(text: str) -> str:
    """What a screen shows of Markdown without marks: escapes and word joiners are not seen."""
    return text.replace("\\", "").replace("\u2060", "")


@pytest.mark.parametrize("text", ["**bold**", "a_b", "# no heading", "[a](b)", "$x$", "<b>", ":red[x]", "a - b", "1.5"])
def test_every_mark_is_escaped_and_still_there(text: str) -> None:
    assert _shown(plain(text)) == text
    assert "**" not in plain(text)
    assert "](" not in plain(text)


@pytest.mark.parametrize(
    ("text", "found_again"),
    [
        ("http://a.invalid", "http://"),
        ("HTTPS://a.invalid", "HTTPS://"),
        ("www.a.invalid", "www."),
        ("me@a.invalid", "@a"),
        (":tada:", ":tada"),
        (":+1:", ":+1"),
        (":material_home:", ":material"),
        (":streamlit:", ":streamlit"),
        ("a -> b <-> c", "->"),
        ("a -- b", "--"),
        ("a >= b", ">="),
    ],
)
def test_what_is_looked_for_after_the_escapes_is_kept_apart(text: str, found_again: str) -> None:
    assert found_again not in plain(text).replace("\\", "")
    assert _shown(plain(text)) == text


@pytest.mark.parametrize("text", ["\t=1+1", "    four", "a\n\n\tb", "\v\f    c"])
def test_no_space_at_a_beginning_makes_a_block_of_code(text: str) -> None:
    assert "\t" not in plain(text)
    assert "  " not in plain(text)
    assert _shown(plain(text)).split() == text.split()


def test_lines_become_one() -> None:
    assert plain("one\ntwo") == "one two"
    assert plain(None) == ""


@pytest.mark.parametrize(
    ("share", "said"),
    [
        (0.0, "0.0 %"), (16 / 55_360, "< 0.1 %"), (0.0005, "0.1 %"), (0.241, "24.1 %"), (0.9996, "> 99.9 %"),
        (1.0, "100.0 %"), (-0.02, "-2.0 %"), (float("nan"), "–"),
    ],
)  # fmt: skip
def test_a_share_is_only_nothing_or_all_when_it_is(share: float, said: str) -> None:
    assert percent(share) == said


def test_a_share_written_large_is_not_repeated_below() -> None:
    ratio = Ratio(1175, 4883, 0.213, 0.27)
    assert ratio_text(ratio, "triples") == "24.1 % · 1,175 of 4,883 triples · 21.3 to 27.0"
    assert basis_text(ratio, "triples") == "1,175 of 4,883 triples · 95 % interval 21.3 to 27.0"
    assert basis_text(Ratio(1, 2, float("nan"), float("nan")), "pairs") == "1 of 2 pairs"


def test_a_number_that_rounds_to_nothing_has_no_sign() -> None:
    """-0.004 and a bar that ends there read 0.00: a minus before nothing looks like a slip."""
    assert estimate_text(Estimate(-0.004, -0.0049, 0.01, nan, nan, nan, 9)) == "0.00 · 0.00 to 0.01"
    assert percent(-0.0001) == "0.0 %"
    assert interval_text(-0.0003, 0.0) == "0.0 to 0.0"


@pytest.mark.parametrize("folder", ["pages", "trustjudge_core/figures", "trustjudge_core/export"])
def test_every_number_with_decimals_is_written_without_a_signed_zero(folder: str) -> None:
    """The `z` of a format leaves the minus away where only zeros follow. `%{` opens a format of plotly."""
    root = Path(__file__).parents[2]
    for file in sorted((root / folder).rglob("*.py")):
        for line in file.read_text(encoding="utf-8").splitlines():
            signed = re.findall(r"(?<!%\{\{x)(?<!%\{\{y):\+?\.(?:\d|\{\w+\})f\}", line)
            assert not signed or "rgba(" in line, f"{file.name}: {line.strip()}"
