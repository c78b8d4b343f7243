"""A small set of every format that others write, with ties, failures and a cycle where the format can hold them."""

from __future__ import annotations

import csv
import io
import json
from itertools import combinations
from typing import Any

from trustjudge_core.formats import UploadedFile

Content = list[dict[str, Any]] | dict[str, Any]
"""Rows, which are written as JSON Lines, or one document."""

SYSTEMS = ("x", "y", "z")
QUESTIONS = ("one", "two", "three")
WINNERS = (1, 2, 1, 2, 3, 1, -1, 1, 3)
"""Who won each pair of systems, question after question; one cycle, ties, a failure."""

_PAIRS = [(q, *pair) for q in QUESTIONS for pair in combinations(SYSTEMS, 2)]
_DECIDED = [(*pair, winner) for pair, winner in zip(_PAIRS, WINNERS, strict=True)]


def _of(winner: int, *words: Any) -> Any:
    """The word for the first, the second, a tie or a failure."""
    return words[(0, 1, 2, 3)[{1: 0, 2: 1, 3: 2, -1: 3}[winner]]]


def _said(question: str, system: str) -> str:
    return f"{system} about {question}"


def _turn(text: str) -> list[dict[str, Any]]:
    return [{"index": 0, "turns": [text]}]


def _token(**labels: float) -> dict[str, Any]:
    return {
        "output_probs": [{"Final": 0.9}, {" [": 0.97}, labels, {"]": 0.99}], "cumulative_logprob": -2.0,
        "original_output_logprobs": [{}] * 4, "output_text": "said",
    }  # fmt: skip


FASTCHAT = {
    "questions.jsonl": [{"question_id": n, "text": q, "category": "c"} for n, q in enumerate(QUESTIONS)],
    **{
        f"{s}.jsonl": [
            {"answer_id": f"{s}{n}", "question_id": n, "model_id": s, "text": _said(q, s)}
            for n, q in enumerate(QUESTIONS)
        ]
        for s in SYSTEMS
    },
    "reviews.jsonl": [
        {"review_id": f"{q}{a}{b}{turn}", "question_id": QUESTIONS.index(q), "answer1_id": f"{a}{QUESTIONS.index(q)}",
         "answer2_id": f"{b}{QUESTIONS.index(q)}", "reviewer_id": "gpt", "text": "because",
         "score": winner if turn else [7, 7]}
        for q, a, b, winner in _DECIDED for turn in range(2)
    ],
}  # fmt: skip

ALPACA_EVAL = {
    "annotations.jsonl": [
        {"instruction": q, "dataset": "d", "output_1": _said(q, a), "generator_1": a, "output_2": _said(q, b),
         "generator_2": b, "annotator": "gpt", "preference": _of(winner, 1.0, 1.75, 1.5, None)}
        for q, a, b, winner in _DECIDED
    ]
}  # fmt: skip

ARENA_HARD = {
    "question.jsonl": [{"uid": q, "category": "hard", "subcategory": "c", "prompt": f"{q}?"} for q in QUESTIONS],
    **{
        f"{s}.jsonl": [
            {"uid": q, "ans_id": f"{s}{q}", "model": s,
             "messages": [{"role": "user", "content": q}, {"role": "assistant", "content": {"answer": _said(q, s)}}]}
            for q in QUESTIONS
        ]
        for s in SYSTEMS
    },
    "judgment.jsonl": [
        {"uid": q, "category": "hard", "judge": "gpt", "model": b, "baseline": a,
         "games": [{"score": _of(winner, "A>B", "B>>A", "A=B", None), "judgment": {"answer": "so"}},
                   {"score": "A>B", "judgment": {"answer": "so"}}]}
        for q, a, b, winner in _DECIDED
    ],
}  # fmt: skip

JUDGE_BENCH = {
    "judged.jsonl": [
        {"pair_id": f"{q}{a}{b}", "original_id": q, "source": "s", "question": q, "response_model": "m",
         "response_A": _said(q, a), "response_B": _said(q, b), "label": "A>B", "judge_name": "arena",
         "judgments": [
             {"judgment": {"judge_model": "gpt", "prompt": "p", "response": "so"}, "decision": decision}
             for decision in (_of(winner, "A>B", "B>A", "A=B", None), "B>A")
         ]}
        for q, a, b, winner in _DECIDED
    ]
}  # fmt: skip

LLM_COMPARATOR = {
    "comparison.json": {
        "metadata": {}, "models": [{"name": "x"}, {"name": "y"}],
        "examples": [
            {"input_text": q, "tags": ["c"], "output_text_a": _said(q, "x"), "output_text_b": _said(q, "y"),
             "score": score, "individual_rater_scores": [
                 {"is_flipped": flipped, "score": score, "rationale": "so"} for flipped in (False, True)[:raters]
             ]}
            for q, score, raters in zip(QUESTIONS, (1.5, -0.5, 0.0), (2, 1, 0), strict=True)
        ],
    }
}  # fmt: skip

PROMPTFOO = {
    "results.json": {
        "evalId": "e", "config": {},
        "results": {"version": 3, "results": [
            {"prompt": {"raw": q, "label": q}, "vars": {}, "provider": {"id": s}, "success": True,
             "response": {"output": _said(q, s)}, "score": score, "gradingResult": {"pass": True, "score": score}}
            for q in QUESTIONS for s, score in zip(SYSTEMS, (0.25, 1.0, 0.25), strict=True)
        ] + [{"prompt": {"raw": "four", "label": "four"}, "provider": {"id": "x"}, "error": "429: too many",
              "response": None, "success": False, "score": 0}]},
    }
}  # fmt: skip

LM_EVAL = {
    f"{s}.jsonl": [
        {"doc_id": n, "doc": {"question": q}, "target": "4", "arguments": [[q, {"until": ["."]}]],
         "resps": [[_said(q, s)]], "filtered_resps": [_said(q, s)], "doc_hash": f"h{n}", "exact_match": score}
        for n, (q, score) in enumerate(zip(QUESTIONS, (1.0, 0.0, 1.0), strict=True))
    ]
    for s in SYSTEMS
}  # fmt: skip

REWARD_BENCH = {
    "one.jsonl": [
        {"id": n, "prompt": q, "chosen": "good", "chosen_model": "x", "rejected": "bad", "rejected_model": "y",
         "subset": "s"}
        for n, q in enumerate(QUESTIONS)
    ],
    "two.jsonl": [
        {"id": str(n), "prompt": q, "chosen": ["a"], "rejected": ["b", "c", "d"], "num_correct": 1,
         "num_incorrect": 3, "models": ["w", "x", "y", "z"], "subset": "t"}
        for n, q in enumerate(QUESTIONS)
    ],
}  # fmt: skip

ARGILLA = {
    "records.jsonl": [
        {"id": f"{q}{a}{b}", "status": "pending", "question": q, "first": _said(q, a), "second": _said(q, b),
         "question_id": q, "first_id": a, "second_id": b, "verdict.suggestion.agent": "gpt",
         "verdict.suggestion": _of(winner, "first", "second", "tie", "cannot tell"),
         "verdict.responses": ["first", "tie"], "verdict.responses.users": ["u1", "u2"],
         "verdict.responses.status": ["submitted", "draft"]}
        for q, a, b, winner in _DECIDED
    ]
}  # fmt: skip

MT_BENCH = {
    "question.jsonl": [{"question_id": n, "category": "c", "turns": [q]} for n, q in enumerate(QUESTIONS)],
    **{
        f"{s}.jsonl": [
            {"question_id": n, "model_id": s, "choices": _turn(_said(q, s))} for n, q in enumerate(QUESTIONS)
        ]
        for s in SYSTEMS
    },
    "pair.jsonl": [
        {"question_id": QUESTIONS.index(q), "model_1": a, "model_2": b, "judge": ["gpt", "pair-v2"], "turn": 1,
         "g1_winner": _of(winner, "model_1", "model_2", "tie", "error"), "g2_winner": "model_1"}
        for q, a, b, winner in _DECIDED
    ],
    "single.jsonl": [
        {"question_id": n, "model": s, "judge": ["gpt", "single-v1"], "turn": 1, "score": score, "judgment": "so"}
        for n in range(len(QUESTIONS)) for s, score in zip(SYSTEMS, (7, 9, -1), strict=True)
    ],
    "votes.jsonl": [
        {"question_id": 0, "model_a": "x", "model_b": "y", "judge": "author_1", "turn": 1, "winner": "model_a"}
    ],
}  # fmt: skip

TRUSTJUDGE = {
    "answers.jsonl": [
        {"question_id": n, "question": q, "category": "c",
         "answers": [{"score": gold, "text": [_said(q, s)]} for gold, s in enumerate(SYSTEMS)]}
        for n, q in enumerate(QUESTIONS)
    ],
    "scores.jsonl": [
        {"question_id": n, "question": q, "candidate_answers": [],
         "judgements": [
             {"candidate_global_index": i, "judgement": _token(**{str(i + 2): 0.7, "5": 0.2})} for i in range(3)
         ]}
        for n, q in enumerate(QUESTIONS)
    ],
    "pairs.jsonl": [
        {"question_id": n,
         "judgements": [
             {"candidate_global_index1": i, "candidate_global_index2": j,
              "judgement_order1": _token(**{_of(winner, "A", "B", "C", "C"): 0.8, "B": 0.1}),
              "judgement_order2": _token(A=0.3, B=0.6)}
             for (i, j), winner in zip(combinations(range(3), 2), WINNERS[3 * n :], strict=False)
         ]}
        for n in range(len(QUESTIONS))
    ],
}  # fmt: skip

TABLES = {
    "responses.csv": [
        {"question_id": q, "question": q, "response": _said(q, s), "system": s, "category": "c"}
        for q in QUESTIONS for s in SYSTEMS
    ],
    "comparisons.csv": [
        {"question_id": q, "first": first, "second": second, "judge": "gpt", "verdict": word, "strength": strength}
        for q, a, b, winner in _DECIDED
        for first, second, word, strength in ((a, b, _of(winner, "first", "second", "tie", "-1"), None), (b, a, a, 2))
    ],
    "people.csv": [
        {"question_id": q, "first": a, "second": b, "annotator": "eve", "verdict": "left"} for q, a, b in _PAIRS
    ],
    "scores.csv": [
        {"question_id": q, "response_id": s, "judge": "gpt", "score": score, "scale_low": 1, "scale_high": 5}
        for q in QUESTIONS for s, score in zip(SYSTEMS, (4, 4, "error"), strict=True)
    ],
}  # fmt: skip

FOREIGN: dict[str, dict[str, Content]] = {
    "FastChat reviews": FASTCHAT,
    "AlpacaEval": ALPACA_EVAL,
    "Arena-Hard": ARENA_HARD,
    "JudgeBench": JUDGE_BENCH,
    "LLM Comparator": LLM_COMPARATOR,
    "promptfoo": PROMPTFOO,
    "lm-eval": LM_EVAL,
    "RewardBench": REWARD_BENCH,
    "Argilla": ARGILLA,
    "MT-bench": MT_BENCH,
    "TrustJudge": TRUSTJUDGE,
    "flat table": TABLES,
}
"""Format -> file -> what it holds."""


def written(name: str, content: Content) -> bytes:
    """CSV, JSON Lines, or a document as people read it."""
    if isinstance(content, dict):
        return json.dumps(content, indent=1).encode()
    if name.endswith(".csv"):
        text = io.StringIO()
        writer = csv.DictWriter(text, list(dict.fromkeys(key for row in content for key in row)))
        writer.writeheader()
        writer.writerows(content)
        return text.getvalue().encode()
    return b"".join(json.dumps(row).encode() + b"\n" for row in content)


def uploads(files: dict[str, Content]) -> list[UploadedFile]:
    """The files as somebody uploads them."""
    return [UploadedFile(name, written(name, content)) for name, content in files.items()]
