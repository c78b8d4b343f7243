"""Joins what the files of one import hold into one Bundle and checks what only shows together.

Files that bring questions and responses are read first, so every judgment is checked against
them at its own line. What needs the whole set (empty texts, equal texts) is checked at the end.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from trustjudge_core.formats.fields import Fields
from trustjudge_core.formats.problems import FileProblems, Problems, shown
from trustjudge_core.records import Bundle, PairJudgment, Question, Response, ResponseSet, ScoreJudgment, Verdict


@dataclass(slots=True)
class DraftQuestion:
    """A question while its files are being read, with the place where it first appeared."""

    question_id: str
    report: FileProblems
    line: int | None
    text: str | None = None
    category: str | None = None
    reference: str | None = None
    rubric: str | None = None
    responses: dict[str, Response] = field(default_factory=dict)
    lines: dict[str, tuple[FileProblems, int | None]] = field(default_factory=dict)


class Draft:
    """The set and its judgments as they are read."""

    def __init__(self, problems: Problems) -> None:
        self.problems = problems
        self.questions: dict[str, DraftQuestion] = {}
        self.scores: list[ScoreJudgment] = []
        self.pairs: list[PairJudgment] = []
        self.verdicts: list[Verdict] = []

    def question(
        self,
        at: Fields,
        question_id: str,
        text: str | None,
        category: str | None = None,
        reference: str | None = None,
        rubric: str | None = None,
    ) -> DraftQuestion:
        """The question, new or known; a known one takes what it lacked and must not say otherwise."""
        known = self.questions.get(question_id)
        if known is None:
            new = DraftQuestion(question_id, at.report, at.line, text, category, reference, rubric)
            if question_id:  # an unusable id was reported already
                self.questions[question_id] = new
            return new
        for name, value in (("text", text), ("category", category), ("reference", reference), ("rubric", rubric)):
            if value is None:
                continue
            before = getattr(known, name)
            if before is None:
                setattr(known, name, value)
            elif before != value:
                at.problem(
                    "question" if name == "text" else name,
                    f"{shown(value)} differs from {shown(before)} given before for question {shown(question_id)}",
                    "one value for one question",
                    "give different questions different ids, or correct one of the two",
                )
        return known

    def response(self, at: Fields, question: DraftQuestion, response: Response, again: bool = False) -> None:
        """Add a response. ``again``: the format repeats responses, so a known one must only be equal."""
        known = question.responses.get(response.response_id)
        if known is None:
            if response.response_id:
                question.responses[response.response_id] = response
                question.lines[response.response_id] = (at.report, at.line)
        elif not again:
            report, line = question.lines[response.response_id]
            first = f"{report.file} line {line}" if line is not None else report.file
            at.problem(
                "response_id",
                f"{shown(response.response_id)} is there twice for question {shown(question.question_id)}"
                f" (first at {first})",
                "every response of a question once",
                "remove one of the two, or give it another id",
            )
        elif known.text != response.text:
            at.problem(
                "text",
                f"of response {shown(response.response_id)} differs from the text given before",
                "the same responses in all files of a set",
                "use the answers these judgments were made from",
            )

    def knows(self, at: Fields, question_id: str, named: dict[str, str]) -> None:
        """Report ids that the set does not have; ``named`` maps fields to response ids."""
        if not self.questions or not question_id:
            return  # without any responses that one problem is reported at the end instead
        question = self.questions.get(question_id)
        if question is None:
            at.problem(
                "question_id",
                f"{shown(question_id)} is not a question of the set",
                "ids of the responses in the same import",
                "correct the id, or add the responses it belongs to",
            )
            return
        for key, response_id in named.items():
            if response_id and response_id not in question.responses:
                at.problem(
                    key,
                    f"{shown(response_id)} is not a response of question {shown(question_id)}",
                    "ids of its responses",
                    "correct the id, or add the response",
                )

    def bundle(self) -> Bundle | None:
        """Everything checked, or None when a problem was reported."""
        self._check_texts()
        if not any(q.responses for q in self.questions.values()) and not self.problems.total:
            self.problems.add(
                "the import",
                None,
                None,
                "holds no responses",
                "judgments together with the responses they are about",
                "add the file that holds the responses (for a native bundle responses.jsonl)",
            )
        if self.problems.total:
            return None
        questions = tuple(
            Question(q.question_id, q.text, tuple(q.responses.values()), q.category, q.reference, q.rubric)
            for q in self.questions.values()
            if q.responses
        )
        return Bundle(
            ResponseSet(questions),
            tuple(self.scores),
            tuple(self.pairs),
            tuple(self.verdicts),
            tuple(self.problems.notes),
        )

    def _check_texts(self) -> None:
        blank = [
            (question, response)
            for question in self.questions.values()
            for response in question.responses.values()
            if response.text is None or not response.text.strip()
        ]
        judged = self._judged() if blank else set()
        for question, response in blank:
            report, line = question.lines[response.response_id]
            what = "has no text" if response.text is None else "has an empty text"
            name = f"response {shown(response.response_id)} of question {shown(question.question_id)}"
            if (question.question_id, response.response_id) in judged:
                report.note(line, f"{name} {what}; kept, because it was judged", f"a judged response {what}")
            else:
                report.add(line, "text", f"of {name} {'is missing' if response.text is None else 'is empty'}",
                           "text", "add the text, or leave the response out")  # fmt: skip
        for question in self.questions.values():
            self._note_oddities(question)
        for report in {id(q.report): q.report for q in self.questions.values()}.values():
            report.close_notes()

    def _judged(self) -> set[tuple[str, str]]:
        """(question, response) of everything that was judged or decided."""
        named = {(s.question_id, s.response_id) for s in self.scores}
        for pair in self.pairs:
            named.add((pair.question_id, pair.first))
            named.add((pair.question_id, pair.second))
        for verdict in self.verdicts:
            ids = (verdict.first, verdict.second, verdict.response_id)
            named |= {(verdict.question_id, name) for name in ids if name is not None}
        return named

    def _note_oddities(self, question: DraftQuestion) -> None:
        name = f"question {shown(question.question_id)}"
        if not question.responses:
            question.report.note(question.line, f"{name} has no responses; left out", "questions without responses")
        elif len(question.responses) == 1:
            question.report.note(question.line, f"{name} has one response", "questions with one response")
        texts = [r.text for r in question.responses.values() if r.text is not None]
        if len(set(texts)) < len(texts):
            equal = len(texts) - len(set(texts))
            question.report.note(
                question.line,
                f"{name}: {equal} of its responses repeat the text of another",
                "questions with equal texts",
            )
