"""Small files in the shapes in which projects publish theirs, fields that nobody needs included; the texts are ours."""

from __future__ import annotations

import json
from typing import Any, Final

Files = dict[str, bytes]


def lines(*rows: Any) -> bytes:
    """JSON Lines."""
    return b"".join(json.dumps(row).encode() + b"\n" for row in rows)


def document(value: Any) -> bytes:
    """One JSON value as people read it."""
    return json.dumps(value, indent=2).encode()


def _said(*texts: str) -> list[dict[str, Any]]:
    return [{"content": text, "role": ("user", "assistant")[n % 2]} for n, text in enumerate(texts)]


_VOTE: Final = {
    "question_id": 81, "model_a": "m1", "model_b": "m2", "winner": "model_b", "judge": "author_2", "turn": 1,
    "conversation_a": _said("Write", "Sure", "Again", "Well"), "conversation_b": _said("Write", "I", "Again", "Ok"),
}  # fmt: skip

_GAME: Final = {
    "question_id": 81, "model_1": "m1", "model_2": "m2", "g1_winner": "model_2", "g2_winner": "error",
    "judge": ["gpt-4", "pair-v2"], "g1_user_prompt": "p", "g1_judgment": "[[B]]", "g2_user_prompt": "p",
    "g2_judgment": "$ERROR$", "turn": 1, "tstamp": 1686.5,
}  # fmt: skip

_GRADES: Final = [
    {"question_id": 81, "model": model, "judge": ["gpt-4", kind], "user_prompt": "p", "judgment": "Rating: [[9]]",
     "score": score, "turn": turn, "tstamp": 1.5}
    for model, kind, score, turn in (("m1", "single-v1", 9, 1), ("m2", "single-v1-multi-turn", -1, 2))
]  # fmt: skip

MT_BENCH_JUDGED: Final = {"gpt-4_pair.jsonl": lines(_GAME), "gpt-4_single.jsonl": lines(*_GRADES)}
MT_BENCH_WHOLE: Final = {
    **MT_BENCH_JUDGED,
    "question.jsonl": lines(
        {"question_id": 81, "category": "writing", "turns": ["Write", "Again"]},
        {"question_id": 101, "category": "reasoning", "turns": ["If", "So"], "reference": ["a", "b"]},
    ),
    **{
        f"{m}.jsonl": lines({"question_id": 81, "answer_id": f"k{m}", "model_id": m, "tstamp": 1.0,
                             "choices": [{"index": 0, "turns": [f"{m} one", f"{m} two"]}]})
        for m in ("m1", "m2")
    },
}  # fmt: skip

_ALPACA: Final = {
    "instruction": "Why?", "output_1": "x", "generator_1": "gpt4_1106_preview", "dataset": "helpful_base",
    "output_2": "y", "generator_2": "m2", "annotator": "weighted_alpaca_eval_gpt4_turbo", "preference": 1.0000012,
    "time_per_example": 0.2, "price_per_example": 0.006,
    "raw_completion": {
        "finish_reason": "length", "index": 0, "text": "m", "total_tokens": 713,
        "logprobs": {"content": [{"token": "m", "bytes": [109], "logprob": -1e-6, "top_logprobs": []}]},
        "message": {"content": "m", "role": "assistant", "function_call": None, "tool_calls": None},
    },
}  # fmt: skip

_ARENA_1: Final = {
    "question.jsonl": lines(
        {"question_id": "328c", "category": "arena-hard-v0.1", "cluster": "ABC", "turns": [{"content": "Write"}]}
    ),
    **{
        f"{m}.jsonl": lines({"question_id": "328c", "answer_id": f"a{m}", "model_id": m, "tstamp": 1.0,
                             "choices": [{"index": 0, "turns": [{"content": f"by {m}", "token_len": 3}]}]})
        for m in ("gpt-4-0314", "m")
    },
    "judged.jsonl": lines(
        {"question_id": "328c", "model": "m", "judge": "gpt-4-1106-preview", "games": [
            {"user_prompt": "p", "judgment": "My final verdict is [[A>>B]]", "score": "A>>B"},
            {"user_prompt": "p", "judgment": "so", "score": None}]}
    ),
}  # fmt: skip

_ARENA_2: Final = {
    "question.jsonl": lines(
        {"uid": "0", "category": "hard_prompt", "subcategory": "coding", "language": "en", "prompt": "Write"}
    ),
    **{
        f"{m}.jsonl": lines({"uid": "0", "ans_id": f"a{m}", "model": m, "tstamp": 1.1, "metadata": {"token_len": 3},
                             "messages": [{"role": "user", "content": "Write"},
                                          {"role": "assistant", "content": {"answer": f"by {m}", "thought": "hm"}}]})
        for m in ("o3-mini", "m")
    },
    "judged.jsonl": lines(
        {"uid": "0", "category": "hard_prompt", "judge": "gpt-4.1", "model": "m", "baseline": "o3-mini", "games": [
            {"score": "A>B", "judgment": {"answer": "[[A>B]]"}, "prompt": [{"role": "system", "content": "p"}]},
            {"score": "B>>A", "judgment": {"answer": "[[B>>A]]"}, "prompt": []}]}
    ),
}  # fmt: skip

_PAIR: Final = {
    "pair_id": "c3", "original_id": "o", "source": "mmlu-pro-biology", "question": "Why?",
    "response_model": "gpt-4o-2024-05-13", "response_A": "a", "response_B": "b", "label": "A>B",
}  # fmt: skip
_BY_MODEL: Final = {
    **_PAIR, "judge_name": "arena_hard", "judgments": [
        {"judgment": {"judge_model": "gpt-4o", "prompt": "p", "response": "[[A>B]]"}, "decision": "A>B"},
        {"judgment": {"judge_model": "gpt-4o", "prompt": "p", "response": "hm"}, "decision": None}],
}  # fmt: skip
_BY_REWARD: Final = {
    **_PAIR, "judge_name": "reward_model", "judgments": [
        {"judgment": {"judge_model": "internlm", "scores": [1.5, -0.25]}, "decision": "A>B"},
        {"judgment": {"judge_model": "internlm", "scores": [-0.25, 1.5]}, "decision": "B>A"}],
}  # fmt: skip

_REWARD_1: Final = {
    "prompt": "Why?", "chosen": "good", "chosen_model": "G", "rejected": "bad", "rejected_model": "a", "id": 0,
}  # fmt: skip
_REWARD_2: Final = {
    "id": "15", "prompt": "Why?", "chosen": ["good"], "rejected": ["r1", "r2", "r3"], "num_correct": 1,
    "num_incorrect": 3, "total_completions": 4, "models": ["m1", "m2", "m3", "m4"], "subset": "Factuality",
    "additional_metadata": {"source": "s", "method": None},
}  # fmt: skip

_PROMPTFOO_ROWS: Final = [
    {"cost": 0, "error": None, "id": "1", "latencyMs": 5, "namedScores": {}, "promptId": "i", "promptIdx": 0,
     "gradingResult": {"pass": True, "score": 1, "reason": "ok", "namedScores": {}, "tokensUsed": {},
                       "componentResults": [{"pass": True, "score": 1, "reason": "x",
                                             "assertion": {"type": "llm-rubric", "value": "v"}}]},
     "prompt": {"raw": "Hi A", "label": "p"}, "provider": {"id": "openai:gpt-4o", "label": ""},
     "response": {"output": {"a": 1}, "tokenUsage": {}, "cached": False, "finishReason": "stop"}, "score": 1,
     "success": True, "failureReason": 0, "testIdx": 0, "vars": {"n": "A"}, "metadata": {},
     "testCase": {"vars": {"n": "A"}, "assert": [], "options": {}, "metadata": {}}},
    {"cost": 0, "error": "API error: 401", "gradingResult": None, "id": "2", "prompt": {"raw": "Hi A", "label": "p"},
     "provider": {"id": "anthropic:x", "label": "Claude"}, "response": {"error": "API error"}, "score": 0,
     "success": False, "failureReason": 2, "vars": {"n": "A"}},
]  # fmt: skip
_PROMPTFOO: Final = {
    "evalId": "eval-x", "shareableUrl": None, "config": {"prompts": ["p"]}, "metadata": {"promptfooVersion": "0"},
    "results": {
        "version": 3, "timestamp": "2025", "results": _PROMPTFOO_ROWS,
        "prompts": [{"raw": "Hi {{n}}", "label": "p", "id": "i", "provider": "openai:gpt-4o", "metrics": {"score": 1}}],
        "stats": {"successes": 1, "failures": 0, "errors": 1, "tokenUsage": {}},
    },
}  # fmt: skip
_PROMPTFOO_OLD: Final = {
    **_PROMPTFOO, "version": 2,
    "results": {
        "version": 2, "results": _PROMPTFOO_ROWS, "stats": {},
        "table": {"head": {"prompts": [], "vars": ["n"]},
                  "body": [{"outputs": [{"text": "x", "pass": True, "score": 1}], "vars": ["A"]}]},
    },
}  # fmt: skip

_SAMPLE: Final = {
    "doc_id": 0, "doc": {"question": "How many?", "answer": "18"}, "target": "18",
    "arguments": {"gen_args_0": {"arg_0": "Question: How many?", "arg_1": {"until": ["Q"], "do_sample": False}}},
    "resps": [["it is 18"]], "filtered_resps": ["18"], "filter": "strict-match", "metrics": ["exact_match"],
    "doc_hash": "a" * 64, "prompt_hash": "b" * 64, "target_hash": "c" * 64, "exact_match": 1.0,
}  # fmt: skip
_CHOICE: Final = {
    "doc_id": 0, "doc": {"q": 1}, "target": "2", "doc_hash": "h", "prompt_hash": "p", "target_hash": "t", "acc": 0.0,
    "arguments": {f"gen_args_{n}": {"arg_0": "Q", "arg_1": text} for n, text in enumerate((" a", " b"))},
    "resps": [[["-3.5", "False"]], [["-1.2", "True"]]], "filtered_resps": [["-3.5", "False"], ["-1.2", "True"]],
    "filter": "none", "metrics": ["acc", "acc_norm"], "acc_norm": 1.0,
}  # fmt: skip

_RECORD: Final = {
    "id": "r1", "status": "completed", "_server_id": "s", "question": "Why?", "first": "a", "second": "b",
    "question_id": "q", "first_id": "x", "second_id": "y", "verdict.responses": ["first"],
    "verdict.responses.users": ["u"], "verdict.responses.status": ["submitted"], "verdict.suggestion": None,
    "verdict.suggestion.score": None, "verdict.suggestion.agent": None,
}  # fmt: skip
_NESTED: Final = {
    "id": "r1", "status": "completed", "_server_id": "s", "vectors": {},
    "fields": {"question": "Why?", "first": "a", "second": "b"},
    "metadata": {"question_id": "q", "first_id": "x", "second_id": "y"},
    "suggestions": {"verdict": {"value": "first", "score": None, "agent": "gpt"}},
    "responses": {"verdict": [{"value": "second", "user_id": "u1"}]},
}  # fmt: skip

_COMPARED: Final = {
    "metadata": {"source_path": "p", "custom_fields_schema": []}, "models": [{"name": "one"}, {"name": "two"}],
    "examples": [
        {"index": 0, "input_text": "Why?", "tags": ["Math"], "output_text_a": "a", "output_text_b": ["b", "c"],
         "score": -1.5, "custom_fields": {}, "rationale_list": [], "individual_rater_scores": [
             {"is_flipped": False, "score": -1.5, "rationale": "r", "rating_label": "B is better"},
             {"is_flipped": True, "score": -1.5, "rationale": "r", "rating_label": "B is better"}]},
    ],
    "rationale_clusters": [{"title": "shorter"}],
}  # fmt: skip

PUBLISHED: Final[dict[str, tuple[Files, list[str], tuple[int, int, int, int, int]]]] = {
    "MT-bench votes": ({"h.jsonl": lines(_VOTE)}, ["MT-bench: votes"], (1, 2, 0, 0, 1)),
    "MT-bench votes of a model": (
        {"h.jsonl": lines({**_VOTE, "judge": "gpt4_pair", "winner": "tie"})}, ["MT-bench: votes"], (1, 2, 0, 1, 0),
    ),
    "Chatbot Arena conversations": (
        {"a.jsonl": lines({**_VOTE, "question_id": "58210e39", "winner": "tie (bothbad)", "judge": "arena_user_973",
                           "anony": True, "language": "English", "tstamp": 1682351591.1,
                           "openai_moderation": {"categories": {"a/b": False}}, "toxic_chat_tag": {"x": 1}})},
        ["MT-bench: votes"], (1, 2, 0, 0, 1),
    ),
    "Chatbot Arena battles": (
        {"clean_battle.json": document([
            {"model_a": "m1", "model_b": "m2", "winner": winner, "judge": "arena_user_9", "turn": 2, "anony": True,
             "language": "English", "tstamp": 1682351591.1} for winner in ("model_b", "tie (bothbad)")])},
        ["MT-bench: votes"], (2, 4, 0, 0, 2),
    ),
    "Chatbot Arena of 2025": (
        {"a.jsonl": lines({
            "id": "u", "model_a": "m1", "model_b": "m2", "winner": "both_bad", "evaluation_session_id": "s",
            "evaluation_order": 1, "is_code": False, "language": "en",
            **{f"conversation_{letter}": [
                {"role": role, "content": [{"type": "text", "text": f"{role} {letter}"[:5], "image": None}]}
                for role in ("user", "assistant")] for letter in "ab"}})},
        ["MT-bench: votes"], (1, 2, 0, 0, 1),
    ),
    "Arena-Hard battles": (
        {"arena_hard_battles.jsonl": lines(*[
            {"question_id": q, "model_a": "m1", "model_b": "m2", "winner": "model_b"} for q in (0, 0, 1)])},
        ["MT-bench: votes"], (2, 4, 0, 3, 0),
    ),
    "MT-bench as a folder": (
        {"judge_prompts.jsonl": lines({"name": "pair-v2", "type": "pairwise", "system_prompt": "s", "category": "math",
                                       "prompt_template": "t", "description": "d", "output_format": "[[A]]"}),
         "reference_answer/gpt-4.jsonl": MT_BENCH_WHOLE["m1.jsonl"], **MT_BENCH_WHOLE},
        ["MT-bench: judge prompts", "MT-bench: reference answers", "MT-bench: pair judgments",
         "MT-bench: single judgments", "MT-bench: questions", *["MT-bench: answers"] * 2],
        (2, 4, 2, 2, 0),
    ),
    "MT-bench pairs of a judge of single answers": (
        {"gpt-4_pair.jsonl": lines({**{key: value for key, value in _GAME.items() if key != "turn"},
                                    "g1_winner": "model_1", "g2_winner": "model_1", "m1_score": 9, "m2_score": 7})},
        ["MT-bench: pair judgments"], (1, 2, 2, 0, 0),
    ),
    "judgments of before Arena-Hard": (
        {"gpt-4_single.jsonl": lines(*[
            {"question_id": "99d0", "model": model, "user_prompt": "p", "judgment": "Rating: [[9]]", "score": 9.0,
             **more} for model, more in (("m1", {}), ("m2", {"turn": 1.0, "tstamp": 1.5, "prompt": None}))])},
        ["MT-bench: single judgments"], (1, 2, 2, 0, 0),
    ),
    "MT-bench judgments alone": (
        MT_BENCH_JUDGED, ["MT-bench: pair judgments", "MT-bench: single judgments"], (2, 3, 2, 2, 0),
    ),
    "MT-bench": (
        MT_BENCH_WHOLE,
        ["MT-bench: pair judgments", "MT-bench: single judgments", "MT-bench: questions", *["MT-bench: answers"] * 2],
        (2, 4, 2, 2, 0),
    ),
    "AlpacaEval outputs": (
        {f"{m}.json": document([{"dataset": "helpful_base", "instruction": "Why?", "output": f"by {m}", "generator": m,
                                 "datasplit": "eval"}]) for m in ("m1", "m2")},
        ["AlpacaEval: outputs"] * 2, (1, 2, 0, 0, 0),
    ),
    "AlpacaEval 2 annotations": ({"a.json": document([_ALPACA])}, ["AlpacaEval: annotations"], (1, 2, 0, 1, 0)),
    "AlpacaEval annotations with explanations": (
        {"annotations.json": document([{
            **_ALPACA, "preference": 2.0, "referenced_models": {"m": "output_2", "M": "output_1"},
            "raw_completion": {"concise_explanation": "m is longer",
                               "ordered_models": [{"model": "m", "rank": 1}, {"model": "M", "rank": 2}]}}]),
         "leaderboard.csv": b",win_rate,standard_error,mode,n_draws,n_total\ngpt4,95.2,0.7,minimal,12,805\n"},
        ["AlpacaEval: annotations", "AlpacaEval: leaderboard"], (1, 2, 0, 1, 0),
    ),
    "AlpacaEval 1 annotations": (
        {"annotations.json": document([{**_ALPACA, "raw_completion": None, "input": "", "preference": float("nan")}])},
        ["AlpacaEval: annotations"], (1, 2, 0, 1, 0),
    ),
    "Arena-Hard 0.1": (
        _ARENA_1, ["Arena-Hard: questions", *["Arena-Hard: answers"] * 2, "Arena-Hard: judgments"], (1, 2, 0, 2, 0),
    ),
    "Arena-Hard 2.0": (
        {**_ARENA_2, "leaderboard.csv": b'model,score,rating_q025,rating_q975,CI\nm,50.0,49,51,"(-1, +1)"\n'},
        ["Arena-Hard: questions", *["Arena-Hard: answers"] * 2, "Arena-Hard: judgments", "Arena-Hard: leaderboard"],
        (1, 2, 0, 2, 0),
    ),
    "JudgeBench": ({"d.jsonl": lines(_PAIR)}, ["JudgeBench: pairs"], (1, 2, 0, 0, 1)),
    "JudgeBench judged": ({"d.jsonl": lines(_BY_MODEL)}, ["JudgeBench: pairs"], (1, 2, 0, 2, 1)),
    "JudgeBench rewards": ({"d.jsonl": lines(_BY_REWARD)}, ["JudgeBench: pairs"], (1, 2, 4, 2, 1)),
    "RewardBench": (
        {"f.json": document([{**_REWARD_1, "subset": subset} for subset in ("alpacaeval-easy", "refusals")])},
        ["RewardBench: responses"], (2, 4, 0, 0, 2),
    ),
    "preference data with messages": (
        {"x.jsonl": lines({"prompt": _said("Why?"), "chosen": _said("Why?", "a"), "rejected": _said("Why?", "b")})},
        ["RewardBench: responses"], (1, 2, 0, 0, 1),
    ),
    "RewardBench 2": ({"x.jsonl": lines(_REWARD_2)}, ["RewardBench: responses"], (1, 4, 0, 0, 3)),
    "RewardBench 2 ties": (
        {"x.jsonl": lines({**_REWARD_2, "chosen": ["a", "b"], "rejected": ["c", "d"], "subset": "Ties"})},
        ["RewardBench: responses"], (1, 4, 0, 0, 4),
    ),
    "RewardBench outputs": (
        {"m_outputs.jsonl": lines({"prompt": "Why?", "results": 1, "scores_chosen": 2.5, "scores_rejected": [-1.0],
                                   "text_chosen": "a", "text_rejected": "b", "subset": "s"})},
        ["RewardBench: responses"], (1, 2, 2, 0, 1),
    ),
    "promptfoo's library": (
        {"output.json": document({"_resultsLoaded": True, "createdAt": 1, "id": "e", "config": {"prompts": []},
                                  "results": _PROMPTFOO_ROWS, "prompts": [], "persisted": True, "vars": ["n"]})},
        ["promptfoo: results"], (1, 2, 2, 0, 0),
    ),
    "promptfoo 3": ({"output.json": document(_PROMPTFOO)}, ["promptfoo: results"], (1, 2, 2, 0, 0)),
    "promptfoo 2": ({"output.json": document(_PROMPTFOO_OLD)}, ["promptfoo: results"], (1, 2, 2, 0, 0)),
    "promptfoo lines": ({"o.jsonl": lines(*_PROMPTFOO_ROWS)}, ["promptfoo: results"], (1, 2, 2, 0, 0)),
    "lm-eval": (
        {f"{m}/samples_gsm8k_2024-06-28T00.jsonl": lines(_SAMPLE, {**_SAMPLE, "filter": "flexible-extract"})
         for m in ("m__1", "m__2")},
        ["lm-eval: samples"] * 2, (1, 2, 0, 0, 0),
    ),
    "lm-eval of before hashes": (
        {f"{m}.jsonl": document([{key: value for key, value in _SAMPLE.items() if not key.endswith("hash")}])
         for m in ("m1", "m2")},
        ["lm-eval: samples"] * 2, (1, 2, 0, 0, 0),
    ),
    "lm-eval choices": ({"samples_arc.jsonl": lines(_CHOICE)}, ["lm-eval: samples"], (1, 1, 0, 0, 0)),
    "Argilla flat": ({"r.jsonl": lines(_RECORD)}, ["Argilla: records"], (1, 2, 0, 0, 1)),
    "Argilla nested": ({"r.json": document([_NESTED])}, ["Argilla: records"], (1, 2, 0, 1, 1)),
    "LLM Comparator": ({"c.json": document(_COMPARED)}, ["LLM Comparator: examples"], (1, 2, 0, 2, 0)),
    "Vicuna": (
        {"question.jsonl": lines({"question_id": 1, "text": "Why?", "category": "generic"}),
         **{f"{m}.jsonl": lines({"question_id": 1, "text": f"by {m}", "answer_id": m, "model_id": f"{m}:v1",
                                 "metadata": {}}) for m in ("alpaca", "vicuna")},
         "review.jsonl": lines({"review_id": "R", "question_id": 1, "answer1_id": "alpaca", "answer2_id": "vicuna",
                                "reviewer_id": 1, "metadata": {}, "text": "8 9\nso", "score": [8.0, 9.0]}),
         "reviewer.jsonl": lines({"reviewer_id": "gpt-4", "prompt_id": 1, "metadata": {"temperature": 0.2}})},
        ["FastChat reviews: questions", *["FastChat reviews: answers"] * 2, "FastChat reviews: reviews",
         "FastChat reviews: reviewers, prompts, models"],
        (1, 2, 2, 1, 0),
    ),
}  # fmt: skip
"""What it is -> files, what each is recognised as, and how many questions, responses, scores, pairs and verdicts."""
