"""Relations of a judge that answers at random, as input for measurements."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from trustjudge_core.records import UNKNOWN


def random_relations(
    questions: int, responses: int, rng: np.random.Generator, tie_rate: float = 0.3, unknown_rate: float = 0.0
) -> NDArray[np.int8]:
    """Antisymmetric relations of every question, drawn pair by pair, (questions, responses, responses)."""
    win_rate = (1.0 - tie_rate - unknown_rate) / 2.0
    codes = np.array([1, -1, 0, UNKNOWN], np.int8)
    shape = (questions, responses, responses)
    drawn = codes[rng.choice(4, shape, p=[win_rate, win_rate, tie_rate, unknown_rate])]
    above = np.triu(drawn, 1)
    mirrored = np.where(above == UNKNOWN, above, -above)  # -(-128) does not fit into int8
    relations = above + mirrored.transpose(0, 2, 1)
    return relations.astype(np.int8)
