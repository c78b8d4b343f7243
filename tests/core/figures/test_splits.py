"""What the conflicts of each method are made of."""

from __future__ import annotations

import math

import pytest

from trustjudge_core.bootstrap import Ratio
from trustjudge_core.figures.splits import Split, split_bars
from trustjudge_core.figures.theme import dark, light

NAN = math.nan


def split(name: str, reversals: int, scores: int, comparisons: int, of: int = 100) -> Split:
    total, share = reversals + scores + comparisons, (reversals + scores + comparisons) / max(of, 1)
    parts = (Ratio(reversals, of, 0.0, 0.3), Ratio(scores, of, NAN, NAN), Ratio(comparisons, of, NAN, NAN))
    return Split(name, Ratio(total, of, share - 0.1, share + 0.05), parts)


def test_parts_stack_to_the_conflict_ratio_and_intervals_stand_at_their_ends() -> None:
    figure = split_bars([split("one", 10, 5, 15), split("two", 20, 0, 30)], light())
    reversals, scores, comparisons, first, whole = figure.data
    assert figure.layout.barmode == "stack"
    assert [list(t.x) for t in (reversals, scores, comparisons)] == [[0.1, 0.2], [0.05, 0.0], [0.15, 0.3]]
    assert list(first.x) == [0.1, 0.2]
    assert list(whole.x) == [0.3, 0.5]
    assert whole.error_x.array == pytest.approx([0.05, 0.05]) and whole.error_x.arrayminus == pytest.approx([0.1, 0.1])
    assert len({t.marker.pattern.shape for t in (reversals, scores, comparisons)}) == 3, "colour alone carries nothing"


def test_each_part_carries_its_method_and_itself_where_a_method_is_left_out() -> None:
    figure = split_bars([split("none", 0, 0, 0, of=0), split("two", 20, 0, 30)], light())
    assert [t.customdata[0][0] for t in figure.data[:3]] == [3, 4, 5]
    assert list(figure.layout.yaxis.ticktext) == ["two"]


def test_names_are_text_and_nothing_to_draw_says_so() -> None:
    figure = split_bars([split("<img src=x>", 1, 1, 1)], dark())
    assert "<img" not in figure.layout.yaxis.ticktext[0] + figure.data[0].hovertext[0]
    assert "Not enough data" in split_bars([], dark()).layout.annotations[0].text
