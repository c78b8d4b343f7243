"""The model card: its generated part is written between the markers and nowhere else."""

from __future__ import annotations

from pathlib import Path

from trustjudge_core.judge.bundled.model_card import BEGIN, END, write_figures


def test_figures_replace_what_stood_between_the_markers(tmp_path: Path) -> None:
    card = tmp_path / "card.md"
    card.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n", encoding="utf-8")
    for text in ("one", "two"):
        write_figures(text, card)
    assert card.read_text(encoding="utf-8") == f"before\n{BEGIN}\n\ntwo\n\n{END}\nafter\n"
