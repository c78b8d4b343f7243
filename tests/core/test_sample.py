"""The sample shows what its README promises.

Everything is recomputed here by brute force from the rows of the files and the
definitions, at tolerance 0, without the code that the app computes with.
"""

from __future__ import annotations

import json
import re
from itertools import combinations, permutations
from pathlib import Path
from typing import Any

import pytest

from trustjudge_core.formats import read_files

Relation = dict[tuple[str, str, str], int]
"""(question, i, j) -> 1 i wins, -1 j wins, 0 tie, for every pair known in both orders, both ways round."""

SAMPLE = Path(__file__).resolve().parents[2] / "trustjudge_core" / "sample"
AGGREGATIONS = ("verdicts", "probabilities")
BY_SHOWN = {"first": 1, "second": -1, "tie": 0}


def rows(part: str) -> list[dict[str, Any]]:
    """All rows of one file of the sample."""
    return [json.loads(line) for line in (SAMPLE / f"{part}.jsonl").read_text(encoding="utf-8").splitlines()]


def shown() -> dict[tuple[str, str, str], dict[str, Any]]:
    """Usable comparisons by (question, first, second)."""
    return {(r["question_id"], r["first"], r["second"]): r for r in rows("comparisons") if r["verdict"] is not None}


def relations(aggregation: str) -> Relation:
    """Relations of all pairs by the agreement of verdicts or by the average of both orders."""
    found, by_order = {}, shown()
    for (question, i, j), one in by_order.items():
        other = by_order.get((question, j, i))
        if other is None:
            continue
        if aggregation == "verdicts":
            said, turned = BY_SHOWN[one["verdict"]], -BY_SHOWN[other["verdict"]]
            found[question, i, j] = said if said == turned else 0
        else:
            p, q = one["probs"], other["probs"]
            one_mass, other_mass = sum(p.values()), sum(q.values())
            i_wins = p["first"] / one_mass + q["second"] / other_mass
            j_wins = p["second"] / one_mass + q["first"] / other_mass
            tie = p["tie"] / one_mass + q["tie"] / other_mass
            found[question, i, j] = 0 if tie >= max(i_wins, j_wins) else (1 if i_wins > j_wins else -1)
    return found


def inconsistent_triples(relation: Relation) -> tuple[int, dict[tuple[str, frozenset[str]], str]]:
    """How many triples are known, and the kind of each that no weak order explains."""
    known, kinds = 0, {}
    for row in rows("responses"):
        question = row["question_id"]
        for triple in combinations([r["response_id"] for r in row["responses"]], 3):
            if any((question, *pair) not in relation for pair in combinations(triple, 2)):
                continue
            known += 1
            for a, b, c in permutations(triple):
                ab, bc, ac = relation[question, a, b], relation[question, b, c], relation[question, a, c]
                kind = {
                    (1, 1, -1): "strict cycle",
                    (1, 1, 0): "broken chain",
                    (0, 0, 1): "contradicted tie",
                }.get((ab, bc, ac))
                if kind:
                    kinds[question, frozenset(triple)] = kind
    return known, kinds


def expected_scores() -> dict[tuple[str, str], float]:
    """Expectation over the renormalised label probabilities of every response with a usable score."""
    return {
        (r["question_id"], r["response_id"]): sum(int(label) * p for label, p in r["probs"].items())
        / sum(r["probs"].values())
        for r in rows("scores")
        if "probs" in r
    }


def reversals(relation: Relation) -> set[tuple[str, str, str]]:
    """(question, i, j) in which i has the higher expected score and j wins the comparison."""
    score = expected_scores()
    return {
        (q, i, j)
        for (q, i, j), r in relation.items()
        if r == -1 and (q, i) in score and (q, j) in score and score[q, i] > score[q, j]
    }


def test_sample_has_graded_responses_to_questions_of_several_categories() -> None:
    questions = rows("responses")
    assert len(questions) >= 12
    assert len({q["category"] for q in questions}) >= 4
    assert all(5 <= len(q["responses"]) <= 6 for q in questions)
    means: dict[str, list[float]] = {}
    for (_, system), score in expected_scores().items():
        means.setdefault(system, []).append(score)
    assert sum(means["alder-large"]) / len(means["alder-large"]) > 4
    assert sum(means["fern-tiny"]) / len(means["fern-tiny"]) < 2


def test_sample_is_one_judges_every_response_and_every_pair_in_both_orders() -> None:
    responses = {(q["question_id"], r["response_id"]) for q in rows("responses") for r in q["responses"]}
    assert {(s["question_id"], s["response_id"]) for s in rows("scores")} == responses
    ordered = [(c["question_id"], c["first"], c["second"]) for c in rows("comparisons")]
    assert len(ordered) == len(set(ordered))
    assert set(ordered) == {(q, i, j) for q, i in responses for other, j in responses if q == other and i != j}
    assert {r["judge"] for r in (*rows("scores"), *rows("comparisons"))} == {"sample-judge"}


def test_sample_probabilities_are_valid_and_a_few_leak() -> None:
    tables = [r["probs"] for r in (*rows("scores"), *rows("comparisons")) if r.get("probs")]
    assert all(0 <= p <= 1 for table in tables for p in table.values())
    masses = [sum(table.values()) for table in tables]
    assert max(masses) <= 1 + 1e-9
    assert 1 <= sum(mass < 0.9 for mass in masses) <= 10
    assert all(r["emitted"] == int(r["text"][-2]) for r in rows("scores") if "emitted" in r)
    assert all(r["verdict"] == {"A": "first", "B": "second", "C": "tie"}[r["text"][-2]] for r in shown().values())
    assert all(max(r["probs"], key=r["probs"].get) == r["verdict"] for r in shown().values())


def test_sample_ledger_is_not_empty() -> None:
    failed = [r for r in (*rows("scores"), *rows("comparisons")) if "invalid" in r]
    assert len(failed) == 4
    assert all(r["invalid"] == "unparsed" and r["text"] and not r.get("probs") for r in failed)


@pytest.mark.parametrize("aggregation", AGGREGATIONS)
@pytest.mark.parametrize(
    ("question", "triple", "kind"),
    [
        ("explain-leaves", ("birch-medium", "dogwood-tuned", "cedar-small"), "strict cycle"),
        ("writing-haiku", ("alder-large", "birch-medium", "dogwood-tuned"), "broken chain"),
        ("reasoning-train", ("birch-medium", "dogwood-tuned", "cedar-small"), "contradicted tie"),
    ],
)
def test_sample_shows_each_kind_of_inconsistent_triple(
    aggregation: str, question: str, triple: tuple[str, str, str], kind: str
) -> None:
    _, kinds = inconsistent_triples(relations(aggregation))
    assert {(q, t): k for (q, t), k in kinds.items() if q == question} == {(question, frozenset(triple)): kind}


@pytest.mark.parametrize("aggregation", AGGREGATIONS)
def test_sample_chains_run_as_its_readme_says(aggregation: str) -> None:
    relation = relations(aggregation)

    def holds(question: str, i: str, j: str) -> int:
        return relation[question, i, j]

    cycle = [("birch-medium", "dogwood-tuned"), ("dogwood-tuned", "cedar-small"), ("cedar-small", "birch-medium")]
    assert [holds("explain-leaves", *pair) for pair in cycle] == [1, 1, 1]
    chain = [("alder-large", "birch-medium"), ("birch-medium", "dogwood-tuned"), ("alder-large", "dogwood-tuned")]
    assert [holds("writing-haiku", *pair) for pair in chain] == [1, 1, 0]
    ties = [("birch-medium", "dogwood-tuned"), ("dogwood-tuned", "cedar-small"), ("birch-medium", "cedar-small")]
    assert [holds("reasoning-train", *pair) for pair in ties] == [0, 0, 1]


def test_sample_shows_an_order_flip() -> None:
    by_order = shown()
    one = by_order["coding-duplicates", "birch-medium", "cedar-small"]
    other = by_order["coding-duplicates", "cedar-small", "birch-medium"]
    assert one["verdict"] == other["verdict"] == "first"
    assert min(one["probs"]["first"], other["probs"]["first"]) > 0.8


@pytest.mark.parametrize("aggregation", AGGREGATIONS)
def test_sample_shows_reversals_between_score_and_comparison(aggregation: str) -> None:
    assert {
        ("coding-comments", "dogwood-tuned", "birch-medium"),
        ("coding-median", "dogwood-tuned", "cedar-small"),
    } <= reversals(relations(aggregation))


@pytest.mark.parametrize(("aggregation", "low", "high"), [("verdicts", 0.10, 0.20), ("probabilities", 0.02, 0.06)])
def test_sample_is_mostly_sane(aggregation: str, low: float, high: float) -> None:
    relation, score = relations(aggregation), expected_scores()
    known, kinds = inconsistent_triples(relation)
    assert low <= len(kinds) / known <= high
    conflicts = [
        (score[q, i] > score[q, j]) - (score[q, i] < score[q, j]) != r
        for (q, i, j), r in relation.items()
        if (q, i) in score and (q, j) in score
    ]
    assert 0.10 <= sum(conflicts) / len(conflicts) <= 0.25


def test_sample_holds_code_markup_and_other_scripts() -> None:
    texts = [r["text"] for q in rows("responses") for r in q["responses"]]
    for needed in ("```python", "**", "<b>", "&", '"', "'", "ありがとう", "धन्यवाद", "ευχαριστώ", "\u0634\u0643"):
        assert any(needed in text for text in texts), needed
    assert any(re.search("[\u0590-\u05ff]", text) for text in texts)  # Hebrew, right to left
    assert any(re.search("[\U0001f300-\U0001faff]", text) for text in texts)  # emoji
    lengths = [len(text.split()) for text in texts]
    assert min(lengths) < 5
    assert max(lengths) > 150


def test_sample_verdicts_come_from_two_people_who_sometimes_differ() -> None:
    said: dict[tuple[str, frozenset[str]], dict[str, str]] = {}
    for r in rows("humans"):
        winner = {"first": r["first"], "second": r["second"], "tie": "tie"}[r["verdict"]]
        pair = said.setdefault((r["question_id"], frozenset((r["first"], r["second"]))), {})
        assert r["annotator"] not in pair
        pair[r["annotator"]] = winner
    both = [set(pair.values()) for pair in said.values() if len(pair) == 2]
    assert {r["annotator"] for r in rows("humans")} == {"ana", "ben"}
    assert len(said) >= 30
    assert 0 < sum(len(winners) == 2 for winners in both) < len(both) / 2


def test_sample_is_read_whole_and_says_that_it_is_a_sample() -> None:
    bundle = read_files([SAMPLE]).bundle
    counts = (len(bundle.response_set.questions), len(bundle.scores), len(bundle.pairs), len(bundle.verdicts))
    assert counts == tuple(len(rows(part)) for part in ("responses", "scores", "comparisons", "humans"))
    assert [j.failure for j in (*bundle.scores, *bundle.pairs) if j.failure] == ["unparsed"] * 4
    readme = (SAMPLE / "README.md").read_text(encoding="utf-8")
    assert readme.startswith("# A sample, not a measurement")
    questions = len(bundle.response_set.questions)
    assert f"{questions} questions" in readme
    assert f"{len(bundle.pairs)} pair judgments" in readme
    assert f"{len(bundle.verdicts)} verdicts" in readme
