"""How a judge is asked, from what a person chose and wrote: pages know the words, the judge package the rules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from trustjudge_core.errors import UsageError
from trustjudge_core.judge.contract import Order, Readout
from trustjudge_core.judge.prompts import Protocol, read_template, templates

__all__ = ["ORDERS", "Order", "Protocol", "TemplateSummary", "list_templates", "make_protocol", "orders_of"]

ORDERS: Final[dict[Order, str]] = {
    "verdict_first": "Verdict first: one look, nothing written",
    "rationale_first": "Rationale first: reasons, then the verdict",
}


@dataclass(frozen=True, slots=True)
class TemplateSummary:
    """A template in the box: what it is called and for, its own rubric, and its file word for word."""

    name: str
    about: str
    rubric: str
    source: str


def list_templates() -> list[TemplateSummary]:
    """Every template that comes with TrustJudge."""
    return [TemplateSummary(t.name, t.about, t.rubric.strip(), t.source) for t in templates()]


def orders_of(source: str) -> tuple[Order, ...]:
    """The orders that a template knows for scores and for pairs. Raises UsageError for a template with mistakes."""
    template = read_template(source)
    return tuple(order for order in ORDERS if order in template.score.replies and order in template.pair.replies)


def make_protocol(
    source: str,
    scale: tuple[int, int],
    *,
    criterion: str = "overall",
    rubric: str = "",
    order: Order = "verdict_first",
    max_tokens: int = 512,
    temperature: float = 0.0,
    seed: int = 0,
    samples: int = 0,
) -> Protocol:
    """The protocol of a template's text and a person's choices.

    An empty rubric leaves the question's own, or the template's. Raises UsageError that says what
    is wrong with the template, the scale or a number.
    """
    for what, number, least in (("tokens of a rationale", max_tokens, 1), ("samples", samples, 0)):
        if number < least:
            raise UsageError(f"{number} {what} cannot be asked for; allowed: {least} or more; correct the number")
    if not 0.0 <= temperature <= 2.0:
        raise UsageError(f"temperature {temperature:g} cannot be used; allowed: 0 to 2; 0 takes the likeliest token")
    readout = Readout(order=order, max_tokens=max_tokens, temperature=temperature, seed=seed, samples=samples)
    return Protocol(read_template(source), scale, criterion.strip() or "overall", rubric.strip(), readout)
