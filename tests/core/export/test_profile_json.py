"""The profile and the causes in the JSON are those of the audit."""

from __future__ import annotations

import json

import pytest

from trustjudge_core.audit import audit_evidence
from trustjudge_core.evidence import Evidence
from trustjudge_core.export.audit_json import json_of
from trustjudge_core.judge_profile import judge_profile
from trustjudge_core.planted import Dials, planted_run
from trustjudge_core.settings import AuditSettings
from trustjudge_core.structure import structures


def test_numbers_are_those_of_the_profile() -> None:
    dials = Dials(noise=2.0, position_bias=0.6, tie=0.8, leak=0.08, length=0.3)
    evidence = Evidence(planted_run(dials, questions=6, responses=5, repeats=2).run, "corrected")
    settings = AuditSettings(ks=(3,), resamples=50)
    audit, profile = audit_evidence(evidence, settings), judge_profile(evidence, settings)
    found = json.loads(json.dumps(json_of([(evidence, audit)]), allow_nan=False))
    (position,), (length,), (use,), (causes,) = (found[key] for key in ("position", "length", "score_use", "causes"))
    whole = profile.position.whole.fairness
    assert (position["fairness"], position["fairness_interval"]) == (whole.value, [whole.low, whole.high])
    assert position["effect"] == profile.position.effect.value
    assert position["by_category"].keys() == profile.position.by_category.keys()
    assert (length["slope"], length["longer_wins"]) == (profile.length.slope.value, profile.length.longer_wins.count)
    assert [r["kind"] for r in found["repetition"]] == ["score", "pair"]
    assert found["repetition"][1]["stability"] == profile.repetition[1].stability.value
    assert (use["scale"], use["leaked"]) == ([1, 100], profile.score_use[0].leaked.value)
    assert causes["triples"] == audit.causes.triples
    (triples,) = (t for t in found["transitivity"] if t["aggregation"] == causes["aggregation"])
    assert sum(causes["triples"].values()) == triples["violations"] > 0
    assert causes["margin_error"] == audit.causes.margin_error
    assert [c["fidelity_loss"] for c in found["soft_conflict"]] == [c.loss.value for c in profile.soft_conflict]
    assert sum(p["pairs"] for p in found["soft_conflict"][0]["calibration"]) == found["soft_conflict"][0]["pairs"]
    assert found["soft_transitivity"][0]["deviation"] == profile.soft_transitivity.deviation.value


def test_every_question_of_any_size_has_its_edits_and_its_gap() -> None:
    evidence = Evidence(planted_run(Dials(noise=1.2), questions=3, responses=13).run, "corrected")
    audit = audit_evidence(evidence, AuditSettings(ks=(3,), resamples=0))
    entries = json_of([(evidence, audit)])["structure"]
    expected = structures(evidence, audit.default_aggregation, 0.0)
    assert [e["fewest_edits"] for e in entries] == [s.fewest_edits for s in expected.values()]
    for entry in entries:
        assert entry["gap"] == 0
        assert len(entry["edits"]) == entry["fewest_edits"] > 0
        assert {edit["before"] for edit in entry["edits"]} <= {"first", "second", "tie"}
        assert entry["best_flip"]["removes"] > 0
        assert entry["cyclicity"] == pytest.approx(expected[int(entry["question"][1:])].cyclicity)
        ids = {f"r{n:02}" for n in range(13)}
        assert all(set(group) <= ids for group in entry["groups"])
