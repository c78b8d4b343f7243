"""The same kernels on NumPy and on torch, on the processor and on a GPU where there is one: where is the crossover?

One source each (array API): triples of many questions by matrix products, and resampled strengths by Newton's method.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bench.random_relations import random_relations
from trustjudge_core.davidson_many import davidson_many
from trustjudge_core.triples_of_many import triples_of_many

REPEATS = 3

TRIPLE_SIZES = ((1, 20), (100, 20), (2500, 20), (20, 200), (1, 1000))
"""Questions and responses."""

STRENGTH_SIZES = ((100, 10), (1000, 20))
"""Resamples and systems."""


@dataclass(frozen=True)
class KernelTimes:
    """Seconds of a kernel by array library and device at one size, and whether all of them gave the same."""

    kernel: str
    size: tuple[int, int]
    seconds: dict[str, float]
    equal: bool

    @property
    def fastest(self) -> str:
        """Which library and device."""
        return min(self.seconds, key=self.seconds.__getitem__)


def libraries() -> dict[str, Callable[[Any], Any]]:
    """How to bring a NumPy array to every array library and device there is, NumPy first."""
    import torch

    found: dict[str, Callable[[Any], Any]] = {"NumPy": lambda array: array, "torch, processor": torch.from_numpy}
    if torch.cuda.is_available():
        found["torch, GPU"] = lambda array: torch.from_numpy(array).cuda()
    return found


def measure_kernels(
    triple_sizes: Sequence[tuple[int, int]] = TRIPLE_SIZES,
    strength_sizes: Sequence[tuple[int, int]] = STRENGTH_SIZES,
    seed: int = 0,
) -> Iterator[KernelTimes]:
    """Every kernel at every size on everything there is, the way there and back for a GPU included."""
    rng = np.random.default_rng(seed)
    for questions, responses in triple_sizes:
        relations = random_relations(questions, responses, rng, unknown_rate=0.01)
        yield _measured("triples of many questions", (questions, responses), triples_of_many, (relations,))
    for resamples, systems in strength_sizes:
        wins = 1.0 + rng.poisson(3.0, (resamples, systems, systems)).astype(np.float64)
        wins[:, np.arange(systems), np.arange(systems)] = 0.0
        half = np.triu(rng.poisson(1.0, wins.shape), 1).astype(np.float64)
        tables = (wins, half + half.transpose(0, 2, 1))
        yield _measured("resampled strengths", (resamples, systems), davidson_many, tables)


def _measured(
    kernel: str, size: tuple[int, int], work: Callable[..., Any], arrays: tuple[np.ndarray, ...]
) -> KernelTimes:
    seconds, results = {}, []
    for name, bring in libraries().items():
        tries = []
        for _ in range(REPEATS + 1):  # the first one warms up
            start = time.perf_counter()
            result = work(*map(bring, arrays))
            result = result.cpu().numpy() if hasattr(result, "cpu") else result
            tries.append(time.perf_counter() - start)
        seconds[name] = min(tries[1:])
        results.append(result)
    equal = all(np.allclose(results[0], other, rtol=1e-9, atol=1e-9) for other in results[1:])
    return KernelTimes(kernel, size, seconds, equal)
