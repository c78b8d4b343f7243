"""What a judge writes before its verdict: greedy or sampled, batched, and the same in whatever company.

Every prompt draws from its own random numbers, seeded by the readout's seed and its tokens, so that
a rationale depends neither on the other prompts of a batch nor on the order of a run.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from transformers import DynamicCache
from transformers.cache_utils import Cache, DynamicLayer

from trustjudge_core.judge.contract import Readout
from trustjudge_core.judge.devices import out_of_memory, release_memory
from trustjudge_core.judge.engine import Engine, whole_logits
from trustjudge_core.judge.label_tails import NO_LABELS, Verdict
from trustjudge_core.judge.prefix_tree import NOTHING, Row

LOOKED_BACK: Final = 24
"""Tokens at the end of what was written in which the beginning of a verdict is looked for."""


@dataclass(frozen=True, slots=True)
class Written:
    """A rationale: its text, ln P of its ``tokens`` as the model gave them, and whether the limit cut it off."""

    text: str
    logprob: float
    tokens: int
    cut: bool


@dataclass(frozen=True, eq=False)
class Stop:
    """When writing ends: an end token, or the beginning of a verdict (``marker``)."""

    tokenizer: Any
    ends: frozenset[int]
    marker: str

    def text(self, ids: Sequence[int]) -> str:
        """Tokens as text, special tokens left out, up to the beginning of a verdict."""
        text: str = self.tokenizer.decode(list(ids), skip_special_tokens=True)
        return text.partition(self.marker)[0].rstrip() if self.marker else text.rstrip()

    def reached(self, ids: Sequence[int]) -> bool:
        """Whether these tokens end the writing."""
        if ids[-1] in self.ends:
            return True
        return bool(self.marker) and self.marker in self.tokenizer.decode(list(ids[-LOOKED_BACK:]))


@dataclass(slots=True, eq=False)
class _Pen:
    """One rationale in the making."""

    random: np.random.Generator
    most: int
    ids: list[int] = field(default_factory=list)
    logprob: float = 0.0
    done: bool = False

    def written(self, stop: Stop) -> Written:
        """What stands there now."""
        return Written(stop.text(self.ids), self.logprob, len(self.ids), not stop.reached(self.ids))


def _pen(prompt: NDArray[np.int64], readout: Readout, most: int) -> _Pen:
    digest = hashlib.sha256(prompt.tobytes()).digest()
    return _Pen(np.random.default_rng([readout.seed, int.from_bytes(digest[:8], "big")]), most)


def _advance(pens: Sequence[_Pen], logits: Tensor, temperature: float, stop: Stop) -> list[int]:
    """One more token for every pen from its logits (B, V); the tokens chosen.

    At temperature 0 the likeliest, else drawn by inverting the distribution function at one uniform number.
    """
    logits = logits.float()
    if temperature:
        steps = (logits / temperature).softmax(-1).double().cumsum(-1)
        drawn = torch.tensor([[pen.random.random()] for pen in pens], dtype=steps.dtype, device=steps.device)
        chosen = torch.searchsorted(steps, drawn * steps[:, -1:]).clamp_(max=logits.shape[-1] - 1)
    else:
        chosen = logits.argmax(-1, keepdim=True)
    logprobs = (logits.gather(-1, chosen) - logits.logsumexp(-1, keepdim=True)).squeeze(-1).tolist()
    tokens: list[int] = chosen.squeeze(-1).tolist()
    for pen, token, logprob in zip(pens, tokens, logprobs, strict=True):
        if not pen.done:
            pen.ids.append(token)
            pen.logprob += logprob
            pen.done = len(pen.ids) >= pen.most or stop.reached(pen.ids)
    return tokens


class _PageLayer(DynamicLayer):  # type: ignore[misc]
    """One layer's keys and values of B rows with room for what is still to be written; earlier tokens stand left."""

    def __init__(self, rows: Sequence[Row], layer: int, width: int, room: int) -> None:
        super().__init__()
        self._used = width
        self._pages = [self._page(rows, layer, which, width + room) for which in (0, 1)]

    @staticmethod
    def _page(rows: Sequence[Row], layer: int, which: int, columns: int) -> Tensor:
        own = rows[0].kept[layer][which]  # (heads, S, size)
        page: Tensor = own.new_zeros(len(rows), own.shape[0], columns, own.shape[2])
        for number, row in enumerate(rows):
            end = row.start
            page[number, :, end : end + len(row.tokens)] = row.kept[layer][which]
            for earlier, tokens in row.before():
                page[number, :, end - tokens : end] = earlier.kept[layer][which][:, :tokens]
                end -= tokens
        return page

    def get_seq_length(self) -> int:
        return self._used

    def get_mask_sizes(self, query_length: int) -> tuple[int, int]:
        return self._used + query_length, 0

    def update(self, key_states: Tensor, value_states: Tensor, *args: Any, **kwargs: Any) -> tuple[Tensor, Tensor]:
        """Keys and values of everything so far, with one more column."""
        for page, new in zip(self._pages, (key_states, value_states), strict=True):
            page[:, :, self._used : self._used + 1] = new
        self._used += 1
        keys, values = (page[:, :, : self._used] for page in self._pages)
        return keys, values

    def keep(self, rows: Tensor) -> None:
        """Go on with these rows only."""
        self._pages = [page.index_select(0, rows) for page in self._pages]


@torch.inference_mode()
def _write_rows(
    model: Any, layers: int, rows: Sequence[Row], first: Tensor, pens: Sequence[_Pen], temperature: float, stop: Stop
) -> None:
    """Fill the pens of these rows, whose next-token logits (B, V) are ``first``."""
    tokens = _advance(pens, first, temperature, stop)
    lengths = torch.tensor([row.start + len(row.tokens) for row in rows], device=model.device)
    width, room = int(lengths.max()), max(pen.most for pen in pens)
    cache = Cache(layers=[_PageLayer(rows, layer, width, room) for layer in range(layers)])
    column = torch.arange(width + room, device=model.device)
    hidden = (column >= lengths[:, None]) & (column < width)
    mask = torch.zeros(hidden.shape, dtype=model.dtype, device=model.device)
    mask = mask.masked_fill_(hidden, torch.finfo(model.dtype).min)[:, None, None]  # (B, 1, 1, K)
    step = 0
    while not all(pen.done for pen in pens):
        going = [number for number, pen in enumerate(pens) if not pen.done]
        if len(going) <= len(pens) // 2:
            rest = torch.tensor(going, device=model.device)
            for layer in cache.layers:
                layer.keep(rest)
            mask, lengths = mask[rest], lengths[rest]
            pens, tokens = [pens[n] for n in going], [tokens[n] for n in going]
        logits = model(
            input_ids=torch.tensor(tokens, device=model.device)[:, None],
            position_ids=(lengths + step)[:, None],
            attention_mask=mask[..., : width + step + 1],
            past_key_values=cache,
            use_cache=True,
        ).logits[:, -1]
        tokens = _advance(pens, logits, temperature, stop)
        step += 1


@torch.inference_mode()
def _continue(model: Any, prompt: NDArray[np.int64], pen: _Pen, temperature: float, stop: Stop) -> None:
    """Fill one pen with whatever cache the model makes itself."""
    given = torch.from_numpy(prompt)[None].to(model.device)
    state: dict[str, Any] = {"past_key_values": DynamicCache(config=model.config)}
    while not pen.done:
        out = model(input_ids=given, use_cache=True, **state)
        # state-space models hand their state on under a name of their own
        name = "cache_params" if getattr(out, "cache_params", None) is not None else "past_key_values"
        state = {name: out[name]}
        (token,) = _advance([pen], out.logits[:, -1], temperature, stop)
        given = torch.tensor([[token]], device=model.device)


def _write_together(
    engine: Engine,
    rows: Sequence[Row],
    first: Tensor,
    asked: Sequence[tuple[NDArray[np.int64], int]],
    readout: Readout,
    stop: Stop,
) -> list[Written | None]:
    """What is written after rows with these prompts and limits, half of them at a time where memory runs out."""
    pens = [_pen(prompt, readout, most) for prompt, most in asked]
    try:
        _write_rows(engine.model, engine.forking.layers, rows, first, pens, readout.temperature, stop)
        return [pen.written(stop) for pen in pens]
    except (RuntimeError, MemoryError) as error:
        if not out_of_memory(error):
            raise
    release_memory(engine.model.device)
    half = len(rows) // 2
    if not half:
        return [None]
    return [
        *_write_together(engine, rows[:half], first[:half], asked[:half], readout, stop),
        *_write_together(engine, rows[half:], first[half:], asked[half:], readout, stop),
    ]


def _write_alone(engine: Engine, prompt: NDArray[np.int64], most: int, readout: Readout, stop: Stop) -> Written | None:
    """What is written after one prompt with whatever cache the model makes itself."""
    pen = _pen(prompt, readout, most)
    try:
        _continue(engine.model, prompt, pen, readout.temperature, stop)
    except (RuntimeError, MemoryError) as error:
        if not out_of_memory(error):
            raise
        release_memory(engine.model.device)
        return None
    return pen.written(stop)


def write(
    engine: Engine, prompts: Sequence[NDArray[np.int64]], mosts: Sequence[int], readout: Readout, stop: Stop
) -> Iterator[tuple[int, Written | None]]:
    """What the judge writes after each prompt, at most ``mosts`` tokens, by number; None where memory runs out."""
    allowed = [engine.forking.allows(len(prompt) + most) for prompt, most in zip(prompts, mosts, strict=True)]
    together = [number for number, yes in enumerate(allowed) if yes]
    verdicts = [Verdict(prompts[number], NO_LABELS) for number in together]
    for batch, logits in engine.walk(verdicts, whole_logits, keep_all=True):
        places = [place for place, row in enumerate(batch.rows) if row.index != NOTHING]
        numbers = [together[batch.rows[place].index] for place in places]
        if logits is None:
            yield from ((number, None) for number in numbers)
        elif places:
            asked = [(prompts[number], mosts[number]) for number in numbers]
            rows = [batch.rows[place] for place in places]
            yield from zip(
                numbers, _write_together(engine, rows, logits[places, -1], asked, readout, stop), strict=True
            )
    for number in (number for number, yes in enumerate(allowed) if not yes):
        yield number, _write_alone(engine, prompts[number], mosts[number], readout, stop)
