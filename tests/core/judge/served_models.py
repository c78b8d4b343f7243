"""Models small enough to be computed by hand, for the OpenAI-compatible server of the tests."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray


class ServedModel(Protocol):
    """What the server asks of a model."""

    vocabulary: Sequence[bytes]
    end: int

    def render(self, messages: Sequence[dict[str, Any]]) -> str:
        """The chat as the one text that the model continues."""
        ...

    def logprobs(self, prompt: str, written: Sequence[int]) -> NDArray[np.float64]:
        """ln P(next token), (V,)."""
        ...


class TableModel:
    """A judge without weights: every prompt and every beginning has its own probabilities, the same each time.

    It writes ``lead``, then a label in brackets, then ends; what it writes there is a matter of
    chance. ``sure_to_close`` makes the closing bracket certain after a label that no other label
    continues, as it nearly is with trained models. Prompts with a response B get ``pair_labels``.
    """

    def __init__(
        self,
        vocabulary: Sequence[str],
        labels: Sequence[str],
        *,
        pair_labels: Sequence[str] = (),
        lead: str = "",
        seed: int = 0,
        sure_to_close: bool = True,
    ) -> None:
        self.vocabulary = [token.encode() for token in (*vocabulary, "</s>")]
        self.end = len(vocabulary)
        self._labels = [label.encode() for label in labels]
        self._pair_labels = [label.encode() for label in pair_labels] or self._labels
        self._lead = lead.encode()
        self._seed = seed
        self._sure_to_close = sure_to_close

    def render(self, messages: Sequence[dict[str, Any]]) -> str:
        return "\n".join(f"{message['role']}: {message['content']}" for message in messages)

    def logprobs(self, prompt: str, written: Sequence[int]) -> NDArray[np.float64]:
        beginning = repr((self._seed, prompt, list(map(int, written)))).encode()
        logits = np.random.default_rng(zlib.crc32(beginning)).normal(scale=1.5, size=len(self.vocabulary))
        text = b"".join(self.vocabulary[token] for token in written)
        labels = self._pair_labels if "<response_b>" in prompt else self._labels
        logits += [self._wish(labels, text, token) for token in self.vocabulary]
        return logits - np.log(np.exp(logits - logits.max()).sum()) - logits.max()

    def _wish(self, labels: Sequence[bytes], text: bytes, token: bytes) -> float:
        """How much this token is pushed after this text, in logits."""
        _, bracket, inside = text.rpartition(b"[")
        if not bracket:
            if self._lead.startswith(text) and text != self._lead:
                return 40.0 + 5.0 * len(token) if self._lead[len(text) :].startswith(token) else 0.0
            return 40.0 if token.startswith(b"[") else 0.0
        if b"]" in inside:
            return 60.0 if token == b"</s>" else 0.0
        spelled = inside.strip()
        whole = spelled in labels
        more = any(label != spelled and label.startswith(spelled) for label in labels)
        longer = more and inside.lstrip() == spelled
        if token.startswith(b"]"):
            return (60.0 if self._sure_to_close and not longer else 3.0) if whole else -5.0
        return 4.0 if any((label + b"]").startswith(inside.lstrip() + token.lstrip()) for label in labels) else 0.0


def spellings(
    model: ServedModel, prompt: str, written: Sequence[int], labels: Sequence[str], *, lead: bytes = b""
) -> dict[str, float]:
    """Probability that the model writes ``lead``, a label and the closing bracket after ``written``, by brute force.

    Every token is tried at every step as long as what it spells can still become a label; blanks
    around a label do not matter. Beginnings less likely than a millionth are left alone.
    """
    found = dict.fromkeys(labels, 0.0)
    hopes = tuple((label + "]").encode() for label in labels)
    open_ends: list[tuple[float, tuple[int, ...]]] = [(1.0, ())]
    while open_ends:
        probability, tokens = open_ends.pop()
        for token, logprob in enumerate(model.logprobs(prompt, [*written, *tokens])):
            path = (*tokens, token)
            text = b"".join(model.vocabulary[t] for t in path).lstrip()
            share = probability * float(np.exp(logprob))
            if not text.startswith(lead.lstrip()):
                if lead.lstrip().startswith(text) and share > 1e-6:
                    open_ends.append((share, path))
                continue
            name, closing, _ = text.removeprefix(lead.lstrip()).partition(b"]")
            if closing:
                if name.strip().decode() in found:
                    found[name.strip().decode()] += share
            elif any(hope.startswith(name.strip()) for hope in hopes) and share > 1e-6:
                open_ends.append((share, path))
    return found
