"""Muon in float32: momentum whose update of every weight matrix is brought near to an orthogonal matrix.

torch ships a Muon too, but its iteration runs in bfloat16, which a CPU without bfloat16 units
computes about fifty times slower than float32.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import torch
from torch import Tensor

# Coefficients of the quintic iteration that pushes all singular values towards 1
# (Jordan et al. 2024, "Muon: an optimizer for hidden layers").
QUINTIC: Final = (3.4445, -4.7750, 2.0315)
STEPS: Final = 5


def orthogonalised(matrices: Tensor) -> Tensor:
    """U V^T of each matrix U S V^T, roughly: (m, rows, columns) -> the same shape."""
    tall = matrices.shape[-2] > matrices.shape[-1]
    x = matrices.mT if tall else matrices
    x = x / (x.norm(dim=(-2, -1), keepdim=True) + 1e-7)
    a, b, c = QUINTIC
    for _ in range(STEPS):
        gram = x @ x.mT
        x = a * x + (b * gram + c * gram @ gram) @ x
    found: Tensor = x.mT if tall else x
    return found


class Muon:
    """Updates matrices of hidden layers; matrices of one shape are updated together."""

    def __init__(self, matrices: Iterable[torch.nn.Parameter], momentum: float = 0.95, decay: float = 0.0) -> None:
        self._groups: dict[tuple[int, ...], list[torch.nn.Parameter]] = {}
        for matrix in matrices:
            self._groups.setdefault(tuple(matrix.shape), []).append(matrix)
        self._averages = {shape: torch.zeros(len(group), *shape) for shape, group in self._groups.items()}
        self._momentum, self._decay = momentum, decay

    @torch.no_grad()
    def step(self, rate: float) -> None:
        """One update with a learning rate, from the gradients that are there."""
        for shape, group in self._groups.items():
            gradients = torch.stack([matrix.grad for matrix in group if matrix.grad is not None])
            average = self._averages[shape]
            average.lerp_(gradients, 1 - self._momentum)
            update = orthogonalised(gradients.lerp(average, self._momentum))
            scale = rate * max(1.0, shape[0] / shape[1]) ** 0.5
            for matrix, change in zip(group, update, strict=True):
                matrix.mul_(1 - rate * self._decay).sub_(change, alpha=scale)
