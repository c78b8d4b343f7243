"""Native bundles in which every name and every text is an injection, so that each of them stands in every role.

`roles`: one is the id of every question, its category, its text, and the name of every judge and annotator.
`names`: a question whose responses have them all as ids, and one that has them all as systems.
`ranked`: twelve questions of nine systems by two judges, for everything that is drawn; on its first pair all of them
were said and failed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from tests.injections import ALL, BY_KIND

N = len(ALL)
JUDGE, OTHER, MANY_CRITERIA = ALL[0], ALL[1], ALL[2]
"""The judge of everything, one who sees it the other way round, and one with many criteria."""

ALL_IN_ONE = "\n\n".join(ALL)
"""One to a paragraph."""

DRAWN = tuple(text for place in range(2) for text in (BY_KIND[kind][place] for kind in (
    "plotly", "handlers", "svg and mathml", "markdown", "directives", "latex", "templates", "unicode", "polyglots",
)))  # fmt: skip
"""Two of each kind that a label could take for markup."""

QUESTIONS, SYSTEMS = 12, 9

Row = dict[str, Any]


def injected(number: int) -> str:
    """The injection with that number, counted around."""
    return ALL[number % N]


def _both_orders(question: str, winner: str, loser: str, judge: str, margin: float) -> Iterator[Row]:
    high, low = round(0.5 + margin / 2, 3), round(0.5 - margin / 2, 3)
    for first, second, probs, verdict in (
        (winner, loser, {"first": high, "second": low, "tie": 0.0}, "first"),
        (loser, winner, {"first": low, "second": high, "tie": 0.0}, "second"),
    ):
        yield {
            "question_id": question, "first": first, "second": second, "judge": judge, "verdict": verdict,
            "probs": probs, "text": ALL_IN_ONE[:300],
        }  # fmt: skip


def _score(question: str, response: str, judge: str, criterion: str, best: int) -> Row:
    shares = [1.0 + (label == best) for label in range(1, 6)]
    return {
        "question_id": question, "response_id": response, "judge": judge, "criterion": criterion, "scale": [1, 5],
        "probs": {str(label + 1): share / sum(shares) for label, share in enumerate(shares)}, "emitted": best,
    }  # fmt: skip


def _written(folder: Path, **parts: Iterable[Row]) -> list[Path]:
    folder.mkdir()
    for name, rows in parts.items():
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return sorted(folder.iterdir())


def write_roles(folder: Path) -> list[Path]:
    """A question of three responses for each injection, judged by `JUDGE`, the first by everybody."""
    questions = [
        {"question_id": ALL[n], "category": injected(n + 1), "question": injected(n + 2), "reference": injected(n + 3),
         "rubric": injected(n + 4),
         "responses": [{"response_id": injected(n + r), "text": injected(n + r + 7)} for r in range(3)]}
        for n in range(N)
    ]  # fmt: skip
    comparisons = [
        row
        for n in range(N)
        for winner, loser in ((0, 1), (1, 2), (2, 0))
        for row in _both_orders(ALL[n], injected(n + winner), injected(n + loser), JUDGE, 0.2)
    ]
    comparisons += [row for judge in ALL[1:] for row in _both_orders(ALL[0], ALL[0], ALL[1], judge, 0.2)]
    scores = [_score(ALL[0], ALL[r], MANY_CRITERIA, name, 1 + n % 5) for n, name in enumerate(DRAWN) for r in (0, 1)]
    humans = [
        {"question_id": ALL[0], "first": ALL[n % 2], "second": ALL[1 - n % 2], "annotator": annotator,
         "verdict": ("first", "second", "tie")[n % 3]}
        for n, annotator in enumerate(ALL)
    ]  # fmt: skip
    return _written(folder, responses=questions, comparisons=comparisons, scores=scores, humans=humans)


def write_names(folder: Path) -> list[Path]:
    """Two questions of as many responses as injections, all scored by one judge and the first ones by another."""
    by_id = [{"response_id": text, "text": text} for text in ALL]
    by_system = [{"response_id": f"r{n}", "system": text, "text": text} for n, text in enumerate(ALL)]
    questions: list[Row] = [
        {"question_id": name, "question": name, "responses": responses}
        for name, responses in (("ids", by_id), ("systems", by_system))
    ]
    scores = [
        _score(str(q["question_id"]), str(response["response_id"]), JUDGE, "overall", 1 + n % 5)
        for q, responses in zip(questions, (by_id, by_system), strict=True)
        for n, response in enumerate(responses)
    ]
    scores += [_score(name, first, OTHER, "overall", 3) for name, first in (("ids", ALL[0]), ("systems", "r0"))]
    return _written(folder, responses=questions, scores=scores)


def write_ranked(folder: Path) -> list[Path]:
    """Judges who contradict themselves, each other and people."""
    questions, comparisons, scores, humans = [], [], [], []
    for number in range(QUESTIONS):
        question, ids = DRAWN[number], [f"{DRAWN[r]} {number}" for r in range(SYSTEMS)]
        texts = [injected(number + r) for r in range(SYSTEMS)]
        if number == 0:
            texts[:2] = ALL_IN_ONE, "\n\n".join(reversed(ALL))
        questions.append(
            {"question_id": question, "category": DRAWN[number % 6], "reference": ALL_IN_ONE,
             "question": ALL_IN_ONE if number == 0 else injected(number), "rubric": ALL_IN_ONE,
             "responses": [{"response_id": id_, "system": DRAWN[r + 9], "text": text}
                           for r, (id_, text) in enumerate(zip(ids, texts, strict=True))]}
        )  # fmt: skip
        for i in range(SYSTEMS):
            scores.append(_score(question, ids[i], JUDGE, DRAWN[3], 1 + (i + number) % 5))
            scores.append(_score(question, ids[i], OTHER, DRAWN[3], 5 - (i + number) % 5))
            for j in range(i):
                # Neighbours go round in circles, the others agree with the order in which they are written.
                ends = (ids[i], ids[j]) if (i - j + number) % 4 == 0 else (ids[j], ids[i])
                comparisons += _both_orders(question, *ends, JUDGE, 0.1 + 0.05 * ((i * j) % 7))
                comparisons += _both_orders(question, *ends[:: -1 if j % 2 else 1], OTHER, 0.3)
        humans += [
            {"question_id": question, "first": ids[n % 2], "second": ids[1 - n % 2], "annotator": annotator,
             "verdict": ("first", "second", "tie")[(n + number) % 3]}
            for n, annotator in enumerate(ALL[number : number + 3])
        ]  # fmt: skip
    first, second = (str(response["response_id"]) for response in questions[0]["responses"][:2])
    comparisons += [
        {"question_id": DRAWN[0], "first": first, "second": second, "judge": JUDGE, "verdict": None,
         "probs": None, "invalid": "\n".join(ALL[n : n + 10]), "text": "\n\n".join(ALL[n : n + 10])}
        for n in range(0, N, 10)
    ]  # fmt: skip
    return _written(folder, responses=questions, comparisons=comparisons, scores=scores, humans=humans)
