"""Training of the bundled judge from nothing: data, tokenizer and weights follow from one seed."""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random
from typing import Any, Final

import torch
from torch import Tensor, nn
from torch.nn import functional
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

import trustjudge_core
from trustjudge_core.judge.bundled.batches import Batch, batches
from trustjudge_core.judge.bundled.examples import examples
from trustjudge_core.judge.bundled.muon import Muon
from trustjudge_core.judge.bundled.tokenizer import train_tokenizer

LOSSES: Final = ("verdict", "rationale", "right words", "right or wrong", "quality and form")
KEPT: Final = 0.97
"""Of the running averages of the losses, at every batch."""
SAMPLE: Final = Path(trustjudge_core.__file__).parent / "sample"


@dataclass(frozen=True, slots=True)
class Recipe:
    """Everything the weights depend on. ``weights`` are those of `LOSSES`."""

    seed: int = 20251125
    steps: int = 3600
    batch_tokens: int = 4096
    matrix_rate: float = 0.01
    other_rate: float = 0.003
    warmup: int = 50
    layers: int = 5
    width: int = 128
    inner_width: int = 384
    heads: int = 4
    context: int = 2048
    weights: tuple[float, ...] = (1.0, 0.3, 0.3, 1.0, 1.0)
    tokenizer_examples: int = 4000
    sample_repeats: int = 5


class Insight(nn.Module):
    """The head that is thrown away: what it reads off the last layer is what the trunk has to know.

    After each part whether it is right; after each response its quality and whether it keeps the form.
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        self.read = nn.Linear(width, 3)

    def losses(self, hidden: Tensor, batch: Batch) -> tuple[Tensor, Tensor]:
        """Mean losses over parts and over responses; hidden is (B * T, width)."""
        entropy = functional.binary_cross_entropy_with_logits
        parts = entropy(self.read(hidden[batch.ends])[:, 0], batch.right)
        closed = self.read(hidden[batch.closes])
        return parts, entropy(closed[:, 1], batch.quality) + entropy(closed[:, 2], batch.form)


def new_model(recipe: Recipe, tokenizer: PreTrainedTokenizerFast) -> LlamaForCausalLM:
    """A Llama of the recipe's size with random weights from its seed."""
    torch.manual_seed(recipe.seed)
    return LlamaForCausalLM(
        LlamaConfig(
            vocab_size=len(tokenizer),
            hidden_size=recipe.width,
            intermediate_size=recipe.inner_width,
            num_hidden_layers=recipe.layers,
            num_attention_heads=recipe.heads,
            num_key_value_heads=recipe.heads,
            max_position_embeddings=recipe.context,
            tie_word_embeddings=True,
            pad_token_id=tokenizer.pad_token_id,
            bos_token_id=None,
            eos_token_id=tokenizer.eos_token_id,
        )
    )


def rate_at(step: int, recipe: Recipe) -> float:
    """Share of the full learning rate: a short rise, then a straight fall to nothing."""
    return min((step + 1) / recipe.warmup, (recipe.steps - step) / (recipe.steps - recipe.warmup), 1.0)


def learn(
    model: LlamaForCausalLM, recipe: Recipe, stream: Iterable[Batch], say: Callable[[str], None]
) -> tuple[int, int]:
    """Change the model's weights by ``recipe.steps`` batches; the numbers of examples and of tokens learned from."""
    insight = Insight(recipe.width)
    matrices = [weights for weights in model.model.layers.parameters() if weights.ndim == 2]
    chosen = {id(weights) for weights in matrices}
    others = [weights for weights in (*model.parameters(), *insight.parameters()) if id(weights) not in chosen]
    muon, adam = Muon(matrices), torch.optim.AdamW(others, betas=(0.9, 0.98), weight_decay=0.0)
    started, averages, learned, tokens = time.monotonic(), torch.zeros(len(LOSSES)), 0, 0
    for step, batch in enumerate(itertools.islice(stream, recipe.steps)):
        losses = losses_of(model, insight, batch)
        (losses * torch.tensor(recipe.weights)).sum().backward()  # type: ignore[no-untyped-call]
        share = rate_at(step, recipe)
        muon.step(recipe.matrix_rate * share)
        for group in adam.param_groups:
            group["lr"] = recipe.other_rate * share
        adam.step()
        adam.zero_grad()
        model.zero_grad()
        learned, tokens = learned + len(batch.tokens), tokens + batch.tokens.numel()
        averages.lerp_(losses.detach(), 1 - KEPT)
        if (step + 1) % 50 == 0:
            shown = zip(LOSSES, (averages / (1 - KEPT ** (step + 1))).tolist(), strict=True)
            losses_in_words = ", ".join(f"{name} {value:.3f}" for name, value in shown)
            say(f"batch {step + 1:,} of {recipe.steps:,}, {time.monotonic() - started:,.0f} s: {losses_in_words}")
    return learned, tokens


def losses_of(model: LlamaForCausalLM, insight: Insight, batch: Batch) -> Tensor:
    """The losses named by `LOSSES`, each a mean, (5,)."""
    hidden = model.model(input_ids=batch.tokens, use_cache=False).last_hidden_state.flatten(0, 1)
    following = batch.tokens.flatten().roll(-1)
    spoken = [
        functional.cross_entropy(model.lm_head(hidden[places]), following[places])
        if len(places)
        else hidden.new_zeros(())
        for places in (batch.verdicts, batch.spoken, batch.truths)
    ]
    return torch.stack([*spoken, *insight.losses(hidden, batch)])


def train(
    recipe: Recipe, say: Callable[[str], None]
) -> tuple[LlamaForCausalLM, PreTrainedTokenizerFast, dict[str, Any]]:
    """A trained model, its tokenizer, and a record of what it took."""
    wall, cpu = time.monotonic(), time.process_time()
    torch.use_deterministic_algorithms(True)
    tokenizer = tokenizer_of(recipe)
    model = new_model(recipe, tokenizer)
    learned, tokens = learn(model, recipe, batches(recipe.seed, tokenizer, recipe.batch_tokens), say)
    record = {
        "recipe": asdict(recipe),
        "examples": learned,
        "tokens": tokens,
        "parameters": model.num_parameters(),
        "seconds": round(time.monotonic() - wall),
        "cpu_seconds": round(time.process_time() - cpu),
        "threads": torch.get_num_threads(),
        "torch": str(torch.__version__),
        "processor": torch.backends.cpu.get_cpu_capability(),
    }
    return model, tokenizer, record


def save(model: LlamaForCausalLM, tokenizer: PreTrainedTokenizerFast, record: dict[str, Any], folder: Path) -> None:
    """Write an ordinary Hugging Face folder, weights in half precision as safetensors, and the record beside them."""
    model.half().save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    (folder / "training.json").write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")


def tokenizer_of(recipe: Recipe) -> PreTrainedTokenizerFast:
    """The recipe's tokenizer, learned from tasks and, for ordinary English words, from the sample responses."""
    drawn = itertools.islice(examples(Random(recipe.seed)), recipe.tokenizer_examples)
    rows = (SAMPLE / "responses.jsonl").read_text(encoding="utf-8").splitlines()
    free = [response["text"] for row in rows for response in json.loads(row)["responses"]]
    tasks = [example.chat[0]["content"] + example.said for example in drawn]
    return train_tokenizer(tasks + free * recipe.sample_repeats, recipe.context)
