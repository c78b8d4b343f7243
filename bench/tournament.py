"""A tournament to judge: eight responses of about 300 tokens, and a Llama-style model with random weights."""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import permutations
from pathlib import Path
from typing import Any

import numpy as np
import torch
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

from trustjudge_core.judge.chat_format import read_chat_format
from trustjudge_core.judge.contract import JudgeDescription, Prompt
from trustjudge_core.judge.forking import find_forking
from trustjudge_core.judge.local import LocalJudge
from trustjudge_core.judge.prompts import Protocol, load_template, pair_prompt, score_prompt
from trustjudge_core.records import Question, Response

SAMPLE = Path(__file__).resolve().parent.parent / "trustjudge_core" / "sample" / "responses.jsonl"
RESPONSES, RESPONSE_TOKENS = 8, 300
THIRTY_MILLION: dict[str, Any] = {
    "hidden_size": 512,
    "intermediate_size": 1408,
    "num_hidden_layers": 8,
    "num_attention_heads": 8,
    "num_key_value_heads": 8,
    "max_position_embeddings": 4096,
}
EIGHT_BILLION: dict[str, Any] = {
    "hidden_size": 4096,
    "intermediate_size": 14336,
    "num_hidden_layers": 32,
    "num_attention_heads": 32,
    "num_key_value_heads": 8,
    "max_position_embeddings": 8192,
}
CHAT = (
    "{% for m in messages %}{{ '<|' + m.role + '|>\n' + m.content + '<|end|>\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|assistant|>\n' }}{% endif %}"
)


def _words() -> list[str]:
    rows = [json.loads(line) for line in SAMPLE.read_text(encoding="utf-8").splitlines()]
    return [word for row in rows for response in row["responses"] for word in response["text"].split()]


def train_tokenizer(size: int = 4096) -> PreTrainedTokenizerFast:
    """Byte-level BPE with single digits and brackets of their own, trained on the sample's responses."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Split(Regex(r"\d|[\[\]]"), "isolated"), pre_tokenizers.ByteLevel(add_prefix_space=False)]
    )
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=size, initial_alphabet=alphabet, show_progress=False)
    # the words of the instructions as well, as a tokenizer in use knows them
    tokenizer.train_from_iterator([" ".join(_words()), *[load_template("general").source] * 5], trainer)
    marks = ("<|system|>", "<|user|>", "<|assistant|>", "<|end|>")
    tokenizer.add_special_tokens([AddedToken(mark, special=True) for mark in marks])
    wrapped = PreTrainedTokenizerFast(tokenizer_object=tokenizer, eos_token="<|end|>", pad_token="<|end|>")
    wrapped.chat_template = CHAT
    return wrapped


def random_judge(
    shape: dict[str, Any], tokenizer: Any, device: str = "cpu", dtype: torch.dtype = torch.float32, **options: Any
) -> tuple[LocalJudge, Any]:
    """A judge of that shape with random weights, and its model."""
    torch.manual_seed(0)
    config = LlamaConfig(vocab_size=len(tokenizer), dtype=dtype, **shape)
    with torch.device(device):
        torch.set_default_dtype(dtype)
        try:
            model = LlamaForCausalLM(config).eval()
        finally:
            torch.set_default_dtype(torch.float32)
    name = str(dtype).removeprefix("torch.")
    description = JudgeDescription("bench", "random", None, device, name, shape["max_position_embeddings"])
    budget = options.get("batch_tokens", 4096)
    return LocalJudge(model, read_chat_format(tokenizer), find_forking(model), description, budget), model


@dataclass(frozen=True)
class Tournament:
    """Both orders of every pair, and every response alone; ``system`` names nothing, texts are words of the sample."""

    pairs: list[Prompt]
    scores: list[Prompt]

    @property
    def prompts(self) -> list[Prompt]:
        """All of them."""
        return self.pairs + self.scores


def draw_tournament(
    tokenizer: Any, responses: int = RESPONSES, tokens: int = RESPONSE_TOKENS, seed: int = 0
) -> Tournament:
    """Responses of about that many tokens, a tenth longer or shorter, made of shuffled words of the sample."""
    rng = np.random.default_rng(seed)
    words = np.array(_words())
    drawn = []
    for number in range(responses):
        text = " ".join(rng.choice(words, 2 * tokens))
        ids = tokenizer(text)["input_ids"][: int(rng.uniform(0.9, 1.1) * tokens)]
        drawn.append(Response(str(number), tokenizer.decode(ids)))
    question = Question("q", "Which of these would help a reader most, and why does it?", tuple(drawn))
    protocol = Protocol()
    return Tournament(
        [pair_prompt(protocol, question, one, other) for one, other in permutations(drawn, 2)],
        [score_prompt(protocol, question, response) for response in drawn],
    )
