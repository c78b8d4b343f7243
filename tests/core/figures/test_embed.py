from __future__ import annotations

import plotly.graph_objects as go
import plotly.io as pio
import pytest

from trustjudge_core.figures.embed import figure_json
from trustjudge_core.figures.overview import split_bar
from trustjudge_core.figures.theme import light


def test_a_figure_is_the_same_text_whatever_template_its_process_has_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """Streamlit sets its own template when it draws; packs made in the app would not verify on the command line."""

    def made() -> str:
        return figure_json(split_bar([("agree", 3, light().agrees, "")], 3, light()))

    usual = made()
    monkeypatch.setattr(pio.templates, "default", "ggplot2")
    assert made() == usual


def test_nothing_in_a_figure_ends_the_script_it_stands_in() -> None:
    held = figure_json(go.Figure(go.Scatter(x=[1.0, float("nan")], name="</script><script>alert(1)</script>&")))
    assert not any(character in held for character in "<>&")
    assert "null" in held
