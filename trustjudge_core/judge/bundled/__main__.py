"""`make train-judge`: train the judge in the box, write its weights and the figures of its model card."""

from __future__ import annotations

import argparse
import json
import sys
import time
from dataclasses import replace
from pathlib import Path

import torch

from trustjudge_core.judge.bundled import WEIGHTS
from trustjudge_core.judge.bundled.demonstration_set import demonstration_set
from trustjudge_core.judge.bundled.evaluation import Figures, figures, judge_set
from trustjudge_core.judge.bundled.families import FAMILIES
from trustjudge_core.judge.bundled.model_card import tables, training_in_words, write_figures
from trustjudge_core.judge.bundled.tasks import Split
from trustjudge_core.judge.bundled.training import Recipe, save, train
from trustjudge_core.judge.contract import Judge
from trustjudge_core.judge.loading import load_judge

THREADS = 2
QUESTIONS, RESPONSES, SEED = 40, 6, 1
"""Of the held-out set of every family."""


def main() -> int:
    """Train, save, evaluate; ``--evaluate`` leaves the weights as they are."""
    parser = argparse.ArgumentParser(prog="python -m trustjudge_core.judge.bundled", description=__doc__)
    parser.add_argument("--evaluate", action="store_true", help="only measure the weights and write the model card")
    parser.add_argument("--steps", type=int, default=Recipe().steps, help="batches to train on (default %(default)s)")
    parser.add_argument("--out", type=Path, default=WEIGHTS, help="folder of the weights (default: where they ship)")
    options = parser.parse_args()
    torch.set_num_threads(THREADS)
    if not options.evaluate:
        recipe = replace(Recipe(), steps=options.steps)
        save(*train(recipe, say), options.out)
    judge = load_judge("bundled" if options.out == WEIGHTS else f"local:{options.out}", device="cpu", dtype="float32")
    record = json.loads((options.out / "training.json").read_text(encoding="utf-8"))
    card = "\n\n".join([training_in_words(record), *(measured(judge, split) for split in HEADINGS)])
    if options.out == WEIGHTS:
        write_figures(card)
    say(card)
    return 0


HEADINGS: dict[Split, str] = {
    "unseen questions": "Questions never trained on, in wordings that were",
    "unseen styles": "Wordings and compositions never trained on",
}


def measured(judge: Judge, split: Split) -> str:
    """The figures of one split: everything on both scales, then family by family on 1-5."""
    whole = demonstration_set(QUESTIONS * len(FAMILIES), RESPONSES, SEED, split=split)
    rows: dict[str, Figures] = {
        "everything, 1-5": figures(judge_set(judge, whole)),
        "everything, 1-100": figures(judge_set(judge, whole, (1, 100))),
    }
    for family in FAMILIES:
        rows[family] = figures(
            judge_set(judge, demonstration_set(QUESTIONS, RESPONSES, SEED, split=split, families=(family,)))
        )
    return f"### {HEADINGS[split]}\n\n{tables(rows)}"


def say(line: str) -> None:
    """One line with the time of day."""
    print(time.strftime("%H:%M:%S"), line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
