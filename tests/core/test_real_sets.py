"""Facts of real recorded judgments, counted in the test from the raw rows by plain loops.

The app's side takes the whole way: read, stored in a throwaway database, loaded, audited.
"""

from __future__ import annotations

import gzip
import json
import math
from collections import Counter, defaultdict
from collections.abc import Callable
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from sklearn.metrics import cohen_kappa_score

from trustjudge_core.audit import Audit, audit
from trustjudge_core.formats import ReadFiles, read_files
from trustjudge_core.records import RunJudgments
from trustjudge_core.services.import_bundle import import_bundle
from trustjudge_core.services.load_run import load_run
from trustjudge_core.services.open_database import open_database
from trustjudge_core.settings import AuditSettings

SIGN = {"first": 1, "second": -1, "tie": 0}
Rows = list[dict[str, Any]]
Relations = dict[tuple[str, str, str], int]


class RealSet:
    """One folder of real judgments: its raw rows, what was read, and the run of every judge."""

    def __init__(self, folder: Path, database: Path) -> None:
        self.folder = folder
        self.read: ReadFiles = read_files([folder])
        engine = open_database(f"sqlite:///{database}")
        stored = import_bundle(engine, self.read.bundle, folder.name)
        loaded = [load_run(engine, run_id) for run_id in stored.run_ids]
        engine.dispose()
        self.runs: dict[str, RunJudgments] = {run.judge: run for run in loaded}

    def audit(self, judge: str) -> Audit:
        """Corrected mode at tolerance 0; these judges gave verdicts without probabilities."""
        return audit(self.runs[judge], AuditSettings(ks=(3,), resamples=50))

    def rows(self, part: str, judge: str | None = None) -> Rows:
        """Raw rows of one part, of one judge if named."""
        path = self.folder / f"{part}.jsonl"
        text = path.read_bytes() if path.exists() else gzip.decompress(path.with_suffix(".jsonl.gz").read_bytes())
        rows = [json.loads(line) for line in text.decode("utf-8").splitlines()]
        return [row for row in rows if judge is None or row["judge"] == judge]


@pytest.fixture(scope="module")
def real_set(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], RealSet]:
    """Opens a folder of shared/data once for all tests."""
    opened: dict[str, RealSet] = {}

    def open_set(name: str) -> RealSet:
        if name not in opened:
            opened[name] = RealSet(shared / "data" / name, tmp_path_factory.mktemp(name) / "real.sqlite3")
        return opened[name]

    return open_set


def verdicts_by_order(rows: Rows) -> dict[tuple[str, str, str], int]:
    """(question, first, second) -> 1 first, -1 second, 0 tie, for rows with a verdict; each asked once."""
    found: dict[tuple[str, str, str], int] = {}
    for row in rows:
        if row["verdict"] is not None:
            key = (row["question_id"], row["first"], row["second"])
            assert key not in found
            found[key] = SIGN[row["verdict"]]
    return found


def agreed(rows: Rows) -> Relations:
    """Relation of every pair with both orders, both ways round: the common verdict, else a tie."""
    by_order = verdicts_by_order(rows)
    return {
        (q, a, b): said if said == -by_order[q, b, a] else 0
        for (q, a, b), said in by_order.items()
        if (q, b, a) in by_order
    }


def either_order(rows: Rows) -> Relations:
    """Relation of every pair judged in one order, both ways round."""
    by_order = verdicts_by_order(rows)
    return by_order | {(q, b, a): -said for (q, a, b), said in by_order.items()}


def triples(relations: Relations) -> tuple[int, Counter[str]]:
    """Known triples, and the inconsistent ones by kind, from wins and ties alone."""
    members: dict[str, set[str]] = defaultdict(set)
    for q, a, _ in relations:
        members[q].add(a)
    known, kinds = 0, Counter[str]()
    for q, responses in members.items():
        for triple in combinations(sorted(responses), 3):
            three = list(combinations(triple, 2))
            if any((q, *p) not in relations for p in three):
                continue
            known += 1
            ties = sum(relations[q, *p] == 0 for p in three)
            wins = Counter(a if relations[q, a, b] > 0 else b for a, b in three if relations[q, a, b])
            if ties == 0 and set(wins.values()) == {1}:
                kinds["strict_cycle"] += 1
            elif ties == 1 and set(wins.values()) == {1}:
                # Two winners of one win each: a chain if one beat the other, else both beat the third.
                kinds["broken_chain"] += any(relations[q, a, b] == 1 for a in wins for b in wins if a != b)
            elif ties == 2:
                kinds["contradicted_tie"] += 1
    return known, +kinds


# ---- vicuna80_tournament, judge gpt-4 ----


def test_vicuna_triples_are_those_of_the_issue_and_of_plain_loops(real_set: Callable[[str], RealSet]) -> None:
    vicuna = real_set("vicuna80_tournament")
    (three,) = vicuna.audit("gpt-4").transitivity
    assert three.aggregation == "baseline"
    assert three.ratio.total == 4_883
    assert three.kinds == {"strict_cycle": 1, "broken_chain": 86, "contradicted_tie": 1_088}
    assert three.ratio.count == 1 + 86 + 1_088
    assert triples(agreed(vicuna.rows("comparisons", "gpt-4"))) == (4_883, Counter(three.kinds))
    assert three.ratio.low < three.ratio.value < three.ratio.high


def test_vicuna_position_is_that_of_the_issue_and_of_plain_loops(real_set: Callable[[str], RealSet]) -> None:
    vicuna = real_set("vicuna80_tournament")
    found = vicuna.audit("gpt-4").position
    assert found.pairs == 2_547
    assert (found.hard_flips.count, found.hard_first, found.hard_second) == (505, 486, 19)
    by_order = verdicts_by_order(vicuna.rows("comparisons", "gpt-4"))
    both = [(said, by_order[q, b, a]) for (q, a, b), said in by_order.items() if a < b and (q, b, a) in by_order]
    assert len(both) == 2_547
    assert Counter(one for one, two in both if one == two != 0) == {1: 486, -1: 19}
    assert found.consistent.count == sum(one == -two for one, two in both)
    # Both verdicts by shown position: their sum is how much the first place gained over the second.
    assert found.first_favouring.count == sum(one + two > 0 for one, two in both)
    assert found.second_favouring.count == sum(one + two < 0 for one, two in both)


# 916 of 2,206 is 41.5 %; of the pairs that both decide 53 are reversals, 4.8 %.
def test_vicuna_conflicts_of_the_expectation_are_those_of_the_design_and_of_plain_loops(
    real_set: Callable[[str], RealSet],
) -> None:
    vicuna = real_set("vicuna80_tournament")
    entries = {e.method: e for e in vicuna.audit("gpt-4").score_comparison}
    found = entries["expectation"]
    assert (found.ratio.count, found.ratio.total) == (916, 2_206)
    assert round(100 * found.ratio.value, 1) == 41.5
    assert found.reversal.count == 53
    assert round(100 * found.reversal.count / found.both_decide, 1) == 4.8
    assert found.reversal.count + found.score_tie.count + found.comparison_tie.count == 916

    means = {}
    for row in vicuna.rows("scores", "gpt-4"):
        if row["samples"]:
            means[row["response_id"]] = sum(row["samples"]) / len(row["samples"])
    gaps = {
        (q, a, b): (means[a] - means[b], said)
        for (q, a, b), said in agreed(vicuna.rows("comparisons", "gpt-4")).items()
        if a < b and a in means and b in means
    }
    signs = [((gap > 1e-9) - (gap < -1e-9), said) for gap, said in gaps.values()]
    assert len(signs) == 2_206
    assert sum(s != c for s, c in signs) == 916
    assert sum(s * c < 0 for s, c in signs) == 53
    assert sum(s * c != 0 for s, c in signs) == found.both_decide


def test_vicuna_failures_are_all_in_the_ledger(real_set: Callable[[str], RealSet]) -> None:
    vicuna = real_set("vicuna80_tournament")
    counts = {(e.kind, e.reason): e.count for e in vicuna.audit("gpt-4").ledger}
    invalid = Counter(row["invalid"] for row in vicuna.rows("comparisons", "gpt-4") if row["verdict"] is None)
    assert {reason: n for (kind, reason), n in counts.items() if kind == "pair"} == invalid
    failed_scores = sum(len(row.get("invalid_samples", [])) for row in vicuna.rows("scores", "gpt-4"))
    assert sum(n for (kind, _), n in counts.items() if kind == "score") == failed_scores > 0


def kappa_from_both_sides(pairs: list[tuple[int, int]]) -> float:
    """Cohen's kappa of (judge, person) per pair, each pair entered as i against j and as j against i."""
    doubled = pairs + [(-judge, -person) for judge, person in pairs]
    return float(cohen_kappa_score(*zip(*doubled, strict=True)))


def test_vicuna_agreement_with_every_slot_is_that_of_plain_loops(real_set: Callable[[str], RealSet]) -> None:
    vicuna = real_set("vicuna80_tournament")
    relation = agreed(vicuna.rows("comparisons", "gpt-4"))
    people: dict[str, dict[tuple[str, str, str], Counter[int]]] = defaultdict(lambda: defaultdict(Counter))
    place = {r["response_id"]: n for q in vicuna.rows("responses") for n, r in enumerate(q["responses"])}
    for row in vicuna.rows("humans"):
        a, b = sorted((row["first"], row["second"]), key=place.__getitem__)
        turn = 1 if a == row["first"] else -1
        people[row["annotator"]][row["question_id"], a, b][turn * SIGN[row["verdict"]]] += 1
    found = {person.annotator: person for _, person in vicuna.audit("gpt-4").agreement}
    assert found.keys() == people.keys()
    for name, said in people.items():
        pairs = []
        for key, votes in said.items():
            if key in relation:
                (top, most), *others = votes.most_common()
                pairs.append((relation[key], 0 if others and others[0][1] == most else top))
        assert found[name].pairs == len(pairs)
        assert found[name].both_decisive == sum(j * p != 0 for j, p in pairs)
        assert found[name].agree == sum(j == p != 0 for j, p in pairs)
        assert found[name].kappa == pytest.approx(kappa_from_both_sides(pairs))


# ---- pandalm_test ----


@pytest.mark.parametrize(("judge", "usable"), [("pandalm-7b", 999), ("gpt-3.5-turbo", 974)])
def test_pandalm_was_judged_in_one_order_only(real_set: Callable[[str], RealSet], judge: str, usable: int) -> None:
    pandalm = real_set("pandalm_test")
    found = pandalm.audit(judge)
    rows = pandalm.rows("comparisons", judge)
    assert len(rows) == 999
    assert sum(row["verdict"] is not None for row in rows) == usable
    assert not found.inputs.both_orders
    assert (found.inputs.pairs, found.inputs.pairs_compared) == (999, usable)
    assert found.position.pairs == 0
    assert math.isnan(found.position.consistent.value)
    assert math.isnan(found.position.tie_rate)
    assert found.score_comparison == ()  # scores.jsonl is empty
    assert {(e.kind, e.reason): e.count for e in found.ledger} == ({("pair", "garbage"): 25} if usable < 999 else {})


@pytest.mark.parametrize("judge", ["pandalm-7b", "gpt-3.5-turbo"])
def test_pandalm_triples_and_people_are_those_of_plain_loops(real_set: Callable[[str], RealSet], judge: str) -> None:
    pandalm = real_set("pandalm_test")
    found = pandalm.audit(judge)
    relation = either_order(pandalm.rows("comparisons", judge))
    known, kinds = triples(relation)
    assert known > 300
    assert (found.transitivity[0].ratio.total, Counter(found.transitivity[0].kinds)) == (known, kinds)
    for _, person in found.agreement:
        pairs = [
            (relation[key], SIGN[row["verdict"]])
            for row in pandalm.rows("humans")
            if row["annotator"] == person.annotator
            and (key := (row["question_id"], row["first"], row["second"])) in relation
        ]
        assert (person.pairs, person.agree) == (len(pairs), sum(j == p != 0 for j, p in pairs))
        assert person.kappa == pytest.approx(kappa_from_both_sides(pairs))
    assert [person.annotator for _, person in found.agreement] == ["annotator1", "annotator2", "annotator3"]


def test_odd_texts_of_pandalm_are_kept_and_noted(real_set: Callable[[str], RealSet]) -> None:
    pandalm = real_set("pandalm_test")
    raw = {(q["question_id"], r["response_id"]): r["text"] for q in pandalm.rows("responses") for r in q["responses"]}
    odd = {key: text for key, text in raw.items() if not isinstance(text, str) or not text.strip()}
    assert len(odd) == 25
    kept = {
        (q.question_id, r.response_id): r.text for q in pandalm.read.bundle.response_set.questions for r in q.responses
    }
    assert kept.keys() == raw.keys()
    for key, text in odd.items():
        assert kept[key] == (text if isinstance(text, str) else json.dumps(text))
    notes = " ".join(note.message for note in pandalm.read.bundle.notes)
    assert "true" in notes
    assert "empty" in notes


# ---- llmbar ----


def test_llmbar_pairs_have_no_triples_and_say_so(real_set: Callable[[str], RealSet]) -> None:
    (three,) = real_set("llmbar").audit("GPT-4 (Vanilla)").transitivity
    assert three.ratio.total == 0
    assert math.isnan(three.ratio.value)
    assert math.isnan(three.ratio.low)


def test_llmbar_position_and_gold_agreement_of_every_judge_are_those_of_plain_loops(
    real_set: Callable[[str], RealSet],
) -> None:
    llmbar = real_set("llmbar")
    by_judge: dict[str, Rows] = defaultdict(list)
    for row in llmbar.rows("comparisons"):
        by_judge[row["judge"]].append(row)
    gold = verdicts_by_order(llmbar.rows("humans"))
    assert len(by_judge) == 24
    flips = {}
    for judge, rows in by_judge.items():
        found = llmbar.audit(judge)
        by_order = verdicts_by_order(rows)
        both = [(said, by_order[q, b, a]) for (q, a, b), said in by_order.items() if a < b and (q, b, a) in by_order]
        assert found.position.pairs == len(both) == found.inputs.pairs_compared
        assert found.position.hard_flips.count == sum(one == two != 0 for one, two in both)
        assert found.position.consistent.count == sum(one == -two for one, two in both)
        assert sum(e.count for e in found.ledger if e.kind == "pair") == sum(row["verdict"] is None for row in rows)
        relation = agreed(rows)
        pairs = [(relation[key], said) for key, said in gold.items() if key in relation]
        ((_, person),) = found.agreement
        assert (person.annotator, person.pairs) == ("gold", len(pairs))
        assert person.both_decisive == sum(j * p != 0 for j, p in pairs)
        assert person.agree == sum(j == p != 0 for j, p in pairs)
        flips[judge] = found.position.hard_flips.value
    # Asking again with the first answer shown hides the order: its flips are low by design (source.json).
    assert flips["GPT-4 (Swap)"] < flips["GPT-4 (Vanilla)"]


def test_llmbar_ratings_are_scores_without_comparisons(real_set: Callable[[str], RealSet]) -> None:
    llmbar = real_set("llmbar")
    raters = {row["judge"] for row in llmbar.rows("scores")}
    only_scores = raters - {row["judge"] for row in llmbar.rows("comparisons")}
    assert only_scores
    for judge in only_scores:
        found = llmbar.audit(judge)
        rows = llmbar.rows("scores", judge)
        assert found.inputs.score_judgments == sum(
            len(row["samples"]) + len(row.get("invalid_samples", [])) or 1 for row in rows
        )
        assert found.inputs.pairs == 0
        assert found.transitivity == ()
        assert found.score_comparison == ()
