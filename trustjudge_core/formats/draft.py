"""Joins what the files of one import hold into one set.

Files that bring questions and responses are read first, so every judgment is checked against
them at its own line; what needs the whole set is checked at the end (`set_checks`).
Texts of responses and everything judged go to disk at once; in memory stay ids, and of a text its digest.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from sys import getsizeof
from typing import Final

from trustjudge_core.formats.fields import Fields
from trustjudge_core.formats.problems import FileProblems, Problems, shown
from trustjudge_core.formats.response_table import NO_TEXT, ResponseTable, digest_of
from trustjudge_core.formats.staged import Staged, StagedJudgments, StagedQuestion, verdict_row
from trustjudge_core.formats.streams import Unreadable
from trustjudge_core.records import PairJudgment, Response, ResponseSet, ScoreJudgment, Verdict

MAX_MEMORY: Final = 320 * 1024**2
"""What the ids, questions and digests of one import may take in memory."""

_TWICE: Final = "remove one of the two, or give it another id"

_A_QUESTION: Final = 900
_A_RESPONSE: Final = 350
"""Bytes that one takes in memory besides its texts, measured."""


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
    responses: dict[str, int] = field(default_factory=dict)  # id -> number in the set
    placed: dict[tuple[str | None, bytes], str] = field(default_factory=dict)  # (system, text) -> id
    taken: dict[str, int] = field(default_factory=dict)  # name -> how many ids were made from it

    def free_id(self, name: str) -> str:
        """The name, or with #2, #3, ... when the question has it already."""
        free = name
        while free in self.responses:
            number = self.taken[name] = self.taken.get(name, 1) + 1
            free = f"{name}#{number}"
        return free


class Draft:
    """The set and its judgments as they are read."""

    def __init__(self, problems: Problems) -> None:
        self.problems = problems
        self.questions: dict[str, DraftQuestion] = {}
        self.judgments = StagedJudgments()
        self.kept = False  # whether somebody took what was staged, and closes it
        self.table = ResponseTable()
        self._only_named = 0  # responses that only judgments made known
        self._memory = 0

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
                self._take(_A_QUESTION + sum(getsizeof(t) for t in (question_id, text, reference, rubric) if t))
                self.questions[question_id] = new
            return new
        for name, value in (("text", text), ("category", category), ("reference", reference), ("rubric", rubric)):
            if value is None:
                continue
            before = getattr(known, name)
            if before is None:
                self._take(getsizeof(value))
                setattr(known, name, value)
            elif before != value:
                at.problem(
                    "question" if name == "text" else name,
                    f"{shown(value)} differs from {shown(before)} given before for question {shown(question_id)}",
                    "one value for one question",
                    "give different questions different ids, or correct one of the two",
                )
        return known

    def response(
        self, at: Fields, question: DraftQuestion, response: Response, again: bool = False, twice: str = _TWICE
    ) -> None:
        """Add a response. ``again``: the format repeats responses, so a known one must only be equal.

        ``twice`` says what to do about one that is there twice.
        """
        number = question.responses.get(response.response_id)
        if number is None:
            if response.response_id:
                self._add(at, question, response)
            return
        known = self.table.digests[number]
        if not again:
            report, line = self.table.reports[number], self.table.line(number)
            first = report.file if line is None else f"{report.file} line {line}"
            at.problem(
                "response_id",
                f"{shown(response.response_id)} is there twice for question {shown(question.question_id)}"
                f" (first at {first})",
                "every response of a question once",
                twice,
            )
        elif response.text is not None and known == NO_TEXT:
            self._take(getsizeof(response.text))
            self.table.digests[number] = digest_of(response.text)
            self.judgments.late_texts[number] = response.text
        elif response.text is not None and known != digest_of(response.text):
            at.problem(
                "text",
                f"of response {shown(response.response_id)} differs from the text given before",
                "the same responses in all files of a set",
                "use the answers these judgments were made from",
            )

    def place(
        self, at: Fields, question: DraftQuestion, system: str | None, text: str | None, gold: float | None = None
    ) -> str:
        """The id of what a system answered, for formats that repeat texts instead of naming ids.

        A response is called after its system; a second text of one system gets #2.
        """
        key = (system, digest_of(text))
        known = question.placed.get(key)
        if known is None:
            known = question.free_id(system or str(len(question.responses)))
            self._take(200)
            question.placed[key] = known
            self.response(at, question, Response(known, text, system, gold))
        return known

    def _add(self, at: Fields, question: DraftQuestion, response: Response) -> None:
        self._take(_A_RESPONSE + getsizeof(response.response_id))
        number = question.responses[response.response_id] = self.table.add(response, at.report, at.line)
        self.judgments.texts.append((number, response.text), response.text)

    def _take(self, count: int) -> None:
        self._memory += count
        if self._memory > MAX_MEMORY:
            raise Unreadable(
                f"the questions and ids take more than {MAX_MEMORY:,} bytes of memory",
                "a smaller set",
                "split the set into several imports",
            )

    @property
    def has_responses(self) -> bool:
        """Whether any file brought a response so far, instead of only judging it."""
        return len(self.table) > self._only_named

    def refer(self, at: Fields, question_id: str, named: dict[str, str], alone: bool, *, systems: bool = False) -> None:
        """Report ids that the set does not have. ``alone``: no file brings responses, so judgments make them known.

        ``systems`` says that the ids are names of systems.
        """
        if not alone:
            self.knows(at, question_id, named)
            return
        question = self.question(at, question_id, None)
        for name in named.values():
            if name and question_id and name not in question.responses:
                at.report.note_once(None, "the files that hold the responses are missing; their texts are not known")
                self.response(at, question, Response(name, None, name if systems else None))
                self._only_named += 1
        self.compared(question_id, named.values())  # be the judgment usable or not

    def compared(self, question_id: str, ids: Iterable[str]) -> None:
        """Say that a file judges these responses, or asks about them: they are kept even without a text."""
        for number in (self.number(question_id, response_id) for response_id in ids):
            if number is not None:
                self.table.judged[number] = 1

    def take_set(self, at: Fields, known: ResponseSet) -> None:
        """Begin with a set that is stored already."""
        for q in known.questions:
            question = self.question(at, q.question_id, q.text, q.category, q.reference, q.rubric)
            for response in q.responses:
                self.response(at, question, response)
            self.compared(q.question_id, question.responses)

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

    def score(self, judgment: ScoreJudgment) -> None:
        """Add a score judgment whose ids were checked."""
        number = self.number(judgment.question_id, judgment.response_id)
        if number is not None:
            self.judgments.add_score(number, judgment)
            self.table.judged[number] = 1

    def pair(self, judgment: PairJudgment) -> None:
        """Add a pair judgment whose ids were checked."""
        first = self.number(judgment.question_id, judgment.first)
        second = self.number(judgment.question_id, judgment.second)
        if first is not None and second is not None:
            self.judgments.add_pair(first, second, judgment)
            self.table.judged[first] = self.table.judged[second] = 1

    def verdict(self, verdict: Verdict) -> None:
        """Add what a person decided; its ids were checked."""
        self.judgments.verdicts.append(verdict_row(verdict))
        named = (verdict.first, verdict.second, verdict.response_id)
        self.compared(verdict.question_id, (name for name in named if name is not None))

    def number(self, question_id: str, response_id: str) -> int | None:
        """The number of a response; None only when the set has no responses, which is reported at the end."""
        question = self.questions.get(question_id)
        return None if question is None else question.responses.get(response_id)

    def staged(self) -> Staged:
        """Everything that was read; questions without responses are not in it."""
        questions = tuple(
            StagedQuestion(q.question_id, q.text, q.category, q.reference, q.rubric, tuple(q.responses.values()))
            for q in self.questions.values()
            if q.responses
        )
        return Staged(questions, tuple(self.table.responses), self.judgments)
