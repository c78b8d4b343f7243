"""Judges whose defects are known: judgments made from skills, with dials for what is wrong with them.

Every response has a skill, in logits. A judge shown f before s leans towards f by

    d = skill_f - skill_s + position_bias + cyclic c(f, s) + length (l_f - l_s) + noise e

with e standard normal, drawn anew for every judgment, l the standardised length and c a circle in
which everyone beats the half that follows. The three outcomes have Davidson's odds
exp(d/2) : exp(-d/2) : tie (JASA 65, 1970), so without ties the logit of a judgment is d itself; the verdict is
the likeliest outcome. Scores see skill + noise e on a logistic curve across the scale, as a
discretised normal distribution around that point.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Final

import numpy as np
from numpy.typing import NDArray

from trustjudge_core.errors import UsageError
from trustjudge_core.records import UNKNOWN, PairColumns, RunJudgments, ScoreColumns, SetIndex

JUDGE: Final = "planted"
FAILED: Final = "planted failure"
WIDTH: Final = 0.12
"""Standard deviation of an undialled score distribution, as a share of the scale."""

SKILL_SPREAD: Final = 1.5
"""Standard deviation of drawn skills, in logits."""

CATEGORIES: Final = 4
TYPICAL_LENGTH, LENGTH_SPREAD = 600.0, 120.0


@dataclass(frozen=True, slots=True)
class Dials:
    """The defects of a planted judge; every default is a judge without that defect.

    ``noise``: logits, standard deviation of every single judgment. ``position_bias``: logits given
    to the response shown first. ``tie``: Davidson's tie parameter; equals tie with probability tie / (2 + tie),
    and above 1 near equals get the verdict tie. ``cyclic``: logits along the circle. ``length``: logits per
    standard deviation of length difference. ``compression``: share of the scale left unused.
    ``leak``: mean probability outside the allowed labels, at most 0.5. ``digit_splitting``: share of the
    probability of labels with several digits that is read at their first digit. ``collapse``: share of
    the width that score distributions lose. ``failure``: share of judgments that give nothing.
    ``question_effect``: standard deviation over questions of the log of the noise.
    Raises UsageError for a dial outside what is allowed.
    """

    noise: float = 0.0
    position_bias: float = 0.0
    tie: float = 0.0
    cyclic: float = 0.0
    length: float = 0.0
    compression: float = 0.0
    leak: float = 0.0
    digit_splitting: float = 0.0
    collapse: float = 0.0
    failure: float = 0.0
    question_effect: float = 0.0

    def __post_init__(self) -> None:
        for dial in fields(self):
            value = getattr(self, dial.name)
            low, high = _ALLOWED.get(dial.name, (0.0, np.inf))
            if not low <= value <= high:
                raise UsageError(
                    f"dial {dial.name} = {value} cannot be planted; allowed: {low:g} to {high:g}; choose a value there"
                )


_ALLOWED: Final = {
    "position_bias": (-np.inf, np.inf),
    "length": (-np.inf, np.inf),
    "compression": (0.0, 1.0),
    "leak": (0.0, 0.5),
    "digit_splitting": (0.0, 1.0),
    "collapse": (0.0, 1.0),
    "failure": (0.0, 1.0),
}


@dataclass(frozen=True, eq=False)
class Planted:
    """A run and the truth it was made from. ``skills`` (R,) in logits; ``dials`` and ``seed`` say how."""

    run: RunJudgments
    skills: NDArray[np.float64]
    dials: Dials
    seed: int

    def true_relations(self, question: int) -> NDArray[np.int8]:
        """Who is truly better in one question, (n, n): the sign of the difference of skills."""
        own = slice(*self.run.index.offsets[question : question + 2].tolist())
        skills = self.skills[own]
        return np.sign(skills[:, None] - skills[None, :]).astype(np.int8)

    def true_order(self, question: int) -> list[int]:
        """Response numbers within the question, best first."""
        own = slice(*self.run.index.offsets[question : question + 2].tolist())
        return [int(n) for n in np.argsort(-self.skills[own], kind="stable")]


def planted_run(
    dials: Dials,
    *,
    questions: int = 40,
    responses: int = 8,
    skills: NDArray[np.float64] | None = None,
    lengths: NDArray[np.float64] | None = None,
    scale: tuple[int, int] = (1, 100),
    repeats: int = 1,
    seed: int = 0,
    judge: str = JUDGE,
) -> Planted:
    """Judgments of every response and of every pair in both orders, each asked ``repeats`` times.

    ``skills`` and ``lengths`` of texts are (n,), the same for all questions, or (Q, n); without them they are
    drawn. The same arguments give the same judgments. Response r of every question is system r.
    """
    rng = np.random.default_rng(seed)
    drawn = rng.normal(0.0, SKILL_SPREAD, (questions, responses))
    given = drawn if skills is None else np.broadcast_to(np.asarray(skills, np.float64), drawn.shape)
    written = np.maximum(1.0, np.round(rng.normal(TYPICAL_LENGTH, LENGTH_SPREAD, drawn.shape)))
    length = written if lengths is None else np.broadcast_to(np.asarray(lengths, np.float64), drawn.shape)
    place = np.argsort(rng.random((questions, responses)), axis=1)  # where each response stands on the circle
    effect = dials.question_effect
    noise = dials.noise * np.exp(effect * rng.normal(size=questions) - effect**2 / 2.0)
    index = SetIndex(
        question_ids=tuple(f"q{q:04}" for q in range(questions)),
        categories=tuple(f"category {q % CATEGORIES + 1}" for q in range(questions)),
        offsets=np.arange(questions + 1, dtype=np.int64) * responses,
        response_ids=tuple(f"r{r:02}" for _ in range(questions) for r in range(responses)),
        systems=tuple(f"system {r:02}" for _ in range(questions) for r in range(responses)),
        gold=given.ravel().copy(),
        lengths=length.ravel(),
    )
    pairs = _pairs(dials, given, length, place, noise, repeats, rng)
    scores = _scores(dials, given, noise, scale, repeats, rng)
    return Planted(RunJudgments(judge, index, scores, pairs), given.ravel().copy(), dials, seed)


def circle(place: NDArray[np.int64]) -> NDArray[np.float64]:
    """The circular preference c(i, j), (Q, n) places -> (Q, n, n) in {-1, 0, 1}.

    Everyone beats the half that follows and loses to the half before; opposite ones of an even number
    are even. Wins and losses of everyone balance, so no ranking explains any of it.
    """
    n = place.shape[1]
    ahead = (place[:, None, :] - place[:, :, None]) % n
    beats: NDArray[np.float64] = np.sign(n - 2.0 * ahead) * (ahead > 0)
    return beats


def _pairs(
    dials: Dials,
    skills: NDArray[np.float64],
    length: NDArray[np.float64],
    place: NDArray[np.int64],
    noise: NDArray[np.float64],
    repeats: int,
    rng: np.random.Generator,
) -> PairColumns:
    questions, n = skills.shape
    i, j = np.triu_indices(n, 1)
    # Every pair, each order, each repeat: axes (Q, pairs, 2, repeats), the second order with roles swapped.
    lean = skills[:, i] - skills[:, j] + dials.cyclic * circle(place)[:, i, j]
    difference = length[:, i] - length[:, j]
    lean = lean + dials.length * difference / max(float(np.sqrt((difference**2).mean())) if difference.size else 1, 1)
    d = np.stack([lean, -lean], axis=2)[:, :, :, None] + dials.position_bias
    d = d + noise[:, None, None, None] * rng.normal(size=(*d.shape[:3], repeats))
    weights = np.stack([np.exp(d / 2.0), np.exp(-d / 2.0), np.full(d.shape, dials.tie)], axis=-1)
    seen = _seen(dials, d.shape, rng)
    probs = (weights / weights.sum(axis=-1, keepdims=True) * seen[..., None]).reshape(-1, 3)
    top = np.argmax(probs, axis=1)
    failed = rng.random(len(probs)) < dials.failure
    start = (np.arange(questions) * n)[:, None, None, None]
    first = np.broadcast_to(np.stack([i, j], axis=1)[None, :, :, None] + start, d.shape).ravel()
    second = np.broadcast_to(np.stack([j, i], axis=1)[None, :, :, None] + start, d.shape).ravel()
    return PairColumns(
        first=first.astype(np.int64),
        second=second.astype(np.int64),
        verdict=np.where(failed, UNKNOWN, np.array([1, -1, 0])[top]).astype(np.int8),
        probs=np.where(failed[:, None], np.nan, probs),
        perplexity=np.where(failed, np.nan, 1.0 / probs[np.arange(len(probs)), top]),
        order_known=np.ones(len(probs), np.bool_),
        failure=np.where(failed, 0, -1).astype(np.int64),
        reasons=(FAILED,) if failed.any() else (),
        row=np.arange(len(probs), dtype=np.int64),
    )


def _seen(dials: Dials, shape: tuple[int, ...], rng: np.random.Generator) -> NDArray[np.float64]:
    """Probability left on allowed labels: 1 minus a leak between 0 and twice its mean."""
    return np.subtract(1.0, dials.leak * 2.0 * rng.random(shape))


def _scores(
    dials: Dials,
    skills: NDArray[np.float64],
    noise: NDArray[np.float64],
    scale: tuple[int, int],
    repeats: int,
    rng: np.random.Generator,
) -> ScoreColumns:
    low, high = scale
    labels = np.arange(low, high + 1, dtype=np.float64)
    seen_skill = skills[:, :, None] + noise[:, None, None] * rng.normal(size=(*skills.shape, repeats))
    height = 0.5 + (1.0 - dials.compression) * (1.0 / (1.0 + np.exp(-seen_skill)) - 0.5)
    centre = low + (high - low) * height.reshape(-1)
    probs = _around(centre, labels, WIDTH * (high - low) * (1.0 - dials.collapse))
    probs = _split_digits(probs, labels, dials.digit_splitting)
    probs = probs * _seen(dials, (len(probs), 1), rng)
    failed = rng.random(len(probs)) < dials.failure
    observed = np.where(failed, 0, len(labels))
    return ScoreColumns(
        response=np.repeat(np.arange(skills.size), repeats),
        sheet=np.zeros(len(probs), np.int64),
        sheets=(("overall", (float(low), float(high))),),
        emitted=np.where(failed, np.nan, labels[np.argmax(probs, axis=1)]),
        label_values=np.tile(labels, int((~failed).sum())),
        label_probs=probs[~failed].ravel(),
        label_offsets=np.concatenate([[0], np.cumsum(observed)]).astype(np.int64),
        failure=np.where(failed, 0, -1).astype(np.int64),
        reasons=(FAILED,) if failed.any() else (),
        row=np.arange(len(probs), dtype=np.int64),
    )


def _around(centre: NDArray[np.float64], labels: NDArray[np.float64], width: float) -> NDArray[np.float64]:
    """Normal distribution over the labels around each centre, (M,), (K,) -> (M, K); all on the nearest without width.

    Its expectation grows strictly with the centre: the labels' weights form an exponential family.
    """
    distance = np.abs(labels[None, :] - centre[:, None])
    if width < 1e-6:
        nearest: NDArray[np.float64] = np.eye(len(labels))[np.argmin(distance, axis=1)]
        return nearest
    exponent = -(distance**2) / (2.0 * width**2)
    weights = np.exp(exponent - exponent.max(axis=1, keepdims=True))
    spread: NDArray[np.float64] = weights / weights.sum(axis=1, keepdims=True)
    return spread


def _split_digits(probs: NDArray[np.float64], labels: NDArray[np.float64], share: float) -> NDArray[np.float64]:
    """Move a share of every longer label's probability to its first digit, (M, K) -> (M, K)."""
    if share == 0.0:
        return probs
    names = [str(int(label)) for label in labels]
    moved = np.zeros((len(labels), len(labels)))
    for source, name in enumerate(names):
        target = names.index(name[0]) if name[0] in names else source
        moved[source, target] += share
        moved[source, source] += 1.0 - share
    split: NDArray[np.float64] = probs @ moved
    return split
