"""The figures in MODEL_CARD.md, between its markers."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from trustjudge_core.bootstrap import Ratio
from trustjudge_core.judge.bundled.evaluation import Figures

CARD: Final = Path(__file__).parent / "MODEL_CARD.md"
BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"

JUDGING: Final = (
    "held out",
    "responses",
    "Spearman",
    "Spearman of length",
    "pairs two grades apart",
    "told right",
    "in a single order",
    "by the longer text",
    "all pairs told right",
    "by the commonest answer",
)
CONTRADICTIONS: Final = (
    "held out",
    "order matters",
    "favours the first",
    "favours the second",
    "CR, emitted score",
    "CR, expected score",
    "NTR_3, agreeing verdicts",
    "NTR_3, averaged",
)


def judging_row(name: str, found: Figures) -> list[str]:
    """How well one set was judged."""
    return [
        name,
        f"{found.responses:,}",
        f"{found.spearman:.2f}",
        f"{found.length_spearman:.2f}",
        f"{found.far_pairs:,}",
        *(f"{share:.1%}" for share in (found.far, found.far_single, found.far_by_length)),
        *(f"{share:.1%}" for share in (found.near, found.near_by_chance)),
    ]


def contradictions_row(name: str, found: Figures) -> list[str]:
    """How the judge contradicted itself on one set."""
    position, pairs = found.audit.position, found.audit.position.pairs
    conflicts = {scores.method: scores.ratio for scores in found.audit.score_comparison}
    intransitive = {counted.aggregation: counted.ratio for counted in found.audit.transitivity if counted.k == 3}
    return [
        name,
        f"{1 - position.consistent.value:.1%} of {pairs:,} pairs",
        f"{position.first_favouring.value:.1%}",
        f"{position.second_favouring.value:.1%}",
        *(_with_interval(conflicts[method]) for method in ("baseline", "expectation")),
        *(_with_interval(intransitive[aggregation]) for aggregation in ("baseline", "likelihood")),
    ]


def _with_interval(ratio: Ratio) -> str:
    return f"{ratio.value:.1%} ({ratio.low:.1%} to {ratio.high:.1%})"


def tables(rows: dict[str, Figures]) -> str:
    """Two Markdown tables of several sets: how well they were judged, and the contradictions."""
    judged = [judging_row(name, found) for name, found in rows.items()]
    contradicted = [contradictions_row(name, found) for name, found in rows.items()]
    return f"{_table(JUDGING, judged)}\n\n{_table(CONTRADICTIONS, contradicted)}"


def _table(head: tuple[str, ...], rows: list[list[str]]) -> str:
    return "\n".join("| " + " | ".join(cells) + " |" for cells in (head, ["---"] * len(head), *rows))


def training_in_words(record: dict[str, Any]) -> str:
    """What one training took, from the record kept beside the weights."""
    return (
        f"Trained in {record['seconds'] / 60:.0f} minutes ({record['cpu_seconds'] / 60:.0f} minutes of processor time) "
        f"with {record['threads']} threads: {record['recipe']['steps']:,} batches, {record['examples']:,} examples, "
        f"{record['tokens']:,} tokens; {record['parameters']:,} parameters; seed {record['recipe']['seed']}; "
        f"torch {record['torch']}, {record['processor']}."
    )


def write_figures(text: str, card: Path = CARD) -> None:
    """Put a text between the card's markers; the rest stays as a person wrote it."""
    before, _, rest = card.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    card.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{after}", encoding="utf-8")
