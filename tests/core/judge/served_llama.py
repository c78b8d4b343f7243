"""Real language models behind the OpenAI-compatible server of the tests."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from transformers import AutoModelForCausalLM, AutoTokenizer, LlamaConfig, LlamaForCausalLM


class ServedCausalLM:
    """A causal language model with its tokenizer, as `ServedModel` asks for it; one forward pass per token."""

    def __init__(self, model: Any, tokenizer: Any) -> None:
        self._model = model.eval()
        self._tokenizer = tokenizer
        self._known: dict[tuple[str, tuple[int, ...]], NDArray[np.float64]] = {}
        self.end = int(tokenizer.eos_token_id)
        self.vocabulary: Sequence[bytes] = [tokenizer.decode([token]).encode() for token in range(len(tokenizer))]

    @classmethod
    def from_folder(cls, folder: Path) -> ServedCausalLM:
        """The model in a Hugging Face folder, in float32."""
        model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, local_files_only=True)
        return cls(model, AutoTokenizer.from_pretrained(folder, local_files_only=True))

    def render(self, messages: Sequence[dict[str, Any]]) -> str:
        return str(self._tokenizer.apply_chat_template(list(messages), add_generation_prompt=True, tokenize=False))

    def logprobs(self, prompt: str, written: Sequence[int]) -> NDArray[np.float64]:
        key = (prompt, tuple(map(int, written)))
        if key not in self._known:
            ids = [*self._tokenizer(prompt, add_special_tokens=False)["input_ids"], *key[1]]
            with torch.no_grad():
                logits = self._model(input_ids=torch.tensor([ids]), logits_to_keep=1).logits[0, -1]
            self._known[key] = logits[: len(self.vocabulary)].double().log_softmax(-1).numpy()
        return self._known[key]


def verdict_writer(tokenizer: Any, labels: Sequence[str], seed: int = 0) -> Any:
    """A Llama that writes a verdict wherever it is asked: the next token depends on the last one by a table.

    Its embeddings are one-hot and its layers add nothing, so that the table is in the output matrix;
    its label probabilities are a matter of chance, its closing brackets nearly certain. Every label,
    bracket and digit must be one token.
    """
    size = len(tokenizer)
    table = torch.randn(size, size, generator=torch.Generator().manual_seed(seed))

    def one(text: str) -> int:
        (token,) = tokenizer(text, add_special_tokens=False)["input_ids"]
        return int(token)

    characters = sorted({character for label in labels for character in label})
    table[:, one("[")] = 20.0
    table[one("["), :] -= 20.0
    table[one("]"), tokenizer.eos_token_id] = 30.0
    for character in characters:
        table[one("["), one(character)] += 20.0
        longer = any(character in label[:-1] for label in labels)
        table[one(character), :] -= 20.0
        table[one(character), one("]")] = 3.0 if longer else 20.0
        for follower in characters:
            if any(character + follower in label for label in labels):
                table[one(character), one(follower)] = 2.0
    model = LlamaForCausalLM(
        LlamaConfig(
            vocab_size=size,
            hidden_size=size,
            intermediate_size=8,
            num_hidden_layers=1,
            num_attention_heads=1,
            num_key_value_heads=1,
            max_position_embeddings=512,
            rms_norm_eps=1e-12,
            tie_word_embeddings=False,
        )
    )
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.dim() > 1:
                parameter.zero_()
        model.get_input_embeddings().weight.copy_(torch.eye(size))
        # The last norm makes a one-hot vector as long as the square root of its size.
        model.get_output_embeddings().weight.copy_(table.T / size**0.5)
    return model.eval()
