"""Prompts of a judge: one question with one response to score, or with two to compare.

Nothing here imports a model library: a plan, an estimate and the preview on screen are made of the
same prompts that the judge is asked.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from functools import lru_cache

from trustjudge_core.errors import UsageError
from trustjudge_core.judge.contract import Message, Prompt, Readout
from trustjudge_core.judge.hostile_text import break_fences, break_markers
from trustjudge_core.judge.template import Part, Template, fill, load_template, read_template, templates
from trustjudge_core.records import Question, Response

__all__ = ["MOST_LABELS", "Protocol", "load_template", "pair_prompt", "read_template", "score_prompt", "templates"]

MOST_LABELS = 1001
"""The longest scale, as 0 to 1000."""


@dataclass(frozen=True, slots=True)
class Protocol:
    """How a judge is asked: everything but the model.

    ``scale`` is (lowest, highest), whole numbers, both allowed as answers. An empty ``rubric``
    means the rubric of the question where it has one, else that of the template.
    """

    template: Template = field(default_factory=lambda: load_template("general"))
    scale: tuple[int, int] = (1, 5)
    criterion: str = "overall"
    rubric: str = ""
    readout: Readout = field(default_factory=Readout)

    def __post_init__(self) -> None:
        low, high = self.scale
        if not (isinstance(low, int) and isinstance(high, int) and low < high and high - low < MOST_LABELS):
            raise UsageError(
                f"scale {low}-{high} cannot be used; allowed: two whole numbers, the lower first, "
                f"at most {MOST_LABELS} labels; for example 1-5 or 1-100"
            )
        for part in (self.template.score, self.template.pair):
            if self.readout.order not in part.replies:
                raise UsageError(
                    f"template {self.template.name} knows no {self.readout.order.replace('_', ' ')}; allowed: "
                    f"{', '.join(order.replace('_', ' ') for order in part.replies)}; choose that, or another template"
                )

    @property
    def score_labels(self) -> tuple[str, ...]:
        """Every number of the scale, lowest first."""
        return tuple(str(number) for number in range(self.scale[0], self.scale[1] + 1))

    @property
    def pair_labels(self) -> tuple[str, ...]:
        """The labels of first, second and tie."""
        return self.template.pair.labels

    def to_json(self) -> str:
        """The protocol as JSON with sorted keys; equal protocols give equal texts."""
        return json.dumps(
            {
                "template": self.template.source,
                "scale": list(self.scale),
                "criterion": self.criterion,
                "rubric": self.rubric,
                "readout": asdict(self.readout),
            },
            ensure_ascii=False,
            sort_keys=True,
            separators=(",", ":"),
        )

    @classmethod
    def from_json(cls, text: str) -> Protocol:
        """The protocol that `to_json` wrote.

        Raises UsageError when its template or scale can no longer be used.
        """
        held = json.loads(text)
        return cls(
            template=read_template(held["template"]),
            scale=(held["scale"][0], held["scale"][1]),
            criterion=held["criterion"],
            rubric=held["rubric"],
            readout=Readout(**held["readout"]),
        )

    @property
    def digest(self) -> str:
        """SHA-256 of `to_json`, in hexadecimal."""
        return hashlib.sha256(self.to_json().encode()).hexdigest()


def score_prompt(protocol: Protocol, question: Question, response: Response) -> Prompt:
    """What a judge is asked to score one response.

    Raises UsageError when the question or the response has no text.
    """
    return _prompt(protocol, protocol.template.score, question, {"first": response}, protocol.score_labels)


def pair_prompt(protocol: Protocol, question: Question, first: Response, second: Response) -> Prompt:
    """What a judge is asked to compare two responses, ``first`` being shown first; labels are first, second, tie.

    Raises UsageError when the question or a response has no text.
    """
    shown = {"first": first, "second": second}
    return _prompt(protocol, protocol.template.pair, question, shown, protocol.pair_labels)


@lru_cache(maxsize=2048)  # a response stands in every pair of its question, twice
def _safe(text: str, fences: tuple[str, ...]) -> str:
    return break_fences(break_markers(text), fences)


def _prompt(
    protocol: Protocol, part: Part, question: Question, shown: dict[str, Response], labels: tuple[str, ...]
) -> Prompt:
    hostile = {"question": question.text, "reference": question.reference or ""}
    hostile |= {place: response.text for place, response in shown.items()}
    for place, text in hostile.items():
        if text is None:
            what = f"question {question.question_id}"
            if place in shown:
                what = f"response {shown[place].response_id} of {what}"
            raise UsageError(f"{what} has no text; allowed: questions and responses with texts; import the texts first")
    safe = {place: _safe(text or "", protocol.template.fences) for place, text in hostile.items()}
    reply = part.replies[protocol.readout.order]
    settings = {
        "criterion": protocol.criterion,
        "rubric": protocol.rubric or question.rubric or protocol.template.rubric,
        "low": str(protocol.scale[0]),
        "high": str(protocol.scale[1]),
    }
    settings = {name: break_markers(value) for name, value in settings.items()}
    settings["reply"] = fill(reply.instruction, settings)
    chat: list[Message] = []
    if protocol.template.system:
        chat.append({"role": "system", "content": fill(protocol.template.system, settings)})
    chat.append({"role": "user", "content": fill(part.user, safe | settings)})
    return Prompt(chat=tuple(chat), labels=labels, prefix=reply.prefix, suffix=part.suffix)
