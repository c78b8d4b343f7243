"""The local judge against lm-evaluation-harness: the same model, the same requests, equal log-probabilities."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
import torch

from bench.memory import most_held
from bench.tournament import EIGHT_BILLION, THIRTY_MILLION, draw_tournament, random_judge, train_tokenizer
from trustjudge_core.judge import load_judge
from trustjudge_core.judge.contract import Prompt
from trustjudge_core.judge.local import LocalJudge

MOST_DIFFERENCE = 1e-4
MOST_COMPUTED = 1.10
ROUNDS = 3


@dataclass(frozen=True)
class Work:
    """Labels to read after every prompt of a tournament, the least ratio, and how many prompts the peer is timed on."""

    name: str
    labels: tuple[str, ...]
    suffix: str
    bar: float
    peer_prompts: int


WORKS = (
    Work("verdicts, one-token labels", ("A", "B", "C"), "", 2.2, 16),
    Work("scale 1-5 with its bracket", tuple("12345"), "]", 8.0, 4),
    Work("scale 1-100 with its bracket", tuple(map(str, range(1, 101))), "]", 100.0, 1),
)


@dataclass(frozen=True)
class Comparison:
    """Seconds of one thread for all prompts on both sides; the peer's are scaled by tokens from ``peer_prompts``.

    ``difference`` is the largest between log-probabilities, ``computed`` the tokens computed for each
    distinct prefix, ``positions`` the same with padding.
    """

    work: Work
    prompts: int
    seconds: float
    peer_seconds: float
    peer_prompts: int
    difference: float
    computed: float
    positions: float
    padding_share: float

    @property
    def ratio(self) -> float:
        """How many times the peer's time."""
        return self.peer_seconds / self.seconds


def peer_of(model: Any, tokenizer: Any, batch_size: int) -> Any:
    """lm-evaluation-harness around the same model."""
    from lm_eval.models.huggingface import HFLM

    logging.getLogger("lm_eval").setLevel(logging.ERROR)
    return HFLM(pretrained=model, tokenizer=tokenizer, batch_size=batch_size, max_length=4096)


def ask_peer(peer: Any, texts: Sequence[str], labels: Sequence[str], suffix: str) -> np.ndarray[Any, Any]:
    """ln P of every label after every text, (B, L), by its public call."""
    from lm_eval.api.instance import Instance

    asked = [(text, label + suffix) for text in texts for label in labels]
    requests = [Instance("loglikelihood", {}, arguments, number) for number, arguments in enumerate(asked)]
    found = [logprob for logprob, _ in peer.loglikelihood(requests, disable_tqdm=True)]
    return np.array(found).reshape(len(texts), len(labels))


def _seconds(call: Any) -> tuple[float, Any]:
    """Processor time of this process for one call, and what it gave: what else the machine does is not in it."""
    begun = time.process_time()
    found = call()
    return time.process_time() - begun, found


def compare(
    judge: LocalJudge, peer: Any, tokenizer: Any, prompts: Sequence[Prompt], work: Work, rounds: int = ROUNDS
) -> Comparison:
    """Both sides in turns, the best of each; the peer on prompts of evenly spread lengths."""
    chats = [prompt.chat for prompt in prompts]
    texts = [judge._format.text(chat) + "[" for chat in chats]
    lengths = np.array([len(ids) for ids in tokenizer(texts)["input_ids"]])
    by_length = np.argsort(lengths, kind="stable")
    spread = np.linspace(0, len(prompts) - 1, work.peer_prompts + 2).round().astype(int)[1:-1]
    subset = by_length[spread]
    scale = lengths.sum() / lengths[subset].sum()
    ours, theirs = [], []
    for _ in range(rounds):
        before = judge.counts
        seconds, found = _seconds(lambda: judge.label_logprobs(chats, work.labels, "[", work.suffix).logprobs)
        ours.append(seconds)
        after = judge.counts
        seconds, expected = _seconds(lambda: ask_peer(peer, [texts[n] for n in subset], work.labels, work.suffix))
        theirs.append(seconds * scale)
    tokens, distinct = after.tokens - before.tokens, after.distinct - before.distinct
    padding = after.padding - before.padding
    return Comparison(
        work=work,
        prompts=len(prompts),
        seconds=min(ours),
        peer_seconds=min(theirs),
        peer_prompts=len(subset),
        difference=float(np.abs(found[subset] - expected).max()),
        computed=tokens / distinct,
        positions=(tokens + padding) / distinct,
        padding_share=padding / (tokens + padding),
    )


def _best_peer(model: Any, tokenizer: Any, texts: Sequence[str]) -> tuple[Any, int]:
    """The peer at the batch size that suits it best here."""
    tried = []
    for size in (1, 4, 8):
        peer = peer_of(model, tokenizer, size)
        tried.append((_seconds(lambda held=peer: ask_peer(held, texts, ("A", "B"), ""))[0], size, peer))
    _, size, peer = min(tried, key=lambda one: one[:2])
    return peer, size


def judge_lines(
    name: str, judge: LocalJudge, model: Any, tokenizer: Any, responses: int = 8, rounds: int = ROUNDS
) -> Iterator[tuple[bool, str]]:
    """Every measurement of one local judge on the CPU: whether its bar holds, and what to print."""
    torch.set_num_threads(1)
    prompts = draw_tournament(tokenizer, responses).prompts
    before = most_held() / 1024
    judge.label_logprobs([prompt.chat for prompt in prompts], WORKS[0].labels, "[", "")
    held = most_held() / 1024
    peer, size = _best_peer(model, tokenizer, [judge._format.text(prompt.chat) + "[" for prompt in prompts[:8]])
    parameters = sum(parameter.numel() for parameter in model.parameters()) / 1e6
    tokens = sum(judge.count_tokens(prompts))
    yield (
        True,
        f"{name}, {parameters:.1f}M parameters, {len(prompts)} prompts of {tokens:,} tokens; peer batches of {size}",
    )
    for work in WORKS:
        found = compare(judge, peer, tokenizer, prompts, work, rounds)
        yield (
            found.ratio >= work.bar and found.difference <= MOST_DIFFERENCE and found.computed <= MOST_COMPUTED,
            f"{work.name}: {found.ratio:.1f}x  ({found.seconds:.1f} s, {found.prompts / found.seconds:.1f} judgments a "
            f"second, against {found.peer_seconds:.0f} s, timed on {found.peer_prompts} of {found.prompts} prompts; "
            f"log-probabilities within {found.difference:.0e}; tokens computed {found.computed:.3f}x the distinct "
            f"prefixes, {found.positions:.3f}x with padding, a share of {found.padding_share:.1%})  bar {work.bar:g}x",
        )
    yield True, f"peak memory: {before:.2f} GiB with the model loaded, {held:.2f} GiB after a tournament"


def cpu_lines() -> Iterator[tuple[bool, str]]:
    """The model of 30M parameters, and the bundled one."""
    tokenizer = train_tokenizer()
    judge, model = random_judge(THIRTY_MILLION, tokenizer)
    yield from judge_lines("random Llama", judge, model, tokenizer)
    bundled = load_judge("bundled", device="cpu")
    assert isinstance(bundled, LocalJudge)
    yield from judge_lines("bundled judge", bundled, bundled._open.model, bundled._format.tokenizer)


@dataclass(frozen=True)
class CardRate:
    """One tournament on an accelerator: judgments a second, and the share of its measured matrix-product rate."""

    judgments_per_second: float
    share: float
    measured_tflops: float
    peak_gib: float


def measure_card(
    shape: dict[str, Any],
    device: str,
    dtype: torch.dtype,
    responses: int = 8,
    side: int = 8192,
    batch_tokens: int = 32768,
) -> CardRate:
    """A model of that shape with random weights over a tournament, 1-100 scores and verdicts."""
    tokenizer = train_tokenizer()
    judge, model = random_judge(shape, tokenizer, device, dtype, batch_tokens=batch_tokens)
    tournament = draw_tournament(tokenizer, responses)
    chats = [prompt.chat for prompt in tournament.prompts]
    judge.label_logprobs(chats, WORKS[2].labels, "[", "]")  # kernels are chosen and memory is claimed
    before, begun = judge.counts, time.perf_counter()
    judge.label_logprobs(chats, WORKS[2].labels, "[", "]")
    seconds = time.perf_counter() - begun
    tokens = judge.counts.tokens - before.tokens
    inner = sum(parameter.numel() for parameter in model.model.layers.parameters())
    rate = _matrix_rate(device, dtype, side)
    peak = torch.cuda.max_memory_allocated() / 2**30 if device == "cuda" else most_held() / 1024
    return CardRate(len(chats) / seconds, 2 * inner * tokens / seconds / rate, rate / 1e12, peak)


def _matrix_rate(device: str, dtype: torch.dtype, side: int, times: int = 10) -> float:
    """Floating-point operations a second of products of square matrices."""
    one, other = (torch.randn(side, side, device=device, dtype=dtype) for _ in range(2))
    one @ other
    if device == "cuda":
        torch.cuda.synchronize()
    begun = time.perf_counter()
    for _ in range(times):
        one @ other
    if device == "cuda":
        torch.cuda.synchronize()
    return 2 * side**3 * times / (time.perf_counter() - begun)


def card_lines() -> Iterator[tuple[bool, str]]:
    """An 8B-shaped model in bfloat16 where there is a GPU."""
    if not torch.cuda.is_available():
        yield True, "8B shape in bfloat16: no GPU here, so it is not measured"
        return
    found = measure_card(EIGHT_BILLION, "cuda", torch.bfloat16)
    yield (
        True,
        f"8B shape in bfloat16 on {torch.cuda.get_device_name()}: {found.judgments_per_second:.0f} judgments a second, "
        f"{found.share:.0%} of the measured {found.measured_tflops:.0f} TFLOP/s, peak {found.peak_gib:.1f} GiB",
    )


def main() -> int:
    """This section alone: `python -m bench.judge`."""
    print("against lm-evaluation-harness HFLM.loglikelihood, processor time of one thread", flush=True)
    every = []
    for held, line in chain(cpu_lines(), card_lines()):
        every.append(held)
        print(("  ok      " if held else "  MISSED  ") + line, flush=True)
    return 0 if all(every) else 1


if __name__ == "__main__":
    raise SystemExit(main())
