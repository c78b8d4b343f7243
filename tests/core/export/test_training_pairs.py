"""Training pairs against hand-made runs: what is decided, and what sits on a contradiction."""

from __future__ import annotations

from tests.core.small_runs import both_orders, run_of
from trustjudge_core.evidence import Evidence
from trustjudge_core.export.training_pairs import training_pairs
from trustjudge_core.records import Question, Response, ResponseSet

TEXTS = ResponseSet((Question("q", "Which?", tuple(Response(r, f"text {r}") for r in "abcd")),))


def evidence_of(*said: tuple[str, str, str]) -> Evidence:
    run = run_of({"q": "abcd"}, pairs=[p for one, other, v in said for p in both_orders(one, other, v)])  # type: ignore[arg-type]
    return Evidence(run, "corrected")


def chosen(evidence: Evidence, **options: bool) -> list[tuple[object, object]]:
    return [(row["chosen"], row["rejected"]) for row in training_pairs(evidence, TEXTS, "baseline", 0.0, **options)]


def test_every_decided_pair_is_a_row_and_ties_are_none() -> None:
    evidence = evidence_of(("a", "b", "first"), ("a", "c", "second"), ("b", "c", "tie"))
    # a>b, c>a, b=c is a broken chain; nothing of it is left without asking for it.
    assert chosen(evidence) == []
    assert chosen(evidence, contradictions=True) == [("text a", "text b"), ("text c", "text a")]


# a>b>c>a is a cycle; d loses to a only, and d's other pairs were never compared.
def test_pairs_on_a_cycle_are_left_out_and_the_others_stay() -> None:
    evidence = evidence_of(("a", "b", "first"), ("b", "c", "first"), ("a", "c", "second"), ("a", "d", "first"))
    assert chosen(evidence) == [("text a", "text d")]
    assert len(chosen(evidence, contradictions=True)) == 4


def test_a_row_holds_what_trl_reads_and_where_it_comes_from() -> None:
    (row,) = training_pairs(evidence_of(("a", "b", "second")), TEXTS, "baseline", 0.0)
    assert list(row) == ["prompt", "chosen", "rejected", "margin", "source"]
    assert (row["prompt"], row["chosen"], row["rejected"], row["margin"]) == ("Which?", "text b", "text a", 1.0)
    assert "q: b > a" in str(row["source"])


def test_pairs_without_texts_cannot_train_anybody() -> None:
    silent = ResponseSet((Question("q", None, TEXTS.questions[0].responses),))
    assert list(training_pairs(evidence_of(("a", "b", "first")), silent, "baseline", 0.0)) == []
