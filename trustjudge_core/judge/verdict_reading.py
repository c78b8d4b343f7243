"""Reads the verdict of a written answer: the last bracket, and the probabilities of all labels around it.

A server gives, for each token it wrote, the most likely alternatives at that place. Labels are
spelled from there on as text, whatever tokens spell them: `8`, ` 8`, `8]` or `[8` in one token,
`1` and `00` in two. The walk follows the written tokens; an alternative counts as a label as soon as
it spells one that no other label could still grow out of (`7` on a scale to 9, not on a scale to
100, where 70 may follow). What cannot be told apart stays out of every label and shows in the mass.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

from trustjudge_core.errors import UsageError
from trustjudge_core.judge.contract import Answer, Order, Prompt
from trustjudge_core.judge.endpoint_replies import NEVER, Reply, Token, Unreadable, one_line

# How SentencePiece and byte-level tokenizers write blanks and line breaks when a server sends raw pieces.
_RAW_BLANKS: Final = (("▁".encode(), b" "), ("Ġ".encode(), b" "), ("Ċ".encode(), b"\n"))
_PAIRS: Final = {"[": "]", "(": ")", "{": "}", "<": ">"}
_TOO_MUCH: Final = 1.02
"""Alternatives at one place whose probabilities add up to more than this are nonsense, not rounding."""


@dataclass(frozen=True, slots=True)
class Brackets:
    """The characters around a verdict: the last of a prompt's prefix, the first of its suffix."""

    opening: str
    closing: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """A label of the scale, where its bracket stood: characters ``start`` to ``end`` of the text, brackets included."""

    label: str
    start: int
    end: int


def brackets(prompt: Prompt) -> Brackets:
    """The brackets around a prompt's verdict; raises UsageError when its template has none."""
    opening, closing = prompt.prefix.rstrip()[-1:], prompt.suffix.lstrip()[:1]
    if _PAIRS.get(opening, "none") != closing:
        raise UsageError(
            f"the template's verdict stands between {prompt.prefix!r} and {prompt.suffix!r}; a judge behind a server "
            "is read at a bracket; end the prefix with [ and begin the suffix with ]"
        )
    return Brackets(opening, closing)


def read_answer(reply: Reply, prompt: Prompt, order: Order, *, with_probabilities: bool = True) -> Answer:
    """The verdict of a reply with the probability of every label, or an answer that says why there is none.

    ``cumulative_logprob`` and ``token_count`` are over all tokens the server reports as written.
    """
    found = find_verdict(reply, prompt, order)
    if isinstance(found, Unreadable):
        return Answer(text=reply.text, failure=found.reason)
    if not with_probabilities:
        return Answer(emitted=found.label, text=reply.text)
    if reply.tokens is None:
        return Answer(text=reply.text, failure="the server left out the log-probabilities of this answer")
    masses = label_masses(reply.tokens, reply.text[found.start : found.end], prompt)
    if isinstance(masses, Unreadable):
        return Answer(text=reply.text, failure=masses.reason)
    total = math.fsum(masses.values())
    # Probabilities that were rounded on their way may add up to a little more than 1.
    probs = tuple(masses[label] / max(total, 1.0) for label in prompt.labels)
    logprobs = [token.logprob for token in reply.tokens]
    return Answer(
        emitted=found.label,
        probs=probs,
        mass=min(total, 1.0),
        text=reply.text,
        # One token "too unlikely to say" leaves the sum, and the perplexity, unknown.
        cumulative_logprob=math.fsum(logprobs) if min(logprobs) > NEVER else None,
        token_count=len(logprobs),
    )


def find_verdict(reply: Reply, prompt: Prompt, order: Order) -> Verdict | Unreadable:
    """What stands in the last bracket of the text, if it is one of the labels.

    An answer cut off by its length counts only when its verdict is where one belongs: at the very
    end, or at the very beginning of a verdict-first answer. Anywhere else it may be a quotation.
    """
    marks, text, cut_off = brackets(prompt), reply.text, reply.finish == "length"
    if reply.refusal:
        return Unreadable(f"the model refused: {one_line(reply.refusal)}")
    if reply.finish == "content_filter":
        return Unreadable("the server's content filter stopped the answer")
    start = text.rfind(marks.opening)
    end = text.find(marks.closing, start + 1)
    truncated = Unreadable("truncated: the answer reached its longest length before a verdict")
    if start < 0 or end < 0:
        if cut_off:
            return truncated
        if start < 0:
            return Unreadable("no verdict: the answer holds no bracket" if text.strip() else "no verdict: empty answer")
        return Unreadable(f"no verdict: its last bracket is not closed: {one_line(text[start:], 40)}")
    at_the_end = not text[end + 1 :].strip(" \n.*" + marks.closing)
    lead = " \n*" + marks.opening
    at_the_beginning = order == "verdict_first" and text[:start].strip(lead) in {"", prompt.prefix.strip(lead)}
    if cut_off and not at_the_end and not at_the_beginning:
        return truncated
    inside = text[start + 1 : end].strip()
    if inside not in prompt.labels:
        return Unreadable(f"verdict outside the scale: {one_line(inside, 40)!r}")
    return Verdict(inside, start, end + 1)


def label_masses(tokens: Sequence[Token], bracket: str, prompt: Prompt) -> dict[str, float] | Unreadable:
    """Probability of each label at the last place where the tokens spell ``bracket``.

    The labels' probabilities are those given everything written before the token in which the
    bracket's inside begins; that token may begin with the bracket itself or with text before it.
    """
    pieces = _as_written(tokens, bracket.encode())
    joined = b"".join(token.text for token in pieces)
    at = joined.rfind(bracket.encode())
    if at < 0:
        return Unreadable("the tokens with log-probabilities do not spell the answer")
    inside = at + len(brackets(prompt).opening.encode())
    ends = list(accumulate(len(token.text) for token in pieces))
    first = next(i for i, end in enumerate(ends) if end > inside)
    head = joined[ends[first] - len(pieces[first].text) : inside]
    speller = _Speller(prompt)
    masses, spelled, path = dict.fromkeys(prompt.labels, 0.0), b"", 1.0
    for token in pieces[first:]:
        if not token.options:
            return Unreadable("the server gave no alternatives where the verdict stands")
        options = _probabilities(token)
        if math.fsum(options.values()) > _TOO_MUCH:
            return Unreadable("the server's probabilities of the tokens at one place add up to more than 1")
        for text, probability in options.items():
            rest = _after(head, text)
            label = None if rest is None else speller.settled(spelled + rest)
            if label is not None:
                masses[label] += path * probability
        spelled += token.text[len(head) :]
        if speller.over(spelled):
            return masses
        path *= options[token.text]
        head = b""
    return masses


def tally(samples: Sequence[Answer], labels: Sequence[str]) -> Answer:
    """Repeated drawings as one answer: the share of each label, and the most frequent one as the verdict.

    Drawings without a verdict count in the number of samples and in no label, so that the mass shows
    them. The text is that of the first drawing with the verdict.
    """
    counts = [sum(sample.emitted == label for sample in samples) for label in labels]
    if not any(counts):
        return Answer(
            text=samples[0].text, samples=len(samples), failure=f"none of {len(samples)} samples: {samples[0].failure}"
        )
    emitted = labels[counts.index(max(counts))]
    return Answer(
        emitted=emitted,
        probs=tuple(count / len(samples) for count in counts),
        mass=sum(counts) / len(samples),
        text=next(sample.text for sample in samples if sample.emitted == emitted),
        samples=len(samples),
    )


def standard_errors(probs: Sequence[float], samples: int) -> tuple[float, ...]:
    """Multinomial standard error of each label's share of so many samples: sqrt(p(1-p)/n)."""
    return tuple(math.sqrt(p * (1.0 - p) / samples) for p in probs)


class _Speller:
    """What a text from the opening bracket on says about the label."""

    def __init__(self, prompt: Prompt) -> None:
        self._closing = brackets(prompt).closing.encode()
        self._labels = {label.encode(): label for label in prompt.labels}

    def settled(self, text: bytes) -> str | None:
        """The label this text spells, if it is closed or no other label begins with it."""
        name, closing, _ = text.partition(self._closing)
        label = self._labels.get(name.strip())
        if label is None or closing or name != name.rstrip():
            return label
        return label if sum(other.startswith(name.strip()) for other in self._labels) == 1 else None

    def over(self, text: bytes) -> bool:
        """Nothing written after this text can change the label."""
        return self._closing in text or self.settled(text) is not None


def _as_written(tokens: Sequence[Token], bracket: bytes) -> Sequence[Token]:
    """The tokens with raw pieces turned into text, when they do not spell the bracket as they are."""
    if bracket in b"".join(token.text for token in tokens):
        return tokens
    return [
        Token(_text(token.text), token.logprob, tuple((_text(text), logprob) for text, logprob in token.options))
        for token in tokens
    ]


def _text(piece: bytes) -> bytes:
    for raw, blank in _RAW_BLANKS:
        piece = piece.replace(raw, blank)
    return piece


def _probabilities(token: Token) -> dict[bytes, float]:
    """Probability of every text at this place, the written one included.

    Two tokens may spell the same text and count both; the same text with the same log-probability is
    one token listed twice, as by servers that put the written one in front of the most likely.
    """
    distinct: Iterable[tuple[bytes, float]] = set(token.options)
    if all(text != token.text for text, _ in distinct):
        distinct = [*distinct, (token.text, token.logprob)]
    found: dict[bytes, float] = {}
    for text, logprob in distinct:
        found[text] = found.get(text, 0.0) + (math.exp(min(logprob, 0.0)) if logprob > NEVER else 0.0)
    return found


def _after(head: bytes, text: bytes) -> bytes | None:
    """What a token says after the text that leads into the bracket; None when it leads elsewhere.

    `[7` and ` [7` lead into the same bracket.
    """
    if not head:
        return text
    lead, bare = head.lstrip(), text.lstrip()
    return bare[len(lead) :] if lead and bare.startswith(lead) else None
