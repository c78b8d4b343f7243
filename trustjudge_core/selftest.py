"""Is the instrument right about judges whose defects are known?

Each planting turns one dial of a judge without defects. The measure that should see it must find the value that
follows from the dial by a formula written beside it; measures that the defect cannot touch must stay
where they were, and what else it touches is named. Dials share their random numbers, so what stays
does so to the last digits and not only on average.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from trustjudge_core.measures import measures
from trustjudge_core.planted import Dials, planted_run
from trustjudge_core.settings import AuditSettings

QUESTIONS, REPEATS, SEED = 140, 2, 0
SKILLS: Final = np.linspace(-1.2, 1.2, 7)
"""Seven responses 0.4 logits apart."""

LENGTHS: Final = np.array([np.roll(np.arange(400.0, 1100.0, 100.0), turn) for turn in range(QUESTIONS)])
"""Every response is every length equally often, so that length and skill have nothing to do with each other."""

DRIFT: Final = 0.02
"""A measure is left alone when it moves by less than this."""


@dataclass(frozen=True, slots=True)
class Planting:
    """One dial turned: which measure must find what, within ``tolerance``; which others move ``also``, and ``why``."""

    dials: Dials
    measure: str
    expected: Callable[[Dials, Mapping[str, float]], float]
    tolerance: float
    also: tuple[str, ...]
    why: str

    @property
    def dial(self) -> str:
        """Name of the dial that is turned."""
        return next(f.name for f in fields(self.dials) if getattr(self.dials, f.name) != f.default)

    @property
    def value(self) -> float:
        """How far it is turned."""
        return float(getattr(self.dials, self.dial))


def _gaps() -> NDArray[np.float64]:
    """Differences of skill of all pairs, (21,)."""
    i, j = np.triu_indices(len(SKILLS), 1)
    return np.abs(SKILLS[i] - SKILLS[j])


def _stability(dials: Dials, plain: Mapping[str, float]) -> float:
    # An answer names the better one with probability Phi(gap / noise); two answers agree if both do or both do not.
    right = ndtr(_gaps() / dials.noise)
    return float(np.mean(right**2 + (1 - right) ** 2))


def _flipped(dials: Dials, plain: Mapping[str, float]) -> float:
    # Without noise the first shown wins both times where the gap is smaller than the bias.
    return -float(np.mean(_gaps() < dials.position_bias))


def _tied(dials: Dials, plain: Mapping[str, float]) -> float:
    # A tie is likelier than the better one where tie > exp(gap / 2).
    return float(np.mean(np.exp(_gaps() / 2) < dials.tie))


def _cyclic(dials: Dials, plain: Mapping[str, float]) -> float:
    # Gradient and circle are orthogonal: energies add up.
    circle, gradient = len(_gaps()) * dials.cyclic**2, float(np.sum(_gaps() ** 2))
    return circle / (circle + gradient)


_PAIRS_MOVE: Final = ("inconsistent triples", "edits", "cyclicity", "soft deviation")

PLANTINGS: Final = (
    Planting(
        Dials(noise=1.0),
        "stability",
        _stability,
        0.02,
        (*_PAIRS_MOVE, "reversals", "score spread", "entropy", "one digit"),
        "noise contradicts everything, and spreads the scores it moves to the ends of the scale",
    ),
    Planting(
        Dials(position_bias=0.5),
        "position effect",
        lambda dials, plain: dials.position_bias,
        0.005,
        ("fairness",),
        "both measure the place",
    ),
    Planting(Dials(position_bias=0.5), "fairness", _flipped, 0.005, ("position effect",), "both measure the place"),
    Planting(
        Dials(tie=1.3),
        "tie rate",
        _tied,
        0.005,
        ("inconsistent triples", "edits"),
        "ties of near equals do not add up: A = B = C but A > C",
    ),
    Planting(
        Dials(cyclic=0.6),
        "cyclicity",
        _cyclic,
        0.01,
        (*_PAIRS_MOVE, "reversals"),
        "what runs in circles contradicts every order, that of the scores too",
    ),
    Planting(
        Dials(length=0.5),
        "length effect",
        lambda dials, plain: plain["length effect"] + dials.length,
        0.01,
        ("reversals",),
        "scores do not see the length",
    ),
    Planting(
        Dials(compression=0.6),
        "score spread",
        lambda dials, plain: (1 - dials.compression) * plain["score spread"],
        0.01,
        (),
        "the order of the scores stays",
    ),
    Planting(
        Dials(collapse=1.0),
        "entropy",
        lambda dials, plain: 0.0,
        0.001,
        (),
        "the likeliest label stays",
    ),
    Planting(
        Dials(digit_splitting=0.4),
        "one digit",
        lambda dials, plain: plain["one digit"] + dials.digit_splitting * (1 - plain["one digit"]),
        0.001,
        ("score spread", "entropy"),
        "part of every score is read as a score of one digit",
    ),
    Planting(Dials(leak=0.2), "leaked mass", lambda dials, plain: dials.leak, 0.005, (), "the rest renormalises"),
    Planting(
        Dials(failure=0.1), "failed", lambda dials, plain: dials.failure, 0.01, (), "what is missing says nothing"
    ),
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one planting showed: ``found`` against ``expected``, and the measure left alone that moved most."""

    planting: Planting
    expected: float
    found: float
    most_moved: str
    drift: float

    @property
    def recovered(self) -> bool:
        """Whether the measure found the dial."""
        return abs(self.found - self.expected) <= self.planting.tolerance

    @property
    def left_alone(self) -> bool:
        """Whether no measure moved that should not."""
        return self.drift <= DRIFT


def selftest(settings: AuditSettings | None = None) -> Iterator[Outcome]:
    """Plant every defect and say what the measures make of it, one after the other."""
    settings = settings or AuditSettings(ks=(3,), resamples=0)

    def measured(dials: Dials) -> Mapping[str, float]:
        planted = planted_run(
            dials,
            questions=QUESTIONS,
            responses=len(SKILLS),
            skills=SKILLS,
            lengths=LENGTHS,
            repeats=REPEATS,
            seed=SEED,
        )
        return measures(planted, settings)

    plain = measured(Dials())
    for planting in PLANTINGS:
        found = measured(planting.dials)
        moved = {
            name: abs(found[name] - plain[name])
            for name in plain
            if name != planting.measure and name not in planting.also
        }
        most = max(moved, key=lambda name: moved[name])
        expected = planting.expected(planting.dials, plain)
        yield Outcome(planting, expected, found[planting.measure], most, moved[most])
