"""JudgeBench: two responses of one model to a question, which of them is right, and what judges said.

In the second game the responses are swapped. Reward models score both responses instead of writing.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, Final

from trustjudge_core.formats.choices import Choices
from trustjudge_core.formats.draft import Draft
from trustjudge_core.formats.fields import LARGEST_NUMBER, Fields
from trustjudge_core.formats.lookalikes import is_blank
from trustjudge_core.formats.parts import Part
from trustjudge_core.formats.problems import shown
from trustjudge_core.formats.rows import Rows
from trustjudge_core.formats.strict_json import Row
from trustjudge_core.formats.verdict_labels import LABELS_IN_WORDS, is_torn, read_label
from trustjudge_core.records import PairJudgment, Response, ScoreJudgment, Verdict

GOLD: Final = "gold"
"""The annotator whose verdicts are what a benchmark says is right."""

REWARD: Final = "reward"

_RESPONSES: Final = ("A", "B")
_LOOKED_AT: Final = 1_000


def is_pairs(row: Row) -> bool:
    """Whether a row is a pair of responses, judged or not."""
    return row.keys() >= {"question", "response_A", "response_B"}


def read_pairs(rows: Rows, at: Fields, draft: Draft, choices: Choices) -> None:
    """Questions with responses A and B, which is right, and a pair judgment a game."""
    judge_model = _first_model(rows)
    scale: tuple[float, float] | None = None
    for at.line, at.values in rows:
        question_id = at.id("pair_id")
        question = draft.question(at, question_id, at.text("question"), at.text("source"))
        label = at.text("label")
        right = None if label is None else read_label(label)
        if label is not None and right is None:
            at.problem("label", shown(label), "A>B or B>A", "say which response is right")
        system, new = at.optional_id("response_model"), not question.responses
        for letter, won in zip(_RESPONSES, ("first", "second"), strict=True):
            text = at.answer_text(at.values.get(f"response_{letter}"), f"response_{letter}")
            gold = None if right is None or right[0] == "tie" else float(right[0] == won)
            draft.response(at, question, Response(letter, text, system, gold), again=True)
        if new and right is not None and at.intact:
            draft.verdict(Verdict(question_id, GOLD, *_RESPONSES, right[0]))
        for number, game in enumerate(at.items("judgments")):
            about = (question_id, *(_RESPONSES if number % 2 == 0 else _RESPONSES[::-1]))
            scores = _scores(game)
            if scores and scale is None:
                scale = range_of(_all_scores(rows))
            _read_game(at, draft, game, about, choices, judge_model)
            if scores and at.intact and scale:
                judge = _judge(at, game, choices, judge_model)
                for response, score in zip(about[1:], scores, strict=True):
                    draft.score(ScoreJudgment(question_id, response, judge, scale, REWARD, score))


def _read_game(
    at: Fields, draft: Draft, game: Any, about: tuple[str, str, str], choices: Choices, judge_model: str | None
) -> None:
    judge = _judge(at, game, choices, judge_model)
    if game is None:
        judgment = PairJudgment(*about, judge, failure="no judgment")
    else:
        values = at.mapping_of(game, "judgments")
        output = values.get("judgment")
        text = at.any_text(output.get("response") if isinstance(output, dict) else output, "judgment")
        decision, scores = values.get("decision"), _scores(game)
        label = read_label(decision) if isinstance(decision, str) else None
        if decision is None:
            judgment = PairJudgment(*about, judge, text=text, failure="no decision")
        elif isinstance(decision, str) and is_torn(decision):
            judgment = PairJudgment(*about, judge, text=text, failure=f"invalid: {decision.strip()}")
        else:
            if label is None:
                at.problem("decision", shown(decision), f"{LABELS_IN_WORDS}, or null", "correct the decision")
            gap = abs(scores[0] - scores[1]) or None if scores else None
            judgment = PairJudgment(*about, judge, label and label[0], text=text, strength=gap)
    if at.intact:
        draft.pair(judgment)


def _judge(at: Fields, game: Any, choices: Choices, judge_model: str | None) -> str:
    """The model with its protocol; a game that failed does not name the model, others of the file do."""
    if choices.judge:
        return choices.judge
    protocol = at.name("judge_name", "")
    model = _model(game) or judge_model
    name = f"{model} ({protocol})" if model and protocol else model or protocol or choices.named()
    return at.id_of(name, "judge")


def _model(game: Any) -> str | None:
    output = game.get("judgment") if isinstance(game, dict) else None
    model = output.get("judge_model") if isinstance(output, dict) else None
    return model if isinstance(model, str) and not is_blank(model) else None


def _first_model(rows: Rows) -> str | None:
    """The first judge model that a file names."""
    for row in islice(rows.again(), _LOOKED_AT):
        games = row.get("judgments")
        for game in games if isinstance(games, list) else ():
            if model := _model(game):
                return model
    return None


def _scores(game: Any) -> tuple[float, float] | None:
    """The rewards of the two responses in the order shown."""
    output = game.get("judgment") if isinstance(game, dict) else None
    scores = output.get("scores") if isinstance(output, dict) else None
    if (
        not isinstance(scores, list)
        or len(scores) != 2
        or not all(type(s) in (int, float) and abs(s) <= LARGEST_NUMBER for s in scores)
    ):
        return None
    return float(scores[0]), float(scores[1])


def _all_scores(rows: Rows) -> Iterator[float]:
    for row in rows.again():
        games = row.get("judgments")
        for scores in map(_scores, games if isinstance(games, list) else ()):
            yield from scores or ()


def range_of(rewards: Iterable[float]) -> tuple[float, float]:
    """The scale of rewards, which have none by themselves: from the lowest to the highest of the file."""
    lowest, highest = math.inf, -math.inf
    for reward in rewards:
        lowest, highest = min(lowest, reward), max(highest, reward)
    return (lowest, highest) if lowest < highest else (lowest - 1.0, lowest + 1.0)


PARTS = (Part("JudgeBench", "pairs", 2, is_pairs, read_pairs),)
