"""The model card: its generated part is written between the markers and nowhere else."""

from __future__ import annotations

import json
from pathlib import Path

from trustjudge_core.judge.bundled import WEIGHTS
from trustjudge_core.judge.bundled.model_card import BEGIN, CARD, END, training_in_words, write_figures


def test_figures_replace_what_stood_between_the_markers(tmp_path: Path) -> None:
    card = tmp_path / "card.md"
    card.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n", encoding="utf-8")
    for text in ("one", "two"):
        write_figures(text, card)
    assert card.read_text(encoding="utf-8") == f"before\n{BEGIN}\n\ntwo\n\n{END}\nafter\n"


def test_the_card_tells_of_the_weights_that_ship() -> None:
    record = json.loads((WEIGHTS / "training.json").read_text(encoding="utf-8"))
    card = CARD.read_text(encoding="utf-8")
    assert training_in_words(record) in card
    assert "unseen wordings" in card.lower() or "wordings and compositions never trained on" in card.lower()
