"""TrustJudge pair judgments: ``judgements[].judgement_order1`` and ``judgement_order2``.

A, B and C mean first shown, second shown and tie; in the second order the responses are swapped.
"""

from __future__ import annotations

from typing import Final

from trustjudge_core.formats.choices import Choices
from trustjudge_core.formats.draft import Draft
from trustjudge_core.formats.fields import Fields
from trustjudge_core.formats.parts import Part
from trustjudge_core.formats.problems import shown
from trustjudge_core.formats.rows import Rows
from trustjudge_core.formats.strict_json import Row
from trustjudge_core.formats.trustjudge_answers import add_candidates
from trustjudge_core.formats.trustjudge_judgments import read_output
from trustjudge_core.records import PairJudgment, Shown

_LETTERS: Final[dict[str, Shown]] = {"A": "first", "B": "second", "C": "tie"}


def is_pairs(row: Row) -> bool:
    """Whether a row has the fields of TrustJudge pair judgments."""
    judgements = row.get("judgements")
    return isinstance(judgements, list) and any(
        isinstance(j, dict) and ("judgement_order1" in j or "judgement_order2" in j) for j in judgements
    )


def read_pairs(rows: Rows, at: Fields, draft: Draft, choices: Choices) -> None:
    """Two pair judgments for each entry, one for each shown order."""
    judge = choices.named()
    for at.line, at.values in rows:
        question = add_candidates(at, draft)
        for entry in at.items("judgements"):
            judgement = at.mapping_of(entry, "judgements")
            keys = ("candidate_global_index1", "candidate_global_index2")
            one, two = (at.id_of(judgement.get(key), key) for key in keys)
            draft.knows(at, question.question_id, dict(zip(keys, (one, two), strict=True)))
            if one == two and one:
                at.problem(keys[1], f"{shown(two)} is the same as {keys[0]}", "two different responses", "correct it")
            for order, first, second in (("judgement_order1", one, two), ("judgement_order2", two, one)):
                output = read_output(at, judgement.get(order), order, _LETTERS.__contains__)
                if not at.intact:
                    continue
                verdict, probs = None, None
                if output.table is not None:
                    verdict = _LETTERS[next(iter(output.table))]
                    probs = tuple(float(output.table.get(letter, 0.0)) for letter in _LETTERS)
                draft.pair(
                    PairJudgment(
                        question.question_id, first, second, judge, verdict, probs,  # type: ignore[arg-type]
                        output.cumulative_logprob, output.token_count, output.text, failure=output.failure,
                    )
                )  # fmt: skip


PARTS = (Part("TrustJudge", "pair judgments", 3, is_pairs, read_pairs, asks=("judge",)),)
