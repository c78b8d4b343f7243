"""Small random models and tokenizers made on the spot, and the plainest way to compute what a judge computes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers
from transformers import (
    GemmaConfig,
    GemmaForCausalLM,
    GPT2Config,
    GPT2LMHeadModel,
    LlamaConfig,
    LlamaForCausalLM,
    MambaConfig,
    MambaForCausalLM,
    MistralConfig,
    MistralForCausalLM,
    MptConfig,
    MptForCausalLM,
    PreTrainedTokenizerFast,
    Qwen2Config,
    Qwen2ForCausalLM,
)

from trustjudge_core.judge.chat_format import read_chat_format
from trustjudge_core.judge.contract import Chat, JudgeDescription
from trustjudge_core.judge.forking import find_forking
from trustjudge_core.judge.local import LocalJudge

SPECIALS = ["<pad>", "<|end|>", "<|system|>", "<|user|>", "<|judge|>"]

CHATML = (
    "{% for m in messages %}{{ '<|' + ('judge' if m.role == 'assistant' else m.role) + '|>\n' }}"
    "{{ m.content + '<|end|>\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|judge|>\n' }}{% endif %}"
)
NO_SYSTEM = (
    "{% if messages[0].role == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}" + CHATML
)
WORDS_ONLY = (
    "{% for m in messages %}{{ m.role + ': ' + m.content + '\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ 'judge: ' }}{% endif %}"
)

CORPUS = [
    "Which answer is better, the first or the second? The answer: [8] because it is short. [A] [B] [C]",
    *(f"Score: [{number}] out of 100. Verdict: [{number % 10}" for number in range(1, 101)),
    "A question with an answer that says 1, 10, 100 or 42; x = [1, 2, 3]\nand then another line.",
] * 3


def _finished(tokenizer: Tokenizer, template: str | None) -> PreTrainedTokenizerFast:
    tokenizer.add_special_tokens([AddedToken(token, special=True) for token in SPECIALS])
    wrapped = PreTrainedTokenizerFast(tokenizer_object=tokenizer, eos_token="<|end|>", pad_token="<pad>")
    wrapped.chat_template = template
    return wrapped


@cache
def merging_tokenizer(template: str | None = CHATML) -> PreTrainedTokenizerFast:
    """Byte-level BPE that merges digits, brackets and digits (``[8``), and even across words."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(r"\n"), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.train_from_iterator(
        CORPUS, trainers.BpeTrainer(vocab_size=500, initial_alphabet=pre_tokenizers.ByteLevel.alphabet())
    )
    return _finished(tokenizer, template)


@cache
def splitting_tokenizer(template: str | None = CHATML) -> PreTrainedTokenizerFast:
    """Byte-level BPE with every digit and every bracket a token of its own."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Split(Regex(r"\d|[\[\]]"), "isolated"), pre_tokenizers.ByteLevel(add_prefix_space=False)]
    )
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.train_from_iterator(
        CORPUS, trainers.BpeTrainer(vocab_size=400, initial_alphabet=pre_tokenizers.ByteLevel.alphabet())
    )
    return _finished(tokenizer, template)


@cache
def unigram_tokenizer(template: str | None = CHATML) -> PreTrainedTokenizerFast:
    """Unigram with Metaspace at the beginning of the text only, as SentencePiece models have it."""
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.NFKC()
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="first", split=False)
    tokenizer.decoder = decoders.Metaspace(prepend_scheme="first", split=False)
    letters = sorted(set("".join(CORPUS)) | {"▁"})
    tokenizer.train_from_iterator(
        CORPUS,
        trainers.UnigramTrainer(vocab_size=220, initial_alphabet=letters, unk_token="<unk>", special_tokens=["<unk>"]),
    )
    return _finished(tokenizer, template)


@cache
def wordpiece_tokenizer(template: str | None = CHATML) -> PreTrainedTokenizerFast:
    """WordPiece over Bert's words, lower-cased: numbers are pieces like ``4`` and ``##2``."""
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    tokenizer.train_from_iterator(CORPUS, trainers.WordPieceTrainer(vocab_size=180, special_tokens=["[UNK]"]))
    return _finished(tokenizer, template)


TOKENIZERS = {
    "merging": merging_tokenizer,
    "splitting": splitting_tokenizer,
    "unigram": unigram_tokenizer,
    "wordpiece": wordpiece_tokenizer,
}


def _scrambled(model: Any) -> Any:
    """The model with weights large enough that every token matters to every other."""
    generator = torch.Generator().manual_seed(7)
    for parameter in model.parameters():
        if parameter.dim() > 1:
            parameter.data = torch.randn(parameter.shape, generator=generator) * 1.5 / parameter.shape[-1] ** 0.5
    return model.eval()


def llama(vocabulary: int, **changed: Any) -> Any:
    """A Llama with fewer keys than queries."""
    config = LlamaConfig(
        vocab_size=vocabulary,
        hidden_size=32,
        intermediate_size=48,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        **{"max_position_embeddings": 2048, **changed},
    )
    return _scrambled(LlamaForCausalLM(config))


def qwen2(vocabulary: int) -> Any:
    """A Qwen2 with tied embeddings."""
    config = Qwen2Config(
        vocab_size=vocabulary,
        hidden_size=32,
        intermediate_size=48,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=4,
        tie_word_embeddings=True,
    )
    return _scrambled(Qwen2ForCausalLM(config))


def gpt2(vocabulary: int) -> Any:
    """A GPT-2: learned positions."""
    return _scrambled(
        GPT2LMHeadModel(GPT2Config(vocab_size=vocabulary, n_embd=32, n_layer=2, n_head=2, n_positions=2048))
    )


def gemma(vocabulary: int) -> Any:
    """A Gemma: scaled embeddings and a head size of its own."""
    config = GemmaConfig(
        vocab_size=vocabulary,
        hidden_size=32,
        intermediate_size=48,
        num_hidden_layers=2,
        num_attention_heads=2,
        num_key_value_heads=1,
        head_dim=24,
    )
    return _scrambled(GemmaForCausalLM(config))


def mistral(vocabulary: int, window: int) -> Any:
    """A Mistral that looks back through a window."""
    config = MistralConfig(
        vocab_size=vocabulary,
        hidden_size=32,
        intermediate_size=48,
        num_hidden_layers=2,
        num_attention_heads=2,
        num_key_value_heads=2,
        sliding_window=window,
    )
    return _scrambled(MistralForCausalLM(config))


def mpt(vocabulary: int) -> Any:
    """An MPT: no positions, but a bias for the distance between columns."""
    return _scrambled(MptForCausalLM(MptConfig(vocab_size=vocabulary, d_model=32, n_layers=2, n_heads=2)))


def mamba(vocabulary: int) -> Any:
    """A state-space model: no keys and values to fork."""
    model = MambaForCausalLM(MambaConfig(vocab_size=vocabulary, hidden_size=16, num_hidden_layers=2, state_size=4))
    return model.eval()


def judge_of(
    model: Any, tokenizer: Any, *, share: bool = True, batch_tokens: int = 4096, context: int | None = None
) -> LocalJudge:
    """A local judge of a model in memory."""
    forking = replace(find_forking(model), share=share)
    description = JudgeDescription("local:test", "test", None, "cpu", "float32", context)
    return LocalJudge(model, read_chat_format(tokenizer), forking, description, batch_tokens)


def brute_force(
    model: Any, tokenizer: Any, chat: Chat, labels: Sequence[str], prefix: str, suffix: str
) -> NDArray[np.float64]:
    """ln P of every label by one forward pass over each whole string, (L,)."""
    text = tokenizer.apply_chat_template(list(chat), add_generation_prompt=True, tokenize=False)
    strings = [tokenizer(text + prefix + label + suffix, add_special_tokens=False)["input_ids"] for label in labels]
    common = 0
    while all(len(ids) > common for ids in strings) and len({ids[common] for ids in strings}) == 1:
        common += 1
    found = []
    for ids in strings:
        with torch.no_grad():
            logprobs = model(input_ids=torch.tensor([ids])).logits[0].double().log_softmax(-1)
        found.append(sum(float(logprobs[place - 1, ids[place]]) for place in range(common, len(ids))))
    return np.array(found)
